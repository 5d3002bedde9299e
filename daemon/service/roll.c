#include "service/roll.h"

#include "model/codec.h"
#include "service/settings.h"

#include <stdatomic.h>
#include <stdlib.h>

/* A record of CHANGE_BYTES_MAX, unpacked. */
enum { OFFICE_BYTES_MAX = DECODE_BYTES_MAX };

struct entry {
	struct office office; /* first: what callers point at */
	atomic_size_t holds;
	struct arena arena;
};

/* A key, and where its office and device are. */
struct key_row {
	const char *key;
	const struct office *office;
	const Mandate__Device *device;
};

struct roll {
	atomic_size_t holds;
	size_t count, key_count;
	struct entry **offices; /* by name */
	struct key_row *keys;	/* by key */
};

static struct entry *entry_of(const struct office *o)
{
	return (struct entry *)(uintptr_t)o;
}

const struct office *roll_office_hold(const struct office *o)
{
	atomic_fetch_add(&entry_of(o)->holds, 1);
	return o;
}

void roll_office_release(const struct office *o)
{
	struct entry *e = entry_of(o);

	if (!o || atomic_fetch_sub(&e->holds, 1) > 1)
		return;
	arena_fini(&e->arena);
	free(e);
}

struct roll *roll_hold(struct roll *r)
{
	atomic_fetch_add(&r->holds, 1);
	return r;
}

void roll_release(struct roll *r)
{
	if (!r || atomic_fetch_sub(&r->holds, 1) > 1)
		return;
	for (size_t i = 0; i < r->count; i++)
		roll_office_release(&r->offices[i]->office);
	free(r->offices);
	free(r->keys);
	free(r);
}

static enum status entry_new(const Mandate__Office *record, uint64_t revision,
			     struct entry **ret_entry)
{
	struct entry *e = calloc(1, sizeof *e);

	if (!e)
		return STATUS_NO_MEMORY;
	arena_init(&e->arena, OFFICE_BYTES_MAX);
	atomic_init(&e->holds, 1);
	e->office = (struct office){.record = codec_copy(&e->arena, &record->base),
				    .revision = revision};
	if (!e->office.record) {
		roll_office_release(&e->office);
		return STATUS_NO_MEMORY;
	}
	*ret_entry = e;
	return STATUS_OK;
}

static int compare_keys(const void *x, const void *y)
{
	return strcmp(((const struct key_row *)x)->key, ((const struct key_row *)y)->key);
}

static enum status index_keys(struct roll *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++)
		n += r->offices[i]->office.record->n_devices;
	r->keys = calloc(n + 1, sizeof *r->keys);
	if (!r->keys)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < r->count; i++) {
		const struct office *o = &r->offices[i]->office;

		for (size_t k = 0; k < o->record->n_devices; k++)
			r->keys[r->key_count++] = (struct key_row){o->record->devices[k]->key, o,
								   o->record->devices[k]};
	}
	qsort(r->keys, r->key_count, sizeof *r->keys, compare_keys);
	return STATUS_OK;
}

/* Room for `room` offices; its keys are indexed when it is filled. */
static enum status roll_new(size_t room, struct roll **ret_roll)
{
	struct roll *r = calloc(1, sizeof *r);

	if (!r)
		return STATUS_NO_MEMORY;
	atomic_init(&r->holds, 1);
	r->offices = calloc(room, sizeof(struct entry *));
	if (!r->offices) {
		roll_release(r);
		return STATUS_NO_MEMORY;
	}
	*ret_roll = r;
	return STATUS_OK;
}

/* --- look-ups ------------------------------------------------------------------------------ */

size_t roll_count(const struct roll *r)
{
	return r->count;
}

const struct office *roll_at(const struct roll *r, size_t i)
{
	return &r->offices[i]->office;
}

/* Where `name` is, or would be. */
static size_t place_of(const struct roll *r, const char *name, bool *ret_there)
{
	size_t low = 0, high = r->count;

	*ret_there = false;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(r->offices[middle]->office.record->office, name);

		if (order == 0) {
			*ret_there = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct office *roll_find(const struct roll *r, const char *name)
{
	bool there;
	size_t i = place_of(r, name, &there);

	return there ? &r->offices[i]->office : NULL;
}

const Mandate__Device *roll_device(const struct office *o, const char *name)
{
	for (size_t i = 0; i < o->record->n_devices; i++)
		if (strcmp(o->record->devices[i]->name, name) == 0)
			return o->record->devices[i];
	return NULL;
}

bool roll_find_key(const struct roll *r, const char *key, struct speaker *ret_speaker)
{
	struct key_row wanted = {.key = key};
	const struct key_row *found =
		r->key_count ? bsearch(&wanted, r->keys, r->key_count, sizeof wanted, compare_keys)
			     : NULL;

	if (!found)
		return false;
	*ret_speaker = (struct speaker){.office = found->office, .device = found->device};
	return true;
}

/* --- making one ---------------------------------------------------------------------------- */

enum status roll_with(const struct roll *r, const char *name, const Mandate__Office *record,
		      uint64_t revision, struct roll **ret_roll)
{
	bool there;
	size_t at = place_of(r, name, &there), behind = at + there;
	struct roll *made;

	if (record && !there && r->count >= OFFICES_MAX)
		return STATUS_LIMIT;
	enum status s = roll_new(r->count + 1, &made);
	if (s != STATUS_OK)
		return s;
	for (size_t i = 0; i < at; i++)
		made->offices[made->count++] = entry_of(roll_office_hold(&r->offices[i]->office));
	if (record) {
		s = entry_new(record, revision, &made->offices[made->count]);
		made->count += s == STATUS_OK;
	}
	for (size_t i = behind; i < r->count; i++)
		made->offices[made->count++] = entry_of(roll_office_hold(&r->offices[i]->office));
	if (s == STATUS_OK)
		s = index_keys(made);
	if (s != STATUS_OK) {
		roll_release(made);
		return s;
	}
	*ret_roll = made;
	return STATUS_OK;
}

/* Replaces *r by one with this record. */
static enum status add(struct roll **r, const Mandate__Office *record, uint64_t revision)
{
	struct roll *next;
	enum status s = roll_with(*r, record->office, record, revision, &next);

	if (s != STATUS_OK)
		return s;
	roll_release(*r);
	*r = next;
	return STATUS_OK;
}

static enum status add_local(struct roll **r)
{
	Mandate__Office office = MANDATE__OFFICE__INIT;
	Mandate__Grant grant = MANDATE__GRANT__INIT, *grants[] = {&grant};

	grant.access = MANDATE__ACCESS__ACCESS_WRITE;
	office.office = codec_borrow(ROLL_LOCAL);
	office.has_administrator = office.administrator = true;
	office.grants = grants;
	office.n_grants = 1;
	return add(r, &office, 0);
}

static enum status add_admin(struct roll **r, struct store_txn *t)
{
	Mandate__Office office = MANDATE__OFFICE__INIT;
	Mandate__Device device = MANDATE__DEVICE__INIT, *devices[] = {&device};
	char key[PUBLIC_KEY_TEXT + 1] = "";
	struct bytes value;
	enum status s = settings_get(t, ROLL_ADMIN_SETTING, &value);

	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && value.len != PUBLIC_KEY_TEXT))
		return STATUS_OK; /* no input makes a state unreadable: it counts as none */
	if (s != STATUS_OK)
		return s;
	memcpy(key, value.data, PUBLIC_KEY_TEXT);
	device.name = codec_borrow("configured");
	device.key = key;
	office.office = codec_borrow(ROLL_ADMIN);
	office.has_administrator = office.administrator = true;
	office.devices = devices;
	office.n_devices = 1;
	return add(r, &office, 0);
}

struct loading {
	struct store_txn *txn;
	struct arena arena;
	struct roll *roll;
};

static enum status load_one(void *ctx, Mandate__Kind kind, const char *key)
{
	struct loading *l = ctx;
	struct store_version version;

	arena_reset(&l->arena);
	enum status s = store_record_whole(l->txn, &l->arena, kind, key, UINT64_MAX, &version);
	if (s != STATUS_OK || !version.record)
		return s;
	return add(&l->roll, version.record->office, version.revision);
}

enum status roll_first(struct roll **ret_roll)
{
	struct roll *r;
	enum status s = roll_new(1, &r);

	if (s != STATUS_OK)
		return s;
	s = add_local(&r);
	if (s != STATUS_OK) {
		roll_release(r);
		return s;
	}
	*ret_roll = r;
	return STATUS_OK;
}

enum status roll_load(struct store_txn *t, struct roll **ret_roll)
{
	struct loading l = {.txn = t};
	enum status s = roll_first(&l.roll);

	arena_init(&l.arena, 2 * OFFICE_BYTES_MAX);
	if (s == STATUS_OK)
		s = add_admin(&l.roll, t);
	if (s == STATUS_OK)
		s = store_record_keys(t, MANDATE__KIND__KIND_OFFICE, NULL, load_one, &l);
	arena_fini(&l.arena);
	if (s != STATUS_OK) {
		roll_release(l.roll);
		return s;
	}
	*ret_roll = l.roll;
	return STATUS_OK;
}
