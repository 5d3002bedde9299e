#include "service/apply_impl.h"

#include "model/codec.h"
#include "model/record.h"

#include <stdio.h>
#include <stdlib.h>

enum status apply_steps_add(struct machine *m, struct apply_steps *list,
			    const struct docket_step *step, const char *home)
{
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 16;
		struct apply_step *grown = arena_calloc(&m->scratch, room, sizeof *grown);

		if (!grown)
			return STATUS_NO_MEMORY;
		if (list->count)
			memcpy(grown, list->steps, list->count * sizeof *grown);
		list->steps = grown;
		list->room = room;
	}
	list->steps[list->count++] = (struct apply_step){.step = *step, .home = home};
	return STATUS_OK;
}

static int compare_steps(const void *x, const void *y)
{
	const struct docket_step *a = &((const struct apply_step *)x)->step;
	const struct docket_step *b = &((const struct apply_step *)y)->step;
	int order = strcmp(a->alert->key, b->alert->key);

	if (a->alert->code != b->alert->code)
		return a->alert->code < b->alert->code ? -1 : 1;
	/* One that goes from one home to another is closed before it is opened. */
	return order ? order
		     : (a->act != MANDATE__ALERT_ACT__ALERT_ACT_CLOSED) -
			       (b->act != MANDATE__ALERT_ACT__ALERT_ACT_CLOSED);
}

void apply_steps_sort(struct apply_steps *list)
{
	if (list->count > 1)
		qsort(list->steps, list->count, sizeof *list->steps, compare_steps);
}

static enum status alert_record_key(const Mandate__Alert *alert, char ret_key[ALERT_KEY_BYTES])
{
	int len = snprintf(ret_key, ALERT_KEY_BYTES, "%s:%s",
			   names_text(&mandate__alert_code__descriptor, (int)alert->code),
			   alert->key);

	return len > 0 && len < ALERT_KEY_BYTES ? STATUS_OK : STATUS_LIMIT;
}

static enum status write_version(struct machine *m, const struct docket_step *step,
				 const char *home, const char *key)
{
	const char *operation = step->alert->operation;
	Mandate__StoredVersion stored = MANDATE__STORED_VERSION__INIT;
	struct store_version version = {.revision = m->state.head.revision, .stored = &stored};
	struct store_version previous;
	bool open = step->act != MANDATE__ALERT_ACT__ALERT_ACT_CLOSED;

	enum status s =
		store_record_newest(m->txn, &m->scratch, MANDATE__KIND__KIND_ALERT, key, &previous);
	bool has_previous = s == STATUS_OK;
	if (s != STATUS_OK && s != STATUS_NOT_FOUND)
		return s;
	stored.edition = stored.change_edition = 1;
	stored.content_revision = version.revision;
	stored.number = has_previous ? previous.stored->number + 1 : 1;
	stored.alert = open ? step->alert : NULL;
	stored.home = open && !operation ? codec_borrow(home) : NULL;
	s = store_record_put(m->txn, MANDATE__KIND__KIND_ALERT, key, &version,
			     has_previous ? &previous : NULL);
	/* Opened again it may be by another home. */
	if (s == STATUS_OK && step->act == MANDATE__ALERT_ACT__ALERT_ACT_OPENED)
		s = store_index_add(m->txn, STORE_OPEN_ALERT, home ? home : "-",
				    MANDATE__KIND__KIND_ALERT, key);
	if (s == STATUS_OK && step->act == MANDATE__ALERT_ACT__ALERT_ACT_OPENED && operation)
		s = store_index_add(m->txn, STORE_BY_HOME, operation, MANDATE__KIND__KIND_ALERT,
				    key);
	return s;
}

enum status apply_steps_write(struct machine *m, const struct circumstance *c,
			      const struct apply_steps *list)
{
	char key[ALERT_KEY_BYTES];

	for (size_t i = 0; i < list->count; i++) {
		const struct docket_step *step = &list->steps[i].step;
		char *operation = step->alert->operation;
		const char *contributor;
		Mandate__Event event = MANDATE__EVENT__INIT;
		Mandate__AlertChange change = MANDATE__ALERT_CHANGE__INIT;
		Mandate__EventTags tags = MANDATE__EVENT_TAGS__INIT;

		change.act = step->act;
		change.alert = step->alert;
		change.has_reason = step->act == MANDATE__ALERT_ACT__ALERT_ACT_CLOSED;
		change.reason = step->reason;
		change.on = m->state.day;
		event.what_case = MANDATE__EVENT__WHAT_ALERT;
		event.alert = &change;
		tags.kind = MANDATE__KIND__KIND_ALERT;
		tags.n_operations = operation ? 1 : 0;
		tags.operations = &operation;
		tags.has_alert_code = true;
		tags.alert_code = step->alert->code;
		enum status s = alert_contributor(&m->scratch, step->alert, &contributor);
		tags.n_contributors =
			s == STATUS_OK && contributor && m->state.rules >= RULES_WITH_AUTHORITY;
		tags.contributors = (char **)(uintptr_t)&contributor;
		if (s == STATUS_OK)
			s = alert_record_key(step->alert, key);
		if (s == STATUS_OK)
			s = machine_emit(m, c, &event, &tags);
		if (s == STATUS_OK)
			s = write_version(m, step, list->steps[i].home, key);
		if (s != STATUS_OK)
			return s;
		if (step->act == MANDATE__ALERT_ACT__ALERT_ACT_OPENED)
			m->state.alerts_open++;
		if (step->act == MANDATE__ALERT_ACT__ALERT_ACT_CLOSED)
			m->state.alerts_open--;
	}
	return STATUS_OK;
}

/* The alert of this clash as it is open now; NULL if it is not. */
static enum status open_clash(struct machine *m, const Mandate__Alert *sketch,
			      Mandate__Alert **ret_alert)
{
	char key[ALERT_KEY_BYTES];
	struct store_version version;

	enum status s = alert_record_key(sketch, key);
	if (s == STATUS_OK)
		s = store_record_newest(m->txn, &m->scratch, MANDATE__KIND__KIND_ALERT, key,
					&version);
	if (s != STATUS_OK && s != STATUS_NOT_FOUND)
		return s;
	*ret_alert = s == STATUS_OK ? version.stored->alert : NULL;
	return STATUS_OK;
}

enum status apply_clash(struct machine *m, struct apply_steps *list, Mandate__Kind kind,
			const char *key, const char *operation, bool before, bool after,
			const char *office, const char *other_office)
{
	struct docket_step step = {0};
	Mandate__Alert *was = NULL;

	if ((!before && !after) || m->state.day == DAY_NEVER)
		return STATUS_OK;
	Mandate__Alert *alert = alert_edition_clash(&m->scratch, kind, key, operation, m->state.day,
						    office, other_office);
	if (!alert)
		return STATUS_NO_MEMORY;
	enum status s = open_clash(m, alert, &was);
	if (s != STATUS_OK)
		return s;
	if (!after && !was)
		return STATUS_OK;
	if (!after) {
		step.act = MANDATE__ALERT_ACT__ALERT_ACT_CLOSED;
		step.reason = MANDATE__CLOSE_REASON__CLOSE_REASON_CORRECTED;
		step.alert = was;
		operation = was->operation;
	} else if (!was) {
		step.act = MANDATE__ALERT_ACT__ALERT_ACT_OPENED;
		step.alert = alert;
	} else {
		alert->since = was->since;
		if (codec_equal(&m->scratch, &alert->base, &was->base))
			return STATUS_OK;
		step.act = MANDATE__ALERT_ACT__ALERT_ACT_CHANGED;
		step.alert = alert;
	}
	return apply_steps_add(m, list, &step, operation);
}

enum status apply_judge(struct machine *m, struct apply_steps *list, const char *home,
			bool corrected)
{
	struct docket_file *file;
	struct docket_step *steps;
	size_t count;
	int32_t next_day;

	if (m->state.day == DAY_NEVER) /* the first day finds it there */
		return store_due_add(m->txn, DAY_FIRST, home);
	enum status s = docket_open(m->docket, m->txn, home, &file);
	if (s == STATUS_OK)
		s = docket_steps(file, &m->parameters, m->state.day, corrected, &m->scratch, &steps,
				 &count, &next_day);
	for (size_t i = 0; s == STATUS_OK && i < count; i++)
		s = apply_steps_add(m, list, &steps[i], home);
	/* An entry stays until its day is taken, and then the home is judged again: while the
	 * day noted lies ahead, it is there. */
	if (s == STATUS_OK && next_day != DAY_INFINITE && next_day != docket_due(file)) {
		s = store_due_add(m->txn, next_day, home);
		docket_set_due(file, next_day);
	}
	return s == STATUS_OK ? docket_commit(file) : s;
}
