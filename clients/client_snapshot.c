/* A snapshot: what a stream goes on from. */
#include "client.h"
#include "model/record.h"

enum { NAMES_BYTES_MAX = 256 * 1024 };

struct snapshot {
	const Mandate__Filter *filter; /* or NULL */
	void (*on_version)(void *context, const Mandate__Version *version);
	void *context;
	struct arena arena; /* of a row: the names in it */
	bool failed;
};

static bool is_one_of(char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

static bool has_code(const Mandate__Filter *f, const Mandate__Alert *alert)
{
	for (size_t i = 0; alert && i < f->n_alert_codes; i++)
		if (f->alert_codes[i] == alert->code)
			return true;
	return false;
}

static bool names_contributor(struct snapshot *s, const Mandate__Record *record)
{
	const char *const *names = NULL;
	size_t count = 0;

	arena_reset(&s->arena);
	if (!record)
		return false;
	s->failed |= record_contributors(&s->arena, record, &names, &count) != STATUS_OK;
	for (size_t i = 0; i < count; i++)
		if (is_one_of(s->filter->contributors, s->filter->n_contributors, names[i]))
			return true;
	return false;
}

/* What the daemon was not asked for: operations and kinds it was. */
static bool passes(struct snapshot *s, const Mandate__Version *v)
{
	const Mandate__Filter *f = s->filter;
	const char *document = v->record ? record_document(v->record) : NULL;

	if (!v->record && !v->alert)
		return false; /* retracted, closed */
	if (!f)
		return true;
	return (f->n_alert_codes == 0 || has_code(f, v->alert)) &&
	       (f->n_documents == 0 ||
		(document && is_one_of(f->documents, f->n_documents, document))) &&
	       (f->n_contributors == 0 || names_contributor(s, v->record));
}

static void on_row(void *context, const Mandate__Row *row)
{
	struct snapshot *s = context;

	if (row->what_case == MANDATE__ROW__WHAT_VERSION && passes(s, row->version))
		s->on_version(s->context, row->version);
}

/* Lists one kind, of one operation or of all; the first list pins the others. */
static enum status list(struct mandate *m, struct snapshot *s, Mandate__Kind kind,
			const char *operation, uint32_t timeout_ms, struct mandate_answer *answer,
			struct error *err)
{
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__ListQuery what = MANDATE__LIST_QUERY__INIT;

	query.ask_case = MANDATE__QUERY__ASK_LIST;
	query.list = &what;
	what.kind = kind;
	what.operation = (char *)(uintptr_t)operation;
	query.has_pinned = answer->has_head;
	query.pinned = answer->revision;
	bool has_day = answer->has_day;
	int32_t day = answer->day;
	enum status status = mandate_query(m, &query, timeout_ms, on_row, s, answer, err);
	if (has_day && (!answer->has_day || day < answer->day)) { /* the first of all */
		answer->has_day = true;
		answer->day = day;
	}
	return status;
}

static enum status list_operations(struct mandate *m, struct snapshot *s, Mandate__Kind kind,
				   uint32_t timeout_ms, struct mandate_answer *answer,
				   struct error *err)
{
	const Mandate__Filter *f = s->filter;
	enum status status = STATUS_OK;

	if (!f || f->n_operations == 0)
		return list(m, s, kind, NULL, timeout_ms, answer, err);
	for (size_t i = 0; status == STATUS_OK && i < f->n_operations; i++)
		status = list(m, s, kind, f->operations[i], timeout_ms, answer, err);
	return status;
}

enum status mandate_snapshot(struct mandate *m, const Mandate__Filter *filter, uint32_t timeout_ms,
			     void (*on_version)(void *context, const Mandate__Version *version),
			     void *context, struct mandate_answer *ret_answer, struct error *err)
{
	struct snapshot s = {.filter = filter, .on_version = on_version, .context = context};
	const ProtobufCEnumDescriptor *all = &mandate__kind__descriptor;
	struct mandate_answer answer = {0};
	enum status status = STATUS_OK;

	arena_init(&s.arena, NAMES_BYTES_MAX);
	if (filter && filter->n_kinds)
		for (size_t i = 0; status == STATUS_OK && i < filter->n_kinds; i++)
			status = list_operations(m, &s, filter->kinds[i], timeout_ms, &answer, err);
	else
		for (unsigned i = 0; status == STATUS_OK && i < all->n_values; i++)
			status = list_operations(m, &s, (Mandate__Kind)all->values[i].value,
						 timeout_ms, &answer, err);
	arena_fini(&s.arena);
	if (status == STATUS_OK && s.failed)
		status = error_set(err, STATUS_NO_MEMORY, "out of memory");
	if (status == STATUS_OK && !answer.has_head)
		status = error_set(err, STATUS_INVALID, "the daemon tells no head");
	if (status == STATUS_OK)
		*ret_answer = answer;
	return status;
}
