/* Events as they happen, from any place of history on, with the chain verified on the way. When the
 * daemon tells that what this office may see has changed, a snapshot stands in between. */
#include "base/clock.h"
#include "base/hash.h"
#include "ctl_view.h"
#include "json.h"
#include "model/names.h"
#include "model/record.h"

#include <signal.h>
#include <stdlib.h>

enum {
	WAIT_MS = 1000,
	/* Of a mandate's end people are told unasked in its last days: most are renewed only then
	 * (DEFINITIONS section 7, MAND_EXPIRING). */
	STAGE_TOLD_DAYS = 7,
};

struct follow {
	struct ctl *c;
	struct mandate_stream *stream;
	uint64_t after, until; /* `until` 0: for ever */
	uint8_t hash[HASH_BYTES];
	int32_t day; /* on which it was told up to `after` */
	bool has_hash, has_day, verify;
	uint64_t events, early, through; /* early: of the events, not shown */
	uint8_t through_hash[HASH_BYTES];
	bool has_through_hash, done, failed;
	bool regranted; /* a snapshot is due */
	uint64_t records;
	struct mandate_subscription subscription;
	Mandate__Code end_code;
	char end_text[256];
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* --- a line an event ------------------------------------------------------------------------- */

static void print_numbers(const Mandate__Alert *a)
{
	char x[OUTPUT_NUMBER_BYTES], y[OUTPUT_NUMBER_BYTES];

	if (a->has_persons && a->has_ceiling)
		printf(", %s against %s", output_grouped(x, a->persons),
		       output_grouped(y, a->ceiling));
	else if (a->has_persons)
		printf(", %s", output_grouped(x, a->persons));
}

static void print_line(const Mandate__Event *e)
{
	char time[CTL_VIEW_TIME_BYTES], key[KEY_TEXT_MAX + 1] = "";

	printf("%8llu  %s  ", (unsigned long long)e->revision,
	       ctl_view_time_text(time, e->time_ms));
	if (e->what_case == MANDATE__EVENT__WHAT_CHANGE) {
		const char *kind = record_kind_name(record_kind(e->change->record));

		if (record_key(e->change->record, key) != STATUS_OK)
			snprintf(key, sizeof key, "?");
		printf("%s %s ",
		       names_text(&mandate__change_action__descriptor, (int)e->change->action),
		       kind ? kind : "?");
		output_print(stdout, key);
		if (e->change->has_edition)
			printf(", edition %u", (unsigned)e->change->edition);
		if (e->office)
			fputs(" by ", stdout);
		output_print(stdout, e->office ? e->office : "");
	} else if (e->what_case == MANDATE__EVENT__WHAT_ALERT) {
		const Mandate__Alert *a = e->alert->alert;

		printf("alert %s: %s %s ",
		       names_text(&mandate__alert_act__descriptor, (int)e->alert->act),
		       names_text(&mandate__severity__descriptor, (int)a->severity),
		       names_text(&mandate__alert_code__descriptor, (int)a->code));
		output_print(stdout, a->key);
		print_numbers(a);
		if (a->has_stage)
			printf(", within %u days", (unsigned)a->stage);
		if (e->alert->has_reason)
			printf(" (%s)", names_text(&mandate__close_reason__descriptor,
						   (int)e->alert->reason));
	}
	putchar('\n');
}

static void print_left(struct follow *f, const struct mandate_event *event)
{
	const char *kind = record_kind_name(event->kind);

	if (f->c->format == OUTPUT_TABLE) {
		printf("%8llu  %-20s  left %s ", (unsigned long long)event->revision, "",
		       kind ? kind : "?");
		output_print(stdout, event->key);
		fputs(": out of this office's sight\n", stdout);
	} else if (output_json(json_pack("{s:I, s:b, s:s, s:s}", "revision",
					 (json_int_t)event->revision, "left", 1, "kind",
					 kind ? kind : "?", "key", event->key)) != STATUS_OK) {
		f->failed = f->done = true;
	}
}

/* An end that is more than some days away: on record, and not yet what a person must act on. */
static bool is_early(const struct ctl *c, const Mandate__Event *e)
{
	if (c->format != OUTPUT_TABLE || c->given & (CTL_EARLY | CTL_CODE) ||
	    e->what_case != MANDATE__EVENT__WHAT_ALERT)
		return false;
	const Mandate__Alert *a = e->alert->alert;
	return a->code == MANDATE__ALERT_CODE__ALERT_CODE_MAND_EXPIRING && a->has_stage &&
	       a->stage > STAGE_TOLD_DAYS;
}

/* --- the stream ------------------------------------------------------------------------------ */

static void on_event(void *context, const struct mandate_event *event)
{
	struct follow *f = context;

	if (!f->done && event->left)
		print_left(f, event);
	if (event->event.len == 0 || f->done)
		return;
	const Mandate__Event *e =
		mandate_decode(f->c->m, &mandate__event__descriptor, event->event);
	if (!e) {
		snprintf(f->end_text, sizeof f->end_text, "event %llu cannot be read",
			 (unsigned long long)event->revision);
		f->failed = f->done = true;
		return;
	}
	f->events++;
	if (is_early(f->c, e))
		f->early++;
	else if (f->c->format == OUTPUT_TABLE)
		print_line(e);
	else if (output_json(json_of_message(&e->base)) != STATUS_OK)
		f->failed = f->done = true;
	if (f->c->count && f->events >= f->c->count)
		f->done = true;
}

static void on_through(void *context, uint64_t through, const uint8_t *hash, const int32_t *day)
{
	struct follow *f = context;

	(void)day; /* a stream resumes by itself, and a name by its cursor */
	if (f->done)
		return;
	f->through = through;
	f->has_through_hash = hash;
	if (hash)
		memcpy(f->through_hash, hash, HASH_BYTES);
	if ((f->c->given & CTL_UNTIL_CURRENT) && through >= f->until)
		f->done = true;
}

static void on_end(void *context, Mandate__Code code, const char *text)
{
	struct follow *f = context;

	f->stream = NULL;
	if (code == MANDATE__CODE__CODE_REGRANTED) {
		f->regranted = true;
		return;
	}
	f->done = f->failed = true;
	f->end_code = code;
	snprintf(f->end_text, sizeof f->end_text, "%s%s%s",
		 names_text(&mandate__code__descriptor, (int)code), *text ? ": " : "", text);
}

/* --- where to begin
 * -------------------------------------------------------------------------------- */

static void no_row(void *context, const Mandate__Row *row)
{
	(void)context;
	(void)row;
}

/* The hash of `revision`, from the head of an answer that stands there. */
static enum ctl_exit ask_hash(struct follow *f, uint64_t revision)
{
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__AlertsQuery alerts = MANDATE__ALERTS_QUERY__INIT;
	struct mandate_answer answer = {0};
	char text[128];

	query.ask_case = MANDATE__QUERY__ASK_ALERTS;
	query.alerts = &alerts;
	query.has_known_at = true;
	query.known_at = revision;
	enum ctl_exit status = ctl_ask(f->c, &query, no_row, NULL, &answer);
	if (status != CTL_DONE)
		return status;
	if (!answer.has_head || answer.head.revision != revision) {
		snprintf(text, sizeof text, "the daemon does not tell the hash of revision %llu",
			 (unsigned long long)revision);
		return ctl_fail(f->c, STATUS_REFUSED, text);
	}
	memcpy(f->hash, answer.head.event_hash, HASH_BYTES);
	f->has_hash = true;
	return CTL_DONE;
}

static void find_cursor(void *context, const Mandate__Row *row)
{
	struct follow *f = context;

	if (row->what_case == MANDATE__ROW__WHAT_CURSOR &&
	    strcmp(row->cursor->name, f->c->name) == 0 && row->cursor->own) {
		f->after = row->cursor->revision;
		f->has_day = row->cursor->has_day;
		f->day = row->cursor->day;
	}
}

static enum ctl_exit begin(struct follow *f)
{
	struct ctl *c = f->c;
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__StatusQuery status_query = MANDATE__STATUS_QUERY__INIT;
	Mandate__CursorsQuery cursors = MANDATE__CURSORS_QUERY__INIT;
	struct mandate_head head = {0};

	query.ask_case = MANDATE__QUERY__ASK_STATUS;
	query.status = &status_query;
	enum ctl_exit status = ctl_ask(c, &query, no_row, NULL, NULL);
	if (status != CTL_DONE)
		return status;
	if (!mandate_head(c->m, &head))
		return ctl_fail(c, STATUS_REFUSED, "the daemon tells no head");
	f->until = head.revision;
	if (c->given & CTL_FROM) {
		f->after = c->from > 0 ? c->from - 1 : 0;
		if (c->has_from_hash) { /* after what is known, by its hash */
			f->after = c->from;
			memcpy(f->hash, c->from_hash, HASH_BYTES);
			f->has_hash = true;
		}
	} else if (c->name) {
		query.ask_case = MANDATE__QUERY__ASK_CURSORS;
		query.cursors = &cursors;
		status = ctl_ask(c, &query, find_cursor, f, NULL);
	} else {
		f->after = head.revision;
		memcpy(f->hash, head.event_hash, HASH_BYTES);
		f->has_hash = true;
	}
	if (status == CTL_DONE && (c->given & CTL_VERIFY) && f->after > 0 && !f->has_hash)
		status = ask_hash(f, f->after);
	return status;
}

static enum ctl_exit make_filter(struct ctl *c, Mandate__Filter *filter, Mandate__Kind *kinds,
				 Mandate__AlertCode *codes)
{
	filter->n_operations = c->operations.count;
	filter->operations = c->operations.items;
	filter->n_contributors = c->contributors.count;
	filter->contributors = c->contributors.items;
	filter->n_documents = c->documents.count;
	filter->documents = c->documents.items;
	for (size_t i = 0; i < c->kinds.count; i++) {
		kinds[i] = ctl_kind(c->kinds.items[i]);
		if (!kinds[i])
			return CTL_USAGE;
	}
	filter->n_kinds = c->kinds.count;
	filter->kinds = kinds;
	for (size_t i = 0; i < c->codes.count; i++) {
		int code;

		if (names_value(&mandate__alert_code__descriptor, c->codes.items[i], &code) !=
		    STATUS_OK)
			return ctl_usage("no alert code \"%s\"", c->codes.items[i]);
		codes[i] = (Mandate__AlertCode)code;
	}
	filter->n_alert_codes = c->codes.count;
	filter->alert_codes = codes;
	return CTL_DONE;
}

/* --- other grants ---------------------------------------------------------------------------- */

static void on_version(void *context, const Mandate__Version *v)
{
	struct follow *f = context;
	const char *kind = record_kind_name(v->kind);

	f->records++;
	if (f->c->format != OUTPUT_TABLE) {
		f->failed |= output_json(json_pack("{s:o}", "snapshot",
						   json_of_message(&v->base))) != STATUS_OK;
		return;
	}
	printf("%8llu  %-20s  holds %s ", (unsigned long long)v->revision, "", kind ? kind : "?");
	output_print(stdout, v->key);
	if (v->has_edition)
		printf(", edition %u", (unsigned)v->edition);
	putchar('\n');
}

/* Where the records end that stand for all that was told before. */
static void print_snapshot_end(struct follow *f, const struct mandate_answer *answer)
{
	char hash[2 * HASH_BYTES + 1], number[OUTPUT_NUMBER_BYTES];

	hash_hex(hash, answer->head.event_hash, HASH_BYTES);
	if (f->c->format == OUTPUT_TABLE)
		printf("%8llu  %-20s  snapshot ends: %s records\n",
		       (unsigned long long)answer->revision, "",
		       output_grouped(number, f->records));
	else
		f->failed |=
			output_json(json_pack("{s:{s:I, s:s, s:I}}", "snapshot_ends", "revision",
					      (json_int_t)answer->revision, "event_hash", hash,
					      "records", (json_int_t)f->records)) != STATUS_OK;
}

/* Everything that may be seen now, then what comes after it. */
static enum ctl_exit go_on(struct follow *f)
{
	struct ctl *c = f->c;
	struct mandate_answer answer;
	struct error err = {0};

	f->regranted = false;
	f->records = 0;
	fputs("mandatectl: what this office may see has changed: a snapshot of it follows; what it "
	      "does not show is no longer to be kept\n",
	      stderr);
	if (c->format == OUTPUT_TABLE)
		printf("%8s  %-20s  snapshot begins\n", "", "");
	else
		f->failed |= output_json(json_pack("{s:b}", "snapshot_begins", 1)) != STATUS_OK;
	enum status s = mandate_snapshot(c->m, f->subscription.filter, c->timeout_ms, on_version, f,
					 &answer, &err);
	if (s != STATUS_OK)
		return ctl_fail(c, s, err.text);
	print_snapshot_end(f, &answer);
	if (f->failed)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	memcpy(f->hash, answer.head.event_hash, HASH_BYTES);
	f->subscription.after_revision = answer.revision;
	f->subscription.event_hash = f->hash;
	f->day = answer.day;
	f->subscription.day = answer.has_day ? &f->day : NULL;
	on_through(f, answer.revision, f->hash, f->subscription.day);
	s = mandate_subscribe(c->m, &f->subscription, &f->stream, &err);
	return s == STATUS_OK ? CTL_DONE : ctl_fail(c, s, err.text);
}

/* --- the command ----------------------------------------------------------------------------- */

static void say_end(const struct follow *f)
{
	char number[OUTPUT_NUMBER_BYTES], head[2 * HASH_BYTES + 32];

	fprintf(stderr, "mandatectl: %s events", output_grouped(number, f->events));
	if (f->early)
		fprintf(stderr, ", %s of them ends of mandates more than %d days away (--early)",
			output_grouped(number, f->early), STAGE_TOLD_DAYS);
	if (f->has_through_hash) {
		ctl_head_text(head, sizeof head, f->through, f->through_hash);
		fprintf(stderr, ", %s %s", f->verify ? "chain verified up to" : "up to", head);
	}
	fputc('\n', stderr);
}

static enum ctl_exit run(struct follow *f)
{
	struct error err = {0};

	while (!f->done && !interrupted) {
		if (f->regranted) {
			enum ctl_exit status = go_on(f);
			if (status != CTL_DONE)
				return status;
		}
		if (mandate_run(f->c->m, WAIT_MS, &err) != STATUS_OK)
			return ctl_fail(f->c, err.status, err.text);
		if (fflush(stdout) != 0)
			return ctl_fail(f->c, STATUS_IO, "cannot write the output");
	}
	if (f->stream)
		mandate_unsubscribe(f->c->m, f->stream);
	say_end(f);
	if (!f->failed)
		return CTL_DONE;
	return ctl_fail(f->c, f->end_code ? STATUS_REFUSED : STATUS_NO_MEMORY, f->end_text);
}

enum ctl_exit ctl_follow(struct ctl *c)
{
	Mandate__Filter filter = MANDATE__FILTER__INIT;
	Mandate__Kind kinds[CTL_VALUES_MAX];
	Mandate__AlertCode codes[CTL_VALUES_MAX];
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	struct follow f = {.c = c};
	struct error err = {0};

	enum ctl_exit status = make_filter(c, &filter, kinds, codes);
	if (status == CTL_DONE)
		status = begin(&f);
	if (status != CTL_DONE)
		return status;
	bool filtered =
		c->given & (CTL_OPERATION | CTL_KIND | CTL_CONTRIBUTOR | CTL_CODE | CTL_DOCUMENT);
	f.verify = (c->given & CTL_VERIFY) || (!filtered && (f.after == 0 || f.has_hash));
	f.through = f.after;
	f.subscription = (struct mandate_subscription){.after_revision = f.after,
						       .event_hash = f.has_hash ? f.hash : NULL,
						       .day = f.has_day ? &f.day : NULL,
						       .filter = filtered ? &filter : NULL,
						       .name = c->name,
						       .verify = f.verify,
						       .context = &f,
						       .on_event = on_event,
						       .on_through = on_through,
						       .on_end = on_end};
	enum status s = mandate_subscribe(c->m, &f.subscription, &f.stream, &err);
	if (s != STATUS_OK)
		return ctl_fail(c, s, err.text);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return run(&f);
}
