/* Configuration: what is accepted, how mistakes are named, that the shipped file says what is true.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static const char SHIPPED[] = "config/mandated.conf";

struct problems {
	char text[4096];
	size_t count;
};

static void note(void *ctx, const char *text)
{
	struct problems *p = ctx;
	size_t used = strlen(p->text);

	snprintf(p->text + used, sizeof p->text - used, "%s\n", text);
	p->count++;
}

/* Loads a file with this content. */
static enum status load_as(struct config *c, const char *content, struct problems *problems,
			   char ret_path[64])
{
	snprintf(ret_path, 64, "/tmp/mandated-config-XXXXXX");
	int fd = mkstemp(ret_path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	close(fd);
	*problems = (struct problems){0};
	enum status s = config_load(c, ret_path, note, problems);
	unlink(ret_path);
	return s;
}

static void nothing_given_is_a_complete_configuration(void **state)
{
	struct config c;
	struct error err;

	(void)state;
	setenv("STATE_DIRECTORY", "/var/lib/mandated:/other", 1);
	setenv("RUNTIME_DIRECTORY", "/run/mandated", 1);
	config_init(&c);
	assert_int_equal(config_finish(&c, &err), STATUS_OK);
	assert_string_equal(c.state_dir, "/var/lib/mandated");
	assert_string_equal(c.control, "ipc:///run/mandated/control");
	assert_string_equal(c.feed, "ipc:///run/mandated/feed");
	assert_int_equal(c.listen.count, 1);
	assert_string_equal(c.listen.names[0], "tcp://127.0.0.1:7117");
	assert_string_equal(c.timezone, "America/New_York");
	assert_int_equal(c.segment_bytes, SEGMENT_BYTES_DEFAULT);
	assert_int_equal(c.recent_events_bytes, RECENT_EVENTS_BYTES);
	assert_int_equal(c.log_level, LOG_INFO);
	assert_int_equal(c.calendar, CONFIG_CALENDAR_CLOCK);
	assert_int_equal(c.alerts.expiring_days, 90);
	unsetenv("STATE_DIRECTORY");
	unsetenv("RUNTIME_DIRECTORY");
	config_init(&c);
	assert_int_equal(config_set(&c, "state_dir", "/x", &err), STATUS_OK);
	assert_int_equal(config_set(&c, "feed", "", &err), STATUS_OK);
	assert_int_equal(config_finish(&c, &err), STATUS_OK);
	assert_string_equal(c.control, "ipc:///x/control");
	assert_string_equal(c.feed, "");
}

static void a_file_is_read_with_comments_and_blanks(void **state)
{
	struct config c;
	struct problems problems;
	char path[64];

	(void)state;
	config_init(&c);
	assert_int_equal(
		load_as(&c,
			"# nothing\n\n  segment_bytes =  2M  # small\n"
			"listen=tcp://127.1.2.3:1  tcp://[::1]:* tcp://localhost:0\n"
			"calendar = manual\r\nlog_level=debug\nalert.mand_expiring.days = 7\n"
			"admin_public_key = rq:rM>}U?@L#s47E1%kR.o@n%FcmmsL/@{H8]yf7  # an '#' "
			"within\n"
			"timezone = UTC",
			&problems, path),
		STATUS_OK);
	assert_int_equal(problems.count, 0);
	assert_int_equal(c.segment_bytes, 2 * 1024 * 1024);
	assert_int_equal(c.listen.count, 3);
	assert_string_equal(c.listen.names[1], "tcp://[::1]:*");
	assert_int_equal(c.calendar, CONFIG_CALENDAR_MANUAL);
	assert_int_equal(c.log_level, LOG_DEBUG);
	assert_int_equal(c.alerts.expiring_days, 7);
	assert_string_equal(c.timezone, "UTC");
	assert_string_equal(c.admin_public_key, "rq:rM>}U?@L#s47E1%kR.o@n%FcmmsL/@{H8]yf7");
	assert_int_equal(load_as(&c, "listen =\n", &problems, path), STATUS_OK);
	assert_int_equal(c.listen.count, 0);
}

static void every_mistake_is_named_with_file_and_line(void **state)
{
	struct config c;
	struct problems problems;
	char path[64], place[80];

	(void)state;
	config_init(&c);
	assert_int_equal(load_as(&c,
				 "segment_bytes = 2M\nno_such_key = 1\n\nsegment_bytes = many\n"
				 "just words\n",
				 &problems, path),
			 STATUS_INVALID);
	assert_int_equal(problems.count, 3);
	for (int line = 2; line <= 5; line++) {
		snprintf(place, sizeof place, "%s:%d: ", path, line);
		if (line != 3)
			assert_non_null(strstr(problems.text, place));
		else
			assert_null(strstr(problems.text, place));
	}
	assert_int_equal(c.segment_bytes, 2 * 1024 * 1024);
	problems = (struct problems){0};
	assert_int_equal(config_load(&c, "/nowhere/at/all", note, &problems), STATUS_INVALID);
	assert_int_equal(problems.count, 1);
}

static void values_out_of_range_are_refused_and_change_nothing(void **state)
{
	static const char *const wrong[][2] = {
		{"segment_bytes", "1048575"},
		{"segment_bytes", "257M"},
		{"segment_bytes", "-1"},
		{"segment_bytes", "99999999999999999999"},
		{"segment_bytes", "9999999999999G"},
		{"segment_bytes", "64MB"},
		{"segment_bytes", ""},
		{"io_threads", "0"},
		{"io_threads", "2K"},
		{"calendar", "moon"},
		{"calendar", "clock manual"},
		{"log_level", ""},
		{"timezone", "Mars/Olympus"},
		{"timezone", "../../etc/passwd"},
		{"state_dir", "here"},
		{"state_dir", ""},
		{"secret_key_file", "here"},
		{"admin_public_key", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf"},
		{"admin_public_key", "/etc/mandated/admin.pub"},
		{"connections_max", "7"},
		{"connections_max", "60001"},
		{"office_connections_max", "0"},
		{"office_connections_max", "60001"},
		{"control", "tcp://127.0.0.1:1"},
		{"control", "ipc://here"},
		{"feed", "/run/feed"},
		{"alert.mand_expiring.days", "0"},
		{"alert.mand_expiring.days", "x"},
	};
	struct config c, before;
	struct error err;

	(void)state;
	config_init(&c);
	before = c;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		if (config_set(&c, wrong[i][0], wrong[i][1], &err) != STATUS_INVALID)
			fail_msg("%s = %s", wrong[i][0], wrong[i][1]);
		assert_non_null(strstr(err.text, wrong[i][0]));
	}
	assert_memory_equal(&c, &before, sizeof c);
	assert_int_equal(config_set(&c, "Listen", "", &err), STATUS_NOT_FOUND);
}

static void endpoints_are_addresses_and_ports(void **state)
{
	static const char *const right[] = {
		"tcp://0.0.0.0:7117", "tcp://*:7117",	       "tcp://192.0.2.1:*",
		"tcp://[::]:7117",    "tcp://[2001:db8::1]:0", "tcp://localhost:1 tcp://[::1]:1"};
	static const char *const wrong[] = {
		"tcp://eth0:7117",     "tcp://:7117",		"tcp://127.0.0.1",
		"tcp://127.0.0.1:x",   "tcp://127.0.0.1:65536", "tcp://::1:1",
		"tcp://[127.0.0.1]:1", "tcp://[*]:1",		"ipc:///run/sock",
		"127.0.0.1:7117",      "tcp://256.0.0.1:1",	"tcp://example.org:1"};
	struct config c;
	struct error err;
	char many[512] = "";

	(void)state;
	config_init(&c);
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
		if (config_set(&c, "listen_next", right[i], &err) != STATUS_OK)
			fail_msg("%s", right[i]);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (config_set(&c, "listen", wrong[i], &err) != STATUS_INVALID)
			fail_msg("%s", wrong[i]);
	for (int i = 0; i <= LISTEN_MAX; i++)
		strcat(many, "tcp://127.0.0.1:1 ");
	assert_int_equal(config_set(&c, "listen", many, &err), STATUS_INVALID);
	assert_int_equal(c.listen.count, 1);
}

static void further_endpoints_need_their_key(void **state)
{
	struct config c;
	struct error err;
	char many[512] = "";

	(void)state;
	config_init(&c);
	assert_int_equal(config_set(&c, "listen_next", "tcp://127.0.0.1:1", &err), STATUS_OK);
	assert_int_equal(config_finish(&c, &err), STATUS_INVALID);
	assert_non_null(strstr(err.text, "secret_key_file_next"));
	assert_int_equal(config_set(&c, "secret_key_file_next", "/etc/next", &err), STATUS_OK);
	assert_int_equal(config_finish(&c, &err), STATUS_OK);
	for (int i = 0; i < LISTEN_MAX; i++)
		strcat(many, "tcp://127.0.0.1:1 ");
	assert_int_equal(config_set(&c, "listen", many, &err), STATUS_OK);
	assert_int_equal(config_finish(&c, &err), STATUS_INVALID);
}

/* Every key stands in the shipped file as "#key = default"; uncommented, they are the defaults. */
static void the_shipped_file_documents_every_key(void **state)
{
	static char lines[512][256];
	struct config defaults, loaded;
	struct config_key k;
	struct error err;
	size_t count = 0, documented = 0, keys = 0;
	FILE *f = fopen(SHIPPED, "r");

	(void)state;
	assert_non_null(f);
	while (count < 512 && fgets(lines[count], sizeof lines[0], f))
		lines[count][strcspn(lines[count], "\n")] = '\0', count++;
	fclose(f);
	config_init(&defaults);
	config_init(&loaded);
	for (size_t i = 0; config_key_at(i, &k); i++, keys++) {
		char begin[128];
		size_t n = 0;
		int len = snprintf(begin, sizeof begin, "#%s = ", k.name);

		while (n < count && strncmp(lines[n], begin, (size_t)len) != 0)
			n++;
		if (n == count)
			fail_msg("%s does not document %s", SHIPPED, k.name);
		if (k.fallback[0])
			assert_string_equal(lines[n] + len, k.fallback);
		assert_int_equal(config_set(&loaded, k.name, lines[n] + len, &err), STATUS_OK);
	}
	for (size_t i = 0; i < count; i++)
		documented += lines[i][0] == '#' && lines[i][1] >= 'a' && lines[i][1] <= 'z';
	assert_int_equal(documented, keys);
	assert_int_equal(loaded.segment_bytes, defaults.segment_bytes);
	assert_memory_equal(&loaded.alerts, &defaults.alerts, sizeof loaded.alerts);
	struct problems problems = {0};
	assert_int_equal(config_load(&loaded, SHIPPED, note, &problems), STATUS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_given_is_a_complete_configuration),
		cmocka_unit_test(a_file_is_read_with_comments_and_blanks),
		cmocka_unit_test(every_mistake_is_named_with_file_and_line),
		cmocka_unit_test(values_out_of_range_are_refused_and_change_nothing),
		cmocka_unit_test(endpoints_are_addresses_and_ports),
		cmocka_unit_test(further_endpoints_need_their_key),
		cmocka_unit_test(the_shipped_file_documents_every_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
