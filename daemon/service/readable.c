#include "service/readable.h"

#include "model/belongs.h"
#include "model/codec.h"
#include "model/record.h"
#include "rules/alert.h"

#include <string.h>

bool readable_all(const struct reader_of *who)
{
	return !who->office || grants_read_operation(who->office, NULL, who->day);
}

/* `list` without the places in `out`, which rise. */
static enum status without(struct arena *a, char *const *list, size_t count, const uint32_t *out,
			   size_t out_count, struct grants_list *ret_list)
{
	size_t kept = 0, k = 0;

	*ret_list = (struct grants_list){(const char *const *)list, count};
	if (out_count == 0)
		return STATUS_OK;
	const char **names = arena_calloc(a, count, sizeof *names);
	if (!names)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		if (k < out_count && out[k] == i)
			k++;
		else
			names[kept++] = list[i];
	}
	*ret_list = (struct grants_list){names, kept};
	return STATUS_OK;
}

static bool is_own(const struct reader_of *who, const Mandate__EventTags *tags)
{
	return tags->office && strcmp(tags->office, who->office->office) == 0;
}

enum status readable_names(struct arena *a, const Mandate__EventTags *tags, bool before,
			   struct grants_names *ret_names)
{
	struct grants_names names = {.kind = tags->kind};
	enum status s = without(a, tags->operations, tags->n_operations,
				before ? tags->operations_new : tags->operations_gone,
				before ? tags->n_operations_new : tags->n_operations_gone,
				&names.operations);

	if (s == STATUS_OK)
		s = without(a, tags->contributors, tags->n_contributors,
			    before ? tags->contributors_new : tags->contributors_gone,
			    before ? tags->n_contributors_new : tags->n_contributors_gone,
			    &names.contributors);
	if (s == STATUS_OK)
		*ret_names = names;
	return s;
}

enum status readable_event(const struct reader_of *who, struct arena *a,
			   const Mandate__EventTags *tags, struct readable *ret_readable)
{
	bool first = tags->has_first && tags->first;
	struct grants_names before, after;

	if (!who->office || grants_read_kind(who->office, tags->kind, who->day) ||
	    is_own(who, tags)) {
		*ret_readable = (struct readable){.before = !first, .after = true};
		return STATUS_OK;
	}
	enum status s = readable_names(a, tags, false, &after);
	if (s == STATUS_OK)
		s = readable_names(a, tags, true, &before);
	if (s == STATUS_OK)
		*ret_readable = (struct readable){
			.before = !first && grants_may_read(who->office, &before, who->day),
			.after = grants_may_read(who->office, &after, who->day)};
	return s;
}

/* --- events of before rules with authority ---------------------------------------------------- */

static enum status unpack(struct arena *a, struct bytes event, const Mandate__Event **ret_event)
{
	*ret_event = codec_decode(a, &mandate__event__descriptor, event);
	if (*ret_event)
		return STATUS_OK;
	return a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
}

static enum status add_contributor(struct arena *a, Mandate__EventTags *tags, struct bytes event)
{
	const Mandate__Event *e;
	const char *contributor;
	enum status s = unpack(a, event, &e);

	if (s == STATUS_OK && e->what_case != MANDATE__EVENT__WHAT_ALERT)
		return STATUS_CORRUPT;
	if (s == STATUS_OK)
		s = alert_contributor(a, e->alert->alert, &contributor);
	if (s != STATUS_OK || !contributor)
		return s;
	tags->contributors = arena_alloc(a, sizeof(char *));
	if (!tags->contributors)
		return STATUS_NO_MEMORY;
	tags->contributors[tags->n_contributors++] = codec_borrow(contributor);
	return STATUS_OK;
}

/* An act names by what it acts on, and one that takes a record away as the record was: nothing of
 * that is another on the other side. */
static bool names_its_own(const Mandate__Change *change)
{
	char key[KEY_TEXT_MAX + 1];
	Mandate__Kind kind;

	return change->action != MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT &&
	       record_subject(change->record, &kind, key) != STATUS_OK;
}

static enum status mark_operations(struct arena *a, Mandate__EventTags *tags, struct bytes event)
{
	const Mandate__Event *e;
	enum status s = unpack(a, event, &e);

	if (s == STATUS_OK && e->what_case != MANDATE__EVENT__WHAT_CHANGE)
		return STATUS_CORRUPT;
	if (s != STATUS_OK || !names_its_own(e->change))
		return s;
	uint32_t *gone = arena_calloc(a, tags->n_operations, sizeof *gone);
	uint32_t *fresh = arena_calloc(a, tags->n_operations, sizeof *fresh);
	size_t gone_count = 0, fresh_count = 0;

	if (!gone || !fresh)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < tags->n_operations; i++) {
		if (belongs_by_name(e->change->record, tags->operations[i]))
			fresh[fresh_count++] = (uint32_t)i;
		else
			gone[gone_count++] = (uint32_t)i;
	}
	if (gone_count == 0)
		return STATUS_OK;
	tags->operations_gone = gone;
	tags->n_operations_gone = gone_count;
	tags->operations_new = fresh;
	tags->n_operations_new = fresh_count;
	return STATUS_OK;
}

enum status readable_tags(struct arena *a, const Mandate__EventTags *tags, struct bytes event,
			  const Mandate__EventTags **ret_tags)
{
	bool alert = tags->kind == MANDATE__KIND__KIND_ALERT;
	bool marked = (tags->has_first && tags->first) || tags->n_operations_gone ||
		      tags->n_operations_new;

	*ret_tags = tags;
	if (alert ? tags->n_contributors > 0 : marked || tags->n_operations < 2)
		return STATUS_OK;
	Mandate__EventTags *completed = arena_copy(a, tags, sizeof *tags);
	if (!completed)
		return STATUS_NO_MEMORY;
	*ret_tags = completed;
	return alert ? add_contributor(a, completed, event) : mark_operations(a, completed, event);
}

static enum status readable_packed(const struct reader_of *who, struct arena *a,
				   const struct store_event *e, struct readable *ret_readable)
{
	const Mandate__EventTags *tags = codec_decode(a, &mandate__event_tags__descriptor, e->tags);

	if (!tags)
		return a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	enum status s = readable_tags(a, tags, e->event, &tags);
	return s == STATUS_OK ? readable_event(who, a, tags, ret_readable) : s;
}

/* --- records ---------------------------------------------------------------------------------- */

enum status readable_content(const struct reader_of *who, struct store_txn *t, struct arena *a,
			     Mandate__Kind kind, const char *key, uint64_t revision,
			     bool *ret_readable)
{
	struct store_event event;
	struct readable r;

	*ret_readable = true;
	if (!who->office || grants_read_kind(who->office, kind, who->day) ||
	    (kind == MANDATE__KIND__KIND_OFFICE && strcmp(key, who->office->office) == 0))
		return STATUS_OK;
	enum status s = store_event_get(t, revision, &event);
	if (s != STATUS_OK)
		return s == STATUS_NOT_FOUND ? STATUS_CORRUPT : s;
	s = readable_packed(who, a, &event, &r);
	if (s == STATUS_OK)
		*ret_readable = r.after;
	return s;
}

enum status readable_version(const struct reader_of *who, struct store_txn *t, struct arena *a,
			     Mandate__Kind kind, const char *key,
			     const struct store_version *version, bool *ret_readable)
{
	bool alert = kind == MANDATE__KIND__KIND_ALERT;

	return readable_content(who, t, a, kind, key,
				alert ? version->revision : version->stored->content_revision,
				ret_readable);
}

enum status readable_alert(const struct reader_of *who, struct arena *a,
			   const Mandate__Alert *alert, bool *ret_readable)
{
	const char *operation = alert->operation, *contributor;
	struct grants_names names = {.kind = MANDATE__KIND__KIND_ALERT};

	*ret_readable = true;
	if (!who->office || grants_read_kind(who->office, names.kind, who->day))
		return STATUS_OK;
	enum status s = alert_contributor(a, alert, &contributor);
	if (s != STATUS_OK)
		return s;
	names.operations = (struct grants_list){&operation, operation != NULL};
	names.contributors = (struct grants_list){&contributor, contributor != NULL};
	*ret_readable = grants_may_read(who->office, &names, who->day);
	return STATUS_OK;
}

bool readable_as_administrator(const struct reader_of *who)
{
	return !who->office || (who->office->has_administrator && who->office->administrator);
}
