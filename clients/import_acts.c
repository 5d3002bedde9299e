/* arrangements, priorities: what is agreed, and who agreed to it. The files only say that everybody
 * did; those acts are marked as inferred. */
#include "clients/import_parts.h"

#include "base/limits.h"
#include "model/codec.h"
#include "model/names.h"

#include <string.h>

static const Mandate__ChangeAction record_it = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;

/* A cell's list: its parts without the spaces around them. */
struct parts {
	char **texts;
	size_t count;
};

/* False on no memory. `separators`: each of them ends a part. */
static bool split(struct import_run *run, const char *cell, const char *separators,
		  struct parts *ret_parts)
{
	char *rest = arena_text(run->arena, cell);
	struct parts parts = {arena_calloc(run->arena, strlen(cell) + 1, sizeof(char *)), 0};

	if (!rest || !parts.texts)
		return false;
	for (char *part; (part = strsep(&rest, separators));) {
		part += strspn(part, " ");
		size_t len = strlen(part);
		while (len > 0 && part[len - 1] == ' ')
			part[--len] = '\0';
		parts.texts[parts.count++] = part;
	}
	*ret_parts = parts;
	return true;
}

static Mandate__Record *new_record(struct import_run *run, Mandate__Record__ContentCase kind)
{
	Mandate__Record *record = arena_alloc(run->arena, sizeof *record);

	if (record) {
		mandate__record__init(record);
		record->content_case = kind;
	}
	return record;
}

/* --- arrangements ------------------------------------------------------------------------ */

struct arrangement_row {
	struct import_row row;
	Mandate__Arrangement content;
	const char *parties;	/* sides joined by ';', parties of a side by '+' */
	const char *function;	/* or what it is about */
	const char *acceptance; /* accepted_both, proposed */
};

static const struct import_column arrangement_columns[] = {
	IMPORT_COLUMN("id", IMPORT_CODE, IMPORT_FILLED, arrangement_row, content.arrangement),
	IMPORT_COLUMN_NAME("kind", IMPORT_FILLED, arrangement_row, content., kind,
			   mandate__arrangement_kind__descriptor),
	IMPORT_COLUMN("parties", IMPORT_TEXT, IMPORT_FILLED, arrangement_row, parties),
	IMPORT_COLUMN("operation", IMPORT_CODE, IMPORT_MUST, arrangement_row, content.operation),
	IMPORT_COLUMN("other_operation", IMPORT_CODE, IMPORT_MUST, arrangement_row,
		      content.other_operation),
	IMPORT_COLUMN("function", IMPORT_TEXT, IMPORT_MUST, arrangement_row, function),
	IMPORT_COLUMN_HAS("start_date", IMPORT_DAY, IMPORT_FILLED, arrangement_row, content.,
			  effective),
	IMPORT_COLUMN_HAS("end_date", IMPORT_DAY, IMPORT_MUST, arrangement_row, content., end),
	IMPORT_COLUMN("legal_basis", IMPORT_TEXT, IMPORT_MUST, arrangement_row,
		      content.legal_basis),
	IMPORT_COLUMN("acceptance", IMPORT_TEXT, IMPORT_FILLED, arrangement_row, acceptance),
	IMPORT_COLUMN("note", IMPORT_TEXT, IMPORT_MAY, arrangement_row, row.source.note),
};

static struct arrangement_row *arrangement_at(struct import_row *const *rows, size_t i)
{
	return (struct arrangement_row *)rows[i];
}

static bool take_sides(struct import_run *run, struct arrangement_row *r)
{
	struct parts sides;

	if (!split(run, r->parties, ";", &sides))
		return false;
	r->content.sides = arena_calloc(run->arena, sides.count, sizeof *r->content.sides);
	for (size_t i = 0; i < sides.count; i++) {
		Mandate__Side *side = arena_alloc(run->arena, sizeof *side);
		struct parts parties;

		if (!r->content.sides || !side || !split(run, sides.texts[i], "+", &parties))
			return false;
		mandate__side__init(side);
		side->parties = parties.texts;
		side->n_parties = parties.count;
		r->content.sides[r->content.n_sides++] = side;
	}
	return true;
}

/* "policing, justice and customs" are three functions: the "and" of a list with commas separates
 * too. "police monitoring and reform" is one. */
static bool take_functions(struct import_run *run, struct arrangement_row *r)
{
	static const char last[] = " and ";
	const char *cell = r->function, *comma = strrchr(cell, ',');
	const char *and = comma ? strstr(comma, last) : NULL;
	struct parts functions;

	if (and)
		cell = arena_printf(run->arena, "%.*s,%s", (int)(and-cell), cell, and+strlen(last));
	if (!cell || !split(run, cell, ",", &functions))
		return false;
	r->content.functions = functions.texts;
	for (size_t i = 0; i < functions.count; i++)
		if (functions.texts[i][0] != '\0') /* ", and" */
			functions.texts[r->content.n_functions++] = functions.texts[i];
	return true;
}

/* False on no memory. */
static bool take_subject(struct import_run *run, struct arrangement_row *r)
{
	Mandate__Arrangement *a = &r->content;

	if (!r->function)
		return true;
	if (a->kind == MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HANDOVER_OF_FUNCTION)
		return take_functions(run, r);
	a->subject = (char *)(uintptr_t)r->function;
	a->rehatting = strstr(r->function, "re-hat") != NULL;
	a->has_rehatting = a->rehatting; /* otherwise not known */
	return true;
}

static bool accept(struct import_run *run, struct import_row *const *rows, size_t count,
		   char *party)
{
	const Mandate__Arrangement *arrangement = &arrangement_at(rows, 0)->content;
	Mandate__Acceptance *a = arena_alloc(run->arena, sizeof *a);
	Mandate__Record *record = new_record(run, MANDATE__RECORD__CONTENT_ACCEPTANCE);

	if (!a || !record)
		return false;
	mandate__acceptance__init(a);
	a->arrangement = arrangement->arrangement;
	a->party = party;
	a->has_reply = true;
	a->reply = MANDATE__REPLY__REPLY_ACCEPTED;
	a->has_day = true;
	a->day = arrangement->effective;
	a->has_inferred = true;
	a->inferred = true;
	record->acceptance = a;
	import_fact(run, rows, count, record_it, record, 1, &rows[0]->source);
	return true;
}

/* An arrangement, and that all its parties accepted. Rows of one name say the same. */
static bool arrangement_facts_of(struct import_run *run, struct import_row *const *rows,
				 size_t count)
{
	struct arrangement_row *r = arrangement_at(rows, 0);
	Mandate__Arrangement *a = &r->content;
	size_t facts = run->result->fact_count;
	Mandate__Record *record = new_record(run, MANDATE__RECORD__CONTENT_ARRANGEMENT);

	if (!record)
		return false;
	record->arrangement = a;
	import_fact(run, rows, count, record_it, record, 1, &r->row.source);
	if (run->result->fact_count == facts) /* reported */
		return !run->arena->failed;
	/* A party of two sides accepts once: facts of one key and content are one. */
	for (size_t i = 0; i < a->n_sides && strcmp(r->acceptance, "accepted_both") == 0; i++)
		for (size_t k = 0; k < a->sides[i]->n_parties; k++)
			if (!accept(run, rows, count, a->sides[i]->parties[k]))
				return false;
	return true;
}

static int compare_arrangements(const void *x, const void *y)
{
	const struct arrangement_row *a = arrangement_at(x, 0), *b = arrangement_at(y, 0);
	int order = import_order_texts(a->content.arrangement, b->content.arrangement);

	return order != 0 ? order : import_order_numbers(a->row.order, b->row.order);
}

/* False: reported, or no memory. */
static bool take_arrangement(struct import_run *run, struct arrangement_row *r)
{
	if (strcmp(r->acceptance, "accepted_both") != 0 && strcmp(r->acceptance, "proposed") != 0) {
		import_problem(run, r->row.line, "bad_value",
			       "column \"acceptance\" cannot take \"%s\"", r->acceptance);
		return false;
	}
	if (take_sides(run, r) && take_subject(run, r))
		return true;
	run->arena->failed = true;
	return false;
}

static enum status arrangement_facts(struct import_run *run, struct import_row **rows, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!rows[i]->bad && take_arrangement(run, arrangement_at(rows, i)))
			rows[kept++] = rows[i];
	if (run->arena->failed)
		return STATUS_NO_MEMORY;
	import_sort(rows, kept, sizeof *rows, compare_arrangements);
	for (size_t i = 0, end; i < kept; i = end) {
		const struct arrangement_row *first = arrangement_at(rows, i);
		bool equal = true;

		for (end = i + 1; end < kept; end++) {
			const struct arrangement_row *r = arrangement_at(rows, end);

			if (!import_same_text(r->content.arrangement, first->content.arrangement))
				break;
			equal = equal && import_same_text(r->acceptance, first->acceptance) &&
				codec_equal(run->arena, &r->content.base, &first->content.base);
		}
		for (size_t k = i; !equal && k < end; k++)
			import_problem(run, rows[k]->line, "key_twice",
				       "%zu rows say different things of %s: none is taken",
				       end - i, first->content.arrangement);
		if (equal && !arrangement_facts_of(run, rows + i, end - i))
			return STATUS_NO_MEMORY;
	}
	return STATUS_OK;
}

const struct import_form import_acts_arrangements = {
	IMPORT_FORM(arrangement_row, arrangement_columns, mandate__arrangement__descriptor),
	.facts = arrangement_facts,
};

/* --- priorities -------------------------------------------------------------------------- */

enum { LIST_VERSION = 1 }; /* what a file holds is the first edition of its lists */

struct priority_row {
	struct import_row row;
	Mandate__Priority content;
	const char *operation, *document;
	const char *owners; /* joined by ';', the lead first */
	const char *state;
	int32_t date;
	bool endorsed;
};

static const struct import_column priority_columns[] = {
	IMPORT_COLUMN("operation", IMPORT_CODE, IMPORT_FILLED, priority_row, operation),
	IMPORT_COLUMN("rank", IMPORT_COUNT, IMPORT_FILLED, priority_row, content.rank),
	IMPORT_COLUMN("task", IMPORT_TEXT, IMPORT_FILLED, priority_row, content.task),
	IMPORT_COLUMN("owners", IMPORT_TEXT, IMPORT_MUST, priority_row, owners),
	IMPORT_COLUMN("state", IMPORT_TEXT, IMPORT_MUST, priority_row, state),
	IMPORT_COLUMN("date", IMPORT_DAY, IMPORT_FILLED, priority_row, date),
	IMPORT_COLUMN("document", IMPORT_CODE, IMPORT_FILLED, priority_row, document),
};

static struct priority_row *priority_at(struct import_row *const *rows, size_t i)
{
	return (struct priority_row *)rows[i];
}

static bool take_state(struct import_run *run, struct priority_row *r)
{
	int state;

	if (!r->state)
		return true;
	if (names_value(&mandate__priority_state__descriptor, r->state, &state) != STATUS_OK) {
		import_problem(run, r->row.line, "bad_value", "column \"state\" cannot take \"%s\"",
			       r->state);
		return false;
	}
	r->endorsed = state == (int)MANDATE__PRIORITY_STATE__PRIORITY_STATE_ENDORSED;
	r->content.has_state = !r->endorsed;
	r->content.state = (Mandate__PriorityState)state;
	return true;
}

/* False: reported, or no memory. */
static bool take_priority(struct import_run *run, struct priority_row *r)
{
	struct parts owners = {NULL, 0};

	if (!take_state(run, r))
		return false;
	if (r->owners && !split(run, r->owners, ";", &owners)) {
		run->arena->failed = true;
		return false;
	}
	if (owners.count > 0) {
		r->content.lead = owners.texts[0];
		r->content.supporting = owners.texts + 1;
		r->content.n_supporting = owners.count - 1;
	}
	return true;
}

static int compare_lists(const struct priority_row *a, const struct priority_row *b)
{
	int order = import_order_texts(a->operation, b->operation);

	return order != 0 ? order : import_order_texts(a->document, b->document);
}

static int compare_priorities(const void *x, const void *y)
{
	const struct priority_row *a = priority_at(x, 0), *b = priority_at(y, 0);
	int order = compare_lists(a, b);

	if (order == 0)
		order = import_order_numbers(a->content.rank, b->content.rank);
	return order != 0 ? order : import_order_numbers(a->row.order, b->row.order);
}

static bool names_owner(const Mandate__Priority *item, const char *owner)
{
	if (import_same_text(item->lead, owner))
		return true;
	for (size_t i = 0; i < item->n_supporting; i++)
		if (strcmp(item->supporting[i], owner) == 0)
			return true;
	return false;
}

static bool endorse(struct import_run *run, struct import_row *const *rows, size_t count,
		    char *owner)
{
	const struct priority_row *r = priority_at(rows, 0);
	Mandate__Endorsement *e = arena_alloc(run->arena, sizeof *e);
	Mandate__Record *record = new_record(run, MANDATE__RECORD__CONTENT_ENDORSEMENT);

	/* An owner endorses the list: only if all that it owns is said to be endorsed. */
	for (size_t i = 0; i < count; i++)
		if (!priority_at(rows, i)->endorsed &&
		    names_owner(&priority_at(rows, i)->content, owner))
			return true;
	if (!e || !record)
		return false;
	mandate__endorsement__init(e);
	e->operation = (char *)(uintptr_t)r->operation;
	e->document = (char *)(uintptr_t)r->document;
	e->owner = owner;
	e->version = LIST_VERSION;
	e->has_day = true;
	e->day = r->date;
	e->has_inferred = true;
	e->inferred = true;
	record->endorsement = e;
	import_fact(run, rows, count, record_it, record, 1, &r->row.source);
	return true;
}

static bool priorities_fact(struct import_run *run, struct import_row *const *rows, size_t count)
{
	const struct priority_row *r = priority_at(rows, 0);
	Mandate__Priorities *p = arena_alloc(run->arena, sizeof *p);
	Mandate__Record *record = new_record(run, MANDATE__RECORD__CONTENT_PRIORITIES);
	size_t facts = run->result->fact_count;

	if (!p || !record)
		return false;
	mandate__priorities__init(p);
	p->operation = (char *)(uintptr_t)r->operation;
	p->document = (char *)(uintptr_t)r->document;
	p->has_date = true;
	p->date = r->date;
	p->items = arena_calloc(run->arena, count, sizeof *p->items);
	if (!p->items)
		return false;
	for (size_t i = 0; i < count; i++)
		p->items[p->n_items++] = &priority_at(rows, i)->content;
	record->priorities = p;
	import_fact(run, rows, count, record_it, record, LIST_VERSION, &r->row.source);
	if (run->result->fact_count == facts) /* reported */
		return !run->arena->failed;
	/* An owner of several items endorses once: facts of one key and content are one. */
	for (size_t i = 0; i < count; i++) {
		const Mandate__Priority *item = &priority_at(rows, i)->content;

		if (item->lead && !endorse(run, rows, count, item->lead))
			return false;
		for (size_t k = 0; k < item->n_supporting; k++)
			if (!endorse(run, rows, count, item->supporting[k]))
				return false;
	}
	return true;
}

static enum status priority_facts(struct import_run *run, struct import_row **rows, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!rows[i]->bad && take_priority(run, priority_at(rows, i)))
			rows[kept++] = rows[i];
	if (run->arena->failed)
		return STATUS_NO_MEMORY;
	import_sort(rows, kept, sizeof *rows, compare_priorities);
	for (size_t i = 0, end; i < kept; i = end) {
		const struct priority_row *first = priority_at(rows, i);
		bool agree = true;

		for (end = i + 1; end < kept && compare_lists(priority_at(rows, end), first) == 0;
		     end++)
			agree = agree && priority_at(rows, end)->date == first->date &&
				priority_at(rows, end)->content.rank !=
					priority_at(rows, end - 1)->content.rank;
		for (size_t k = i; !agree && k < end; k++)
			import_problem(run, rows[k]->line, "key_twice",
				       "the list of %s in %s has two dates, or a rank twice: none "
				       "of it is taken",
				       first->operation, first->document);
		if (agree && !priorities_fact(run, rows + i, end - i))
			return STATUS_NO_MEMORY;
	}
	return STATUS_OK;
}

const struct import_form import_acts_priorities = {
	IMPORT_FORM(priority_row, priority_columns, mandate__priority__descriptor),
	.facts = priority_facts,
};
