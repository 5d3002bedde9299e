/* What the tests of the store share: an environment in a directory that goes away, and records with
 * their events. */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include "mandate.pb-c.h"
#include "model/codec.h"
#include "store/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define OK(call) assert_int_equal((call), STATUS_OK)

#define INSTRUMENT MANDATE__KIND__KIND_INSTRUMENT
#define ALERT MANDATE__KIND__KIND_ALERT

struct fixture {
	char directory[64]; /* for the environment in "state" and whatever a test makes beside it */
	char state[80];
	struct store *store;
	struct arena arena;
};

static inline int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct error err;

	if (!f)
		return -1;
	arena_init(&f->arena, 64 << 20);
	strcpy(f->directory, "/tmp/store_test_XXXXXX");
	if (hash_init() != STATUS_OK || !mkdtemp(f->directory))
		return -1;
	snprintf(f->state, sizeof f->state, "%s/state", f->directory);
	if (store_open(f->state, false, &err, &f->store) != STATUS_OK)
		return -1;
	*state = f;
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	store_close(f->store);
	arena_fini(&f->arena);
	snprintf(command, sizeof command, "rm -r '%s'", f->directory);
	int rc = system(command);
	free(f);
	return rc;
}

static inline struct store_txn *write_txn(struct fixture *f)
{
	struct store_txn *t = NULL;

	OK(store_begin_write(f->store, &t));
	return t;
}

static inline struct store_txn *read_txn(struct fixture *f)
{
	struct store_txn *t = NULL;

	OK(store_begin_read(f->store, &t));
	return t;
}

/* An instrument of the operation before the first ':' of `key`, adopted on `day`. */
static inline Mandate__Record *make_record(struct arena *a, const char *key, int32_t day)
{
	Mandate__Record *record = arena_alloc(a, sizeof *record);
	Mandate__Instrument *instrument = arena_alloc(a, sizeof *instrument);

	mandate__record__init(record);
	mandate__instrument__init(instrument);
	record->content_case = MANDATE__RECORD__CONTENT_INSTRUMENT;
	record->instrument = instrument;
	instrument->operation = arena_text(a, key);
	instrument->operation[strcspn(key, ":")] = 0;
	instrument->party = arena_text(a, "UNSC");
	instrument->document = arena_text(a, key);
	instrument->has_adopted = true;
	instrument->adopted = day;
	return record;
}

static inline Mandate__Alert *make_alert(struct arena *a, const char *key, int32_t since)
{
	Mandate__Alert *alert = arena_alloc(a, sizeof *alert);

	mandate__alert__init(alert);
	alert->code = MANDATE__ALERT_CODE__ALERT_CODE_CEIL_OVER;
	alert->key = arena_text(a, key);
	alert->severity = MANDATE__SEVERITY__SEVERITY_WARN;
	alert->since = since;
	return alert;
}

/* Puts an event, with a salt and a chain value that its revision says. */
static inline void put_event(struct store_txn *t, struct arena *a, const Mandate__Event *event)
{
	uint8_t salt[SALT_BYTES], chain[HASH_BYTES];
	struct bytes packed;

	memset(salt, (int)event->revision, sizeof salt);
	memset(chain, (int)event->revision + 1, sizeof chain);
	OK(codec_encode(a, &event->base, &packed));
	struct store_event stored = {event->revision, salt, chain, bytes_of_text("tags"), packed};
	OK(store_event_put(t, &stored));
}

static inline void put_change_event(struct store_txn *t, struct arena *a, uint64_t revision,
				    Mandate__Record *record)
{
	Mandate__Change change = MANDATE__CHANGE__INIT;
	Mandate__Event event = MANDATE__EVENT__INIT;

	change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	change.record = record;
	event.revision = event.last_revision = revision;
	event.what_case = MANDATE__EVENT__WHAT_CHANGE;
	event.change = &change;
	put_event(t, a, &event);
}

static inline void put_alert_event(struct store_txn *t, struct arena *a, uint64_t revision,
				   Mandate__Alert *alert, bool closed)
{
	Mandate__AlertChange change = MANDATE__ALERT_CHANGE__INIT;
	Mandate__Event event = MANDATE__EVENT__INIT;

	change.act = closed ? MANDATE__ALERT_ACT__ALERT_ACT_CLOSED
			    : MANDATE__ALERT_ACT__ALERT_ACT_OPENED;
	change.alert = alert;
	event.revision = event.last_revision = revision;
	event.what_case = MANDATE__EVENT__WHAT_ALERT;
	event.alert = &change;
	put_event(t, a, &event);
}

static inline Mandate__StoredVersion *make_version(struct arena *a, uint64_t content_revision,
						   Mandate__Record *record, Mandate__Alert *alert)
{
	static uint8_t digest[16] = {1, 2, 3};
	Mandate__StoredVersion *stored = arena_alloc(a, sizeof *stored);

	mandate__stored_version__init(stored);
	stored->edition = stored->change_edition = 1;
	stored->content_revision = content_revision;
	stored->change_digest.data = digest;
	stored->change_digest.len = sizeof digest;
	if (record) {
		struct bytes packed;

		OK(codec_encode(a, &record->base, &packed));
		stored->has_record = true;
		stored->record.len = packed.len;
		stored->record.data = (uint8_t *)(uintptr_t)packed.data;
	}
	stored->alert = alert;
	return stored;
}

/* Puts `stored` as the newest version of (kind, key). */
static inline void put_version(struct store_txn *t, struct arena *a, Mandate__Kind kind,
			       const char *key, uint64_t revision,
			       const Mandate__StoredVersion *stored)
{
	struct store_version version = {.revision = revision, .stored = stored}, previous;
	enum status s = store_record_newest(t, a, kind, key, &previous);

	assert_true(s == STATUS_OK || s == STATUS_NOT_FOUND);
	OK(store_record_put(t, kind, key, &version, s == STATUS_OK ? &previous : NULL));
}

/* One instrument's change as apply makes it: event, version, index entry. */
static inline void put_fact(struct store_txn *t, struct arena *a, uint64_t revision,
			    const char *key, int32_t day)
{
	Mandate__Record *record = make_record(a, key, day);

	put_change_event(t, a, revision, record);
	put_version(t, a, INSTRUMENT, key, revision, make_version(a, revision, record, NULL));
	OK(store_index_add(t, STORE_BY_HOME, record->instrument->operation, INSTRUMENT, key));
}

/* A packed StoredOutcome whose digest is 32 times `digest`. */
static inline struct bytes make_outcome(struct arena *a, uint8_t digest, uint64_t lane,
					uint64_t sequence)
{
	Mandate__StoredOutcome stored = MANDATE__STORED_OUTCOME__INIT;
	Mandate__Outcome outcome = MANDATE__OUTCOME__INIT;
	uint8_t bytes[HASH_BYTES];
	struct bytes packed = {0};

	memset(bytes, digest, sizeof bytes);
	stored.digest.data = bytes;
	stored.digest.len = sizeof bytes;
	outcome.lane = lane;
	outcome.sequence = sequence;
	stored.outcome = &outcome;
	OK(codec_encode(a, &stored.base, &packed));
	return packed;
}

static inline struct bytes make_refusal(struct arena *a, uint64_t time_ms)
{
	Mandate__StoredRefusal stored = MANDATE__STORED_REFUSAL__INIT;
	Mandate__Outcome outcome = MANDATE__OUTCOME__INIT;
	struct bytes packed = {0};

	stored.time_ms = time_ms;
	stored.outcome = &outcome;
	OK(codec_encode(a, &stored.base, &packed));
	return packed;
}

/* Texts that a scan showed, joined by blanks. */
struct seen {
	char text[4096];
	size_t count;
	size_t stop_after; /* 0: never */
};

static inline enum status see(struct seen *seen, const char *text)
{
	size_t len = strlen(seen->text);

	snprintf(seen->text + len, sizeof seen->text - len, "%s%s", len ? " " : "", text);
	return ++seen->count == seen->stop_after ? STATUS_STOPPED : STATUS_OK;
}

static inline enum status see_key(void *ctx, Mandate__Kind kind, const char *key)
{
	(void)kind;
	return see(ctx, key);
}

#endif
