/* Strengths: what is known, what is allowed, what a map estimates. */
#include "service/query_page.h"

#include "model/codec.h"
#include "model/record.h"
#include "rules/ceiling.h"

int32_t query_strength_counts_after(const struct mandate_day *mandate, int32_t day)
{
	return day > mandate->last_lawful ? mandate->last_lawful : DAY_NEVER;
}

enum status query_strength_return(struct page_operation *o, int32_t as_of,
				  const Mandate__Return **ret_return)
{
	Mandate__Return key = MANDATE__RETURN__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;
	char text[KEY_TEXT_MAX + 1];
	struct view_fact fact;

	key.operation = codec_borrow(o->name);
	key.as_of = as_of;
	record.content_case = MANDATE__RECORD__CONTENT_RETURN;
	record.return_ = &key;
	if (record_key(&record, text) != STATUS_OK)
		return STATUS_CORRUPT;
	enum status s = view_get(&o->page->view, &o->page->scratch, MANDATE__KIND__KIND_RETURN,
				 text, &fact);
	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !fact.record))
		return STATUS_CORRUPT; /* the dossier was made from it */
	if (s == STATUS_OK)
		*ret_return = fact.record->return_;
	return s;
}

static bool belongs(Mandate__Component component, Mandate__Component group)
{
	while (component && component != group)
		component = ceiling_parent(component);
	return component == group;
}

/* What is asked of every row of an operation. */
struct circumstances {
	struct page_operation *operation;
	struct mandate_day mandate;
	struct estimate_day estimate;
	int32_t counts_after;
	bool groups_known;
	uint64_t groups; /* military and police together */
};

/* Who makes up the head-count, where a return says so. */
static enum status add_contributors(struct circumstances *c, Mandate__Strength *strength)
{
	struct arena *a = c->operation->page->arena;
	const Mandate__Return *r;
	enum status s = query_strength_return(c->operation, strength->as_of, &r);

	if (s != STATUS_OK)
		return s;
	strength->contributors = arena_calloc(a, r->n_counts, sizeof(Mandate__HeadCount *));
	for (size_t i = 0; i < r->n_counts && strength->contributors; i++) {
		if (!belongs(r->counts[i]->component, strength->component))
			continue;
		Mandate__HeadCount *count = arena_copy(a, r->counts[i], sizeof *count);
		if (count)
			count->contributor = arena_text(a, count->contributor);
		if (!count || !count->contributor)
			return STATUS_NO_MEMORY;
		strength->contributors[strength->n_contributors++] = count;
	}
	return strength->contributors || !r->n_counts ? STATUS_OK : STATUS_NO_MEMORY;
}

static void add_head_count(Mandate__Strength *m, const struct strength_day *strength)
{
	if (!strength->known)
		return;
	m->has_persons = m->has_basis = m->has_as_of = m->has_age_days = true;
	m->persons = strength->persons;
	m->basis = strength->basis;
	m->as_of = strength->as_of;
	m->age_days = strength->age_days;
	m->has_partial = m->partial = strength->partial;
}

static void add_ceiling(Mandate__Strength *m, const struct ceiling_day *ceiling, bool in_force)
{
	if (!ceiling->set)
		return;
	m->has_ceiling = m->has_ceiling_applies = true;
	m->ceiling = ceiling->persons;
	m->ceiling_applies = in_force;
	m->has_ceiling_derived = m->ceiling_derived = ceiling->derived;
}

static bool is_group(Mandate__Component component)
{
	return component == MANDATE__COMPONENT__COMPONENT_MILITARY ||
	       component == MANDATE__COMPONENT__COMPONENT_POLICE;
}

/* Military and police have a row if anything is known of them, even that nobody is there; what is
 * neither, and their parts, if somebody is there or may be; `uniformed` if it says more than they.
 */
static bool worth_a_row(const struct circumstances *c, Mandate__Component component,
			const struct strength_day *strength, const struct ceiling_day *ceiling,
			bool estimated)
{
	bool own_ceiling = ceiling->set && !ceiling->derived;

	if (component == MANDATE__COMPONENT__COMPONENT_UNIFORMED)
		return own_ceiling ||
		       (strength->known && (!c->groups_known || strength->persons != c->groups));
	if (is_group(component))
		return strength->known || ceiling->set || estimated;
	return (strength->known && strength->persons) || own_ceiling;
}

/* Military and police together. */
static void sum_groups(struct circumstances *c)
{
	static const Mandate__Component groups[] = {MANDATE__COMPONENT__COMPONENT_MILITARY,
						    MANDATE__COMPONENT__COMPONENT_POLICE};

	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		struct strength_day strength;

		strength_on(c->operation->dossier, groups[i], c->operation->page->on,
			    c->counts_after, &strength);
		c->groups_known |= strength.known;
		c->groups += strength.known ? strength.persons : 0;
	}
}

static enum status component_row(struct circumstances *c, Mandate__Component component)
{
	struct page *p = c->operation->page;
	const struct dossier *d = c->operation->dossier;
	bool military = component == MANDATE__COMPONENT__COMPONENT_MILITARY;
	bool estimated = military && c->estimate.known;
	struct strength_day strength;
	struct ceiling_day ceiling;

	strength_on(d, component, p->on, c->counts_after, &strength);
	ceiling_on(d, component, p->on, &ceiling);
	if (!worth_a_row(c, component, &strength, &ceiling, estimated))
		return STATUS_OK;
	Mandate__Row *row = arena_alloc(p->arena, sizeof *row);
	Mandate__Strength *m = arena_alloc(p->arena, sizeof *m);
	if (!row || !m)
		return STATUS_NO_MEMORY;
	mandate__row__init(row);
	mandate__strength__init(m);
	row->what_case = MANDATE__ROW__WHAT_STRENGTH;
	row->strength = m;
	m->operation = arena_text(p->arena, c->operation->name);
	if (!m->operation)
		return STATUS_NO_MEMORY;
	m->on = p->on;
	m->component = component;
	add_head_count(m, &strength);
	add_ceiling(m, &ceiling, c->mandate.in_force);
	if (estimated) {
		m->has_estimate = m->has_estimate_as_of = true;
		m->estimate = c->estimate.persons;
		m->estimate_as_of = c->estimate.as_of;
	}
	if (is_group(component) && p->query->strength->operation && strength.known &&
	    strength.basis == MANDATE__BASIS__BASIS_RETURN) {
		enum status s = add_contributors(c, m);

		if (s != STATUS_OK)
			return s;
	}
	return query_page_operation_row(c->operation, row);
}

/* Has it a head-count or an estimate? What an answer about all operations shows. */
static bool counted(const struct circumstances *c)
{
	struct strength_day strength;

	if (c->groups_known || c->estimate.known)
		return true;
	strength_on(c->operation->dossier, MANDATE__COMPONENT__COMPONENT_UNIFORMED,
		    c->operation->page->on, c->counts_after, &strength);
	return strength.known;
}

static enum status rows(struct page_operation *o)
{
	const ProtobufCEnumDescriptor *components = &mandate__component__descriptor;
	int32_t on = o->page->on;
	struct circumstances c = {.operation = o};
	enum status s = STATUS_OK;

	mandate_on(o->dossier, NULL, on, &c.mandate);
	strength_estimate(o->dossier, on, &c.estimate);
	c.counts_after = query_strength_counts_after(&c.mandate, on);
	sum_groups(&c);
	if (!o->page->query->strength->operation && !counted(&c))
		return STATUS_OK;
	for (unsigned i = 0; i < components->n_values && s == STATUS_OK; i++)
		s = component_row(&c, (Mandate__Component)components->values[i].value);
	return s;
}

enum status query_strength_rows(struct page *p)
{
	return query_page_operations(p, p->query->strength->operation, rows);
}
