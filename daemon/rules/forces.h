/* Requirements, pledges, transfers and what units are beside numbers: DEFINITIONS section 3.
 * A part of a dossier; for the files of rules/ only.
 *
 * What is present is a *stay*: days on which the persons of one unit's record count here. Most
 * records are one stay, from..to. Where other operations have records of the same unit, or it is
 * transferred, the unit's name is followed through all of them (follow.c) and gives the stays here.
 * Everything that asks who is present is derived from stays, as they come and go:
 *
 *	presence            persons a component
 *	need.filled         persons a requirement
 *	unsigned_stays      those without a signed memorandum, by the last such day
 *	arrivals            by their first day, while the operation has a day to withdraw by
 *	pledge.arrivals     first days of the stays that come of a pledge */
#ifndef MANDATED_RULES_FORCES_H
#define MANDATED_RULES_FORCES_H

#include "record.pb-c.h"
#include "rules/array.h"
#include "rules/pledge.h"
#include "rules/shelf.h"

struct requirement_day;
struct span;

/* A day on which persons come or go. */
struct presence_point {
	int32_t day;
	uint32_t units; /* how many arrive or leave */
	int64_t change;
	int64_t after; /* settled: present from this day on */
};

struct presence {
	struct array points;
	size_t settled;
};

/* A unit's record. Texts lie behind it; 0: there is none. */
struct unit {
	struct fact fact;
	int32_t from, to; /* to < from: never present; DAY_INFINITE: no end */
	uint32_t persons;
	int32_t mou_signed;	 /* DAY_INFINITE: it is not */
	uint8_t component, task; /* of their enums */
	uint16_t control, requirement, pledge;
};

static inline const char *unit_text(const struct unit *u, uint16_t offset)
{
	return offset ? (const char *)u + offset : NULL;
}

struct stay {
	int32_t from, to;
	const struct unit *unit;
	const struct transfer
		*by;  /* that brought it, or brought it back; NULL: it came by itself */
	bool arrives; /* `from` is an arrival: the record's own first day, and no transfer on it */
};

/* A stay in an order of its own. */
struct stay_item {
	int32_t day;   /* by which it is in order */
	int32_t since; /* of unsigned_stays: the first day from which a memorandum is due */
	struct stay stay;
};

struct transfer {
	struct fact fact;
	int32_t day, return_day; /* DAY_INFINITE: it does not come back */
	const char *operation, *other_operation;
	bool moves; /* derived: it has an effect */
};

/* Days on which a unit is present in several operations, of which this one's name is the least. */
struct double_days {
	int32_t to; /* first: arrays are searched by it */
	int32_t from;
	const struct unit_name *name;
	const char *other_operation; /* the least of the others; not ended by a zero */
	size_t other_len;
	const struct unit *here, *other;
};

/* A unit's name as far as it takes following: "CONTRIBUTOR:UNIT". */
struct unit_name {
	struct fact fact;
	struct array foreign;	/* shelf of struct unit: records of other operations */
	struct array transfers; /* shelf of struct transfer */
	/* Derived. */
	struct array stays;   /* of struct stay, here */
	struct array doubles; /* of struct double_days */
};

struct pledge_entry {
	int32_t step; /* first: arrays are searched by it */
	int32_t day;
	Mandate__PledgeState state;
	Mandate__Readiness readiness;
};

struct pledge {
	struct fact fact;	 /* "CONTRIBUTOR:PLEDGE" */
	struct array steps;	 /* of struct pledge_entry */
	struct array stays;	 /* of struct stay: of units that name it */
	struct array arrivals;	 /* of int32_t: first days of stays that come of it, in order */
	struct pledge_terms *on; /* what is pledged; NULL: not on record here */
	struct array stands;	 /* derived: of struct pledge_stand */
	int32_t offer_last, aging_last; /* derived: last day to be visited for; DAY_NEVER: none */
};

/* The record's content; texts lie behind it. */
struct pledge_terms {
	int32_t registered;
	int32_t available; /* DAY_NEVER: no date is promised */
	uint32_t persons;
	Mandate__Component component;
	Mandate__Readiness readiness;
	const char *requirement, *unit; /* or NULL */
	const char *unit_name;		/* "CONTRIBUTOR:UNIT", or NULL */
	size_t bytes;
};

/* What an operation needs, by its name; kept as long as anything speaks of it. */
struct need {
	struct fact fact;
	bool known; /* the requirement is on record */
	Mandate__Component component;
	Mandate__Task task;
	uint32_t persons;
	int32_t needed_by, until;
	size_t uses;		/* pledges and stays that name it */
	struct presence filled; /* persons present */
	struct array offers;	/* of struct pledge_item: pledges for it, by offer_last */
};

struct need_item {
	int32_t day; /* `until` */
	const struct need *need;
};

struct pledge_item {
	int32_t day; /* the last on which it has to be visited */
	const struct pledge *pledge;
};

struct forces {
	struct array units;   /* shelf of struct unit: records of this operation */
	struct array names;   /* shelf of struct unit_name */
	struct array needs;   /* shelf of struct need */
	struct array pledges; /* shelf of struct pledge */

	struct array unsigned_stays; /* of struct stay_item, by the last day without a memorandum */
	struct array arrivals;	     /* of struct stay_item, by `from` */
	bool follows_arrivals;
	struct array doubles;	      /* of struct double_days */
	struct array needs_by_until;  /* of struct need_item: those on record */
	struct array aging;	      /* of struct pledge_item, by aging_last */
	struct array pledges_by_unit; /* of struct pledge *: by unit_name, then as registered */
	size_t bytes;		      /* of facts on its shelves, and what they hold */
};

/* A fact has a new content, or none (record NULL). */
MUST_USE enum status forces_put(struct dossier *d, Mandate__Kind kind, const char *key,
				const Mandate__Record *record);
/* After the mandate's series is settled. */
MUST_USE enum status forces_settle(struct dossier *d);
void forces_fini(struct dossier *d);
size_t forces_bytes(const struct dossier *d);

/* unit.c */
MUST_USE enum status unit_put(struct dossier *d, const char *key, const Mandate__Record *record);

bool unit_is_here(const struct dossier *d, const struct unit *u); /* a record of this operation */

/* A unit that takes no following stays from..to. */
static inline struct stay unit_stay(const struct unit *u)
{
	return (struct stay){.from = u->from, .to = u->to, .unit = u, .arrives = true};
}

static inline const struct unit *unit_at(const struct array *shelf, size_t index)
{
	return (const struct unit *)(const void *)shelf_at(shelf, index);
}

/* stay.c */
MUST_USE enum status stay_add(struct dossier *d, const struct stay *stay);
MUST_USE enum status stay_drop(struct dossier *d, const struct stay *stay);
/* Keeps `arrivals` where they may matter; after the mandate's series is settled. */
MUST_USE enum status stay_follow_arrivals(struct dossier *d);

typedef enum status stay_visit(struct dossier *d, void *ctx, const struct stay *stay);
/* Every stay of the unit "CONTRIBUTOR:UNIT", or of all; `visit` changes no units and no transfers.
 */
MUST_USE enum status stay_visit_name(struct dossier *d, const char *name, stay_visit *visit,
				     void *ctx);
MUST_USE enum status stay_visit_all(struct dossier *d, stay_visit *visit, void *ctx);

/* unit_name.c */
MUST_USE enum status unit_name_put_transfer(struct dossier *d, const char *key,
					    const Mandate__Record *record);
/* The name within a key "OPERATION:CONTRIBUTOR:UNIT:FROM"; false: the key is none. */
bool unit_name_of(const char *unit_key, const char **ret_name, size_t *ret_len);
/* NULL: it takes no following. */
struct unit_name *unit_name_find(const struct dossier *d, const char *name, size_t len);
/* Begins to follow it; its stays are then as unit_name_clear leaves them. */
MUST_USE enum status unit_name_open(struct dossier *d, const char *name, size_t len,
				    struct unit_name **ret_name);
/* Takes away its stays that the record or transfer of `key` touches, before that changes;
 * unit_name_fold derives them again, or follows it no more when nothing of other operations is
 * left. */
MUST_USE enum status unit_name_clear(struct dossier *d, struct unit_name *name, const char *key);
MUST_USE enum status unit_name_fold(struct dossier *d, struct unit_name *name);
/* The records of this operation of that name: units[index .. index + count - 1]. */
void unit_name_own(const struct dossier *d, const char *name, size_t len, size_t *ret_index,
		   size_t *ret_count);
void unit_name_fini(struct dossier *d);

/* follow.c: the stays of a name, added to `ret_stays`, and its `doubles`; both are empty. */
MUST_USE enum status follow_name(struct dossier *d, struct unit_name *name,
				 struct array *ret_stays);

/* pledge_order.c: of a pledge on record. Where it stands, from its terms and steps; then its place
 * in the orders in which pledges are visited, which is taken away before anything of it changes. */
MUST_USE enum status pledge_derive(struct pledge *p);
MUST_USE enum status pledge_place(struct dossier *d, struct pledge *p);
void pledge_unplace(struct dossier *d, struct pledge *p);

/* pledge_shelf.c */
MUST_USE enum status pledge_put(struct dossier *d, const char *key, const Mandate__Record *record);
MUST_USE enum status pledge_put_step(struct dossier *d, const char *key,
				     const Mandate__Record *record);
/* A stay of a unit that names its pledge comes, before requirement_link; or has gone. */
MUST_USE enum status pledge_name(struct dossier *d, const struct stay *stay);
void pledge_unname(struct dossier *d, const struct stay *stay);
/* The pledge of which it comes, or NULL; it must be told of first days that come and go. */
struct pledge *pledge_of(const struct dossier *d, const struct stay *stay);
MUST_USE enum status pledge_arrive(struct dossier *d, struct pledge *p, int32_t from);
MUST_USE enum status pledge_depart(struct dossier *d, struct pledge *p, int32_t from);
/* Where it stands, NULL before it is registered. */
const struct pledge_stand *pledge_stand_on(const struct pledge *p, int32_t day, struct span *span);
/* Does it count for what it is pledged for, looking so many days ahead? */
bool pledge_counts(const struct pledge *p, int32_t day, int32_t ahead_days, struct span *span);
/* Overdue for renewal? */
bool pledge_is_stale(const struct pledge *p, int32_t day, struct span *span);
void pledge_fini(struct dossier *d);

/* requirement.c */
MUST_USE enum status requirement_put(struct dossier *d, const char *key,
				     const Mandate__Record *record);
/* NULL: nothing speaks of it. */
struct need *requirement_find(const struct dossier *d, const char *name);
/* Keeps it while something does. */
MUST_USE enum status requirement_use(struct dossier *d, const char *name, struct need **ret_need);
void requirement_unuse(struct dossier *d, struct need *need);
/* A stay is counted to what it fills, and its pledge to units; or no more. */
MUST_USE enum status requirement_link(struct dossier *d, const struct stay *stay);
MUST_USE enum status requirement_unlink(struct dossier *d, const struct stay *stay);
void requirement_fold(const struct need *need, int32_t day, int32_t ahead_days,
		      struct requirement_day *ret_day, struct span *span);
void requirement_fini(struct dossier *d);

#endif
