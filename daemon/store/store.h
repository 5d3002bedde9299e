/* The state: an LMDB environment, a view of the journal that can be thrown away and built again.
 * Opened with MDB_NOSYNC: what makes it durable is the journal. Written through its map: see
 * room.h. Every value begins with the XXH3-64 of (table number u32 || key || rest) and is checked
 * before use; keys are built in key.c only.
 *
 *   table    key                                        value after its hash
 *   meta     name                                       bytes
 *   event    revision u64                               salt[16] h[32] tags_len u32 EventTags Event
 *   record   kind u8, key text, 0, ~revision u64        StoredVersion
 *   index    attribute u8, value text, 0, kind u8, key  (empty)
 *   lane     office text, 0, lane u64, sequence u64     StoredOutcome
 *   cursor   office text, 0, name text                  StoredCursor
 *   office   public key[32]                             (of authentication, later)
 *   refusal  index u64                                  StoredRefusal
 *   due      day (u32, +2^31), operation text           (empty)
 *
 * One write transaction, of the state thread; read transactions of at most READ_TXN_MS elsewhere.
 * Bytes handed out point into the map: they are valid until the transaction ends and, in a write
 * transaction, only until its next change. Messages are unpacked into the caller's arena. Visitors
 * may read in the same transaction as they like, but not write; a key's text is theirs until they
 * return. A key that is empty or longer than LMDB takes (511 bytes) is STATUS_INVALID, a value that
 * does not check STATUS_CORRUPT. */
#ifndef MANDATED_STORE_STORE_H
#define MANDATED_STORE_STORE_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/limits.h"
#include "journal.pb-c.h"
#include "rules/view.h"

struct store;
struct store_txn;

enum store_table {
	STORE_META = 1,
	STORE_EVENT,
	STORE_RECORD,
	STORE_INDEX,
	STORE_LANE,
	STORE_CURSOR,
	STORE_AUDIT,
	STORE_REFUSAL,
	STORE_DUE,
	STORE_TABLE_END,
};

enum store_attribute {
	STORE_BY_HOME =
		1, /* value = operation or another home: what names it, belongs to it or did */
	STORE_OPEN_ALERT, /* value = home or "-": ever open; the reader checks the version */
	STORE_CLASHED,	  /* records that ever clashed; value "-" */
	STORE_BY_UNIT,	  /* value = "CONTRIBUTOR:UNIT": operations that such a unit is or was in */
	STORE_FUNCTIONS,  /* value = operation: homes of functions that it claims, gives or receives
			   */
	STORE_HOMES,	  /* value "-": homes that are no operations */
};

/* Opens or makes the environment in `directory` (made if missing). `read_only`: for another
 * process; nothing is made. STATUS_CORRUPT if it cannot be LMDB's, or lacks a table. */
MUST_USE enum status store_open(const char *directory, bool read_only, struct error *err,
				struct store **ret_store);
/* No transaction may be open. */
void store_close(struct store *s);

/* mdb_env_sync: surfaces write-back errors, once; needed before a clean stop. */
MUST_USE enum status store_sync(struct store *s, struct error *err);

/* A consistent copy into the new directory `to`, synced (its parent is not), by a long read
 * transaction of its own. `compact` leaves out free pages. STATUS_EXISTS if `to` does; after
 * another failure nothing is left of it. */
MUST_USE enum status store_copy(struct store *s, const char *to, bool compact, struct error *err);

/* For the space check: what the file has grown to, free pages in it too, and what one dirty page
 * may add. */
struct store_size {
	uint64_t bytes_used;
	uint64_t page_bytes;
	uint64_t entries[STORE_TABLE_END];
};
MUST_USE enum status store_size(struct store *s, struct store_size *ret_size);

/* Transactions. A write transaction remembers its first failure (not STATUS_NOT_FOUND, nor a key
 * that a look-up refuses), then answers it to everything and refuses to commit, so that callers may
 * check once. Commit ends the transaction whatever it answers; abort takes NULL. A read transaction
 * is made once a thread and reset/renewed between uses. */
MUST_USE enum status store_begin_write(struct store *s, struct store_txn **ret_txn);
MUST_USE enum status store_begin_read(struct store *s, struct store_txn **ret_txn);
MUST_USE enum status store_commit(struct store_txn *t);
void store_abort(struct store_txn *t);
void store_reset(struct store_txn *t);
MUST_USE enum status store_renew(struct store_txn *t);
enum status store_failed(const struct store_txn *t);

/* meta. STATUS_NOT_FOUND. */
MUST_USE enum status store_meta_get(struct store_txn *t, const char *name, struct bytes *ret_value);
MUST_USE enum status store_meta_put(struct store_txn *t, const char *name, struct bytes value);

/* event. `chain` is h(revision). Revisions are put in rising order. get: an event that is missing
 * although there are later ones is STATUS_CORRUPT, one above the newest STATUS_NOT_FOUND. */
struct store_event {
	uint64_t revision;
	const uint8_t *salt;  /* SALT_BYTES */
	const uint8_t *chain; /* HASH_BYTES */
	struct bytes tags;    /* packed EventTags: what a filter reads */
	struct bytes event;   /* packed Event */
};
MUST_USE enum status store_event_put(struct store_txn *t, const struct store_event *event);
MUST_USE enum status store_event_get(struct store_txn *t, uint64_t revision,
				     struct store_event *ret_event);
/* Visits revisions from `from` on, in order, until the visitor answers something else than
 * STATUS_OK (which is returned; STATUS_OK at the end of the table). A gap is STATUS_CORRUPT. */
typedef enum status store_event_visit(void *ctx, const struct store_event *event);
MUST_USE enum status store_event_scan(struct store_txn *t, uint64_t from, store_event_visit *visit,
				      void *ctx);

/* record. put makes `version` the newest of (kind, key) and turns the one before into a pointer
 * (its record and alert are taken out). `previous` is what store_record_newest answered, or NULL.
 */
struct store_version {
	uint64_t revision;
	const Mandate__StoredVersion *stored; /* in the caller's arena; its record is packed */
	const Mandate__Record *record; /* unpacked, from store_record_whole only; NULL: retracted */
};
MUST_USE enum status store_record_put(struct store_txn *t, Mandate__Kind kind, const char *key,
				      const struct store_version *version,
				      const struct store_version *previous);
MUST_USE enum status store_record_newest(struct store_txn *t, struct arena *a, Mandate__Kind kind,
					 const char *key, struct store_version *ret_version);
/* The version as known at `revision` (newest at or below it), one seek. Its content, if it is not
 * the newest, is in the event stored->content_revision. */
MUST_USE enum status store_record_at(struct store_txn *t, struct arena *a, Mandate__Kind kind,
				     const char *key, uint64_t revision,
				     struct store_version *ret_version);
/* As record_at, with the content put in from the event where it is a pointer. */
MUST_USE enum status store_record_whole(struct store_txn *t, struct arena *a, Mandate__Kind kind,
					const char *key, uint64_t revision,
					struct store_version *ret_version);
/* All versions of one record, newest first, at or below `revision`. */
typedef enum status store_version_visit(void *ctx, const struct store_version *version);
MUST_USE enum status store_record_versions(struct store_txn *t, struct arena *a, Mandate__Kind kind,
					   const char *key, uint64_t revision,
					   store_version_visit *visit, void *ctx);
/* Keys of a kind in order, each once, from after `after` (NULL: from the first). */
typedef enum status store_key_visit(void *ctx, Mandate__Kind kind, const char *key);
MUST_USE enum status store_record_keys(struct store_txn *t, Mandate__Kind kind, const char *after,
				       store_key_visit *visit, void *ctx);

/* index: entries are only added; adding one again does nothing. Scan: kind 0 for all kinds; `after`
 * as above, within one kind. */
MUST_USE enum status store_index_add(struct store_txn *t, enum store_attribute attribute,
				     const char *value, Mandate__Kind kind, const char *key);
MUST_USE enum status store_index_scan(struct store_txn *t, enum store_attribute attribute,
				      const char *value, Mandate__Kind kind, const char *after,
				      store_key_visit *visit, void *ctx);

/* lane. last: 0, and no digest, if the lane is new. get: a row missing at or below the last is
 * STATUS_CORRUPT, above it STATUS_NOT_FOUND. The outcome is unpacked into `a`. put: a number that
 * has an outcome keeps it, STATUS_EXISTS; bytes without a digest are STATUS_INVALID. */
MUST_USE enum status store_lane_last(struct store_txn *t, const char *office, uint64_t lane,
				     uint64_t *ret_sequence, uint8_t ret_digest[HASH_BYTES]);
MUST_USE enum status store_lane_get(struct store_txn *t, struct arena *a, const char *office,
				    uint64_t lane, uint64_t sequence,
				    const Mandate__StoredOutcome **ret_outcome);
MUST_USE enum status store_lane_put(struct store_txn *t, const char *office, uint64_t lane,
				    uint64_t sequence, struct bytes stored_outcome);

/* refusal, cursor. Refusals are put in rising order. `after` 0: from the first. */
MUST_USE enum status store_refusal_put(struct store_txn *t, uint64_t index, struct bytes stored);
typedef enum status store_refusal_visit(void *ctx, uint64_t index,
					const Mandate__StoredRefusal *refusal);
MUST_USE enum status store_refusal_scan(struct store_txn *t, struct arena *a, uint64_t after,
					store_refusal_visit *visit, void *ctx);
/* audit: what was done to who may do what. `serial` rises; entries of one input follow each other.
 */
enum { STORE_AUDIT_PER_INPUT = 1024 }; /* serial = index * this + number within the input */
MUST_USE enum status store_audit_put(struct store_txn *t, uint64_t serial,
				     const Mandate__AuditRow *row);
typedef enum status store_audit_visit(void *ctx, uint64_t serial, const Mandate__AuditRow *row);
MUST_USE enum status store_audit_scan(struct store_txn *t, struct arena *a, uint64_t after,
				      store_audit_visit *visit, void *ctx);
MUST_USE enum status store_cursor_put(struct store_txn *t, const char *office, const char *name,
				      const Mandate__StoredCursor *cursor);
MUST_USE enum status store_cursor_get(struct store_txn *t, struct arena *a, const char *office,
				      const char *name, const Mandate__StoredCursor **ret_cursor);
typedef enum status store_cursor_visit(void *ctx, const char *office, const char *name,
				       const Mandate__StoredCursor *cursor);
MUST_USE enum status store_cursor_scan(struct store_txn *t, struct arena *a,
				       store_cursor_visit *visit, void *ctx);

/* due: days on which an operation's alerts are judged again. take removes and answers every entry
 * with day <= `day`, each operation once, sorted; names live in `a`. */
MUST_USE enum status store_due_add(struct store_txn *t, int32_t day, const char *operation);
MUST_USE enum status store_due_take(struct store_txn *t, struct arena *a, int32_t day,
				    const char *const **ret_operations, size_t *ret_count);

/* Every pair of a table, raw (with its hash), in key order: to compare two states. `check`: verify
 * each value's hash first and answer STATUS_CORRUPT naming table and key in `err`. */
typedef enum status store_pair_visit(void *ctx, struct bytes key, struct bytes value);
MUST_USE enum status store_pairs(struct store_txn *t, enum store_table table, bool check,
				 struct error *err, store_pair_visit *visit, void *ctx);

/* Two states, pair by pair and by number, all tables. STATUS_OK equal; STATUS_CORRUPT with the
 * first difference named in `err`. */
MUST_USE enum status store_compare(struct store_txn *x, struct store_txn *y, struct error *err);

/* The view for rules: facts as known at `revision` (UINT64_MAX: newest). Fills `ret_view`, which
 * lives in `ctx_storage` and as long as the transaction. */
struct store_view {
	struct store_txn *txn;
	uint64_t revision;
};
void store_view_init(struct store_view *ctx_storage, struct store_txn *t, uint64_t revision,
		     struct view *ret_view);

const char *store_table_name(enum store_table table);

#endif
