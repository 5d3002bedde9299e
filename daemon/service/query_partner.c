/* What one contributor has everywhere, and what one partner is to whom. */
#include "service/query_people.h"

#include "model/codec.h"
#include "model/record.h"
#include "rules/home.h"
#include "rules/money.h"
#include "rules/priorities.h"

/* STATUS_REFUSED if it has never been recorded. */
static enum status find_partner(struct page *p, const char *code, const char *field,
				struct view_fact *ret_fact)
{
	enum status s = view_get(&p->view, &p->keys, MANDATE__KIND__KIND_PARTNER, code, ret_fact);

	return s == STATUS_NOT_FOUND ? query_page_refuse(p, MANDATE__CODE__CODE_NOT_FOUND, field,
							 "no partner %s is on record", code)
				     : s;
}

/* --- a contributor --- */

static enum status contributor_there(struct page_operation *o)
{
	const char *code = o->page->query->contributor->contributor;
	enum status s = query_strength_contributor(o, code, 0);

	if (s == STATUS_OK)
		s = query_forces_units(o, code);
	if (s == STATUS_OK)
		s = query_forces_pledges(o, code);
	return s == STATUS_OK ? query_money_of_state(o, code) : s;
}

static enum status contributor_at_home(struct page_operation *o)
{
	return query_forces_pledges(o, o->page->query->contributor->contributor);
}

enum status query_contributor_rows(struct page *p)
{
	const char *code = p->query->contributor->contributor;
	const char *home = home_of_partner(p->arena, code);
	struct view_fact fact;
	enum status s = find_partner(p, code, "contributor", &fact);

	if (!home)
		return STATUS_NO_MEMORY;
	if (s == STATUS_OK && *p->place.text != ':')
		s = query_page_operations(p, NULL, contributor_there);
	return s == STATUS_OK ? query_page_home(p, home, contributor_at_home) : s;
}

/* --- a partner --- */

struct asked {
	const char *code, *iso3;
};

static enum status give_role(struct page_operation *o, Mandate__Role role, const char *kind,
			     const char *key, const struct money *money)
{
	const struct asked *asked = o->page->ctx;
	Mandate__RoleRow row = MANDATE__ROLE_ROW__INIT;

	row.partner = codec_borrow(asked->code);
	row.role = role;
	row.operation = codec_borrow(o->name);
	if (key) {
		row.record = arena_printf(&o->page->scratch, "%s %s", kind, key);
		if (!row.record)
			return STATUS_NO_MEMORY;
	}
	if (money) {
		struct money_sum sum = {0};

		for (size_t i = 0; i < MONEY_KINDS; i++)
			sum.amount += money->of[i].set ? money->of[i].amount : 0;
		row.has_from = row.has_until = row.has_amount = true;
		row.from = money->start;
		row.until = money->end;
		row.amount = sum.amount;
		row.currency = codec_borrow(money->currency);
	}
	return query_page_give(o, MANDATE__ROW__WHAT_ROLE, &row.base);
}

/* Is it one of those that "UN+AU" names? */
static bool leads(const char *lead, const char *code)
{
	size_t len = strlen(code);

	while (lead && *lead) {
		size_t part = strcspn(lead, "+");

		if (part == len && memcmp(lead, code, len) == 0)
			return true;
		lead += part + (lead[part] == '+');
	}
	return false;
}

static enum status give_as_text(struct page_operation *o, const struct asked *asked)
{
	struct description d;
	enum status s = query_overview_describe(o, o->page->on, &d);
	bool host = false;

	if (s != STATUS_OK)
		return s;
	for (size_t i = 0; asked->iso3 && i < d.host_count; i++)
		host |= strcmp(d.hosts[i], asked->iso3) == 0;
	if (leads(d.lead, asked->code))
		s = give_role(o, MANDATE__ROLE__ROLE_LEAD, "operation", o->name, NULL);
	if (s == STATUS_OK && host)
		s = give_role(o, MANDATE__ROLE__ROLE_HOST, "operation", o->name, NULL);
	return s;
}

static enum status give_as_party(struct page_operation *o, const struct asked *asked)
{
	struct mandate_day m;

	if (!mandate_party_binds(o->dossier, asked->code, o->page->on))
		return STATUS_OK;
	mandate_on(o->dossier, asked->code, o->page->on, &m);
	if (!m.document)
		return STATUS_OK;
	const char *key =
		arena_printf(&o->page->scratch, "%s:%s:%s", o->name, asked->code, m.document);
	return key ? give_role(o, MANDATE__ROLE__ROLE_MANDATING, "instrument", key, NULL)
		   : STATUS_NO_MEMORY;
}

static enum status give_as_owner(struct page_operation *o, const struct asked *asked)
{
	const struct priorities_list *list = priorities_in_effect(o->dossier, o->page->on);
	const char *const *owners;
	struct priorities_day day;
	size_t count = list ? priorities_owners(list, &owners) : 0;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(owners[i], asked->code) != 0)
			continue;
		priorities_on(o->dossier, list, o->page->on, &day);
		return give_role(o, MANDATE__ROLE__ROLE_OWNER, "priorities", day.key, NULL);
	}
	return STATUS_OK;
}

static enum status give_as_contributor(struct page_operation *o, const struct asked *asked)
{
	static const Mandate__Component groups[2] = {MANDATE__COMPONENT__COMPONENT_MILITARY,
						     MANDATE__COMPONENT__COMPONENT_POLICE};
	struct strength_day strengths[2];
	struct people_names names = {0};
	struct mandate_day m;

	mandate_on(o->dossier, NULL, o->page->on, &m);
	for (size_t i = 0; i < 2; i++)
		strength_on(o->dossier, groups[i], o->page->on,
			    query_strength_counts_after(&m, o->page->on), &strengths[i]);
	enum status s = query_people_names(o, strengths, &o->page->scratch, &names);
	for (size_t i = 0; s == STATUS_OK && i < names.count; i++)
		if (strcmp(names.at[i], asked->code) == 0)
			return give_role(o, MANDATE__ROLE__ROLE_CONTRIBUTOR, NULL, NULL, NULL);
	return s;
}

static enum status give_as_financier(struct page_operation *o, const struct asked *asked)
{
	struct arena *a = &o->page->scratch;
	struct money *money;
	size_t count;
	enum status s = money_of_party(o->dossier, asked->code, o->page->on, a, &money, &count);

	for (size_t i = 0; s == STATUS_OK && i < count; i++)
		s = give_role(o, MANDATE__ROLE__ROLE_FINANCIER, NULL, NULL, &money[i]);
	if (s == STATUS_OK)
		s = money_of_state(o->dossier, asked->code, o->page->on, a, &money, &count);
	for (size_t i = 0; s == STATUS_OK && i < count; i++)
		s = give_role(o, MANDATE__ROLE__ROLE_FINANCIER, NULL, NULL, &money[i]);
	return s;
}

static enum status partner_there(struct page_operation *o)
{
	const struct asked *asked = o->page->ctx;
	enum status s = give_as_text(o, asked);

	if (s == STATUS_OK)
		s = give_as_party(o, asked);
	if (s == STATUS_OK)
		s = give_as_owner(o, asked);
	if (s == STATUS_OK)
		s = give_as_contributor(o, asked);
	return s == STATUS_OK ? give_as_financier(o, asked) : s;
}

enum status query_partner_rows(struct page *p)
{
	const char *code = p->query->partner->code;
	struct asked asked = {.code = code};
	struct view_fact fact;
	enum status s = find_partner(p, code, "code", &fact);

	if (s != STATUS_OK)
		return s;
	/* Not among the keys, which are given up on the way. */
	asked.iso3 = fact.record && fact.record->partner->iso3
			     ? arena_text(p->arena, fact.record->partner->iso3)
			     : NULL;
	p->ctx = &asked;
	if (!*p->place.text && !p->place.number)
		s = query_records_give(p, MANDATE__KIND__KIND_PARTNER, code);
	if (s == STATUS_OK && *p->place.text != ':')
		s = query_page_operations(p, NULL, partner_there);
	p->ctx = NULL;
	return s == STATUS_OK ? query_partnership_arrangements(p, NULL, code) : s;
}
