#include "ctl_view.h"

#include "ctl_words.h"
#include "json.h"
#include "model/names.h"

#include <time.h>

static void open_rows(struct ctl_viewing *v, const struct ctl_view *view)
{
	bool first = !v->view;

	v->view = view;
	if (v->rows && output_rows_end(v->rows) != STATUS_OK)
		v->failed = true;
	v->rows = NULL;
	if (!first)
		putchar('\n');
	if (v->c->format == OUTPUT_TABLE && v->count > 1 && view->title)
		printf("%s\n", view->title);
	if (output_rows_new(&v->rows, v->c->format, view->columns, view->column_count) != STATUS_OK)
		v->failed = true;
}

enum ctl_exit ctl_view_begin(struct ctl_viewing *v, struct ctl *c, const struct ctl_view *views,
			     size_t count)
{
	*v = (struct ctl_viewing){.c = c, .views = views, .count = count};
	/* CSV without a row has its titles nevertheless. */
	if (count == 1 && c->format != OUTPUT_JSON)
		open_rows(v, views);
	return v->failed ? ctl_fail(c, STATUS_NO_MEMORY, "out of memory") : CTL_DONE;
}

static const struct ctl_view *view_of(const struct ctl_viewing *v, const Mandate__Row *row)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->views[i].what == row->what_case)
			return &v->views[i];
	return NULL;
}

static json_t *json_line(const struct ctl_viewing *v, const struct ctl_view *view,
			 const Mandate__Row *row)
{
	/* All messages share the union. */
	json_t *json = view->json ? view->json(row) : json_of_row(&row->version->base);

	if (v->count == 1)
		return json;
	return json_pack(
		"{so}",
		protobuf_c_message_descriptor_get_field(&mandate__row__descriptor, row->what_case)
			->name,
		json);
}

void ctl_view_row(void *viewing, const Mandate__Row *row)
{
	struct ctl_viewing *v = viewing;
	const struct ctl_view *view = view_of(v, row);

	if (!view || v->failed)
		return;
	if (v->c->format == OUTPUT_JSON) {
		v->failed = output_json(json_line(v, view, row)) != STATUS_OK;
		return;
	}
	if (view != v->view)
		open_rows(v, view);
	if (v->rows)
		view->print(v->rows, row);
}

enum ctl_exit ctl_view_end(struct ctl_viewing *v, enum ctl_exit status)
{
	if (v->rows && output_rows_end(v->rows) != STATUS_OK)
		v->failed = true;
	v->rows = NULL;
	if (status == CTL_DONE && v->failed)
		return ctl_fail(v->c, STATUS_NO_MEMORY, "out of memory");
	return status;
}

enum ctl_exit ctl_view_ask(struct ctl *c, Mandate__Query *query, const struct ctl_view *views,
			   size_t count)
{
	struct ctl_viewing v;
	enum ctl_exit status = ctl_view_begin(&v, c, views, count);

	if (status == CTL_DONE)
		status = ctl_ask(c, query, ctl_view_row, &v, NULL);
	status = ctl_view_end(&v, status);
	if (status == CTL_DONE)
		ctl_tell_restricted(c);
	return status;
}

/* --- cells ----------------------------------------------------------------------------------- */

void ctl_view_list(struct output_rows *rows, char *const *items, size_t count)
{
	struct words w = {0};

	words_list(&w, items, count);
	output_text(rows, count ? w.text : NULL);
}

void ctl_view_name(struct output_rows *rows, const ProtobufCEnumDescriptor *type, bool has,
		   int value)
{
	output_text(rows, has ? names_text(type, value) : NULL);
}

const char *ctl_view_time_text(char buffer[CTL_VIEW_TIME_BYTES], uint64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm utc;

	if (!gmtime_r(&seconds, &utc) || strftime(buffer, CTL_VIEW_TIME_BYTES, "%F %TZ", &utc) == 0)
		snprintf(buffer, CTL_VIEW_TIME_BYTES, "%llu", (unsigned long long)time_ms);
	return buffer;
}

void ctl_view_time(struct output_rows *rows, bool has, uint64_t time_ms)
{
	char text[CTL_VIEW_TIME_BYTES];

	output_text(rows, has ? ctl_view_time_text(text, time_ms) : NULL);
}

void ctl_view_until(struct output_rows *rows, bool open_ended, bool has, int32_t day)
{
	if (open_ended)
		output_text(rows, "open-ended");
	else
		output_day(rows, has, day);
}
