/* Alerts with and without the changes, day by day. Told is where the two worlds come to differ:
 * open only with the changes (OPENED), only without (CLOSED), in both but otherwise (CHANGED); and
 * then what becomes of those that were told. */
#include "service/whatif.h"

#include "model/codec.h"
#include "rules/alert.h"

/* What was told of one alert. */
struct told {
	struct told *next;
	Mandate__Alert *alert; /* as it was told last */
	bool closed;	       /* that it is not open */
	bool seen;	       /* on the day at hand */
};

struct judging {
	struct whatif *w;
	struct whatif_home *h;
	struct told *told;
	int32_t day;
};

static int compare_alerts(const Mandate__Alert *x, const Mandate__Alert *y)
{
	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return strcmp(x->key, y->key);
}

static struct told *find_told(struct judging *j, const Mandate__Alert *alert)
{
	struct told *t = j->told;

	while (t && compare_alerts(t->alert, alert) != 0)
		t = t->next;
	return t;
}

static void forget(struct judging *j, struct told *told)
{
	struct told **at = &j->told;

	while (*at && *at != told)
		at = &(*at)->next;
	if (*at)
		*at = told->next;
}

static enum status tell(struct judging *j, struct told *t, Mandate__AlertAct act,
			Mandate__Alert *alert)
{
	struct whatif *w = j->w;
	bool closed = act == MANDATE__ALERT_ACT__ALERT_ACT_CLOSED;
	Mandate__CloseReason reason = 0;

	if (closed) {
		reason =
			alert_close_reason(j->h->would.dossier, w->page->parameters, j->day, alert);
		if (reason == MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED && j->h->corrected &&
		    j->day == w->page->on)
			reason = MANDATE__CLOSE_REASON__CLOSE_REASON_CORRECTED;
	}
	if (!t) {
		t = arena_alloc(w->a, sizeof *t);
		if (!t)
			return STATUS_NO_MEMORY;
		t->next = j->told;
		j->told = t;
	}
	t->alert = codec_copy(w->a, &alert->base);
	t->closed = closed;
	t->seen = true;
	return t->alert ? whatif_alert(w, j->day, act, alert, reason) : STATUS_NO_MEMORY;
}

/* One alert on one day: as it is without the changes and as it would be; NULL: not open. */
static enum status compare(struct judging *j, Mandate__Alert *was, Mandate__Alert *would)
{
	struct arena *scratch = &j->w->page->scratch;
	struct told *t = find_told(j, would ? would : was);

	if (t)
		t->seen = true;
	if (was && would && codec_equal(scratch, &was->base, &would->base)) {
		if (t)
			forget(j, t);
		return STATUS_OK;
	}
	if (!would)
		return t && t->closed ? STATUS_OK
				      : tell(j, t, MANDATE__ALERT_ACT__ALERT_ACT_CLOSED, was);
	if (t && !t->closed && codec_equal(scratch, &t->alert->base, &would->base))
		return STATUS_OK;
	bool opens = t ? t->closed : !was;
	return tell(j, t,
		    opens ? MANDATE__ALERT_ACT__ALERT_ACT_OPENED
			  : MANDATE__ALERT_ACT__ALERT_ACT_CHANGED,
		    would);
}

/* Those told of that are open in neither world any more. */
static enum status end_told(struct judging *j)
{
	enum status s = STATUS_OK;

	for (struct told *t = j->told, *next; t && s == STATUS_OK; t = next) {
		next = t->next;
		if (!t->seen) {
			forget(j, t);
			if (!t->closed)
				s = tell(&(struct judging){.w = j->w, .h = j->h, .day = j->day},
					 NULL, MANDATE__ALERT_ACT__ALERT_ACT_CLOSED, t->alert);
		}
		t->seen = false;
	}
	return s;
}

static enum status judge_day(struct judging *j, int32_t *ret_next)
{
	struct page *p = j->w->page;
	Mandate__Alert **was = NULL, **would;
	size_t was_count = 0, would_count, i = 0, k = 0;
	int32_t next = DAY_INFINITE, other;
	enum status s;

	arena_reset(&p->scratch);
	s = alert_evaluate_until(j->h->was.dossier, p->parameters, j->day, &p->scratch, &was,
				 &was_count, &next);
	if (s == STATUS_OK)
		s = alert_evaluate_until(j->h->would.dossier, p->parameters, j->day, &p->scratch,
					 &would, &would_count, &other);
	while (s == STATUS_OK && (i < was_count || k < would_count)) {
		int order = i == was_count     ? 1
			    : k == would_count ? -1
					       : compare_alerts(was[i], would[k]);

		s = compare(j, order <= 0 ? was[i] : NULL, order >= 0 ? would[k] : NULL);
		i += order <= 0;
		k += order >= 0;
	}
	if (s == STATUS_OK)
		s = end_told(j);
	if (s == STATUS_OK)
		*ret_next = other < next ? other : next;
	return s;
}

enum status whatif_judge(struct whatif *w, struct whatif_home *h)
{
	struct judging j = {.w = w, .h = h, .day = w->page->on};
	enum status s = STATUS_OK;

	while (s == STATUS_OK && j.day <= w->last) {
		if (w->judged++ == WHATIF_JUDGED_MAX)
			return query_page_refuse(w->page, MANDATE__CODE__CODE_LIMIT, "query.whatif",
						 "too much to judge: ask about fewer changes or "
						 "days");
		s = query_page_breathe(w->page);
		if (s == STATUS_OK)
			s = judge_day(&j, &j.day);
	}
	return s;
}

/* --- two contents under one edition --------------------------------------------------------------
 */

static bool is_of(const struct plan *p, const struct plan *of)
{
	return !p->unchanged && p->kind == of->kind && strcmp(p->key, of->key) == 0;
}

/* The first plan of the record of `i`; NULL if there is a later one than `i`. */
static const struct plan *first_of(const struct apply *plan, size_t i)
{
	const struct plan *last = &plan->plans[i], *first = last;

	for (size_t k = i + 1; k < plan->planned; k++)
		if (is_of(&plan->plans[k], last))
			return NULL;
	for (size_t k = i; k-- > 0;)
		if (is_of(&plan->plans[k], last))
			first = &plan->plans[k];
	return first;
}

enum status whatif_judge_clashes(struct whatif *w)
{
	int32_t on = w->page->on;
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < w->plan.planned; i++) {
		const struct plan *p = &w->plan.plans[i];
		const struct plan *first = p->unchanged ? NULL : first_of(&w->plan, i);

		if (!first)
			continue;
		bool was = first->has_previous && first->previous.stored->has_clash &&
			   first->previous.stored->clash;
		if (!was && !p->next.clash)
			continue;
		const char *office = first->has_previous && first->previous.stored->office
					     ? first->previous.stored->office
					     : w->plan.office;
		Mandate__Alert *alert = alert_edition_clash(w->a, p->kind, p->key, p->operation, on,
							    office, w->plan.office);
		if (!alert)
			return STATUS_NO_MEMORY;
		if (p->next.clash)
			s = whatif_clash(
				w, i,
				"two contents stand under one edition: the one whose bytes "
				"are greater holds until a higher edition comes",
				p->kind, p->key);
		if (s == STATUS_OK && p->next.clash && !was)
			s = whatif_alert(w, on, MANDATE__ALERT_ACT__ALERT_ACT_OPENED, alert, 0);
		if (s == STATUS_OK && !p->next.clash)
			s = whatif_alert(w, on, MANDATE__ALERT_ACT__ALERT_ACT_CLOSED, alert,
					 MANDATE__CLOSE_REASON__CLOSE_REASON_CORRECTED);
	}
	return s;
}
