/* What would be if these changes were recorded: refusals, clashes, alerts, strengths. Nothing is
 * recorded. */
#include "base/limits.h"
#include "ctl.h"
#include "ctl_changes.h"
#include "ctl_words.h"
#include "json.h"
#include "model/names.h"

struct whatif {
	struct ctl *c;
	struct output_rows *rows; /* with OUTPUT_CSV */
	bool refused, failed;
};

/* --- the changes ----------------------------------------------------------------------------- */

/* All lines of the file, one after the other: they are asked about together. */
static enum ctl_exit read_changes(struct ctl *c, struct ctl_changes *lines, struct arena *a,
				  Mandate__Change **all, size_t *ret_count)
{
	*ret_count = 0;
	for (;;) {
		Mandate__Change **changes;
		struct error err = {0};
		char where[1024];
		const char *code;
		size_t count;

		enum status read = ctl_changes_next(lines, a, &changes, &count, &code, &err);
		if (read == STATUS_NOT_FOUND)
			break;
		if (read == STATUS_INVALID) {
			snprintf(where, sizeof where, "%s:%u: %s: %s", lines->name, lines->number,
				 code, err.text);
			return ctl_fail(c, STATUS_REFUSED, where);
		}
		if (read != STATUS_OK)
			return ctl_fail(c, read, err.text);
		if (count > CHANGES_PER_SUBMISSION_MAX - *ret_count)
			return ctl_fail(c, STATUS_REFUSED, "too many changes for one question");
		memcpy(all + *ret_count, changes, count * sizeof *changes);
		*ret_count += count;
	}
	return *ret_count ? CTL_DONE : ctl_usage("%s: no changes", lines->name);
}

/* --- consequences, a sentence each ----------------------------------------------------------- */

static void say_change(struct words *w, bool has, uint32_t change)
{
	if (has)
		words_add(w, "change %u: ", (unsigned)change + 1); /* people count from 1 */
}

static void say_refusal(struct words *w, const Mandate__Refusal *r)
{
	words_add(w, "refused: ");
	say_change(w, r->has_change, r->change);
	words_add(w, "%s: %s%s%s", names_text(&mandate__code__descriptor, (int)r->code),
		  r->field ? r->field : "", r->field ? ": " : "", r->text ? r->text : "refused");
}

static void say_clash(struct words *w, const Mandate__Clash *clash)
{
	words_add(w, "clash: ");
	say_change(w, clash->has_change, clash->change);
	words_add(w, "%s%s", clash->text, clash->n_records ? ": " : "");
	words_list(w, clash->records, clash->n_records);
}

/* "CEIL_OVER UNFICYP:troops opens on 2005-02-28: 894 present, 860 allowed (34 over)" */
static void say_alert(struct words *w, const Mandate__AlertChange *change)
{
	static const char *const acts[] = {[MANDATE__ALERT_ACT__ALERT_ACT_OPENED] = "opens",
					   [MANDATE__ALERT_ACT__ALERT_ACT_CHANGED] = "changes",
					   [MANDATE__ALERT_ACT__ALERT_ACT_CLOSED] = "closes"};
	const Mandate__Alert *a = change->alert;
	struct words proof = {0};

	words_add(w, "%s %s %s on ", names_text(&mandate__alert_code__descriptor, (int)a->code),
		  a->key, acts[change->act]);
	words_day(w, change->on);
	if (change->has_reason)
		words_add(w, " (%s)",
			  names_text(&mandate__close_reason__descriptor, (int)change->reason));
	if (change->act == MANDATE__ALERT_ACT__ALERT_ACT_CHANGED)
		words_add(w, " to %s",
			  names_text(&mandate__severity__descriptor, (int)a->severity));
	words_alert(&proof, a);
	words_add(w, "%s%s", proof.len ? ": " : "", proof.text);
}

static void say_strength(struct words *w, const Mandate__Strength *s)
{
	struct words age = {0};

	words_add(w, "%s:%s on ", s->operation,
		  names_text(&mandate__component__descriptor, (int)s->component));
	words_day(w, s->on);
	words_add(w, ": ");
	words_strength(w, s->has_persons, s->persons, s->has_ceiling, s->ceiling);
	words_age(&age, s->has_age_days ? s->age_days : 0);
	words_add(w, "%s%s", age.len ? ", a count " : "", age.text);
	if (s->has_ceiling && !s->ceiling_applies)
		words_add(w, ", no mandate in force");
}

static void say_mandate(struct words *w, const Mandate__Mandate *m)
{
	words_add(w, "%s on ", m->operation);
	words_day(w, m->on);
	words_add(w, ": %s", names_text(&mandate__mandate_status__descriptor, (int)m->status));
	if (m->has_how)
		words_add(w, " (%s)", names_text(&mandate__mandate_end__descriptor, (int)m->how));
	if (m->has_valid_until) {
		words_add(w, ", valid until ");
		words_day(w, m->valid_until);
	}
	words_add(w, "%s%s%s", m->open_ended ? ", open-ended" : "", m->document ? " by " : "",
		  m->document ? m->document : "");
	if (m->has_withdraw_by) {
		words_add(w, ", to withdraw by ");
		words_day(w, m->withdraw_by);
	}
}

static void say_result(struct words *w, const Mandate__ChangeResult *r)
{
	if (r->unchanged)
		words_add(w, "on record already");
	else
		words_add(w, "would be accepted");
	if (r->has_edition)
		words_add(w, ", edition %u", (unsigned)r->edition);
}

static void say(struct words *w, const Mandate__WhatIf *what)
{
	switch (what->what_case) {
	case MANDATE__WHAT_IF__WHAT_REFUSAL:
		say_refusal(w, what->refusal);
		return;
	case MANDATE__WHAT_IF__WHAT_CLASH:
		say_clash(w, what->clash);
		return;
	case MANDATE__WHAT_IF__WHAT_ALERT:
		say_alert(w, what->alert);
		return;
	case MANDATE__WHAT_IF__WHAT_STRENGTH:
		say_strength(w, what->strength);
		return;
	case MANDATE__WHAT_IF__WHAT_MANDATE:
		say_mandate(w, what->mandate);
		return;
	case MANDATE__WHAT_IF__WHAT_RESULT:
		say_result(w, what->result);
		return;
	case MANDATE__WHAT_IF__WHAT__NOT_SET:
	case _MANDATE__WHAT_IF__WHAT__CASE_IS_INT_SIZE:
		return;
	}
}

/* --- printing -------------------------------------------------------------------------------- */

static const struct output_column columns[] = {
	{"what", NULL, false, false, 0},   {"on", NULL, false, false, 0},
	{"code", NULL, false, false, 0},   {"key", NULL, false, false, 0},
	{"act", NULL, false, false, 0},	   {"severity", NULL, false, false, 0},
	{"persons", NULL, true, false, 0}, {"ceiling", NULL, true, false, 0},
	{"over", NULL, true, false, 0},	   {"text", NULL, false, false, 0}};

static void csv_of_alert(struct output_rows *rows, const Mandate__AlertChange *change)
{
	const Mandate__Alert *a = change->alert;

	output_day(rows, true, change->on);
	output_text(rows, names_text(&mandate__alert_code__descriptor, (int)a->code));
	output_text(rows, a->key);
	output_text(rows, names_text(&mandate__alert_act__descriptor, (int)change->act));
	output_text(rows, names_text(&mandate__severity__descriptor, (int)a->severity));
	output_number(rows, a->has_persons, a->persons);
	output_number(rows, a->has_ceiling, a->ceiling);
	output_signed(rows, a->has_persons && a->has_ceiling, (int64_t)(a->persons - a->ceiling));
}

static void csv_of_strength(struct output_rows *rows, const Mandate__Strength *s)
{
	struct words key = {0};

	words_add(&key, "%s:%s", s->operation,
		  names_text(&mandate__component__descriptor, (int)s->component));
	output_day(rows, true, s->on);
	output_text(rows, NULL);
	output_text(rows, key.text);
	output_text(rows, NULL);
	output_text(rows, NULL);
	output_number(rows, s->has_persons, s->persons);
	output_number(rows, s->has_ceiling, s->ceiling);
	output_signed(rows, s->has_over, s->over);
}

static void csv_of_other(struct output_rows *rows, const Mandate__WhatIf *what)
{
	const Mandate__Mandate *m =
		what->what_case == MANDATE__WHAT_IF__WHAT_MANDATE ? what->mandate : NULL;
	const Mandate__Refusal *r =
		what->what_case == MANDATE__WHAT_IF__WHAT_REFUSAL ? what->refusal : NULL;

	output_day(rows, m, m ? m->on : 0);
	output_text(rows, r ? names_text(&mandate__code__descriptor, (int)r->code) : NULL);
	output_text(rows, m ? m->operation : r ? r->key : NULL);
	for (size_t i = 4; i < sizeof columns / sizeof *columns - 1; i++)
		output_text(rows, NULL);
}

static void csv_of(struct output_rows *rows, const Mandate__WhatIf *what, const char *text)
{
	const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(
		&mandate__what_if__descriptor, what->what_case);

	output_text(rows, field ? field->name : NULL);
	if (what->what_case == MANDATE__WHAT_IF__WHAT_ALERT)
		csv_of_alert(rows, what->alert);
	else if (what->what_case == MANDATE__WHAT_IF__WHAT_STRENGTH)
		csv_of_strength(rows, what->strength);
	else
		csv_of_other(rows, what);
	output_text(rows, text);
	output_row_end(rows);
}

static void print_consequence(void *context, const Mandate__Row *row)
{
	struct whatif *w = context;
	struct words text = {0};

	if (row->what_case != MANDATE__ROW__WHAT_WHAT_IF)
		return;
	w->refused |= row->what_if->what_case == MANDATE__WHAT_IF__WHAT_REFUSAL;
	if (w->c->format == OUTPUT_JSON) {
		w->failed |= output_json(json_of_message(&row->what_if->base)) != STATUS_OK;
		return;
	}
	say(&text, row->what_if);
	if (w->rows) {
		csv_of(w->rows, row->what_if, text.text);
	} else if (text.len) {
		output_print(stdout, text.text);
		putchar('\n');
	}
}

/* At which point of history this was computed. */
static void print_end(struct whatif *w, const struct mandate_answer *answer)
{
	char number[OUTPUT_NUMBER_BYTES];

	if (w->c->format == OUTPUT_JSON)
		w->failed |= output_json(json_pack("{s{sI}}", "computed_at", "revision",
						   (json_int_t)answer->revision)) != STATUS_OK;
	else
		fprintf(w->rows ? stderr : stdout, "computed at revision %s; nothing is recorded\n",
			output_grouped(number, answer->revision));
}

static enum ctl_exit ask(struct whatif *w, Mandate__Change **changes, size_t count)
{
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__WhatIfQuery whatif = MANDATE__WHAT_IF_QUERY__INIT;
	struct mandate_answer answer = {0};

	whatif.changes = changes;
	whatif.n_changes = count;
	whatif.has_days = w->c->given & CTL_DAYS;
	whatif.days = (uint32_t)w->c->days;
	query.ask_case = MANDATE__QUERY__ASK_WHATIF;
	query.whatif = &whatif;
	if (w->c->format == OUTPUT_CSV &&
	    output_rows_new(&w->rows, OUTPUT_CSV, columns, sizeof columns / sizeof *columns) !=
		    STATUS_OK)
		return ctl_fail(w->c, STATUS_NO_MEMORY, "out of memory");
	enum ctl_exit status = ctl_ask(w->c, &query, print_consequence, w, &answer);
	if (status == CTL_DONE)
		print_end(w, &answer);
	if (w->rows && output_rows_end(w->rows) != STATUS_OK)
		w->failed = true;
	if (status == CTL_DONE && w->failed)
		return ctl_fail(w->c, STATUS_NO_MEMORY, "out of memory");
	if (status == CTL_DONE)
		ctl_tell_restricted(w->c);
	return status == CTL_DONE && w->refused ? CTL_REFUSED : status;
}

enum ctl_exit ctl_whatif(struct ctl *c)
{
	struct whatif w = {.c = c};
	struct ctl_changes lines;
	struct error err = {0};
	struct arena arena;
	size_t count = 0;

	enum status opened = ctl_changes_open(&lines, c->arguments[0], &err);
	if (opened != STATUS_OK)
		return ctl_fail(c, opened, err.text);
	arena_init(&arena, 16 * CTL_LINE_BYTES_MAX);
	Mandate__Change **changes =
		arena_calloc(&arena, CHANGES_PER_SUBMISSION_MAX, sizeof(Mandate__Change *));
	enum ctl_exit status = changes ? read_changes(c, &lines, &arena, changes, &count)
				       : ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	if (status == CTL_DONE)
		status = ask(&w, changes, count);
	arena_fini(&arena);
	ctl_changes_close(&lines);
	return status;
}
