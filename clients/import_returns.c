/* deployments: head-counts by contributor become returns, estimates from unit sizes a coarse map.
 * Rows are sorted so that those of one fact stand side by side. */
#include "clients/import_parts.h"

#include "base/limits.h"

#include <stdio.h>
#include <string.h>

enum basis { BASIS_NONE, BASIS_HEADCOUNT, BASIS_ESTIMATE };

struct deployment_row {
	struct import_row row;
	Mandate__HeadCount content;
	const char *operation, *component, *basis_name;
	int32_t as_of;
	protobuf_c_boolean has_as_of, has_persons;
	enum basis basis;
};

static struct deployment_row *row_at(struct import_row *const *rows, size_t i)
{
	return (struct deployment_row *)rows[i];
}

static const struct import_column deployment_columns[] = {
	IMPORT_COLUMN("operation", IMPORT_CODE, IMPORT_FILLED, deployment_row, operation),
	IMPORT_COLUMN("contributor", IMPORT_CODE, IMPORT_FILLED, deployment_row,
		      content.contributor),
	IMPORT_COLUMN("component", IMPORT_CODE, IMPORT_FILLED, deployment_row, component),
	IMPORT_COLUMN("personnel", IMPORT_COUNT, IMPORT_FILLED, deployment_row, content.persons),
	IMPORT_COLUMN_HAS("as_of_month", IMPORT_MONTH, IMPORT_FILLED, deployment_row, , as_of),
	IMPORT_COLUMN("basis", IMPORT_CODE, IMPORT_FILLED, deployment_row, basis_name),
	IMPORT_COLUMN_NAME("confidence", IMPORT_MAY, deployment_row, row.source., confidence,
			   mandate__confidence__descriptor),
	IMPORT_COLUMN("source", IMPORT_TEXT, IMPORT_MAY, deployment_row, row.source.text),
};

/* formed_units are contingents in standard sizes: an estimate, whatever stands beside it. */
static bool take_row(struct import_run *run, struct deployment_row *r)
{
	bool estimate = strcmp(r->basis_name, "estimated_from_unit_size") == 0;
	bool units = strcmp(r->component, "formed_units") == 0;

	if (!estimate && strcmp(r->basis_name, "reported_headcount") != 0) {
		import_problem(run, r->row.line, "bad_value", "column \"basis\" cannot take \"%s\"",
			       r->basis_name);
		return false;
	}
	if (estimate != units ||
	    (!units && !import_cell_component(r->component, &r->content.component))) {
		import_problem(run, r->row.line, "bad_value",
			       "column \"component\" cannot take \"%s\" with basis %s",
			       r->component, r->basis_name);
		return false;
	}
	if (strcmp(r->content.contributor, "unknown") == 0) {
		import_problem(run, r->row.line, "unknown_contributor",
			       "attributed to nobody: not taken");
		return false;
	}
	r->basis = estimate ? BASIS_ESTIMATE : BASIS_HEADCOUNT;
	return true;
}

static int compare_facts(const struct deployment_row *a, const struct deployment_row *b)
{
	int order = import_order_texts(a->operation, b->operation);

	if (order == 0)
		order = import_order_numbers(a->as_of, b->as_of);
	return order != 0 ? order : import_order_numbers(a->basis, b->basis);
}

static int compare_rows(const void *x, const void *y)
{
	const struct deployment_row *a = row_at(x, 0), *b = row_at(y, 0);
	int order = compare_facts(a, b);

	if (order == 0)
		order = import_order_texts(a->content.contributor, b->content.contributor);
	if (order == 0)
		order = import_order_numbers(a->content.component, b->content.component);
	return order != 0 ? order : import_order_numbers(a->row.order, b->row.order);
}

/* Leaves one row for each contributor and component; rows that say the same differ in their source
 * only, and of rows that do not, none stays. */
static size_t settle_rows(struct import_run *run, struct import_row **rows, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0, end; i < count; i = end) {
		const Mandate__HeadCount *c = &row_at(rows, i)->content;
		bool equal = true;

		for (end = i + 1;
		     end < count &&
		     import_same_text(row_at(rows, end)->content.contributor, c->contributor) &&
		     row_at(rows, end)->content.component == c->component;
		     end++)
			equal = equal && row_at(rows, end)->content.persons == c->persons;
		for (size_t k = i; !equal && k < end; k++)
			import_problem(run, rows[k]->line, "key_twice",
				       "%zu rows give %s different numbers: none is taken", end - i,
				       c->contributor);
		if (equal)
			rows[kept++] = rows[i];
	}
	return kept;
}

static int compare_sources(const void *x, const void *y)
{
	return import_order_texts(*(const char *const *)x, *(const char *const *)y);
}

/* One source for all rows: their texts, each once, and the lowest confidence. */
static Mandate__Source *join_sources(struct import_run *run, struct import_row *const *rows,
				     size_t count)
{
	Mandate__Source *source = arena_alloc(run->arena, sizeof *source);
	const char **texts = arena_calloc(run->arena, count, sizeof *texts);
	char *joined = arena_alloc(run->arena, TEXT_MAX + 1);
	size_t len = 0;

	if (!source || !texts || !joined)
		return NULL;
	mandate__source__init(source);
	for (size_t i = 0; i < count; i++) {
		const Mandate__Source *s = &rows[i]->source;

		texts[i] = s->text;
		if (s->has_confidence &&
		    (!source->has_confidence || s->confidence > source->confidence))
			source->confidence = s->confidence;
		source->has_confidence |= s->has_confidence;
	}
	import_sort(texts, count, sizeof *texts, compare_sources);
	for (size_t i = 0; i < count; i++) {
		size_t more = texts[i] ? strlen(texts[i]) + 2 : 0;

		if (more == 0 || (i > 0 && import_same_text(texts[i], texts[i - 1])) ||
		    len + more > TEXT_MAX)
			continue;
		len += (size_t)snprintf(joined + len, TEXT_MAX + 1 - len, "%s%s", len ? "; " : "",
					texts[i]);
	}
	if (len > 0)
		source->text = joined;
	return source;
}

static bool fill_return(struct import_run *run, struct import_row *const *rows, size_t count,
			Mandate__Record *record)
{
	Mandate__Return *r = arena_alloc(run->arena, sizeof *r);
	bool covers[MANDATE__COMPONENT__COMPONENT_CIVILIANS + 1] = {false};

	if (!r)
		return false;
	mandate__return__init(r);
	r->operation = (char *)(uintptr_t)row_at(rows, 0)->operation;
	r->as_of = row_at(rows, 0)->as_of;
	r->covers = arena_calloc(run->arena, sizeof covers / sizeof *covers, sizeof *r->covers);
	r->counts = arena_calloc(run->arena, count, sizeof *r->counts);
	if (!r->covers || !r->counts)
		return false;
	for (size_t i = 0; i < count; i++) {
		r->counts[r->n_counts++] = &row_at(rows, i)->content;
		covers[row_at(rows, i)->content.component] = true;
	}
	for (size_t c = 0; c < sizeof covers / sizeof *covers; c++)
		if (covers[c])
			r->covers[r->n_covers++] = (Mandate__Component)c;
	record->content_case = MANDATE__RECORD__CONTENT_RETURN;
	record->return_ = r;
	return true;
}

static bool fill_estimate(struct import_run *run, struct import_row *const *rows, size_t count,
			  Mandate__Record *record)
{
	Mandate__Estimate *e =
		import_maps_estimate(run, row_at(rows, 0)->operation, row_at(rows, 0)->as_of,
				     MANDATE__DETAIL__DETAIL_CONTRIBUTOR, record);

	if (!e)
		return false;
	e->contributors = arena_calloc(run->arena, count, sizeof *e->contributors);
	for (size_t i = 0; e->contributors && i < count; i++) {
		const Mandate__HeadCount *c = &row_at(rows, i)->content;

		e->contributors[i] = import_maps_share(run, c->contributor, c->persons);
		if (!e->contributors[i])
			return false;
		e->n_contributors++;
	}
	return e->contributors != NULL;
}

static bool deployment_fact(struct import_run *run, struct import_row **rows, size_t count)
{
	Mandate__Record *record = arena_alloc(run->arena, sizeof *record);
	bool estimate = row_at(rows, 0)->basis == BASIS_ESTIMATE;
	Mandate__Source *source;

	count = settle_rows(run, rows, count);
	if (count == 0)
		return true;
	source = join_sources(run, rows, count);
	if (!record || !source)
		return false;
	mandate__record__init(record);
	if (!(estimate ? fill_estimate : fill_return)(run, rows, count, record))
		return false;
	import_fact(run, rows, count, MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD, record,
		    estimate ? 0 : 1, source);
	return true;
}

static enum status deployment_facts(struct import_run *run, struct import_row **rows, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!rows[i]->bad && take_row(run, row_at(rows, i)))
			rows[kept++] = rows[i];
	import_sort(rows, kept, sizeof *rows, compare_rows);
	for (size_t i = 0, end; i < kept; i = end) {
		for (end = i + 1;
		     end < kept && compare_facts(row_at(rows, i), row_at(rows, end)) == 0;)
			end++;
		if (!deployment_fact(run, rows + i, end - i))
			return STATUS_NO_MEMORY;
	}
	return STATUS_OK;
}

const struct import_form import_returns_deployments = {
	IMPORT_FORM(deployment_row, deployment_columns, mandate__head_count__descriptor),
	.facts = deployment_facts,
};
