#include "service/pass.h"

#include "model/codec.h"
#include "model/record.h"
#include "service/filter.h"

enum { KIND_TAG = 1 << 3 }; /* EventTags begins with its kind, one byte as they are numbered */

void pass_init(struct pass_by *ret_by, const Mandate__Filter *filter, const struct reader_of *who)
{
	*ret_by = (struct pass_by){
		.filter = filter,
		.filtered = !filter_is_open(filter),
		.all = !who->office ||
		       grants_read_kind(who->office, MANDATE__KIND__KIND_OFFICE, who->day)};
	for (int kind = 0; kind <= MANDATE__KIND__KIND_ALERT; kind++)
		ret_by->whole[kind] =
			ret_by->all || grants_read_kind(who->office, (Mandate__Kind)kind, who->day);
}

static bool is_whole(const struct pass_by *by, int kind)
{
	return by->all || (kind >= 0 && kind <= MANDATE__KIND__KIND_ALERT && by->whole[kind]);
}

/* Does the filter match the names on one side? Documents are tagged as they are after the event:
 * they do not limit what is told of the record before it. */
static enum status matches_side(const struct pass_by *by, struct arena *scratch,
				const Mandate__EventTags *tags, bool before, bool *ret_matches)
{
	Mandate__EventTags side = *tags;
	Mandate__Filter filter = *by->filter;
	struct grants_names names;
	enum status s = readable_names(scratch, tags, before, &names);

	if (s != STATUS_OK)
		return s;
	side.operations = (char **)(uintptr_t)names.operations.names;
	side.n_operations = names.operations.count;
	side.contributors = (char **)(uintptr_t)names.contributors.names;
	side.n_contributors = names.contributors.count;
	if (before)
		filter.n_documents = 0;
	*ret_matches = filter_passes(&filter, &side);
	return STATUS_OK;
}

enum status pass_event(const struct pass_by *by, const struct reader_of *who, struct arena *scratch,
		       const Mandate__EventTags *tags, struct bytes event, enum pass *ret_pass)
{
	struct readable r = {.before = true, .after = true};
	bool matches = true;
	enum status s = STATUS_OK;

	if (!is_whole(by, (int)tags->kind)) {
		s = readable_tags(scratch, tags, event, &tags);
		if (s == STATUS_OK)
			s = readable_event(who, scratch, tags, &r);
	}
	if (s == STATUS_OK && by->filtered && r.after && r.before)
		matches = filter_passes(by->filter, tags);
	else if (s == STATUS_OK && by->filtered && (r.after || r.before))
		s = matches_side(by, scratch, tags, r.before, &matches);
	if (s != STATUS_OK)
		return s;
	*ret_pass = !matches ? PASS_NOT : r.after ? PASS_EVENT : r.before ? PASS_LEFT : PASS_NOT;
	return STATUS_OK;
}

enum status pass_packed(const struct pass_by *by, const struct reader_of *who,
			struct arena *scratch, struct bytes tags, struct bytes event,
			enum pass *ret_pass)
{
	bool known = tags.len >= 2 && tags.data[0] == KIND_TAG && tags.data[1] < 0x80;
	bool matches = true;

	if (by->all || (known && is_whole(by, tags.data[1]))) {
		enum status s = STATUS_OK;

		if (by->filtered)
			s = filter_passes_packed(by->filter, tags, &matches);
		if (s == STATUS_OK)
			*ret_pass = matches ? PASS_EVENT : PASS_NOT;
		return s;
	}
	const Mandate__EventTags *unpacked =
		codec_decode(scratch, &mandate__event_tags__descriptor, tags);
	if (!unpacked)
		return scratch->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	return pass_event(by, who, scratch, unpacked, event, ret_pass);
}

enum status pass_record(struct arena *scratch, struct bytes event, Mandate__Kind *ret_kind,
			char ret_key[KEY_TEXT_MAX + 1])
{
	const Mandate__Event *e = codec_decode(scratch, &mandate__event__descriptor, event);

	if (!e)
		return scratch->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	if (e->what_case != MANDATE__EVENT__WHAT_CHANGE ||
	    record_key(e->change->record, ret_key) != STATUS_OK)
		return STATUS_CORRUPT;
	*ret_kind = record_kind(e->change->record);
	return STATUS_OK;
}
