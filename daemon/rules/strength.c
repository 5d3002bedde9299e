#include "rules/strength.h"
#include "rules/parts.h"

#define C(name) MANDATE__COMPONENT__COMPONENT_##name

/* The head-count that holds for `c` itself, NULL if none counts. */
static const struct head *head_on(const struct dossier *d, Mandate__Component c, int32_t day,
				  int32_t counts_after, struct span *span)
{
	const struct head *heads = d->heads[c].at;
	size_t n = array_until(&d->heads[c], sizeof *heads, day);

	if (n < d->heads[c].count)
		span_end(span, heads[n].as_of - 1);
	if (n == 0)
		return NULL;
	span_begin(span, heads[n - 1].as_of);
	return heads[n - 1].as_of > counts_after ? &heads[n - 1] : NULL;
}

/* Persons of units; `within`: of corrections officers too. */
static int64_t present(const struct dossier *d, Mandate__Component c, bool within, int32_t day,
		       struct span *span)
{
	return presence_on(d, c, day, span) +
	       (within ? presence_on(d, C(CORRECTIONS), day, span) : 0);
}

static bool any_unit_by(const struct dossier *d, Mandate__Component c, int32_t day)
{
	const struct array *points = &d->presence[c].points;

	return points->count > 0 && ITEMS(*points, struct presence_point)[0].day <= day;
}

static int64_t head_persons(const struct dossier *d, Mandate__Component c, const struct head *head,
			    bool within, bool *partial)
{
	int64_t persons = (int64_t)head->persons;
	bool missing;

	if (!within)
		return persons;
	persons += (int64_t)counts_corrections(d, c, head, &missing);
	*partial |= missing;
	return persons;
}

/* S = H + N(D) - N(R); without R, N(D). `within`: corrections officers are counted with `c`. */
static void fold_one(const struct dossier *d, Mandate__Component c, int32_t day,
		     const struct head *head, bool within, struct strength_day *to,
		     struct span *span)
{
	int64_t persons = present(d, c, within, day, span);
	struct span at_head = SPAN_ALL;

	*to = (struct strength_day){.as_of = DAY_NEVER, .corrections = within};
	if (head) {
		to->known = true;
		to->basis = (Mandate__Basis)head->basis;
		to->as_of = head->as_of;
		to->age_days = (uint32_t)(day - head->as_of);
		to->partial = head->partial;
		persons += head_persons(d, c, head, within, &to->partial) -
			   present(d, c, within, head->as_of, &at_head);
	} else if (any_unit_by(d, c, day) || (within && any_unit_by(d, C(CORRECTIONS), day))) {
		to->known = true;
		to->basis = MANDATE__BASIS__BASIS_UNIT;
		to->as_of = day;
	}
	to->persons = to->known && persons > 0 ? (uint64_t)persons : 0;
}

/* The sum is as old as its oldest head-count and as firm as its weakest; units, which are as of the
 * day itself, change neither. */
static void add_group(struct strength_day *sum, const struct strength_day *group)
{
	bool partial = sum->partial || group->partial || !group->known;
	bool corrections = sum->corrections || group->corrections;
	uint64_t persons = sum->persons;

	if (!sum->known || (sum->basis == MANDATE__BASIS__BASIS_UNIT && group->known)) {
		*sum = *group;
		sum->persons += persons;
	} else if (group->known) {
		sum->persons += group->persons;
		if (group->basis != MANDATE__BASIS__BASIS_UNIT && group->basis > sum->basis)
			sum->basis = group->basis;
		if (group->as_of < sum->as_of) {
			sum->as_of = group->as_of;
			sum->age_days = group->age_days;
		}
	}
	sum->partial = partial;
	sum->corrections = corrections;
}

static void fold(const struct dossier *d, Mandate__Component c, int32_t day, int32_t counts_after,
		 bool within, struct strength_day *to, struct span *span)
{
	const struct head *head = head_on(d, c, day, counts_after, span);

	fold_one(d, c, day, head, within && c == C(POLICE), to, span);
}

static void fold_uniformed(const struct dossier *d, int32_t day, int32_t counts_after, bool within,
			   struct strength_day *to, struct span *span)
{
	const struct head *head = head_on(d, C(UNIFORMED), day, counts_after, span);
	struct strength_day military, police;
	int64_t others;

	fold(d, C(MILITARY), day, counts_after, within, &military, span);
	fold(d, C(POLICE), day, counts_after, within, &police, span);
	if (head &&
	    (military.basis == MANDATE__BASIS__BASIS_UNIT || head->as_of >= military.as_of) &&
	    (police.basis == MANDATE__BASIS__BASIS_UNIT || head->as_of >= police.as_of)) {
		fold_one(d, C(UNIFORMED), day, head, within, to, span);
		return;
	}
	*to = (struct strength_day){.as_of = DAY_NEVER};
	add_group(to, &military);
	add_group(to, &police);
	if (d->presence[C(UNIFORMED)].points.count == 0)
		return;
	/* Units of which it is not said whether they are military or police. */
	others = presence_on(d, C(UNIFORMED), day, span) - presence_on(d, C(MILITARY), day, span) -
		 presence_on(d, C(POLICE), day, span);
	if (others > 0) {
		struct strength_day more = {.known = true,
					    .persons = (uint64_t)others,
					    .basis = MANDATE__BASIS__BASIS_UNIT,
					    .as_of = day};
		add_group(to, &more);
	}
}

void strength_fold(const struct dossier *d, Mandate__Component c, int32_t day, int32_t counts_after,
		   struct strength_day *ret_strength, struct span *span)
{
	bool within =
		(c == C(UNIFORMED) || c == C(POLICE)) && ceiling_corrections_within(d, day, span);

	if (c == C(UNIFORMED))
		fold_uniformed(d, day, counts_after, within, ret_strength, span);
	else
		fold(d, c, day, counts_after, within, ret_strength, span);
}

void strength_fold_apart(const struct dossier *d, Mandate__Component c, int32_t day,
			 int32_t counts_after, struct strength_day *ret_strength, struct span *span)
{
	if (c == C(UNIFORMED))
		fold_uniformed(d, day, counts_after, false, ret_strength, span);
	else
		fold(d, c, day, counts_after, false, ret_strength, span);
}

void strength_on(const struct dossier *d, Mandate__Component component, int32_t day,
		 int32_t counts_after, struct strength_day *ret_strength)
{
	struct span span = SPAN_ALL;

	strength_fold(d, component, day, counts_after, ret_strength, &span);
}

int32_t strength_last_return(const struct dossier *d, Mandate__Component group, int32_t day)
{
	const struct array *days = &d->returns[group];
	size_t n = array_until(days, sizeof(int32_t), day);

	return n > 0 ? ITEMS(*days, int32_t)[n - 1] : DAY_NEVER;
}

void strength_estimate(const struct dossier *d, int32_t day, struct estimate_day *ret_estimate)
{
	size_t n = array_until(&d->estimates, sizeof(struct estimate_row), day);
	const struct estimate_row *row;
	Mandate__Detail detail = MANDATE__DETAIL__DETAIL_CONTRIBUTOR;

	*ret_estimate = (struct estimate_day){.as_of = DAY_NEVER};
	if (n == 0)
		return;
	row = &ITEMS(d->estimates, struct estimate_row)[n - 1];
	if (!row->has[detail])
		detail = MANDATE__DETAIL__DETAIL_PLACE;
	*ret_estimate = (struct estimate_day){.known = true,
					      .persons = row->persons[detail],
					      .as_of = row->as_of,
					      .contributors = row->contributors[detail]};
}
