#include "rules/draft.h"
#include "model/names.h"
#include "model/record.h"
#include "rules/home.h"

#include <string.h>

#define C(name) MANDATE__COMPONENT__COMPONENT_##name

enum { FIRST_ROOM = 8, CAUSES_MAX = 8 };

static void *or_failed(struct draft *t, void *memory)
{
	if (!memory)
		t->failed = true;
	return memory;
}

static bool make_room(struct draft *t)
{
	size_t room = t->room ? 2 * t->room : FIRST_ROOM;
	Mandate__Alert **grown;

	if (t->count < t->room)
		return true;
	grown = or_failed(t, arena_calloc(t->a, room, sizeof(Mandate__Alert *)));
	if (!grown)
		return false;
	if (t->count > 0)
		memcpy(grown, t->alerts, t->count * sizeof *grown);
	t->alerts = grown;
	t->room = room;
	return true;
}

Mandate__Alert *draft_open(struct draft *t, Mandate__AlertCode code, char *key,
			   Mandate__Severity severity, int32_t since, bool at_latest)
{
	Mandate__Alert *alert;

	if (!or_failed(t, key) || !make_room(t))
		return NULL;
	alert = or_failed(t, arena_alloc(t->a, sizeof *alert));
	if (!alert)
		return NULL;
	mandate__alert__init(alert);
	alert->code = code;
	alert->key = key;
	if (home_kind_of(t->d->name) == HOME_OPERATION)
		alert->operation = or_failed(t, arena_text(t->a, t->d->name));
	alert->severity = severity;
	alert->since = since;
	alert->has_since_at_latest = at_latest;
	alert->since_at_latest = at_latest;
	t->alerts[t->count++] = alert;
	return alert;
}

static void add_cause(struct draft *t, Mandate__Alert *alert, char *cause)
{
	if (!or_failed(t, cause))
		return;
	if (!alert->causes)
		alert->causes = or_failed(t, arena_calloc(t->a, CAUSES_MAX, sizeof(char *)));
	if (alert->causes && alert->n_causes < CAUSES_MAX)
		alert->causes[alert->n_causes++] = cause;
}

void draft_cause(struct draft *t, Mandate__Alert *alert, Mandate__Kind kind, const char *key)
{
	add_cause(t, alert, arena_printf(t->a, "%s %s", record_kind_name(kind), key));
}

char *draft_text(struct draft *t, const char *text)
{
	return or_failed(t, arena_text(t->a, text));
}

static const char *component_name(Mandate__Component c)
{
	return names_text(&mandate__component__descriptor, (int)c);
}

char *draft_component_key(struct draft *t, Mandate__Component c)
{
	return arena_printf(t->a, "%s:%s", t->d->name, component_name(c));
}

/* Is `c` the same as `other`, or above it? */
static bool holds(Mandate__Component c, Mandate__Component other)
{
	while (other && other != c)
		other = ceiling_parent(other);
	return other == c;
}

static void add_count_causes(struct draft *t, Mandate__Alert *alert, Mandate__Component c,
			     const struct strength_day *s)
{
	const struct count_day *day;
	char as_of[DAY_TEXT_BYTES];
	size_t at;

	if (!array_find_day(&t->d->counts, sizeof *day, s->as_of, &at))
		return;
	day = &ITEMS(t->d->counts, struct count_day)[at];
	if (day->has_return)
		draft_return(t, alert, s->as_of);
	if (s->basis == MANDATE__BASIS__BASIS_RETURN)
		return;
	day_format(as_of, s->as_of);
	for (Mandate__Component total = C(UNIFORMED); total < COMPONENTS; total++)
		if ((day->totals & 1u << total) && (holds(c, total) || holds(total, c)))
			add_cause(t, alert,
				  arena_printf(t->a, "total %s:%s:%s", t->d->name, as_of,
					       component_name(total)));
}

/* Only numbers that stay the same while nothing changes: units are as of the day itself. */
void draft_strength(struct draft *t, Mandate__Alert *alert, Mandate__Component c,
		    const struct strength_day *s)
{
	alert->has_persons = true;
	alert->persons = s->persons;
	alert->has_basis = true;
	alert->basis = s->basis;
	if (s->basis == MANDATE__BASIS__BASIS_UNIT)
		return;
	alert->has_as_of = true;
	alert->as_of = s->as_of;
	add_count_causes(t, alert, c, s);
}

void draft_ceiling(struct draft *t, Mandate__Alert *alert, Mandate__Component c,
		   const struct ceiling_day *ceiling)
{
	struct span span = SPAN_ALL;
	const struct ceiling_item *item = ceiling_ruling(t->d, c, t->day, &span);

	alert->has_ceiling = true;
	alert->ceiling = ceiling->persons;
	if (ceiling->comply_by != DAY_NEVER) {
		alert->has_comply_by = true;
		alert->comply_by = ceiling->comply_by;
	}
	if (!item)
		return;
	alert->document = or_failed(t, arena_text(t->a, item->document));
	draft_entry(t, alert, item);
}

void draft_instrument(struct draft *t, Mandate__Alert *alert, const char *party,
		      const char *document)
{
	add_cause(t, alert, arena_printf(t->a, "instrument %s:%s:%s", t->d->name, party, document));
}

void draft_entry(struct draft *t, Mandate__Alert *alert, const struct ceiling_item *item)
{
	char from[DAY_TEXT_BYTES];

	if (item->party) {
		draft_instrument(t, alert, item->party, item->document);
		return;
	}
	day_format(from, item->from);
	add_cause(t, alert,
		  arena_printf(t->a, "ceiling %s:%s:%s:%s", t->d->name, item->document,
			       component_name(item->component), from));
}

void draft_mandate(struct draft *t, Mandate__Alert *alert, const struct party *party,
		   int32_t valid_until, const char *document)
{
	alert->party = or_failed(t, arena_text(t->a, party->code));
	alert->has_valid_until = true;
	alert->valid_until = valid_until;
	if (!document)
		return;
	alert->document = or_failed(t, arena_text(t->a, document));
	draft_instrument(t, alert, party->code, document);
}

void draft_return(struct draft *t, Mandate__Alert *alert, int32_t as_of)
{
	char text[DAY_TEXT_BYTES];

	day_format(text, as_of);
	add_cause(t, alert, arena_printf(t->a, "return %s:%s", t->d->name, text));
}
