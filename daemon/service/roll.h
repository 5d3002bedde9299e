/* The roll: every accredited office as of one index, by name and by key. A roll never changes; who
 * holds one may read it from any thread. The state thread makes a new one when a record of an
 * office, or the first administrator's key, has changed: its own is the authority at its index. It
 * travels with the batch to the network thread, and from there with every question and stream.
 *
 * Two offices are not records: `local`, who speaks at the control endpoint, may do everything;
 * `admin`, if the configuration gave its key, is an administrator. */
#ifndef MANDATED_SERVICE_ROLL_H
#define MANDATED_SERVICE_ROLL_H

#include "model/grants.h"
#include "store/store.h"

#define ROLL_LOCAL "local"
#define ROLL_ADMIN "admin"
/* The setting with the key of `admin`: Z85. */
#define ROLL_ADMIN_SETTING "admin_public_key"

struct roll;

/* One office as one edition says: counted like the roll, so that it outlives it. */
struct office {
	const Mandate__Office *record;
	uint64_t revision; /* of that version; 0: not a record */
};

/* Who speaks: what the network thread finds out about a message. */
struct speaker {
	const struct office *office;
	const Mandate__Device *device; /* NULL: at the control endpoint */
};

/* `local` alone, as before anything is on record. */
MUST_USE enum status roll_first(struct roll **ret_roll);

/* All offices that the state holds (with what the open transaction has written). */
MUST_USE enum status roll_load(struct store_txn *t, struct roll **ret_roll);

/* A copy of `r` in which `record` stands for its office; NULL: `name` is gone. STATUS_LIMIT past
 * OFFICES_MAX. */
MUST_USE enum status roll_with(const struct roll *r, const char *name,
			       const Mandate__Office *record, uint64_t revision,
			       struct roll **ret_roll);

struct roll *roll_hold(struct roll *r);
void roll_release(struct roll *r); /* takes NULL */
const struct office *roll_office_hold(const struct office *o);
void roll_office_release(const struct office *o); /* takes NULL */

size_t roll_count(const struct roll *r);
/* By name, in order; i < roll_count. */
const struct office *roll_at(const struct roll *r, size_t i);

/* Valid while the roll is held. NULL: there is none. Whether it stands today is the caller's
 * question (grants_office_stands). */
const struct office *roll_find(const struct roll *r, const char *name);
const Mandate__Device *roll_device(const struct office *o, const char *name);

/* Whose key is this (Z85)? False: nobody's. */
bool roll_find_key(const struct roll *r, const char *key, struct speaker *ret_speaker);

#endif
