#include "ctl_send.h"

#include "base/clock.h"
#include "base/hash.h"
#include "json.h"
#include "model/names.h"

/* --- what was not taken ---------------------------------------------------------------------- */

void ctl_send_problem(struct ctl_send *s, const char *file, unsigned line, const char *code,
		      const char *reason)
{
	output_progress_end();
	if (s->c->format == OUTPUT_JSON) {
		json_t *json = json_pack("{sssIssss}", "file", file, "line", (json_int_t)line,
					 "code", code, "reason", reason);

		s->failed |= output_json(json) != STATUS_OK;
	} else if (s->rows) {
		output_text(s->rows, file);
		output_number(s->rows, line > 0, line);
		output_text(s->rows, code);
		output_text(s->rows, reason);
		output_row_end(s->rows);
	} else {
		output_print(stderr, file);
		fprintf(stderr, ":%u: %s: ", line, code);
		output_print(stderr, reason);
		fputc('\n', stderr);
	}
}

static void on_outcome(void *context, const struct mandate_outcome *o)
{
	struct ctl_send *s = context;
	const Mandate__Refusal *refusal = o->outcome->refusal;
	char reason[1024], where[32] = "";
	const char *file;
	unsigned line;

	for (size_t i = 0; !refusal && i < o->outcome->n_results; i++)
		*(o->outcome->results[i]->unchanged ? &s->unchanged : &s->accepted) += 1;
	if (!refusal)
		return;
	s->early += refusal->code == MANDATE__CODE__CODE_NEEDS_EARLIER;
	s->refused++;
	s->locate(s, o->tag, &file, &line);
	if (refusal->change > 0 && refusal->field && strncmp(refusal->field, "changes", 7) != 0)
		snprintf(where, sizeof where, "changes[%u].", (unsigned)refusal->change);
	snprintf(reason, sizeof reason, "%s%s%s%s", where, refusal->field ? refusal->field : "",
		 refusal->field ? ": " : "", refusal->text ? refusal->text : "refused");
	ctl_send_problem(s, file, line, names_text(&mandate__code__descriptor, (int)refusal->code),
			 reason);
}

/* --- sending --------------------------------------------------------------------------------- */

enum ctl_exit ctl_send_open(struct ctl_send *s)
{
	static const struct output_column columns[] = {{"file", NULL, false, false, 0},
						       {"line", NULL, true, false, 0},
						       {"code", NULL, false, false, 0},
						       {"reason", NULL, false, true, 0}};

	if (s->c->format == OUTPUT_CSV &&
	    output_rows_new(&s->rows, OUTPUT_CSV, columns, 4) != STATUS_OK)
		return ctl_fail(s->c, STATUS_NO_MEMORY, "out of memory");
	return ctl_connect(s->c, s, on_outcome);
}

static enum ctl_exit stuck(struct ctl_send *s, enum status status, const char *text)
{
	char why[512];

	snprintf(why, sizeof why, "%s; sending the same again is safe", text);
	return ctl_fail(s->c, status == STATUS_AGAIN ? STATUS_REFUSED : status, why);
}

/* Waits for room in the window; gives up when nothing is decided for the time allowed. */
static enum ctl_exit wait_for_room(struct ctl_send *s)
{
	uint64_t end_ms = clock_mono_ms() + s->c->timeout_ms, now_ms;
	size_t pending = mandate_pending(s->c->m);
	struct error err = {0};

	while (mandate_pending(s->c->m) >= pending) {
		now_ms = clock_mono_ms();
		if (now_ms >= end_ms) {
			/* Says why. */
			enum status status = mandate_drain(s->c->m, 0, &err);

			return status == STATUS_OK ? CTL_DONE : stuck(s, status, err.text);
		}
		if (mandate_run(s->c->m, (uint32_t)(end_ms - now_ms), &err) != STATUS_OK)
			return ctl_fail(s->c, err.status, err.text);
	}
	return CTL_DONE;
}

enum ctl_exit ctl_send_changes(struct ctl_send *s, Mandate__Change **changes, size_t count,
			       uint64_t tag)
{
	struct error err = {0};
	enum status status;

	while ((status = mandate_submit(s->c->m, changes, count, tag, &err)) == STATUS_AGAIN) {
		enum ctl_exit result = wait_for_room(s);

		if (result != CTL_DONE)
			return result;
	}
	if (status == STATUS_LIMIT) {
		const char *file;
		unsigned line;

		s->locate(s, tag, &file, &line);
		s->not_taken++;
		ctl_send_problem(s, file, line, "too_large", err.text);
		return CTL_DONE;
	}
	return status == STATUS_OK ? CTL_DONE : ctl_fail(s->c, status, err.text);
}

enum ctl_exit ctl_send_drain(struct ctl_send *s)
{
	struct error err = {0};

	while (mandate_pending(s->c->m) > 0) {
		enum status drained = mandate_drain(s->c->m, s->c->timeout_ms, &err);

		if (drained != STATUS_OK)
			return stuck(s, drained, err.text);
	}
	return CTL_DONE;
}

/* All is sent: what acts wait for may be on record now, or come from another office. Those given up
 * are named by their last refusal. */
static enum ctl_exit wait_for_causes(struct ctl_send *s)
{
	uint64_t end_ms = clock_mono_ms() + s->c->wait_ms, now_ms;
	struct error err = {0};

	mandate_try_again(s->c->m);
	while (mandate_waiting(s->c->m) > 0 && (now_ms = clock_mono_ms()) < end_ms) {
		output_progress("acts waiting", mandate_waiting(s->c->m), 0);
		if (mandate_run(s->c->m, (uint32_t)(end_ms - now_ms), &err) != STATUS_OK)
			return ctl_fail(s->c, err.status, err.text);
	}
	mandate_give_up(s->c->m);
	return ctl_send_drain(s);
}

static void summary(struct ctl_send *s)
{
	char a[OUTPUT_NUMBER_BYTES], b[OUTPUT_NUMBER_BYTES], c[OUTPUT_NUMBER_BYTES],
		d[OUTPUT_NUMBER_BYTES], head[2 * HASH_BYTES + 32] = "";
	struct mandate_head h;

	if (s->c->m && mandate_head(s->c->m, &h))
		ctl_head_text(head, sizeof head, h.revision, h.event_hash);
	if (s->c->format == OUTPUT_JSON) {
		json_t *json = json_pack(
			"{sIsIsIsIsI}", "accepted", (json_int_t)s->accepted, "unchanged",
			(json_int_t)s->unchanged, "refused", (json_int_t)s->refused, "not_taken",
			(json_int_t)s->not_taken, "pending",
			(json_int_t)(s->c->m ? mandate_pending(s->c->m) + mandate_waiting(s->c->m)
					     : 0));

		if (json && s->clashes)
			json_object_set_new(json, "clashes", json_integer((json_int_t)s->clashes));
		if (json && s->rows_read)
			json_object_set_new(json, "rows", json_integer((json_int_t)s->rows_read));
		if (json && *head)
			json_object_set_new(json, "head", json_string(head));
		s->failed |= output_json(json) != STATUS_OK;
		return;
	}
	FILE *to = s->rows ? stderr : stdout;
	fprintf(to, "%s accepted, %s unchanged, %s refused, %s not taken",
		output_grouped(a, s->accepted), output_grouped(b, s->unchanged),
		output_grouped(c, s->refused), output_grouped(d, s->not_taken));
	if (s->clashes)
		fprintf(to, ", %s in clash", output_grouped(a, s->clashes));
	fputc('\n', to);
}

enum ctl_exit ctl_send_close(struct ctl_send *s, enum ctl_exit status)
{
	if (status == CTL_DONE)
		status = ctl_send_drain(s);
	if (status == CTL_DONE && mandate_waiting(s->c->m) > 0)
		status = wait_for_causes(s);
	output_progress_end();
	summary(s);
	if (s->early)
		fprintf(stderr,
			"mandatectl: acts whose cause is not on record: %llu; send the same again "
			"when it is, or wait longer with --wait\n",
			(unsigned long long)s->early);
	if (s->rows && output_rows_end(s->rows) != STATUS_OK)
		s->failed = true;
	if (status == CTL_DONE && s->failed)
		return ctl_fail(s->c, STATUS_NO_MEMORY, "out of memory");
	return status == CTL_DONE && (s->refused || s->not_taken || s->clashes) ? CTL_REFUSED
										: status;
}
