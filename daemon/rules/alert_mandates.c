/* CEIL_SUB and MAND_ONE_SIDED: as alert.h says. */
#include "model/names.h"
#include "rules/evaluate.h"
#include "rules/home.h"

#include <string.h>

#define C(name) MANDATE__COMPONENT__COMPONENT_##name
#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name
#define REASON(name) MANDATE__CLOSE_REASON__CLOSE_REASON_##name

static const struct party *party_at(const struct dossier *d, size_t index)
{
	return ITEMS(d->parties, struct party *const)[index];
}

/* --- CEIL_SUB: what is within more --- */

/* The nearest component above that has a number of its own; 0: none has. */
static Mandate__Component find_above(const struct dossier *d, const struct ceiling_item *item,
				     bool is_part, int32_t day, struct ceiling_day *to,
				     struct span *span)
{
	Mandate__Component c = is_part ? ceiling_part_parent(item) : item->parent;

	if (!c || (!is_part && c == item->component))
		c = ceiling_parent(item->component);
	for (; c; c = ceiling_parent(c)) {
		/* Units are no persons. */
		if ((c == C(FPU_UNITS)) != (item->component == C(FPU_UNITS)))
			continue;
		ceiling_fold(d, c, day, to, span);
		if (to->set && !to->derived)
			return c;
	}
	return 0;
}

/* What is within `c`, or the named parts of it, add up past its own number: two at least, since one
 * alone is told as itself. */
static bool adds_up_past(const struct dossier *d, Mandate__Component c, int32_t day,
			 struct judge_finding *f, struct span *span)
{
	struct ceiling_sum sum = ceiling_below(d, c, day, span);
	struct ceiling_sum parts = ceiling_part_sum(d, c, day, span);

	if (sum.entries < 2 || (parts.entries >= 2 && parts.persons > sum.persons))
		sum = parts;
	ceiling_fold(d, c, day, &f->ceiling, span);
	f->persons = sum.persons;
	return sum.entries >= 2 && f->ceiling.set && sum.persons > f->ceiling.persons;
}

static bool judge_sub(const struct dossier *d, const struct alert_parameters *p,
		      const struct judge_subject *subject, int32_t day,
		      struct judge_finding *ret_finding, struct span *span)
{
	const struct ceiling_part *part = subject->part;
	struct judge_finding *f = ret_finding;

	(void)p;
	f->above = 0;
	f->item = part ? ceiling_last(&part->items, day, span)
		       : ceiling_ruling(d, subject->component, day, span);
	if (!f->item)
		return false;
	f->persons = f->item->value;
	f->above = find_above(d, f->item, part != NULL, day, &f->ceiling, span);
	if (f->above && f->persons <= f->ceiling.persons)
		f->above = 0;
	if (!f->above && (part || !adds_up_past(d, subject->component, day, f, span)))
		return false;
	return mandate_in_force(d, day, span);
}

static Mandate__Severity sub_severity(struct evaluation *e, const struct judge_finding *f,
				      int32_t since)
{
	(void)e;
	(void)since;
	return f->above ? MANDATE__SEVERITY__SEVERITY_ALARM : MANDATE__SEVERITY__SEVERITY_WARN;
}

static char *sub_key(struct draft *t, const struct judge_subject *subject)
{
	return subject->part ? arena_printf(t->a, "%s:%s", t->d->name, subject->part->name)
			     : draft_component_key(t, subject->component);
}

static bool is_within(const struct ceiling_item *item, bool is_part, Mandate__Component c)
{
	Mandate__Component up = is_part ? ceiling_part_parent(item) : item->parent;

	if (!up || up == item->component)
		up = is_part ? item->component : ceiling_parent(item->component);
	while (up && up != c)
		up = ceiling_parent(up);
	return up == c;
}

/* The texts that set what adds up. */
static void cite_below(struct evaluation *e, Mandate__Alert *alert, Mandate__Component c)
{
	struct span span = SPAN_ALL;

	for (Mandate__Component child = C(UNIFORMED); child < COMPONENTS; child++) {
		const struct ceiling_item *item = ceiling_ruling(e->d, child, e->day, &span);

		if (item && child != C(FPU_UNITS) && is_within(item, false, c))
			draft_entry(&e->draft, alert, item);
	}
	for (size_t n = 0; n < e->d->ceiling_parts.count; n++) {
		const struct ceiling_part *part =
			ITEMS(e->d->ceiling_parts, struct ceiling_part *const)[n];
		const struct ceiling_item *item = ceiling_last(&part->items, e->day, &span);

		if (item && ceiling_part_parent(item) == c)
			draft_entry(&e->draft, alert, item);
	}
}

static void prove_sub(struct evaluation *e, Mandate__Alert *alert,
		      const struct judge_subject *subject, const struct judge_finding *f)
{
	struct span span = SPAN_ALL;

	alert->has_component = true;
	alert->component = f->item->component;
	alert->has_persons = true;
	alert->persons = f->persons;
	alert->has_ceiling = true;
	alert->ceiling = f->ceiling.persons;
	if (subject->part)
		alert->name = draft_text(&e->draft, subject->part->name);
	alert->document = draft_text(&e->draft, f->item->document);
	draft_entry(&e->draft, alert, f->item);
	if (f->above)
		draft_entry(&e->draft, alert, ceiling_ruling(e->d, f->above, e->day, &span));
	else
		cite_below(e, alert, subject->component);
}

static const struct rule ceil_sub = {CODE(CEIL_SUB), judge_sub, sub_key,
				     prove_sub,	     0,		sub_severity};

/* Can any number be within another? Hardly any operation has such. */
static bool may_nest(const struct dossier *d)
{
	if (d->ceiling_parts.count > 0 || d->ceilings_within > 0)
		return true;
	for (Mandate__Component c = C(UNIFORMED); c < COMPONENTS; c++) {
		if (d->ceilings[c].count == 0)
			continue;
		for (Mandate__Component up = ceiling_parent(c); up; up = ceiling_parent(up))
			if (d->ceilings[up].count > 0)
				return true;
	}
	return false;
}

/* A part under a component's name has no key of its own. */
static bool is_component(const char *name)
{
	int value;

	return names_value(&mandate__component__descriptor, name, &value) == STATUS_OK;
}

static void evaluate_sub(struct evaluation *e)
{
	if (!may_nest(e->d))
		return;
	for (Mandate__Component c = C(UNIFORMED); c < COMPONENTS; c++)
		if (e->d->ceilings[c].count > 0)
			evaluate_judge(e, &ceil_sub, (struct judge_subject){.component = c});
	for (size_t n = 0; n < e->d->ceiling_parts.count; n++) {
		const struct ceiling_part *part =
			ITEMS(e->d->ceiling_parts, struct ceiling_part *const)[n];

		if (!is_component(part->name))
			evaluate_judge(e, &ceil_sub, (struct judge_subject){.part = part});
	}
}

/* --- MAND_ONE_SIDED --- */

struct sides {
	size_t count;
	int32_t least, greatest;  /* U */
	struct mandate_day first; /* of the first with the least */
};

static struct sides sides_on(const struct dossier *d, int32_t day, struct span *span)
{
	struct sides s = {.least = DAY_INFINITE, .greatest = DAY_NEVER};

	for (size_t i = 0; i < d->parties.count; i++) {
		struct mandate_day m;

		if (!mandate_binds(d, party_at(d, i), day, span))
			continue;
		mandate_fold_texts(d, party_at(d, i), day, &m, span);
		if (s.count++ == 0 || m.secured_until < s.least) {
			s.least = m.secured_until;
			s.first = m;
		}
		s.greatest = day_greatest(s.greatest, m.secured_until);
	}
	return s;
}

/* While a hybrid is in effect, two parties at least, of which one is secured for a shorter time,
 * and for so many days more at most. Not where a lapse could not be told either. */
static bool judge_one_sided(const struct dossier *d, const struct alert_parameters *p,
			    const struct judge_subject *subject, int32_t day,
			    struct judge_finding *ret_finding, struct span *span)
{
	struct sides s;

	(void)subject;
	if (!partnership_is_hybrid(d, day, span))
		return false;
	s = sides_on(d, day, span);
	if (s.count < 2 || s.least == s.greatest)
		return false;
	ret_finding->mandate = s.first;
	ret_finding->other_until = s.greatest;
	span_cut(span, day, day_plus(s.least, -p->one_sided_days));
	return day_plus(s.least, -p->one_sided_days) <= day &&
	       (mandate_in_force(d, day, span) || mandate_covered(d, day, span));
}

static char *operation_key(struct draft *t, const struct judge_subject *subject)
{
	(void)subject;
	return arena_text(t->a, t->d->name);
}

/* Every binding party's text, those of the side that has not acted first. */
static void cite_sides(struct evaluation *e, Mandate__Alert *alert, int32_t least)
{
	for (int later = 0; later < 2; later++) {
		for (size_t i = 0; i < e->d->parties.count; i++) {
			const struct party *party = party_at(e->d, i);
			struct span span = SPAN_ALL;
			struct mandate_day m;

			if (!mandate_binds(e->d, party, e->day, &span))
				continue;
			mandate_fold_texts(e->d, party, e->day, &m, &span);
			if ((m.secured_until != least) != later)
				continue;
			if (!later)
				alert->parties[alert->n_parties++] =
					draft_text(&e->draft, party->code);
			if (m.document)
				draft_instrument(&e->draft, alert, party->code, m.document);
		}
	}
}

static void prove_one_sided(struct evaluation *e, Mandate__Alert *alert,
			    const struct judge_subject *subject, const struct judge_finding *f)
{
	const struct arrangement_fact *hybrid = partnership_hybrid(e->d, e->day);
	int32_t least = f->mandate.secured_until;

	(void)subject;
	alert->has_valid_until = least != DAY_NEVER;
	alert->valid_until = least;
	alert->has_other_day = f->other_until != DAY_INFINITE;
	alert->other_day = f->other_until;
	if (f->mandate.document)
		alert->document = draft_text(&e->draft, f->mandate.document);
	alert->parties = arena_calloc(e->draft.a, e->d->parties.count, sizeof(char *));
	if (!alert->parties) {
		e->draft.failed = true;
		return;
	}
	alert->arrangement = draft_text(&e->draft, hybrid->record->arrangement);
	draft_cause(&e->draft, alert, MANDATE__KIND__KIND_ARRANGEMENT, hybrid->record->arrangement);
	cite_sides(e, alert, least);
	if (alert->n_parties == 1)
		alert->party = alert->parties[0];
}

static const struct rule mand_one_sided = {CODE(MAND_ONE_SIDED),
					   judge_one_sided,
					   operation_key,
					   prove_one_sided,
					   MANDATE__SEVERITY__SEVERITY_ALARM,
					   NULL};

/* --- all --- */

void alert_mandates_evaluate(struct evaluation *e)
{
	if (home_kind_of(e->d->name) != HOME_OPERATION)
		return;
	if (e->d->partnership.hybrids.count > 0)
		evaluate_judge(e, &mand_one_sided, (struct judge_subject){0});
	evaluate_sub(e);
}

Mandate__CloseReason alert_mandates_close(const struct dossier *d, const struct alert_parameters *p,
					  int32_t day, const Mandate__Alert *was)
{
	struct span span = SPAN_ALL;

	(void)p;
	if (was->code == CODE(CEIL_SUB))
		return mandate_in_force(d, day, &span) ? REASON(RESOLVED) : REASON(OVER);
	return sides_on(d, day, &span).count < 2 ? REASON(OVER) : REASON(RESOLVED);
}
