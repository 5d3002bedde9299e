/* Inputs of the calendar, of settings and of rules. */
#include "service/homes.h"
#include "service/machine_impl.h"

#include "model/record.h"

#include <stdio.h>

enum { RELATE_BYTES = 16 * 1024 * 1024 }; /* units of one name at a time */

struct clash_scan {
	struct machine *m;
	struct apply_steps *steps;
};

/* Before the first day no alert could be opened: what clashed by then is judged now. The second
 * office is the one of the newest version that is not the holder's. */
static enum status other_office(void *ctx, const struct store_version *version)
{
	const char **other = ctx;

	if (version->stored->office)
		*other = version->stored->office;
	return STATUS_OK;
}

static enum status clash_found(void *ctx, Mandate__Kind kind, const char *key)
{
	struct clash_scan *scan = ctx;
	struct machine *m = scan->m;
	struct store_version version;
	const char *const *operations;
	const char *other = NULL;
	struct homes homes;
	size_t count = 0;

	enum status s = store_record_whole(m->txn, &m->scratch, kind, key, UINT64_MAX, &version);
	if (s != STATUS_OK || !version.stored->clash)
		return s;
	s = store_record_versions(m->txn, &m->scratch, kind, key, UINT64_MAX, other_office, &other);
	if (s != STATUS_OK)
		return s;
	if (version.record) {
		homes_init(&homes, m->txn, m->state.rules, &m->scratch);
		s = homes_operations(&homes, version.record, NULL, &operations, &count);
	}
	if (s != STATUS_OK)
		return s;
	const char *operation = version.record ? record_operation(version.record) : NULL;
	if (!operation && count)
		operation = operations[0];
	return apply_clash(m, scan->steps, kind, key, operation, false, true,
			   version.stored->office, other);
}

enum status apply_day(struct machine *m, struct circumstance *c, int32_t day)
{
	struct apply_steps steps = {0};
	const char *const *operations;
	size_t count;
	bool first = m->state.day == DAY_NEVER;

	if (!first && day <= m->state.day) /* it only grows */
		return STATUS_OK;
	m->state.day = day;
	enum status s = store_due_take(m->txn, &m->scratch, day, &operations, &count);
	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		s = apply_judge(m, &steps, operations[i], false);
		docket_trim(m->docket);
	}
	if (s == STATUS_OK && first) {
		struct clash_scan scan = {.m = m, .steps = &steps};

		s = store_index_scan(m->txn, STORE_CLASHED, "-", 0, NULL, clash_found, &scan);
	}
	if (s != STATUS_OK)
		return s;
	apply_steps_sort(&steps);
	c->last_revision = m->state.head.revision + steps.count;
	return apply_steps_write(m, c, &steps);
}

static enum status visit_homes(struct machine *m, store_key_visit *visit, void *ctx)
{
	enum status s = store_record_keys(m->txn, MANDATE__KIND__KIND_OPERATION, NULL, visit, ctx);

	return s == STATUS_OK ? store_index_scan(m->txn, STORE_HOMES, "-", 0, NULL, visit, ctx) : s;
}

static enum status judge_tomorrow(void *ctx, Mandate__Kind kind, const char *key)
{
	struct machine *m = ctx;

	(void)kind;
	return store_due_add(m->txn, m->state.day == DAY_NEVER ? DAY_FIRST : m->state.day + 1, key);
}

/* A setting makes no events: what it changes is seen from the next change or day on. */
enum status apply_setting(struct machine *m, const char *name, struct bytes value)
{
	char key[sizeof SETTINGS_META_PREFIX + CODE_TEXT_MAX];
	int len = snprintf(key, sizeof key, SETTINGS_META_PREFIX "%s", name);

	if (len < 0 || (size_t)len >= sizeof key)
		return STATUS_CORRUPT;
	enum status s = store_meta_put(m->txn, key, value);
	if (s != STATUS_OK)
		return s;
	if (strcmp(name, SETTINGS_SECRET) == 0) {
		if (value.len != HASH_BYTES)
			return STATUS_CORRUPT;
		memcpy(m->secret, value.data, HASH_BYTES);
		m->state.has_secret = true;
		return STATUS_OK;
	}
	if (strcmp(name, ROLL_ADMIN_SETTING) == 0)
		return machine_load_roll(m, m->txn);
	if (!settings_find(name))
		return STATUS_OK;
	s = settings_parameters(m->txn, &m->parameters);
	m->parameters.rules = m->state.rules; /* also of an input of this batch */
	if (s == STATUS_OK)
		s = visit_homes(m, judge_tomorrow, m);
	return s;
}

/* --- rules --- */

enum { UNITS_AT_ONCE = 256 };

struct keys {
	struct arena *arena;
	const char **at;
	size_t count, room;
};

static enum status keep_key(void *ctx, Mandate__Kind kind, const char *key)
{
	struct keys *keys = ctx;

	(void)kind;
	if (keys->count == keys->room) {
		size_t room = keys->room ? 2 * keys->room : UNITS_AT_ONCE;
		const char **grown = arena_calloc(keys->arena, room, sizeof *grown);
		if (!grown)
			return STATUS_NO_MEMORY;
		if (keys->count)
			memcpy(grown, keys->at, keys->count * sizeof *grown);
		keys->at = grown;
		keys->room = room;
	}
	keys->at[keys->count] = arena_text(keys->arena, key);
	return keys->at[keys->count++] ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status some_key(void *ctx, Mandate__Kind kind, const char *key)
{
	struct keys *keys = ctx;
	enum status s = keep_key(keys, kind, key);

	return s == STATUS_OK && keys->count == UNITS_AT_ONCE ? STATUS_STOPPED : s;
}

static enum status relate_unit(struct machine *m, struct arena *a, const char *key)
{
	struct homes homes;
	struct view_fact fact;

	homes_init(&homes, m->txn, m->state.rules, a);
	enum status s = view_get(&homes.view, a, MANDATE__KIND__KIND_UNIT, key, &fact);
	if (s != STATUS_OK || !fact.record)
		return s;
	s = homes_touch(&homes, &(struct homes_change){.kind = fact.kind,
						       .key = key,
						       .edition = fact.edition,
						       .named = fact.record,
						       .is_new = true});
	return s == STATUS_OK ? homes_write(&homes, m->txn) : s;
}

/* From rules 2 on units of one name are known to each other: those of before are told now. */
static enum status relate_units(struct machine *m)
{
	char after[KEY_TEXT_MAX + 1] = "";
	struct keys keys;
	struct arena a;
	enum status s;

	arena_init(&a, RELATE_BYTES);
	do {
		arena_reset(&a);
		keys = (struct keys){.arena = &a};
		s = store_record_keys(m->txn, MANDATE__KIND__KIND_UNIT, *after ? after : NULL,
				      some_key, &keys);
		if (s == STATUS_STOPPED)
			s = STATUS_OK;
		for (size_t i = 0; s == STATUS_OK && i < keys.count; i++) {
			snprintf(after, sizeof after, "%s", keys.at[i]);
			s = relate_unit(m, &a, after);
		}
	} while (s == STATUS_OK && keys.count == UNITS_AT_ONCE);
	arena_fini(&a);
	return s;
}

enum status apply_rules(struct machine *m, struct circumstance *c, uint32_t version)
{
	struct apply_steps steps = {0};
	struct keys homes = {.arena = &m->scratch};
	uint32_t before = m->state.rules;
	enum status s = STATUS_OK;

	if (version > MACHINE_RULES_VERSION)
		return STATUS_INVALID;
	m->state.rules = m->parameters.rules = version;
	if (version < 2 || before >= 2) /* what alerts are judged by stays as it is */
		return STATUS_OK;
	docket_clear(m->docket);
	if (before < 2)
		s = relate_units(m);
	if (s != STATUS_OK || m->state.day == DAY_NEVER)
		return s;
	s = visit_homes(m, keep_key, &homes);
	for (size_t i = 0; s == STATUS_OK && i < homes.count; i++) {
		s = apply_judge(m, &steps, homes.at[i], false);
		docket_trim(m->docket);
	}
	if (s != STATUS_OK)
		return s;
	apply_steps_sort(&steps);
	c->last_revision = m->state.head.revision + steps.count;
	return apply_steps_write(m, c, &steps);
}
