/* What each option is called and does. */
#include "ctl_options.h"

#include "base/day.h"
#include "base/hash.h"
#include "model/names.h"

#include <errno.h>
#include <stdlib.h>

enum { SECONDS_MAX = 86400 };

/* --- one option each ------------------------------------------------------------------------- */

static bool take_text(char **place, const char *text)
{
	free(*place);
	*place = strdup(text);
	return *place;
}

static bool take_u64(uint64_t *ret, const char *text)
{
	char *rest;

	errno = 0;
	unsigned long long value = strtoull(text, &rest, 10);
	if (*text < '0' || *text > '9' || *rest || errno || value > INT64_MAX)
		return false;
	*ret = value;
	return true;
}

static bool take_server(struct ctl *c, char *text)
{
	return take_text(&c->server, text);
}

static bool take_server_key(struct ctl *c, char *text)
{
	return take_text(&c->server_key, text);
}

static bool take_key(struct ctl *c, char *text)
{
	return take_text(&c->key_file, text);
}

static bool take_office(struct ctl *c, char *text)
{
	return take_text(&c->office, text);
}

static bool take_device(struct ctl *c, char *text)
{
	return take_text(&c->device, text);
}

static bool take_format(struct ctl *c, char *text)
{
	static const char *const names[] = {
		[OUTPUT_TABLE] = "table", [OUTPUT_JSON] = "json", [OUTPUT_CSV] = "csv"};

	c->format_given = true;
	for (int f = OUTPUT_TABLE; f <= OUTPUT_CSV; f++)
		if (strcmp(text, names[f]) == 0) {
			c->format = (enum output_format)f;
			return true;
		}
	return false;
}

static bool take_timeout(struct ctl *c, char *text)
{
	uint64_t seconds;

	if (!take_u64(&seconds, text) || seconds == 0 || seconds > SECONDS_MAX)
		return false;
	c->timeout_ms = (uint32_t)seconds * 1000;
	return true;
}

static bool take_wait(struct ctl *c, char *text)
{
	uint64_t seconds;

	if (!take_u64(&seconds, text) || seconds > MANDATE_WAIT_MS_DEFAULT / 1000)
		return false;
	c->wait_ms = (uint32_t)seconds * 1000;
	return true;
}

static bool take_on(struct ctl *c, char *text)
{
	return day_parse(&c->on, text) == STATUS_OK;
}

static bool take_known_at(struct ctl *c, char *text)
{
	return take_u64(&c->known_at, text);
}

/* REVISION or REVISION:HASH */
static bool take_head_text(char *text, uint64_t *ret_revision, uint8_t *ret_hash,
			   bool *ret_has_hash)
{
	char *colon = strchr(text, ':');

	*ret_has_hash = colon;
	if (colon)
		*colon = '\0';
	bool good = take_u64(ret_revision, text) &&
		    (!colon || hash_parse(ret_hash, colon + 1) == STATUS_OK);
	if (colon)
		*colon = ':';
	return good;
}

static bool take_from(struct ctl *c, char *text)
{
	return take_head_text(text, &c->from, c->from_hash, &c->has_from_hash);
}

static bool take_head(struct ctl *c, char *text)
{
	bool has_hash;

	return take_head_text(text, &c->head_revision, c->head_hash, &has_hash) && has_hash;
}

static bool take_value(struct ctl_values *values, char *text)
{
	if (values->count == CTL_VALUES_MAX)
		return false;
	values->items[values->count++] = text;
	return true;
}

static bool take_operation(struct ctl *c, char *text)
{
	return take_value(&c->operations, text);
}

static bool take_kind(struct ctl *c, char *text)
{
	return take_value(&c->kinds, text);
}

static bool take_contributor(struct ctl *c, char *text)
{
	return take_value(&c->contributors, text);
}

static bool take_code(struct ctl *c, char *text)
{
	return take_value(&c->codes, text);
}

static bool take_document(struct ctl *c, char *text)
{
	return take_value(&c->documents, text);
}

static bool take_name(struct ctl *c, char *text)
{
	c->name = text;
	return true;
}

static bool take_count(struct ctl *c, char *text)
{
	return take_u64(&c->count, text) && c->count > 0;
}

static bool take_window(struct ctl *c, char *text)
{
	return take_u64(&c->window, text) && c->window > 0 && c->window <= MANDATE_WINDOW_MAX;
}

static bool take_days(struct ctl *c, char *text)
{
	return take_u64(&c->days, text) && c->days <= UINT32_MAX;
}

static bool take_area(struct ctl *c, char *text)
{
	c->area = text;
	return true;
}

static bool take_party(struct ctl *c, char *text)
{
	c->party = text;
	return true;
}

static bool take_component(struct ctl *c, char *text)
{
	return names_value(&mandate__component__descriptor, text, &c->component) == STATUS_OK;
}

static bool take_role(struct ctl *c, char *text)
{
	return take_value(&c->roles, text);
}

static bool take_grant(struct ctl *c, char *text)
{
	return take_value(&c->grants, text);
}

static bool take_key_file(struct ctl *c, char *text)
{
	return take_value(&c->keys, text);
}

static bool take_device_file(struct ctl *c, char *text)
{
	return strchr(text, '=') && take_value(&c->devices, text);
}

static bool take_about(struct ctl *c, char *text)
{
	c->about = text;
	return true;
}

static bool take_title(struct ctl *c, char *text)
{
	c->title = text;
	return true;
}

static bool take_since(struct ctl *c, char *text)
{
	c->since = text;
	return true;
}

static bool take_until(struct ctl *c, char *text)
{
	c->until = text;
	return true;
}

static bool take_act(struct ctl *c, char *text)
{
	return names_value(&mandate__audit_act__descriptor, text, &c->act) == STATUS_OK;
}

static bool take_profile(struct ctl *c, char *text)
{
	return ctl_profile_read(c, text, &c->wrong) == STATUS_OK;
}

const struct ctl_option_row ctl_options_rows[] = {
	{"server", "ENDPOINT", 0, take_server,
	 "where the daemon is: tcp://host:port or ipc:///path"},
	{"server-key", "KEY|FILE", 0, take_server_key, "its public key, by TCP"},
	{"key", "FILE", 0, take_key, "our secret key, by TCP; `keygen` draws one"},
	{"office", "NAME", 0, take_office, "who speaks; by TCP the key says it"},
	{"device", "NAME", 0, take_device, "from which device"},
	{"profile", "NAME", 0, take_profile, "all of these from a file"},
	{"format", "table|json|csv", 0, take_format, "how to print; json if not to a terminal"},
	{"timeout", "SECONDS", 0, take_timeout, "how long to wait for the daemon (10)"},
	{"wait", "SECONDS", CTL_WAIT, take_wait,
	 "how long acts are tried again whose cause is not on record (5; 0: not at all)"},
	{"on", "DATE", CTL_ON, take_on, "the day asked about, as 2004-10-01"},
	{"known-at", "REVISION", CTL_KNOWN_AT, take_known_at, "as was known then"},
	{"operation", "NAME", CTL_OPERATION, take_operation, "of this operation"},
	{"kind", "KIND", CTL_KIND, take_kind, "records of this kind"},
	{"contributor", "CODE", CTL_CONTRIBUTOR, take_contributor, "of this contributor, as BGD"},
	{"code", "CODE", CTL_CODE, take_code, "alerts of this code, as CEIL_OVER"},
	{"document", "SYMBOL", CTL_DOCUMENT, take_document, "about this document"},
	{"log", NULL, CTL_LOG, NULL, "what was opened, changed and closed"},
	{"from", "REVISION[:HASH]", CTL_FROM, take_from, "begin with this revision"},
	{"name", "NAME", CTL_NAME, take_name, "go on where this name stands, and keep it there"},
	{"verify", NULL, CTL_VERIFY, NULL, "verify the chain of hashes"},
	{"early", NULL, CTL_EARLY, NULL,
	 "show a mandate's end when it is more than 7 days away, too"},
	{"count", "N", CTL_COUNT, take_count, "stop after so many events"},
	{"until-current", NULL, CTL_UNTIL_CURRENT, NULL, "stop where history stands now"},
	{"head", "REVISION:HASH", CTL_HEAD, take_head, "prove that this lies in the history"},
	{"days", "N", CTL_DAYS, take_days, "alerts of so many days after it, too"},
	{"area", "NAME", CTL_AREA, take_area, "only there: a host, as XKX, or another area"},
	{"party", "CODE", CTL_PARTY, take_party, "to which this one is a party"},
	{"component", "NAME", CTL_COMPONENT, take_component, "only of this component, as police"},
	{"all", NULL, CTL_ALL, NULL, "all of them: every period, every connection"},
	{"alerts", NULL, CTL_ALERTS, NULL,
	 "with alerts; a span ends where one opens, changes or closes"},
	{"window", "N", CTL_WINDOW, take_window, "submissions under way at once (256)"},
	{"role", "ROLE", CTL_ROLE, take_role, "its grants, as contributor:BGD (`office roles`)"},
	{"grant", "GRANT", CTL_GRANT, take_grant, "one more, as \"read operations=MONUC\""},
	{"key", "FILE", CTL_KEY, take_key_file, "the public key of its first device"},
	{"device", "NAME=FILE", CTL_DEVICE, take_device_file, "a device and its public key"},
	{"title", "TEXT", CTL_TITLE, take_title, "its full name"},
	{"administrator", NULL, CTL_ADMINISTRATOR, NULL,
	 "it accredits others, sets settings and reads everything"},
	{"office", "NAME", CTL_ABOUT, take_about, "by or about this office"},
	{"act", "ACT", CTL_ACT, take_act, "only this: accredited, revoked, refused, setting, ..."},
	{"since", "TIME", CTL_SINCE, take_since, "from then on: 2026-11-24, or 2026-11-24T05:56Z"},
	{"until", "TIME", CTL_UNTIL, take_until, "up to then; of an office its last day"},
};
const size_t ctl_options_count = sizeof ctl_options_rows / sizeof *ctl_options_rows;
