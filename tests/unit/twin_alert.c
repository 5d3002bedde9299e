#include "twin_alert.h"

#include "model/names.h"
#include "twin_partners.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct twin_subject *twin_subject_add(struct twin_subjects *to, const char *op)
{
	struct twin_subject *s = &to->at[to->count++];

	assert(to->count <= TWIN_LIST_MAX);
	*s = (struct twin_subject){.op = op};
	return s;
}

/* All that any record names. */
void twin_each_operation(const struct twin *w, struct twin_subjects *to)
{
	const char *names[TWIN_NAMES_MAX];
	size_t count = 0;

	for (size_t n = 0; n < w->count; n++) {
		const Mandate__Record *r = w->at[n].record;

		if (!r)
			continue;
		if (w->at[n].kind == TKIND(OPERATION))
			count = twin_name_add(names, count, r->operation->acronym);
		if (w->at[n].kind == TKIND(INSTRUMENT))
			count = twin_name_add(names, count, r->instrument->operation);
		if (w->at[n].kind == TKIND(RETURN))
			count = twin_name_add(names, count, r->return_->operation);
		if (w->at[n].kind == TKIND(TOTAL))
			count = twin_name_add(names, count, r->total->operation);
		if (w->at[n].kind == TKIND(UNIT))
			count = twin_name_add(names, count, r->unit->operation);
		if (w->at[n].kind == TKIND(TRANSFER))
			count = twin_name_add(names, count, r->transfer->other_operation);
	}
	for (size_t n = 0; n < count; n++)
		twin_subject_add(to, names[n]);
}

void twin_key(struct twin_alert *to, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(to->key, sizeof to->key, format, args);
	va_end(args);
}

const char *twin_component_name(Mandate__Component c)
{
	return names_text(&mandate__component__descriptor, (int)c);
}

static struct twin_alert blank(Mandate__AlertCode code)
{
	return (struct twin_alert){.code = code,
				   .persons = -1,
				   .ceiling = -1,
				   .required = -1,
				   .pledged = -1,
				   .amount = -1,
				   .valid_until = DAY_NEVER};
}

/* Day after day back to the first of the unbroken condition, DAY_FIRST if nothing begins it.
 * Another key is another alert. */
static int32_t since_of(const struct twin *w, const struct twin_rule *rule,
			const struct twin_subject *s, const struct twin_alert *open, int32_t day)
{
	for (; day > TWIN_EARLIEST; day--) {
		struct twin_alert before = blank(rule->code);

		if (!rule->open(w, s, day - 1, DAY_NEVER, &before) ||
		    strcmp(before.key, open->key) != 0 ||
		    (open->by && strcmp(before.by, open->by) != 0))
			return day;
	}
	return DAY_FIRST;
}

static size_t add_rule(const struct twin *w, const struct twin_rule *rule, int32_t day,
		       struct twin_alert list[TWIN_ALERTS_MAX], size_t count)
{
	struct twin_subjects subjects = {0};

	rule->subjects(w, &subjects);
	for (size_t n = 0; n < subjects.count; n++) {
		struct twin_alert one = blank(rule->code);

		if (!rule->open(w, &subjects.at[n], day, DAY_NEVER, &one))
			continue;
		one.since = since_of(w, rule, &subjects.at[n], &one, day);
		rule->open(w, &subjects.at[n], day, one.since, &one);
		assert(count < TWIN_ALERTS_MAX);
		list[count++] = one;
	}
	return count;
}

static int compare(const void *x, const void *y)
{
	const struct twin_alert *a = x, *b = y;

	return a->code != b->code ? (a->code < b->code ? -1 : 1) : strcmp(a->key, b->key);
}

size_t twin_alerts_on(const struct twin *w, int32_t day, struct twin_alert list[TWIN_ALERTS_MAX])
{
	const struct twin_rule *const groups[] = {twin_rules_1,	       twin_rules_mandates,
						  twin_rules_partners, twin_rules_forces,
						  twin_rules_agenda,   twin_rules_money};
	size_t count = 0, used = w->p.rules >= 2 ? sizeof groups / sizeof *groups : 1;

	for (size_t n = 0; n < used; n++)
		for (const struct twin_rule *rule = groups[n]; rule->code; rule++)
			count = add_rule(w, rule, day, list, count);
	qsort(list, count, sizeof *list, compare);
	return count;
}
