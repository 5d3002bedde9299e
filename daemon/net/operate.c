#include "net/operate.h"

#include "base/clock.h"
#include "base/keyfile.h"
#include "base/log.h"
#include "net/pipeline.h"
#include "net/reply.h"
#include "net/status.h"
#include "service/settings.h"

#include <inttypes.h>
#include <stdio.h>

static const char TIMEZONE[] = "timezone";

/* --- inputs ------------------------------------------------------------------------------- */

static void init_input(struct server *s, Mandate__JournalInput *input)
{
	mandate__journal_input__init(input);
	input->time_ms = s->wall_ms;
}

/* Enters it for `r`, or NULL: on our own account. */
static enum status enter(struct server *s, const Mandate__JournalInput *input,
			 const struct request *r)
{
	return pipeline_input(s, input, r ? r->route : NULL, r ? r->correlation : 0);
}

/* By whom an input is entered; of our own nobody. */
static char *office_of(const struct request *r)
{
	return r ? r->from.office->record->office : NULL;
}

static char *device_of(const struct request *r)
{
	return r && r->from.device ? r->from.device->name : NULL;
}

static enum status enter_setting(struct server *s, const char *name, struct bytes value,
				 const struct request *r)
{
	Mandate__JournalInput input;
	Mandate__SettingInput setting;

	init_input(s, &input);
	mandate__setting_input__init(&setting);
	setting.name = (char *)(uintptr_t)name;
	setting.value.data = (uint8_t *)(uintptr_t)value.data;
	setting.value.len = value.len;
	setting.office = office_of(r);
	setting.device = device_of(r);
	input.what_case = MANDATE__JOURNAL_INPUT__WHAT_SETTING;
	input.setting = &setting;
	return enter(s, &input, r);
}

static enum status enter_day(struct server *s, int32_t day, const struct request *r)
{
	Mandate__JournalInput input;
	Mandate__DayInput content;

	init_input(s, &input);
	mandate__day_input__init(&content);
	content.day = day;
	content.office = office_of(r);
	content.device = device_of(r);
	input.what_case = MANDATE__JOURNAL_INPUT__WHAT_DAY;
	input.day = &content;
	return enter(s, &input, r);
}

static enum status enter_cursor(struct server *s, const char *office, const char *name,
				uint64_t revision, int32_t day, const struct request *r)
{
	Mandate__JournalInput input;
	Mandate__CursorInput cursor;

	init_input(s, &input);
	mandate__cursor_input__init(&cursor);
	cursor.office = (char *)(uintptr_t)office;
	cursor.name = (char *)(uintptr_t)name;
	cursor.revision = revision;
	cursor.has_day = day != DAY_NEVER;
	cursor.day = cursor.has_day ? day : 0;
	input.what_case = MANDATE__JOURNAL_INPUT__WHAT_CURSOR;
	input.cursor = &cursor;
	return enter(s, &input, r);
}

/* What is asked for that is no input of its own; answered by whoever does it. */
static enum status enter_deed(struct server *s, const char *text, const struct request *r)
{
	Mandate__JournalInput input;
	Mandate__DeedInput deed;

	init_input(s, &input);
	mandate__deed_input__init(&deed);
	deed.office = office_of(r);
	deed.device = device_of(r);
	deed.text = (char *)(uintptr_t)text;
	input.what_case = MANDATE__JOURNAL_INPUT__WHAT_DEED;
	input.deed = &deed;
	return enter(s, &input, NULL);
}

bool operate_enter_setting(struct server *s, const char *name, struct bytes value)
{
	return enter_setting(s, name, value, NULL) == STATUS_OK;
}

bool operate_enter_day(struct server *s, int32_t day)
{
	if (enter_day(s, day, NULL) != STATUS_OK)
		return false;
	s->day_proposed = day;
	return true;
}

bool operate_enter_rules(struct server *s, uint32_t version)
{
	Mandate__JournalInput input;
	Mandate__RulesInput rules;

	init_input(s, &input);
	mandate__rules_input__init(&rules);
	rules.version = version;
	input.what_case = MANDATE__JOURNAL_INPUT__WHAT_RULES;
	input.rules = &rules;
	return pipeline_input(s, &input, NULL, 0) == STATUS_OK;
}

bool operate_enter_cursor(struct server *s, const char *office, const char *name, uint64_t revision,
			  int32_t day)
{
	return enter_cursor(s, office, name, revision, day, NULL) == STATUS_OK;
}

/* --- at the start --------------------------------------------------------------------------- */

/* Enters `value` if the state has none, reports where it differs. */
static enum status seed_setting(struct server *s, struct store_txn *txn, const char *name,
				struct bytes value, bool secret)
{
	struct bytes held;
	enum status st = settings_get(txn, name, &held);

	if (st == STATUS_NOT_FOUND)
		return enter_setting(s, name, value, NULL);
	if (st == STATUS_OK && !secret && !bytes_equal(held, value))
		log_line(LOG_NOTICE, "setting.differs",
			 "name=%s configured=\"%.*s\" state=\"%.*s\" effective=state", name,
			 (int)value.len, (const char *)value.data, (int)held.len,
			 (const char *)held.data);
	return st;
}

static enum status seed_alerts(struct server *s, struct store_txn *txn)
{
	char text[16];

	for (size_t i = 0; i < alert_settings_count; i++) {
		int32_t value;
		memcpy(&value, (const char *)&s->options.alerts + alert_settings[i].offset,
		       sizeof value);
		snprintf(text, sizeof text, "%" PRId32, value);
		enum status st =
			seed_setting(s, txn, alert_settings[i].name, bytes_of_text(text), false);
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

bool operate_seed(struct server *s)
{
	uint8_t secret[HASH_BYTES];
	struct store_txn *txn;
	enum status st = server_txn(s, &txn);

	hash_random(secret, sizeof secret);
	if (st == STATUS_OK)
		st = seed_setting(s, txn, SETTINGS_SECRET, bytes_of(secret, sizeof secret), true);
	memset(secret, 0, sizeof secret);
	if (st == STATUS_OK)
		st = seed_setting(s, txn, TIMEZONE, bytes_of_text(s->options.timezone), false);
	if (st == STATUS_OK && s->options.admin_public_key[0])
		st = seed_setting(s, txn, ROLL_ADMIN_SETTING,
				  bytes_of_text(s->options.admin_public_key), false);
	if (st == STATUS_OK)
		st = seed_alerts(s, txn);
	if (st == STATUS_OK && s->rules < MACHINE_RULES_VERSION &&
	    !operate_enter_rules(s, MACHINE_RULES_VERSION))
		st = STATUS_AGAIN;
	if (st != STATUS_OK && st != STATUS_FULL && st != STATUS_AGAIN)
		server_fatal(s, st, "the settings of the state cannot be read or entered");
	return st == STATUS_OK;
}

void operate_calendar(struct server *s)
{
	int32_t day;
	bool waited = s->day_waits;
	char text[DAY_TEXT_BYTES];

	if (s->day_proposed != DAY_NEVER)
		return;
	enum calendar_verdict verdict = calendar_look(
		&s->calendar, s->day, (int64_t)(s->wall_ms / 1000), clock_boot_ms(), &day);
	s->day_waits = verdict == CALENDAR_WAITS;
	if (verdict == CALENDAR_ENTER)
		IGNORE_RESULT(operate_enter_day(s, day)); /* asked again in a second */
	if (s->day_waits && !waited) {
		day_format(text, day);
		log_line(LOG_WARNING, "day.waits",
			 "clock_day=%s for=operator hint=\"mandatectl day %s\"", text, text);
	}
}

/* --- requests ------------------------------------------------------------------------------- */

static void answer(struct server *s, const struct request *r, Mandate__Code code, const char *text)
{
	reply_report(s, r->route, r->correlation, code, text);
}

/* An input was entered, and is answered when it is committed; or it was not. */
static void answer_entered(struct server *s, const struct request *r, enum status st)
{
	if (st == STATUS_OK)
		return;
	if (st == STATUS_FULL)
		answer(s, r, MANDATE__CODE__CODE_FULL, "no room on the daemon's disk");
	else if (st == STATUS_STOPPED)
		answer(s, r, MANDATE__CODE__CODE_STOPPING, "the daemon accepts nothing now");
	else
		answer(s, r, MANDATE__CODE__CODE_BUSY, "too much is waiting: try again");
}

static void tell_days(struct server *s, const struct request *r)
{
	Mandate__Envelope envelope;
	Mandate__Report report;
	char state[DAY_TEXT_BYTES], clock[DAY_TEXT_BYTES], text[160];

	day_format(state, s->day);
	day_format(clock, calendar_day(&s->calendar, (int64_t)(s->wall_ms / 1000)));
	snprintf(text, sizeof text, "state %s, clock %s (%s)%s", state, clock, s->calendar.zone,
		 s->calendar.manual ? ", entered by operators only"
		 : s->day_waits	    ? ", waits to be confirmed"
				    : "");
	mandate__envelope__init(&envelope);
	mandate__report__init(&report);
	report.code = MANDATE__CODE__CODE_ACCEPTED;
	report.text = text;
	report.status = status_row(s, &s->scratch);
	envelope.body_case = MANDATE__ENVELOPE__BODY_REPORT;
	envelope.report = &report;
	reply_envelope(s, r->route, r->correlation, &envelope);
}

static void on_day(struct server *s, const struct request *r, const Mandate__Operate *o)
{
	int32_t today = calendar_day(&s->calendar, (int64_t)(s->wall_ms / 1000));
	int32_t day = o->day->day;

	if (!o->day->has_day) {
		tell_days(s, r);
	} else if (day <= s->day) {
		answer(s, r, MANDATE__CODE__CODE_RANGE,
		       "the calendar only grows: this day, or a later one, was entered before");
	} else if (!s->calendar.manual && day > today) {
		answer(s, r, MANDATE__CODE__CODE_RANGE,
		       "this day is yet to come (calendar = manual allows it)");
	} else {
		enum status st = enter_day(s, day, r);
		if (st == STATUS_OK)
			s->day_proposed = day;
		answer_entered(s, r, st);
	}
}

/* What a setting's value is asked: NULL, or what it should be. */
static const char *wrong_zone(struct server *s, const char *value)
{
	struct calendar trial;

	(void)s;
	return calendar_init(&trial, value, true) == STATUS_OK
		       ? NULL
		       : "this system knows no such time zone";
}

static const char *wrong_admin(struct server *s, const char *value)
{
	uint8_t key[PUBLIC_KEY_BYTES];
	struct speaker other;

	if (!value[0]) /* nobody any more */
		return NULL;
	if (!keyfile_decode(key, value))
		return "a public key is 40 characters of Z85; nothing: there is no such "
		       "administrator";
	return roll_find_key(s->roll, value, &other) &&
			       strcmp(other.office->record->office, ROLL_ADMIN) != 0
		       ? "this key is that of an office"
		       : NULL;
}

/* Beside those of rules/alert.h. */
static const struct {
	const char *name;
	const char *(*wrong)(struct server *s, const char *value);
} settings[] = {{TIMEZONE, wrong_zone}, {ROLL_ADMIN_SETTING, wrong_admin}};

/* NULL: it may be entered. */
static const char *wrong_setting(struct server *s, const Mandate__SettingRequest *asked,
				 char *buffer, size_t room, Mandate__Code *ret_code)
{
	const struct alert_setting *alert = settings_find(asked->name);
	int32_t number;

	*ret_code = MANDATE__CODE__CODE_RANGE;
	if (alert) {
		snprintf(buffer, room, "a number from %" PRId32 " to %" PRId32 " is needed",
			 alert->least, alert->most);
		return settings_parse(alert, bytes_of_text(asked->value), &number) ? NULL : buffer;
	}
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (strcmp(settings[i].name, asked->name) == 0)
			return settings[i].wrong(s, asked->value);
	*ret_code = MANDATE__CODE__CODE_NOT_FOUND;
	return "there is no such setting";
}

static void on_setting(struct server *s, const struct request *r, const Mandate__Operate *o)
{
	char buffer[160];
	Mandate__Code code;
	const char *wrong = wrong_setting(s, o->setting, buffer, sizeof buffer, &code);

	if (wrong) {
		answer(s, r, code, wrong);
		return;
	}
	log_line(LOG_NOTICE, "setting.entered", "name=%s value=%s office=%s",
		 log_quote(o->setting->name), log_quote(o->setting->value), log_quote(r->office));
	answer_entered(s, r,
		       enter_setting(s, o->setting->name, bytes_of_text(o->setting->value), r));
}

static void on_cursor(struct server *s, const struct request *r, const Mandate__Operate *o)
{
	if (o->cursor->revision > s->head.revision)
		answer(s, r, MANDATE__CODE__CODE_FUTURE, "there is no such revision yet");
	else
		answer_entered(s, r,
			       enter_cursor(s, r->office, o->cursor->name, o->cursor->revision,
					    DAY_NEVER, r));
}

static void answer_started(struct server *s, const struct request *r, enum status st)
{
	if (st == STATUS_AGAIN)
		answer(s, r, MANDATE__CODE__CODE_LIMIT, "one is under way already");
	else if (st != STATUS_OK)
		answer(s, r, MANDATE__CODE__CODE_FAILED, status_text(st));
}

/* Into the audit, before it is done; the log has it in any case. */
static enum status record_deed(struct server *s, const struct request *r, const char *what)
{
	enum status st = enter_deed(s, what, r);

	log_line(LOG_NOTICE, "asked", "what=%s office=%s device=%s audit=%s", log_quote(what),
		 log_quote(r->office), log_quote(device_of(r)),
		 st == STATUS_OK ? "yes" : log_quote(status_text(st)));
	return st;
}

/* A daemon that can write nothing any more is looked at all the same. False: answered. */
static bool records_deed(struct server *s, const struct request *r, const char *what)
{
	enum status st = record_deed(s, r, what);

	if (st == STATUS_OK || st == STATUS_FULL || st == STATUS_STOPPED)
		return true;
	answer_entered(s, r, st);
	return false;
}

void operate_tell_failed(const struct batch *b)
{
	log_line(LOG_WARNING, "batch.failed", "inputs=%u reason=%s", b->count,
		 log_quote(status_text(b->why)));
	for (uint32_t i = 0; i < b->count; i++) {
		const Mandate__JournalInput *in = b->inputs[i].decoded;

		if (in && in->what_case == MANDATE__JOURNAL_INPUT__WHAT_DEED)
			log_line(LOG_WARNING, "audit.lost", "what=%s office=%s",
				 log_quote(in->deed->text), log_quote(in->deed->office));
	}
}

static void on_verify(struct server *s, const struct request *r, const Mandate__Operate *o)
{
	if (records_deed(s, r, "verify"))
		answer_started(s, r, chores_verify(s->chores, o->verify, r->route, r->correlation));
}

static void on_checkpoint(struct server *s, const struct request *r, const Mandate__Operate *o)
{
	(void)o;
	if (records_deed(s, r, "checkpoint"))
		answer_started(s, r, chores_checkpoint(s->chores, r->route, r->correlation));
}

/* Who means harm is put out whatever happens to the record of it, and who asked is told. */
static void on_kick(struct server *s, const struct request *r, const Mandate__Operate *o)
{
	struct error err;
	char text[160];
	size_t count = s->gate ? gate_connections(s->gate) : 0;
	enum status recorded = record_deed(s, r, "kick --all");

	(void)o;
	for (size_t i = 0; i < s->endpoint_count; i++)
		if (endpoint_kick(&s->endpoints[i], &err) != STATUS_OK) {
			/* Unbound, and not bound again: nobody could come in any more. */
			server_fatal(s, err.status, err.text);
			return;
		}
	snprintf(text, sizeof text, "%zu connections are ended%s%s", count,
		 recorded == STATUS_OK ? "" : "; the audit does not have it: ",
		 recorded == STATUS_OK ? "" : status_text(recorded));
	answer(s, r, MANDATE__CODE__CODE_ACCEPTED, text);
}

typedef void operation(struct server *s, const struct request *r, const Mandate__Operate *o);

/* By the field number in Operate. */
static operation *const operations[] = {
	[MANDATE__OPERATE__WHAT_VERIFY] = on_verify,
	[MANDATE__OPERATE__WHAT_DAY] = on_day,
	[MANDATE__OPERATE__WHAT_SETTING] = on_setting,
	[MANDATE__OPERATE__WHAT_CHECKPOINT] = on_checkpoint,
	[MANDATE__OPERATE__WHAT_CURSOR] = on_cursor,
	[MANDATE__OPERATE__WHAT_KICK] = on_kick,
};

void operate_request(struct server *s, const struct request *r)
{
	const Mandate__Operate *o = r->message->envelope->operate;
	size_t number = (size_t)o->what_case;

	if (number >= sizeof operations / sizeof operations[0] || !operations[number])
		answer(s, r, MANDATE__CODE__CODE_MISSING, "nothing is asked");
	else if (!grants_administrator(r->from.office->record))
		answer(s, r, MANDATE__CODE__CODE_FORBIDDEN,
		       "for administrators, and at the control endpoint");
	else
		operations[number](s, r, o);
}

void operate_report(struct server *s, struct chores_report *report)
{
	Mandate__Envelope envelope;
	Mandate__Report *content =
		mandate__report__unpack(NULL, report->packed.len, report->packed.data);

	if (content && report->route.len) {
		mandate__envelope__init(&envelope);
		envelope.body_case = MANDATE__ENVELOPE__BODY_REPORT;
		envelope.report = content;
		reply_envelope(s, &report->route, report->correlation, &envelope);
	}
	if (content)
		mandate__report__free_unpacked(content, NULL);
	chores_report_free(report);
}
