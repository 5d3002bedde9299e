#include "base/hash.h"
#include "ctl.h"
#include "model/record.h"

#include <stdarg.h>

enum ctl_exit ctl_fail(const struct ctl *c, enum status s, const char *text)
{
	output_progress_end();
	fputs("mandatectl: ", stderr);
	output_print(stderr, text);
	if (s == STATUS_UNREACHABLE && c->server && strncmp(c->server, "ipc:", 4) == 0)
		fputs(": is it running? (systemctl status mandated)", stderr);
	else if (s == STATUS_UNREACHABLE)
		fputs(": is it running, and does the link work?", stderr);
	fputc('\n', stderr);
	if (s == STATUS_UNREACHABLE || s == STATUS_UNKNOWN)
		return CTL_UNREACHABLE;
	return s == STATUS_REFUSED ? CTL_REFUSED : CTL_LOCAL;
}

enum ctl_exit ctl_usage(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fputs("mandatectl: ", stderr);
	output_print(stderr, text);
	fputc('\n', stderr);
	return CTL_USAGE;
}

enum ctl_exit ctl_connect(struct ctl *c, void *context,
			  void (*on_outcome)(void *context, const struct mandate_outcome *o))
{
	struct mandate_options options = {.endpoint = c->server,
					  .server_key = c->server_key,
					  .key_file = c->key_file,
					  .office = c->office,
					  .device = c->device,
					  .window = (uint32_t)c->window,
					  /* asked for again before we give up */
					  .answer_ms = c->timeout_ms / 3,
					  .no_wait = c->wait_ms == 0,
					  .context = context,
					  .on_outcome = on_outcome};
	struct error err = {0};
	enum status s = STATUS_OK;

	if (c->m)
		return CTL_DONE;
	s = mandate_open(&c->m, &options, &err);
	if (s == STATUS_INVALID)
		return ctl_usage("%s", err.text);
	if (s == STATUS_OK)
		s = mandate_ping(c->m, c->timeout_ms, &err);
	return s == STATUS_OK ? CTL_DONE : ctl_fail(c, s, err.text);
}

enum ctl_exit ctl_ask(struct ctl *c, Mandate__Query *query,
		      void (*on_row)(void *context, const Mandate__Row *row), void *context,
		      struct mandate_answer *ret_answer)
{
	struct error err = {0};
	struct mandate_answer answer = {0};
	enum ctl_exit status = ctl_connect(c, NULL, NULL);

	if (status != CTL_DONE)
		return status;
	if (c->given & CTL_ON) {
		query->has_on = true;
		query->on = c->on;
	}
	if (c->given & CTL_KNOWN_AT) {
		query->has_known_at = true;
		query->known_at = c->known_at;
	}
	enum status s = mandate_query(c->m, query, c->timeout_ms, on_row, context, &answer, &err);
	c->restricted = answer.restricted;
	if (ret_answer)
		*ret_answer = answer;
	return s == STATUS_OK ? CTL_DONE : ctl_fail(c, s, err.text);
}

void ctl_tell_restricted(const struct ctl *c)
{
	if (!c->restricted)
		return;
	if (c->format == OUTPUT_JSON)
		puts("{\"restricted\":true}");
	else
		fputs("(restricted: what this office may not see is left out)\n",
		      c->format == OUTPUT_CSV ? stderr : stdout);
}

Mandate__Kind ctl_kind(const char *text)
{
	Mandate__Kind kind = record_kind_of_name(text);
	char names[512] = "";
	size_t len = 0;

	for (unsigned i = 0; !kind && i < mandate__kind__descriptor.n_values; i++)
		len += (size_t)snprintf(
			names + len, sizeof names - len, "%s%s", i ? ", " : "",
			record_kind_name((Mandate__Kind)mandate__kind__descriptor.values[i].value));
	if (!kind)
		ctl_usage("no kind \"%s\": there are %s", text, names);
	return kind;
}

void ctl_head_text(char *ret_text, size_t size, uint64_t revision, const uint8_t *hash)
{
	char hex[2 * HASH_BYTES + 1];

	hash_hex(hex, hash, HASH_BYTES);
	snprintf(ret_text, size, "%llu:%s", (unsigned long long)revision, hex);
}
