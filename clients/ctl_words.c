#include "ctl_words.h"

#include "base/day.h"
#include "model/names.h"
#include "output.h"

#include <stdarg.h>

enum { AGE_SAID_DAYS = 45, MONTH_DAYS = 30, YEAR_DAYS = 365, MONTHS_SAID_DAYS = 730 };

void words_add(struct words *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int len = vsnprintf(w->text + w->len, sizeof w->text - w->len, format, args);
	va_end(args);
	if (len > 0)
		w->len += (size_t)len;
	if (w->len >= sizeof w->text)
		w->len = sizeof w->text - 1;
}

void words_number(struct words *w, uint64_t value)
{
	char buffer[OUTPUT_NUMBER_BYTES];

	words_add(w, "%s", output_grouped(buffer, value));
}

void words_day(struct words *w, int32_t day)
{
	char text[DAY_TEXT_BYTES];

	day_format(text, day);
	words_add(w, "%s", text);
}

void words_list(struct words *w, char *const *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		words_add(w, "%s%s", i ? ", " : "", items[i]);
}

void words_age(struct words *w, uint32_t days)
{
	if (days < AGE_SAID_DAYS)
		return;
	if (days < MONTHS_SAID_DAYS)
		words_add(w, "%u months old", (days + MONTH_DAYS / 2) / MONTH_DAYS);
	else
		words_add(w, "%u years old", days / YEAR_DAYS);
}

void words_strength(struct words *w, bool has_persons, uint64_t persons, bool has_ceiling,
		    uint64_t ceiling)
{
	if (has_persons) {
		words_number(w, persons);
		words_add(w, " present");
	} else {
		words_add(w, "no head-count");
	}
	if (!has_ceiling)
		return;
	words_add(w, ", ");
	words_number(w, ceiling);
	words_add(w, " allowed");
	if (!has_persons || persons == ceiling)
		return;
	words_add(w, " (");
	words_number(w, persons > ceiling ? persons - ceiling : ceiling - persons);
	words_add(w, persons > ceiling ? " over)" : " below)");
}

/* " until 2015-08-31", or nothing. */
static void add_day(struct words *w, const char *before, bool has, int32_t day)
{
	if (!has)
		return;
	words_add(w, "%s", before);
	words_day(w, day);
}

static void add_text(struct words *w, const char *before, const char *text)
{
	if (text)
		words_add(w, "%s%s", before, text);
}

static void add_period(struct words *w, const Mandate__Alert *a)
{
	add_day(w, "", a->has_period_start, a->period_start);
	add_day(w, " to ", a->has_period_end, a->period_end);
}

static void add_gap(struct words *w, const Mandate__Alert *a)
{
	uint64_t there = a->persons + a->pledged;

	words_number(w, a->required);
	words_add(w, " required, ");
	words_number(w, a->persons);
	words_add(w, " deployed, ");
	words_number(w, a->pledged);
	words_add(w, " pledged");
	if (a->required > there) {
		words_add(w, " (");
		words_number(w, a->required - there);
		words_add(w, " short)");
	}
	add_day(w, ", needed by ", a->has_day, a->day);
}

static void add_unit(struct words *w, const Mandate__Alert *a)
{
	if (!a->has_persons)
		return;
	words_number(w, a->persons);
	add_text(w, " of ", a->contributor);
}

void words_alert(struct words *w, const Mandate__Alert *a)
{
	char amount[OUTPUT_NUMBER_BYTES];

	switch (a->code) {
	case MANDATE__ALERT_CODE__ALERT_CODE_CEIL_OVER:
		words_strength(w, a->has_persons, a->persons, a->has_ceiling, a->ceiling);
		add_day(w, ", as of ", a->has_as_of, a->as_of);
		add_day(w, ", to be reached by ", a->has_comply_by, a->comply_by);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_CEIL_UNSET:
		words_strength(w, a->has_persons, a->persons, false, 0);
		words_add(w, ", no ceiling on record");
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_CEIL_SUB:
		if (a->name)
			words_add(w, "%s: ", a->name);
		words_number(w, a->persons);
		words_add(w, " within ");
		words_number(w, a->ceiling);
		add_text(w, " by ", a->document);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_MAND_EXPIRING:
		add_day(w, "ends on ", a->has_valid_until, a->valid_until);
		if (a->has_stage)
			words_add(w, ", within %u days", (unsigned)a->stage);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_MAND_LAPSED:
		add_day(w, "ended on ", a->has_valid_until, a->valid_until);
		add_text(w, " by ", a->document);
		words_add(w, ", nothing follows");
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_MAND_ONE_SIDED:
		words_list(w, a->parties, a->n_parties);
		add_day(w, " until ", a->has_valid_until, a->valid_until);
		add_day(w, ", the other side until ", a->has_other_day, a->other_day);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_DEP_NO_MANDATE:
		words_strength(w, a->has_persons, a->persons, false, 0);
		add_day(w, ", the last lawful day was ", a->has_last_lawful, a->last_lawful);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_DEP_ARRIVES_ENDED:
		add_unit(w, a);
		add_day(w, " arrive on ", a->has_day, a->day);
		add_day(w, ", the mandate ended on ", a->has_valid_until, a->valid_until);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_DEP_DOUBLE:
		add_unit(w, a);
		add_text(w, ", also present in ", a->other_operation);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_DEP_STALE:
		add_day(w, "last return of ", a->has_as_of, a->as_of);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_PLEDGE_GAP:
		add_gap(w, a);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_PLEDGE_STALE:
		add_day(w, "renewal due on ", a->has_day, a->day);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_MOU_MISSING:
		add_unit(w, a);
		add_day(w, " deployed since ", a->has_day, a->day);
		words_add(w, ", no memorandum signed");
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_HANDOVER_ONE_SIDE:
		words_add(w, "waits for ");
		words_list(w, a->parties, a->n_parties);
		add_day(w, ", first accepted on ", a->has_other_day, a->other_day);
		add_day(w, ", to take effect on ", a->has_day, a->day);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_FUNCTION_ORPHAN:
		words_add(w, a->n_parties ? "held by " : "nobody holds it");
		words_list(w, a->parties, a->n_parties);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_SUCC_GAP:
	case MANDATE__ALERT_CODE__ALERT_CODE_SUCC_OVERLAP:
		add_day(w, "takes effect on ", a->has_day, a->day);
		words_add(w, a->has_valid_until ? ", the mandate before it ends on "
						: ", the mandate before it is open-ended");
		add_day(w, "", a->has_valid_until, a->valid_until);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_FIN_NO_APPROP:
		words_add(w, "nothing authorized for ");
		add_period(w, a);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_FIN_PAST_MANDATE:
		words_add(w, "%s %s of ", output_grouped_signed(amount, a->amount),
			  a->currency ? a->currency : "");
		add_period(w, a);
		add_day(w, " are for days after the mandate's end on ", a->has_valid_until,
			a->valid_until);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_FIN_PERIOD:
		add_period(w, a);
		words_add(w, " is not the usual period");
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_PRIO_NO_OWNER:
		words_add(w, "version %u: an item without a lead", (unsigned)a->version);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_PRIO_UNENDORSED:
		words_add(w, "version %u", (unsigned)a->version);
		add_day(w, " of ", a->has_day, a->day);
		words_add(w, " waits for ");
		words_list(w, a->parties, a->n_parties);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_HOST_CONSENT:
		add_text(w, "", a->host);
		if (a->has_consent)
			words_add(w, ": %s",
				  names_text(&mandate__consent_state__descriptor, (int)a->consent));
		add_day(w, " since ", a->has_day, a->day);
		return;
	case MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH:
		words_add(w, "two contents under one edition, by ");
		words_list(w, a->offices, a->n_offices);
		return;
	case _MANDATE__ALERT_CODE_IS_INT_SIZE:
		break;
	}
	/* A newer daemon's: what there is. */
	add_day(w, "until ", a->has_valid_until, a->valid_until);
}
