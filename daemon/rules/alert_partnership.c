#include "rules/evaluate.h"
#include "rules/function.h"
#include "rules/home.h"

#include <string.h>

#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name
#define SEVERITY(name) MANDATE__SEVERITY__SEVERITY_##name
#define REASON(name) MANDATE__CLOSE_REASON__CLOSE_REASON_##name

/* --- conditions --- */

/* One side has accepted and not all have; and it is so many days before it is to take effect, or
 * after that side accepted, or later. */
static bool judge_one_side(const struct dossier *d, const struct alert_parameters *p,
			   const struct judge_subject *subject, int32_t day,
			   struct judge_finding *ret_finding, struct span *span)
{
	const Mandate__Arrangement *a = subject->arrangement->record;
	const struct arrangement_life *life = &subject->arrangement->life;
	int32_t due = day_plus(life->one_side, p->handover_waiting_days), over;

	(void)d;
	(void)ret_finding;
	if (a->has_effective)
		due = day_least(due, a->effective - p->handover_notice_days);
	due = day_greatest(due, life->one_side);
	over = day_least(day_least(life->all_sides, life->declined),
			 day_least(life->lapses, day_plus(life->last_day, 1)));
	span_cut(span, day, due);
	span_cut(span, day, over);
	/* Who has still to answer changes with every answer. */
	for (size_t i = 0; i < subject->arrangement->answers.count; i++)
		span_cut(span, day,
			 ITEMS(subject->arrangement->answers, const Mandate__Acceptance *const)[i]
				 ->day);
	return due <= day && day < over;
}

/* The last day of the predecessor's mandate as it stands the day before E, if that leaves a gap;
 * DAY_INFINITE if it does not, or nothing is known. */
static int32_t last_day_before(const struct dossier *d, int32_t effective_from)
{
	struct span span = SPAN_ALL;
	struct mandate_day m;
	int32_t last;

	mandate_fold(d, NULL, effective_from - 1, &m, &span);
	if (m.in_force || m.status == MANDATE__MANDATE_STATUS__MANDATE_STATUS_UNKNOWN)
		return DAY_INFINITE;
	last = m.valid_until != DAY_NEVER ? m.valid_until : d->operation.end_date;
	return last < effective_from - 1 ? last : DAY_INFINITE;
}

/* E is later than the day after the predecessor's last day: on the days between, and before, from
 * when all have accepted, as long as nothing secures the mandate up to E. */
static bool judge_gap(const struct dossier *d, const struct alert_parameters *p,
		      const struct judge_subject *subject, int32_t day,
		      struct judge_finding *ret_finding, struct span *span)
{
	const struct arrangement_life *life = &subject->arrangement->life;
	struct mandate_day *m = &ret_finding->mandate;
	int32_t last;

	(void)p;
	span_cut(span, day, life->effective_from);
	if (life->effective_from == DAY_INFINITE || day >= life->effective_from)
		return false;
	last = last_day_before(d, life->effective_from);
	span_cut(span, day, day_plus(last, 1));
	span_cut(span, day, life->all_sides);
	if (day > last) {
		ret_finding->last_day = last;
		return true;
	}
	if (day < life->all_sides)
		return false;
	mandate_fold(d, NULL, day, m, span);
	ret_finding->last_day = m->secured_until;
	return m->in_force && m->secured_until < life->effective_from - 1;
}

/* The predecessor's mandate is in force more than so many days after E. */
static bool judge_overlap(const struct dossier *d, const struct alert_parameters *p,
			  const struct judge_subject *subject, int32_t day,
			  struct judge_finding *ret_finding, struct span *span)
{
	int32_t over = day_plus(subject->arrangement->life.effective_from, p->succ_overlap_days);

	span_cut(span, day, day_plus(over, 1));
	if (over == DAY_INFINITE || day <= over)
		return false;
	mandate_fold(d, NULL, day, &ret_finding->mandate, &(struct span){DAY_NEVER, DAY_INFINITE});
	ret_finding->last_day = ret_finding->mandate.valid_until;
	return mandate_in_force(d, day, span);
}

static bool judge_orphan(const struct dossier *d, const struct alert_parameters *p,
			 const struct judge_subject *subject, int32_t day,
			 struct judge_finding *ret_finding, struct span *span)
{
	bool declared;
	size_t holders = function_count(d, day, span, &declared);

	(void)p;
	(void)subject;
	(void)ret_finding;
	return declared && holders != 1;
}

/* --- what an alert is called and what proves it --- */

static char *arrangement_key(struct draft *t, const struct judge_subject *subject)
{
	return arena_text(t->a, subject->arrangement->fact.key);
}

static char *home_key(struct draft *t, const struct judge_subject *subject)
{
	(void)subject;
	return arena_text(t->a, t->d->name);
}

/* Sorted, for the alert to keep. */
static void name_parties(struct draft *t, Mandate__Alert *alert, const char *const *names,
			 size_t count)
{
	alert->parties = arena_calloc(t->a, count + 1, sizeof *alert->parties);
	t->failed |= !alert->parties;
	for (size_t i = 0; alert->parties && i < count; i++)
		alert->parties[alert->n_parties++] = draft_text(t, names[i]);
}

static void prove_arrangement(struct draft *t, Mandate__Alert *alert,
			      const struct arrangement_fact *fact)
{
	const Mandate__Arrangement *a = fact->record;

	alert->arrangement = draft_text(t, a->arrangement);
	if (a->other_operation)
		alert->other_operation = draft_text(t, a->other_operation);
	draft_cause(t, alert, MANDATE__KIND__KIND_ARRANGEMENT, fact->fact.key);
	for (size_t i = 0; i < fact->answers.count; i++) {
		const Mandate__Acceptance *answer =
			ITEMS(fact->answers, Mandate__Acceptance *const)[i];

		const char *key = arena_printf(t->a, "%s:%s", answer->arrangement, answer->party);

		if (key)
			draft_cause(t, alert, MANDATE__KIND__KIND_ACCEPTANCE, key);
		t->failed |= !key;
	}
}

static void prove_one_side(struct evaluation *e, Mandate__Alert *alert,
			   const struct judge_subject *subject, const struct judge_finding *f)
{
	const struct arrangement_fact *fact = subject->arrangement;
	const char *const *parties;
	size_t count;

	(void)f;
	prove_arrangement(&e->draft, alert, fact);
	alert->has_day = fact->record->has_effective;
	alert->day = fact->record->effective;
	alert->has_other_day = true;
	alert->other_day = fact->life.one_side;
	if (arrangement_waits_for(e->draft.a, fact->record, fact->answers.at, fact->answers.count,
				  e->day, &parties, &count) == STATUS_OK)
		name_parties(&e->draft, alert, parties, count);
	else
		e->draft.failed = true;
}

static void prove_succession(struct evaluation *e, Mandate__Alert *alert,
			     const struct judge_subject *subject, const struct judge_finding *f)
{
	prove_arrangement(&e->draft, alert, subject->arrangement);
	alert->has_day = true;
	alert->day = subject->arrangement->life.effective_from;
	if (f->last_day == DAY_INFINITE)
		return;
	alert->has_valid_until = true;
	alert->valid_until = f->last_day;
}

static void prove_orphan(struct evaluation *e, Mandate__Alert *alert,
			 const struct judge_subject *subject, const struct judge_finding *f)
{
	struct draft *t = &e->draft;
	struct span span = SPAN_ALL;
	struct function_day on;
	const char *function, *area, **names;
	size_t count = 0;

	(void)subject;
	(void)f;
	if (function_on(t->d, e->day, t->a, &on, &span) != STATUS_OK ||
	    home_function_parts(t->a, t->d->name, &function, &area) != STATUS_OK ||
	    !(names = arena_calloc(t->a, on.holder_count + 1, sizeof *names))) {
		t->failed = true;
		return;
	}
	alert->function = draft_text(t, function);
	alert->area = draft_text(t, area);
	for (size_t i = 0; i < on.holder_count; i++) {
		const struct function_holder *holder = &on.holders[i];

		draft_cause(t, alert, holder->kind, holder->key);
		if (!holder->ended)
			names[count++] = holder->operation ? holder->operation : holder->parties[0];
	}
	name_parties(t, alert, names, count);
}

/* --- the rules --- */

static const struct rule one_side = {CODE(HANDOVER_ONE_SIDE), judge_one_side,  arrangement_key,
				     prove_one_side,	      SEVERITY(ALARM), NULL};
static const struct rule gap = {CODE(SUCC_GAP),	  judge_gap,	  arrangement_key,
				prove_succession, SEVERITY(WARN), NULL};
static const struct rule overlap = {CODE(SUCC_OVERLAP), judge_overlap,	arrangement_key,
				    prove_succession,	SEVERITY(INFO), NULL};
static const struct rule orphan = {CODE(FUNCTION_ORPHAN), judge_orphan,	   home_key,
				   prove_orphan,	  SEVERITY(ALARM), NULL};

/* An arrangement between two operations is judged in the first one's home. */
static bool is_judged_here(const struct dossier *d, const Mandate__Arrangement *a)
{
	return !a->operation || strcmp(a->operation, d->name) == 0;
}

/* Of a split something of the predecessor may go on. */
static bool replaces(const struct arrangement_fact *edge)
{
	return edge->record->kind != MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_SPLIT;
}

void alert_partnership_evaluate(struct evaluation *e)
{
	const struct partnership *p = &e->d->partnership;

	if (home_kind_of(e->d->name) == HOME_FUNCTION) {
		evaluate_judge(e, &orphan, (struct judge_subject){0});
		return;
	}
	for (size_t i = 0; i < p->arrangements.count; i++) {
		const struct arrangement_fact *fact =
			(const struct arrangement_fact *)(const void *)shelf_at(&p->arrangements,
										i);

		/* Most are accepted by all on one day. */
		if (fact->life.one_side < fact->life.all_sides &&
		    is_judged_here(e->d, fact->record))
			evaluate_judge(e, &one_side, (struct judge_subject){.arrangement = fact});
	}
	for (size_t i = 0; i < p->edges.count; i++) {
		struct judge_subject subject = {
			.arrangement = ITEMS(p->edges, struct arrangement_ref)[i].of};

		if (!replaces(subject.arrangement))
			continue;
		evaluate_judge(e, &gap, subject);
		evaluate_judge(e, &overlap, subject);
	}
}

/* --- closing --- */

static bool is_open(Mandate__ArrangementState state)
{
	return state == MANDATE__ARRANGEMENT_STATE__ARRANGEMENT_STATE_PROPOSED ||
	       state == MANDATE__ARRANGEMENT_STATE__ARRANGEMENT_STATE_ACCEPTED_ONE_SIDE ||
	       state == MANDATE__ARRANGEMENT_STATE__ARRANGEMENT_STATE_ACCEPTED_BOTH ||
	       state == MANDATE__ARRANGEMENT_STATE__ARRANGEMENT_STATE_IN_EFFECT;
}

/* Over: declined, lapsed or ended; the gap has passed unfilled; a function nobody claims any more.
 */
Mandate__CloseReason alert_partnership_close(const struct dossier *d,
					     const struct alert_parameters *p, int32_t day,
					     const Mandate__Alert *was)
{
	const struct arrangement_fact *fact =
		was->arrangement ? partnership_arrangement(d, was->arrangement) : NULL;
	struct span span = SPAN_ALL;
	bool over = false, declared;

	(void)p;
	if (was->code == CODE(FUNCTION_ORPHAN))
		over = function_count(d, day, &span, &declared) == 0 && !declared;
	else if (fact && was->code == CODE(HANDOVER_ONE_SIDE))
		over = !is_open(arrangement_state(&fact->life, day));
	else if (fact && was->code == CODE(SUCC_GAP))
		over = day >= fact->life.effective_from &&
		       last_day_before(d, fact->life.effective_from) != DAY_INFINITE;
	return over ? REASON(OVER) : REASON(RESOLVED);
}
