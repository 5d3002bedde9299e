/* The two doors of the daemon: its control endpoint, without encryption, and TCP with CURVE, for an
 * office with a key. */
#include "tests/bench/bench.h"

#include "base/keyfile.h"

#include <stdio.h>
#include <unistd.h>
#include <zmq.h>

enum { PATH_BYTES = 4300 };

static void key_path(char ret_path[PATH_BYTES], const struct daemon *d, const char *office)
{
	snprintf(ret_path, PATH_BYTES, "%s.%s.key", d->directory, office);
}

static void server_key_path(char ret_path[PATH_BYTES], const struct daemon *d)
{
	snprintf(ret_path, PATH_BYTES, "%s/secret_key.pub", d->directory);
}

const char *office_endpoint(const struct daemon *d, const char *office)
{
	return office ? d->listen : d->control;
}

struct mandate *office_open(const struct daemon *d, const char *office,
			    struct mandate_options options)
{
	char server_key[PATH_BYTES], key[PATH_BYTES];
	struct error err = {.status = STATUS_OK};
	struct mandate *m;

	options.endpoint = office_endpoint(d, office);
	options.answer_ms = 60000;
	if (office) {
		server_key_path(server_key, d);
		key_path(key, d, office);
		options.server_key = server_key;
		options.key_file = key;
		options.office = office;
		options.device = NULL; /* the key says it */
	}
	if (mandate_open(&m, &options, &err) != STATUS_OK ||
	    mandate_ping(m, 10000, &err) != STATUS_OK)
		bench_fail("no connection: %s", err.text);
	return m;
}

void office_secure(const struct daemon *d, const char *office, void *socket)
{
	char path[PATH_BYTES], server_key[KEYFILE_TEXT_BYTES];
	struct keyfile_pair pair;
	struct error err = {.status = STATUS_OK};

	if (!office)
		return;
	server_key_path(path, d);
	if (keyfile_read_public(path, server_key, &err) != STATUS_OK)
		bench_fail("%s", err.text);
	key_path(path, d, office);
	if (keyfile_read_secret(path, false, &pair, &err) != STATUS_OK)
		bench_fail("%s", err.text);
	if (zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key, sizeof server_key) != 0 ||
	    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, pair.public_key, sizeof pair.public_key) !=
		    0 ||
	    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, pair.secret_key, sizeof pair.secret_key) !=
		    0)
		bench_fail("keys: %s", zmq_strerror(zmq_errno()));
	keyfile_wipe(&pair);
}

static void on_outcome(void *context, const struct mandate_outcome *outcome)
{
	(void)context;
	if (outcome->outcome->refusal)
		bench_fail("refused: %s", outcome->outcome->refusal->text);
}

void office_admit(const struct daemon *d, const char *name)
{
	Mandate__Change change = MANDATE__CHANGE__INIT, *changes[] = {&change};
	Mandate__Record record = MANDATE__RECORD__INIT;
	Mandate__Office office = MANDATE__OFFICE__INIT;
	Mandate__Device device = MANDATE__DEVICE__INIT, *devices[] = {&device};
	Mandate__Grant grant = MANDATE__GRANT__INIT, *grants[] = {&grant};
	char path[PATH_BYTES], key[KEYFILE_TEXT_BYTES];
	struct error err = {.status = STATUS_OK};
	struct mandate *m =
		office_open(d, NULL, (struct mandate_options){.on_outcome = on_outcome});

	key_path(path, d, name);
	if (keyfile_create(path, key, &err) != STATUS_OK)
		bench_fail("%s", err.text);
	device.name = (char *)(uintptr_t) "bench";
	device.key = key;
	grant.access = MANDATE__ACCESS__ACCESS_WRITE;
	office.office = (char *)(uintptr_t)name;
	office.has_administrator = office.administrator = true; /* sees every event */
	office.devices = devices;
	office.grants = grants;
	office.n_devices = office.n_grants = 1;
	record.content_case = MANDATE__RECORD__CONTENT_OFFICE;
	record.office = &office;
	change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	change.record = &record;
	if (mandate_submit(m, changes, 1, 0, &err) != STATUS_OK ||
	    mandate_drain(m, 10000, &err) != STATUS_OK)
		bench_fail("%s", err.text);
	mandate_close(m);
}

void office_forget(const struct daemon *d, const char *office)
{
	char path[PATH_BYTES], public_path[PATH_BYTES + 8];

	key_path(path, d, office);
	snprintf(public_path, sizeof public_path, "%s.pub", path);
	unlink(path);
	unlink(public_path);
}
