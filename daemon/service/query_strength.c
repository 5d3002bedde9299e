/* Strengths: what is known, what is allowed, what a map estimates. */
#include "service/query_people.h"

#include "model/codec.h"
#include "rules/alert.h"
#include "rules/ceiling.h"
#include "rules/requirement.h"

int32_t query_strength_counts_after(const struct mandate_day *mandate, int32_t day)
{
	return day > mandate->last_lawful ? mandate->last_lawful : DAY_NEVER;
}

/* What is asked of every row of an operation. */
struct circumstances {
	struct page_operation *operation;
	int32_t on;
	struct mandate_day mandate;
	struct estimate_day estimate;
	int32_t counts_after;
	bool groups_known;
	uint64_t groups; /* military and police together */
	struct requirement_day *requirements;
	size_t requirement_count;
	bool detailed; /* who makes it up is told too */
};

static bool is_group(Mandate__Component component)
{
	return component == MANDATE__COMPONENT__COMPONENT_MILITARY ||
	       component == MANDATE__COMPONENT__COMPONENT_POLICE;
}

/* Who makes up the head-count, where a return says so. */
static enum status add_contributors(struct circumstances *c, const struct people *people,
				    Mandate__Strength *m)
{
	m->contributors = arena_calloc(&c->operation->page->scratch, people->count + 1,
				       sizeof *m->contributors);
	for (size_t i = 0; i < people->count && m->contributors; i++)
		if (people->counts[i]->contributor)
			m->contributors[m->n_contributors++] =
				(Mandate__HeadCount *)(uintptr_t)people->counts[i];
	return m->contributors ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status add_people(struct circumstances *c, const struct strength_day *strength,
			      Mandate__Strength *m)
{
	struct page_operation *o = c->operation;
	struct people_women women;
	struct people people;
	enum status s = query_people_read(o, c->on, m->component, strength, &people);

	if (s == STATUS_OK)
		s = query_people_women(o, m->component, strength, &people, &women);
	if (s != STATUS_OK)
		return s;
	m->has_women = women.of != 0;
	m->women = women.women;
	m->has_women_of = women.of != 0 && women.of != m->persons;
	m->women_of = women.of;
	for (size_t i = 0; i < people.unit_count; i++)
		m->units += query_people_belongs(people.units[i].component, m->component);
	m->has_units = m->units != 0;
	return c->detailed && is_group(m->component) && strength->known &&
			       strength->basis == MANDATE__BASIS__BASIS_RETURN
		       ? add_contributors(c, &people, m)
		       : STATUS_OK;
}

/* What the operation needs of it, and what is promised for that. */
static void add_needs(const struct circumstances *c, Mandate__Strength *m)
{
	for (size_t i = 0; i < c->requirement_count; i++) {
		const struct requirement_day *r = &c->requirements[i];

		if (!query_people_belongs(r->component, m->component))
			continue;
		m->has_required = m->has_pledged = true;
		m->required += r->required;
		m->pledged += r->pledged;
	}
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

		strength_on(c->operation->dossier, groups[i], c->on, c->counts_after, &strength);
		c->groups_known |= strength.known;
		c->groups += strength.known ? strength.persons : 0;
	}
}

static enum status component_row(struct circumstances *c, Mandate__Component component,
				 Mandate__Strength *m, bool *ret_has_row)
{
	struct page_operation *o = c->operation;
	bool military = component == MANDATE__COMPONENT__COMPONENT_MILITARY;
	bool estimated = military && c->estimate.known;
	struct strength_day strength;
	struct ceiling_day ceiling;

	strength_on(o->dossier, component, c->on, c->counts_after, &strength);
	ceiling_on(o->dossier, component, c->on, &ceiling);
	mandate__strength__init(m);
	m->operation = codec_borrow(o->name);
	m->on = c->on;
	m->component = component;
	add_head_count(m, &strength);
	add_ceiling(m, &ceiling, c->mandate.in_force);
	add_needs(c, m);
	*ret_has_row = worth_a_row(c, component, &strength, &ceiling, estimated) || m->required;
	if (!*ret_has_row)
		return STATUS_OK;
	if (estimated) {
		m->has_estimate = m->has_estimate_as_of = true;
		m->estimate = c->estimate.persons;
		m->estimate_as_of = c->estimate.as_of;
	}
	m->has_over = m->has_ceiling && m->has_persons && m->ceiling_applies;
	m->over = m->has_over ? (int64_t)m->persons - (int64_t)m->ceiling : 0;
	return add_people(c, &strength, m);
}

/* Has it a head-count or an estimate? What an answer about all operations shows. */
static bool counted(const struct circumstances *c)
{
	struct strength_day strength;

	if (c->groups_known || c->estimate.known)
		return true;
	strength_on(c->operation->dossier, MANDATE__COMPONENT__COMPONENT_UNIFORMED, c->on,
		    c->counts_after, &strength);
	return strength.known;
}

static enum status look(struct page_operation *o, int32_t on, bool detailed,
			struct circumstances *c)
{
	*c = (struct circumstances){.operation = o, .on = on, .detailed = detailed};
	mandate_on(o->dossier, NULL, on, &c->mandate);
	strength_estimate(o->dossier, on, &c->estimate);
	c->counts_after = query_strength_counts_after(&c->mandate, on);
	sum_groups(c);
	return requirement_list(o->dossier, on, o->page->parameters->pledge_ahead_days,
				&o->page->scratch, &c->requirements, &c->requirement_count);
}

enum status query_strength_of(struct page_operation *o, int32_t day, strength_visit *visit,
			      void *ctx)
{
	const ProtobufCEnumDescriptor *components = &mandate__component__descriptor;
	struct circumstances c;
	Mandate__Strength m;
	bool has_row;
	enum status s = look(o, day, false, &c);

	for (unsigned i = 0; i < components->n_values && s == STATUS_OK; i++) {
		s = component_row(&c, (Mandate__Component)components->values[i].value, &m,
				  &has_row);
		if (s == STATUS_OK && has_row)
			s = visit(ctx, &m);
	}
	return s;
}

/* One contributor's part of a row; false where it has nobody there. */
static enum status reduce(struct circumstances *c, const char *contributor, Mandate__Strength *m,
			  bool *ret_has_row)
{
	struct page_operation *o = c->operation;
	Mandate__Strength whole = *m;
	struct strength_day strength;
	struct people people;
	uint64_t persons;

	strength_on(o->dossier, m->component, c->on, c->counts_after, &strength);
	enum status s = query_people_read(o, c->on, m->component, &strength, &people);
	if (s == STATUS_OK)
		s = query_people_of(o, m->component, &strength, &people, contributor, &persons,
				    ret_has_row);
	if (s != STATUS_OK)
		return s;
	mandate__strength__init(m);
	m->operation = whole.operation;
	m->on = whole.on;
	m->component = whole.component;
	m->contributor = codec_borrow(contributor);
	m->has_persons = true;
	m->persons = persons;
	m->has_basis = m->has_as_of = m->has_age_days = true;
	m->basis = whole.basis;
	m->as_of = whole.as_of;
	m->age_days = whole.age_days;
	*ret_has_row &= persons != 0;
	return STATUS_OK;
}

static enum status estimate_of(struct circumstances *c, const char *contributor,
			       Mandate__Strength *m, bool *ret_has_row)
{
	uint64_t persons;
	enum status s;

	if (m->component != MANDATE__COMPONENT__COMPONENT_MILITARY || !c->estimate.known)
		return STATUS_OK;
	s = query_people_estimate(c->operation, c->estimate.as_of, contributor, &persons);
	if (s != STATUS_OK || !persons)
		return s;
	if (!*ret_has_row)
		m->has_persons = m->has_basis = m->has_as_of = m->has_age_days = false;
	m->has_estimate = m->has_estimate_as_of = *ret_has_row = true;
	m->estimate = persons;
	m->estimate_as_of = c->estimate.as_of;
	return STATUS_OK;
}

enum status query_strength_contributor(struct page_operation *o, const char *contributor,
				       Mandate__Component only)
{
	const ProtobufCEnumDescriptor *components = &mandate__component__descriptor;
	struct circumstances c;
	Mandate__Strength m;
	bool has_row;
	enum status s = look(o, o->page->on, false, &c);

	for (unsigned i = 0; i < components->n_values && s == STATUS_OK; i++) {
		Mandate__Component component = (Mandate__Component)components->values[i].value;

		if (only ? component != only : component == MANDATE__COMPONENT__COMPONENT_UNIFORMED)
			continue;
		s = component_row(&c, component, &m, &has_row);
		if (s == STATUS_OK)
			s = reduce(&c, contributor, &m, &has_row);
		if (s == STATUS_OK)
			s = estimate_of(&c, contributor, &m, &has_row);
		if (s == STATUS_OK && has_row)
			s = query_page_give(o, MANDATE__ROW__WHAT_STRENGTH, &m.base);
	}
	return s;
}

static enum status rows(struct page_operation *o)
{
	const Mandate__StrengthQuery *q = o->page->query->strength;
	const ProtobufCEnumDescriptor *components = &mandate__component__descriptor;
	struct circumstances c;
	Mandate__Strength m;
	bool has_row;
	enum status s;

	if (q->contributor)
		return query_strength_contributor(o, q->contributor,
						  q->has_component ? q->component : 0);
	s = look(o, o->page->on, q->operation != NULL, &c);
	if (s != STATUS_OK || (!q->operation && !counted(&c)))
		return s;
	for (unsigned i = 0; i < components->n_values && s == STATUS_OK; i++) {
		Mandate__Component component = (Mandate__Component)components->values[i].value;

		if (q->has_component && component != q->component)
			continue;
		s = component_row(&c, component, &m, &has_row);
		if (s == STATUS_OK && has_row)
			s = query_page_give(o, MANDATE__ROW__WHAT_STRENGTH, &m.base);
	}
	return s;
}

enum status query_strength_rows(struct page *p)
{
	return query_page_operations(p, p->query->strength->operation, rows);
}
