/* Money. A period is judged from some days before it begins to its last day. */
#include "twin_alert.h"
#include "twin_money.h"

#define WARN MANDATE__SEVERITY__SEVERITY_WARN
#define ALARM MANDATE__SEVERITY__SEVERITY_ALARM
#define FINANCING(name) MANDATE__FINANCING__FINANCING_##name
#define AK(name) MANDATE__AMOUNT_KIND__AMOUNT_KIND_##name

static void each_period(const struct twin *w, struct twin_subjects *to)
{
	struct twin_period list[TWIN_LIST_MAX];
	size_t count = twin_periods(w, list);

	for (size_t n = 0; n < count; n++) {
		struct twin_subject *s = twin_subject_add(to, list[n].op);

		s->start = list[n].start;
		s->end = list[n].end;
	}
}

static void period_key(const struct twin_subject *s, struct twin_alert *to)
{
	char start[DAY_TEXT_BYTES], end[DAY_TEXT_BYTES];

	day_format(start, s->start);
	day_format(end, s->end);
	twin_key(to, "%s:%s:%s", s->op, start, end);
}

static bool fin_past_mandate(const struct twin *w, const struct twin_subject *s, int32_t day,
			     int32_t since, struct twin_alert *to)
{
	struct twin_mandate m = twin_mandate_on(w, s->op, day);

	(void)since;
	if (day > s->end ||
	    (m.status != TSTATUS(ENDED) && m.status != TSTATUS(WITHDRAWING) &&
	     m.status != TSTATUS(LIQUIDATING) && m.status != TSTATUS(CLOSED)) ||
	    !twin_conditional(w, (struct twin_period){s->op, s->start, s->end},
			      m.u == DAY_NEVER ? twin_end(w, s->op) : m.u, &to->amount))
		return false;
	period_key(s, to);
	to->severity = m.status == TSTATUS(WITHDRAWING) ? WARN : ALARM;
	return true;
}

/* --- FIN_PERIOD: a partner's own budget has its own year --- */

static bool is_usual(Mandate__Financing financing, int32_t start, int32_t end)
{
	int start_year, start_month, start_day, end_year, end_month, end_day;

	if (financing == FINANCING(OWN))
		return true;
	day_to_civil(start, &start_year, &start_month, &start_day);
	day_to_civil(end, &end_year, &end_month, &end_day);
	if (financing == FINANCING(REGULAR))
		return start_month == 1 && start_day == 1 && end_month == 12 && end_day == 31 &&
		       end_year - start_year <= (start_year < 2020);
	return start_month == 7 && start_day == 1 && end_month == 6 && end_day == 30 &&
	       end_year == start_year + 1;
}

static bool has_reason(const struct twin *w, const struct twin_subject *s)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(AMOUNT), &n));)
		if (strcmp(r->amount->operation, s->op) == 0 &&
		    r->amount->period_start == s->start && r->amount->period_end == s->end &&
		    r->amount->period_reason && r->amount->kind != AK(TOTAL))
			return true;
	return false;
}

static bool is_an_end(const struct twin_subject *s, protobuf_c_boolean has, int32_t day)
{
	return has && (day == s->start || day == s->end);
}

/* Is one of its ends a day of the operation's or of a mandate's? */
static bool is_explained(const struct twin *w, const struct twin_subject *s, int32_t day)
{
	const Mandate__Operation *o = twin_operation(w, s->op);
	const Mandate__Record *r;

	if (o && (is_an_end(s, o->has_start_date, o->start_date) ||
		  is_an_end(s, o->has_end_date, o->end_date)))
		return true;
	for (size_t n = 0; (r = twin_next(w, TKIND(INSTRUMENT), &n));) {
		const Mandate__Instrument *i = r->instrument;
		int32_t first;

		if (strcmp(i->operation, s->op) != 0 || !twin_carried_out(i) || i->adopted > day)
			continue;
		first = twin_effective(i);
		if (is_an_end(s, i->has_valid_until, i->valid_until) ||
		    is_an_end(s, i->has_withdraw_by, i->withdraw_by) ||
		    (is_an_end(s, true, first) &&
		     twin_party_on(w, s->op, i->party, first).in_force &&
		     !twin_party_on(w, s->op, i->party, first - 1).in_force))
			return true;
	}
	return false;
}

static bool fin_period(const struct twin *w, const struct twin_subject *s, int32_t day,
		       int32_t since, struct twin_alert *to)
{
	(void)since;
	if (day < s->start - w->p.budget_ahead_days || day > s->end ||
	    is_usual(twin_financing(w, s->op, s->start), s->start, s->end) || has_reason(w, s) ||
	    is_explained(w, s, day))
		return false;
	period_key(s, to);
	to->severity = WARN;
	return true;
}

/* --- FIN_NO_APPROP --- */

static bool is_grant(Mandate__AmountKind kind)
{
	return kind == AK(COMMITMENT_AUTHORITY) || kind == AK(APPROPRIATION) ||
	       kind == AK(APPROPRIATION_EXCL_SHARED) || kind == AK(SUPPLEMENTARY) ||
	       kind == AK(ASSESSMENT);
}

/* Is there an amount for a period with the day in it? */
static bool holds(const struct twin *w, const char *op, int32_t day,
		  bool (*counts)(Mandate__AmountKind kind))
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(AMOUNT), &n));)
		if (strcmp(r->amount->operation, op) == 0 && r->amount->period_start <= day &&
		    day <= r->amount->period_end && counts(r->amount->kind))
			return true;
	return false;
}

static bool fin_no_approp(const struct twin *w, const struct twin_subject *s, int32_t day,
			  int32_t since, struct twin_alert *to)
{
	int32_t need = twin_max(day, s->start);

	(void)since;
	if (day < s->start - w->p.budget_ahead_days || day > s->end ||
	    twin_financing(w, s->op, s->start) != FINANCING(ASSESSED) ||
	    !holds(w, s->op, s->start - 1, twin_is_budget) || holds(w, s->op, need, is_grant) ||
	    twin_mandate_on(w, s->op, day).u < s->start)
		return false;
	period_key(s, to);
	to->severity = WARN;
	return true;
}

/* Those of which anything is on record; and what is left of a usual year after them, up to the next
 * that is on record. */
static void each_current(const struct twin *w, struct twin_subjects *to)
{
	const Mandate__Record *r;
	size_t count;

	each_period(w, to);
	count = to->count;
	for (size_t n = 0; n < count; n++) {
		int32_t start = to->at[n].end + 1, end;
		int year, month, of_month;
		bool again = holds(w, to->at[n].op, start, twin_is_budget);

		day_to_civil(start, &year, &month, &of_month);
		end = day_from_civil(month < 7 ? year : year + 1, 6, 30);
		for (size_t k = 0; (r = twin_next(w, TKIND(AMOUNT), &k));)
			if (strcmp(r->amount->operation, to->at[n].op) == 0 &&
			    twin_is_budget(r->amount->kind) && r->amount->period_start > start)
				end = twin_min(end, r->amount->period_start - 1);
		for (size_t k = 0; k < to->count; k++)
			again = again || (strcmp(to->at[k].op, to->at[n].op) == 0 &&
					  to->at[k].start == start && to->at[k].end == end);
		if (!again) {
			struct twin_subject *s = twin_subject_add(to, to->at[n].op);

			s->start = start;
			s->end = end;
		}
	}
}

const struct twin_rule twin_rules_money[] = {
	{TCODE(FIN_NO_APPROP), each_current, fin_no_approp},
	{TCODE(FIN_PAST_MANDATE), each_period, fin_past_mandate},
	{TCODE(FIN_PERIOD), each_period, fin_period},
	{0, NULL, NULL},
};
