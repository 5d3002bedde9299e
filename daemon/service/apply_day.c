/* Inputs of the calendar and of settings. */
#include "service/machine_impl.h"

#include "model/record.h"

#include <stdio.h>

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
	const char *other = NULL;

	enum status s = store_record_whole(m->txn, &m->scratch, kind, key, UINT64_MAX, &version);
	if (s != STATUS_OK || !version.stored->clash)
		return s;
	s = store_record_versions(m->txn, &m->scratch, kind, key, UINT64_MAX, other_office, &other);
	if (s != STATUS_OK)
		return s;
	const char *operation = version.record ? record_operation(version.record) : NULL;
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
		s = apply_judge(m, &steps, operations[i], false, true);
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
	if (!settings_find(name))
		return STATUS_OK;
	s = settings_parameters(m->txn, &m->parameters);
	m->parameters.rules = m->state.rules; /* also of an input of this batch */
	if (s == STATUS_OK)
		s = store_record_keys(m->txn, MANDATE__KIND__KIND_OPERATION, NULL, judge_tomorrow,
				      m);
	return s;
}
