#include "service/query_scope.h"

#define STATUS_IS(row, name) ((row)->status == MANDATE__MANDATE_STATUS__MANDATE_STATUS_##name)
#define KIND_IS(row, name)                                                                         \
	((row)->has_kind && (row)->kind == MANDATE__OPERATION_KIND__OPERATION_KIND_##name)

/* Of all the world's currencies the first by code: the row must fit a page. */
enum { CURRENCIES_MAX = 32 };

void query_scope_init(struct scope *s, struct arena *a, int32_t on)
{
	*s = (struct scope){.row = MANDATE__SCOPE__INIT, .arena = a};
	s->row.on = on;
}

static void add(protobuf_c_boolean *has, uint64_t *sum, bool known, uint64_t number)
{
	if (!known)
		return;
	*has = true;
	*sum += number;
}

static void add_persons(Mandate__Scope *to, const Mandate__Overview *row)
{
	uint64_t uniformed = row->has_uniformed ? row->uniformed
						: (row->has_military ? row->military : 0) +
							  (row->has_police ? row->police : 0);
	bool known = row->has_uniformed || row->has_military || row->has_police;

	if (known && row->has_as_of && (!to->has_as_of || row->as_of < to->as_of)) {
		to->has_as_of = true;
		to->as_of = row->as_of;
	}
	if (KIND_IS(row, PARTNER)) {
		add(&to->has_partner_uniformed, &to->partner_uniformed, known, uniformed);
		return;
	}
	add(&to->has_military, &to->military, row->has_military, row->military);
	add(&to->has_police, &to->police, row->has_police, row->police);
	add(&to->has_uniformed, &to->uniformed, known, uniformed);
	add(&to->has_civilians, &to->civilians, row->has_civilians, row->civilians);
	add(&to->has_corrections, &to->corrections, row->has_corrections, row->corrections);
	add(&to->has_women, &to->women, row->has_women, row->women);
	add(&to->has_women_of, &to->women_of, row->has_women_of, row->women_of);
	add(&to->has_estimate, &to->estimate, row->has_estimate, row->estimate);
}

static enum status add_end(struct scope *s, const Mandate__Overview *row)
{
	Mandate__Scope *to = &s->row;
	int32_t end = row->has_secured_until ? row->secured_until : row->valid_until;

	if (!STATUS_IS(row, IN_FORCE) || !(row->has_secured_until || row->has_valid_until) ||
	    (to->has_next_end && to->next_end <= end))
		return STATUS_OK;
	to->has_next_end = true;
	to->next_end = end;
	to->next_ending = arena_text(s->arena, row->operation);
	return to->next_ending ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status query_scope_add(struct scope *s, const Mandate__Overview *row)
{
	Mandate__Scope *to = &s->row;
	enum status st = add_end(s, row);

	add_persons(to, row);
	add(&to->has_gap, &to->gap, row->has_gap, row->gap);
	for (size_t i = 0; st == STATUS_OK && i < row->n_hosts; i++)
		st = query_people_name(s->arena, &s->hosts, row->hosts[i]);
	if (!STATUS_IS(row, IN_FORCE) && !STATUS_IS(row, WITHDRAWING))
		return st;
	to->operations++;
	to->peacekeeping += KIND_IS(row, UN_PKO);
	to->political += KIND_IS(row, UN_SPM);
	to->partner += KIND_IS(row, PARTNER);
	return st;
}

enum status query_scope_add_money(struct scope *s, const char *currency, int64_t amount)
{
	size_t at = 0;

	if (!s->currencies)
		s->currencies = arena_calloc(s->arena, CURRENCIES_MAX + 1, sizeof *s->currencies);
	if (!s->currencies)
		return STATUS_NO_MEMORY;
	while (at < s->currency_count && strcmp(s->currencies[at]->currency, currency) < 0)
		at++;
	if (at < s->currency_count && strcmp(s->currencies[at]->currency, currency) == 0) {
		s->currencies[at]->amount += amount;
		return STATUS_OK;
	}
	Mandate__Currency *c = arena_alloc(s->arena, sizeof *c);
	if (!c)
		return STATUS_NO_MEMORY;
	mandate__currency__init(c);
	c->currency = arena_text(s->arena, currency);
	c->amount = amount;
	if (!c->currency)
		return STATUS_NO_MEMORY;
	memmove(s->currencies + at + 1, s->currencies + at,
		(s->currency_count - at) * sizeof *s->currencies);
	s->currencies[at] = c;
	if (s->currency_count < CURRENCIES_MAX)
		s->currency_count++;
	return STATUS_OK;
}

void query_scope_finish(struct scope *s)
{
	Mandate__Scope *r = &s->row;

	r->has_operations = r->has_peacekeeping = r->has_political = r->has_partner = true;
	r->has_contributors = r->has_hosts = r->has_alerts = r->has_alarms = r->has_warnings = true;
	r->contributors = (uint32_t)s->contributors.count;
	r->hosts = (uint32_t)s->hosts.count;
	r->authorized = s->currencies;
	r->n_authorized = s->currency_count;
	r->alerts = s->severities.count;
	r->alarms = s->severities.alarms;
	r->warnings = s->severities.warnings;
}
