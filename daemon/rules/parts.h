/* The inside of a dossier, for the files of rules/ only.
 *
 *	shelves      facts by key, to find what a correction or a retraction replaces
 *	parties      a series of mandate steps each, in the order in which instruments act
 *	ceilings     entries a component, in order (from, adopted, number)
 *	counts       what returns and totals say of a day; from them, heads a component
 *	presence     persons of units present, a component, as running sums over days
 *
 * Puts keep the arrays sorted and note from where what is derived along them no longer holds;
 * *_settle derives it again, once a put. So folds only read. */
#ifndef MANDATED_RULES_PARTS_H
#define MANDATED_RULES_PARTS_H

#include "rules/agenda.h"
#include "rules/array.h"
#include "rules/budget.h"
#include "rules/ceiling.h"
#include "rules/dossier.h"
#include "rules/forces.h"
#include "rules/mandate.h"
#include "rules/partnership.h"
#include "rules/shelf.h"
#include "rules/span.h"
#include "rules/strength.h"

/* What is kept a component; index 0 is unused. */
#define COMPONENTS (MANDATE__COMPONENT__COMPONENT_CIVILIANS + 1)

/* One number that a text sets. */
struct ceiling_item {
	int32_t from; /* first: arrays of items are searched by it */
	int32_t until, adopted;
	int32_t comply_by; /* DAY_NEVER: not given */
	Mandate__Component component;
	Mandate__Component parent; /* within which it counts where the text says; 0: as usual */
	Mandate__Wording wording;  /* 0: not given */
	const char *document;
	const char *party; /* of the instrument; NULL for a Ceiling record */
	uint32_t position; /* within the instrument */
	bool has_persons;  /* otherwise a delta */
	uint32_t persons;
	int32_t delta;
	/* Settled. */
	bool ends_units; /* police: changes it without saying a number of units */
	bool lowers;	 /* below what held the day before `from`, or the first number at all */
	uint64_t value;
	uint64_t value_apart; /* the same as ceiling_fold_apart sees it */
};

/* A part of a component that texts name ("Force Intervention Brigade"): a series of its own. */
struct ceiling_part {
	char *name;
	struct array items; /* of struct ceiling_item, in order */
	int32_t settled;    /* those from this day on are to be derived again */
};

/* An entry of an instrument: a component's, or (name) a named part's. */
struct instrument_entry {
	const char *name;
	struct ceiling_item item;
};

struct instrument {
	struct fact fact;
	const char *document; /* within the key */
	struct party *party;
	int32_t effective, adopted;
	int32_t valid_until; /* DAY_INFINITE: not given */
	int32_t withdraw_by; /* DAY_NEVER: not given */
	Mandate__Action action;
	bool carried_out;
	bool names_tasks;
	Mandate__Chapter chapter; /* 0: not named */
	size_t entry_count;
	struct instrument_entry entries[];
};

struct ceiling_fact {
	struct fact fact;
	bool placed; /* among the ceilings; otherwise its document was not carried out */
	struct ceiling_item item;
};

/* An instrument that was carried out, in its place in the series. */
struct mandate_step {
	int32_t effective; /* first: steps are searched by it */
	int32_t adopted;
	const struct instrument *instrument;
	/* Settled: as they stand once this and all earlier steps act. */
	const struct instrument *setter; /* the last that set the date, NULL if none did */
	int32_t valid_until;		 /* not cut by the operation's end; with a setter */
	int32_t in_force_since;		 /* if in force on `effective`: first day of the run */
	int32_t adopted_first, withdraw_last;
};

struct party {
	char *code;
	size_t instruments; /* on record, carried out or not */
	struct array steps; /* of struct mandate_step */
	size_t settled;	    /* steps before it hold what is derived */
};

struct operation {
	bool known;
	Mandate__OperationKind kind;
	bool closed;
	int32_t start_date;  /* DAY_NEVER: not recorded */
	int32_t end_date;    /* DAY_INFINITE: not recorded */
	int32_t series_from; /* DAY_NEVER: not given */
	int32_t series_to;   /* last day covered, DAY_INFINITE */
	bool never_covered;
	int32_t liquidating_from, closed_on; /* DAY_INFINITE: not recorded */
};

/* Returns and totals of one day. Index 0 of the persons is unused. */
struct count_day {
	int32_t as_of;
	bool has_return;
	uint16_t covers, rows, totals; /* bits by component; covers 0: all */
	uint64_t
		returned[COMPONENTS]; /* sums; a parent's row of a contributor holds its children */
	/* Corrections officers of contributors without a row for all police; of these, those
	 * without one for all uniformed. */
	uint64_t corrections_beside_police, corrections_beside_uniformed;
	uint32_t total[COMPONENTS];
};

/* The head-count of a component that holds from a day on. */
struct head {
	int32_t as_of;
	bool partial;
	uint8_t basis; /* Mandate__Basis */
	uint64_t persons;
};

struct estimate_row {
	int32_t as_of;
	bool has[3]; /* by Mandate__Detail */
	uint64_t persons[3];
	uint32_t contributors[3];
};

struct dossier {
	char *name;
	bool mandates_only; /* a small one, of a function's home: no ceilings, no budget */
	bool changed;	    /* by the newest put; false: it says what was known */
	size_t fact_bytes;
	struct operation operation;

	struct array instruments, ceiling_facts; /* shelves: of struct fact *, by key */

	struct array parties;	     /* of struct party *, by code */
	struct array party_codes;    /* the same, of const char * */
	const struct party *council; /* the Security Council among them, or NULL */
	struct array mandate_days;   /* of int32_t: where any instrument may change an answer */

	struct array ceilings[COMPONENTS]; /* of struct ceiling_item */
	int32_t ceilings_settled;	   /* those from this day on are to be derived again */
	size_t ceilings_within;		   /* how many of them say a parent */
	struct array ceiling_parts;	   /* of struct ceiling_part *, by name */

	struct array counts;		      /* of struct count_day */
	struct array heads[COMPONENTS];	      /* of struct head */
	struct array returns[COMPONENTS];     /* of int32_t: days of heads that are returns */
	struct presence presence[COMPONENTS]; /* a component with all below it */

	struct array estimates; /* of struct estimate_row */

	struct partnership partnership;
	struct forces forces;
	struct budget budget;
	struct agenda agenda;
};

/* Items of an array, with their type. */
#define ITEMS(array, type) ((const type *)(array).at)

/* dossier.c: of an operation, with its mandates and nothing else, or what its record says alone; of
 * a function, with such dossiers of its operations, of whose texts they know no ceilings. */
enum dossier_extent { DOSSIER_WHOLE, DOSSIER_MANDATES, DOSSIER_OPERATION };
MUST_USE enum status dossier_new_within(const struct view *v, struct arena *scratch,
					const char *name, enum dossier_extent extent,
					struct dossier **ret_dossier);

/* instrument.c: as a dossier's puts of INSTRUMENT and CEILING. */
MUST_USE enum status instrument_put(struct dossier *d, const char *key,
				    const Mandate__Record *record);
MUST_USE enum status instrument_put_ceiling(struct dossier *d, const char *key,
					    const Mandate__Record *record);

/* series.c: instruments in the order in which they act. They stay the shelf's. */
bool series_find_party(const struct dossier *d, const char *code, size_t *ret_index);
MUST_USE enum status series_add(struct dossier *d, struct instrument *i, const char *party);
void series_drop(struct dossier *d, struct instrument *i);
void series_unsettle(struct dossier *d); /* the operation's end has changed */
void series_settle(struct dossier *d);
void series_fini(struct dossier *d);
/* Does `i` set the date, after `setter` with its `valid_until`? */
bool series_sets_date(const struct instrument *i, const struct instrument *setter,
		      int32_t valid_until);

/* ceiling.c; an item's `component` and order are its key. */
MUST_USE enum status ceiling_add(struct dossier *d, const struct ceiling_item *item);
void ceiling_drop(struct dossier *d, const struct ceiling_item *item);
/* Ceiling records of `document` follow its instruments: adopted when, carried out or not. */
MUST_USE enum status ceiling_follow(struct dossier *d, const char *document);
MUST_USE enum status ceiling_place(struct dossier *d, struct ceiling_fact *fact);
void ceiling_settle(struct dossier *d);
void ceiling_fini(struct dossier *d);
size_t ceiling_bytes(const struct dossier *d);

/* ceiling_part.c: named parts. */
MUST_USE enum status ceiling_part_add(struct dossier *d, const char *name,
				      const struct ceiling_item *item);
void ceiling_part_drop(struct dossier *d, const char *name, const struct ceiling_item *item);
void ceiling_part_settle(struct dossier *d);
void ceiling_part_fini(struct dossier *d);
size_t ceiling_part_bytes(const struct dossier *d);

/* Common to both, on items in order (from, adopted, number): where one belongs; the last that
 * lasts on `day`, NULL if none does; what it comes to after what held the day before it; what it
 * says. */
size_t ceiling_place_of(const struct array *items, const struct ceiling_item *item);
const struct ceiling_item *ceiling_last(const struct array *in_order, int32_t day,
					struct span *span);
void ceiling_settle_item(struct ceiling_item *item, bool set_before, int64_t before);
struct ceiling_day ceiling_of(const struct ceiling_item *item);

/* counts.c, estimate.c: NULL takes away what was said. */
MUST_USE enum status counts_put_return(struct dossier *d, int32_t as_of, const Mandate__Return *r);
MUST_USE enum status counts_put_total(struct dossier *d, int32_t as_of, Mandate__Component c,
				      const Mandate__Total *t);
/* Corrections officers whom the head-count of `c`, police or all uniformed, does not hold yet where
 * they count within the police. */
uint64_t counts_corrections(const struct dossier *d, Mandate__Component c, const struct head *head,
			    bool *ret_missing);
MUST_USE enum status estimate_put(struct dossier *d, int32_t as_of, Mandate__Detail detail,
				  const Mandate__Estimate *e);

/* presence.c: persons by the days on which they come (`units` 1) and go; -1 takes that back. */
MUST_USE enum status presence_move(struct presence *p, const struct stay *stay, int units);
void presence_settle(struct presence *p);
int64_t presence_of(const struct presence *p, int32_t day, struct span *span);
/* Persons of units of `c`, and of all below it, present on `day`. */
int64_t presence_on(const struct dossier *d, Mandate__Component c, int32_t day, struct span *span);

/* Folds that also narrow `span`. Those under a second name leave out what rules 1 does not know: of
 * a mandate what is recorded beside texts (liquidation, closing, succession); of ceilings and
 * strengths that corrections officers may count within the police. */
void mandate_fold(const struct dossier *d, const struct party *party, int32_t day,
		  struct mandate_day *ret_day, struct span *span);
void mandate_fold_texts(const struct dossier *d, const struct party *party, int32_t day,
			struct mandate_day *ret_day, struct span *span);
/* F over the binding parties. If in force, span->from is the first day of the unbroken run. */
bool mandate_in_force(const struct dossier *d, int32_t day, struct span *span);
bool mandate_covered(const struct dossier *d, int32_t day, struct span *span);
bool mandate_party_terminated(const struct party *party, int32_t day);
/* Does the party bind on `day`? While a hybrid is in effect, those that it names, each from its
 * first text that sets a date (before the first of these, whoever of them has a text at all).
 * Otherwise the Council if it has acted, else whoever has. */
bool mandate_binds(const struct dossier *d, const struct party *party, int32_t day,
		   struct span *span);

void ceiling_fold(const struct dossier *d, Mandate__Component c, int32_t day,
		  struct ceiling_day *ret_ceiling, struct span *span);
void ceiling_fold_apart(const struct dossier *d, Mandate__Component c, int32_t day,
			struct ceiling_day *ret_ceiling, struct span *span);
/* The component's own entry that rules on `day`, NULL if none does. */
const struct ceiling_item *ceiling_ruling(const struct dossier *d, Mandate__Component c,
					  int32_t day, struct span *span);

/* What is set below `c`: own entries, each with what is not said of it below, and how many they
 * are. Named parts apart: the sum of those within `c` itself. */
struct ceiling_sum {
	uint64_t persons;
	size_t entries;
};
struct ceiling_sum ceiling_below(const struct dossier *d, Mandate__Component c, int32_t day,
				 struct span *span);
struct ceiling_sum ceiling_part_sum(const struct dossier *d, Mandate__Component c, int32_t day,
				    struct span *span);
/* Within which component a part's entry counts. */
Mandate__Component ceiling_part_parent(const struct ceiling_item *item);
/* Do corrections officers count within the police, by the text that rules their number? */
bool ceiling_corrections_within(const struct dossier *d, int32_t day, struct span *span);

void strength_fold(const struct dossier *d, Mandate__Component c, int32_t day, int32_t counts_after,
		   struct strength_day *ret_strength, struct span *span);
void strength_fold_apart(const struct dossier *d, Mandate__Component c, int32_t day,
			 int32_t counts_after, struct strength_day *ret_strength,
			 struct span *span);

#endif
