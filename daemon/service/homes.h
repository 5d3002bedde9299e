/* Which homes a change touches (rules/home.h): into whose dossiers its record goes, and what it
 * brings along. Reads a transaction with the changes before it laid over; writes nothing until
 * homes_write, so that a what-if can ask the same. */
#ifndef MANDATED_SERVICE_HOMES_H
#define MANDATED_SERVICE_HOMES_H

#include "rules/overlay.h"
#include "store/store.h"

/* A record goes into a home's dossier. */
struct home_put {
	const char *home;
	Mandate__Kind kind;
	const char *key;
	uint32_t edition;
	const Mandate__Record *record; /* NULL: retracted, or no longer of this home */
	bool brought;		       /* not changed itself: another change makes it belong */
};

/* One for the index. */
struct home_entry {
	enum store_attribute attribute;
	const char *value;
	Mandate__Kind kind;
	const char *key;
};

struct homes {
	struct arena *a;
	struct store_txn *txn;
	uint32_t rules; /* before 2 a record belongs to one operation, or to none */
	struct store_view stored;
	struct view base;
	struct overlay overlay;
	struct view view; /* the base, with the changes put into `overlay` */
	struct home_put *puts;
	size_t put_count, put_room;
	struct home_entry *entries;
	size_t entry_count, entry_room;
};

/* What holds from now on. */
struct homes_change {
	Mandate__Kind kind;
	const char *key;
	uint32_t edition;
	const Mandate__Record *named; /* as it was sent: a retraction has its key only */
	bool retracts;
	const Mandate__Record *before; /* what held; NULL: nothing did */
	bool is_new;		       /* the first version of its record */
};

/* `txn` and `a` must outlive it. */
void homes_init(struct homes *h, struct store_txn *txn, uint32_t rules, struct arena *a);
/* The same over another view of the state than the newest. */
void homes_init_over(struct homes *h, struct store_txn *txn, const struct view *base,
		     uint32_t rules, struct arena *a);

/* True if the homes of a record of that kind do not follow from its key: then `before` is needed.
 */
bool homes_vary(Mandate__Kind kind);

/* Adds the puts of one change; those of earlier ones must have been added, and it must be in the
 * overlay. STATUS_NO_MEMORY, or what the state answers. */
MUST_USE enum status homes_touch(struct homes *h, const struct homes_change *c);

/* Writes the index entries of all changes so far. */
MUST_USE enum status homes_write(const struct homes *h, struct store_txn *txn);

/* The operations that a change is about: named now or before, or, of an act, by what it acts on.
 * Each once, sorted, in the arena. */
MUST_USE enum status homes_operations(struct homes *h, const Mandate__Record *named,
				      const Mandate__Record *before, const char *const **ret_names,
				      size_t *ret_count);

#endif
