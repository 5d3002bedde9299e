/* A submission while it is planned and applied; shared by apply.c and apply_plan.c, and with a
 * what-if, which plans alike and stops there. */
#ifndef MANDATED_SERVICE_APPLY_IMPL_H
#define MANDATED_SERVICE_APPLY_IMPL_H

#include "service/homes.h"
#include "service/machine_impl.h"

enum { CONTENT_DIGEST_BYTES = 16 };

struct plan {
	const Mandate__Change *change;
	Mandate__Kind kind;
	const char *key;
	/* What it is about: named now or before, or by what it acts on. */
	const char *const *operations;
	size_t operation_count;
	const char *operation; /* first of all; NULL: a partner, for one */
	uint32_t edition;
	bool unchanged;
	uint64_t revision;    /* its own, or of what is on record if unchanged */
	struct bytes content; /* packed record; empty: a retraction */
	uint8_t digest[CONTENT_DIGEST_BYTES];
	bool has_previous;
	struct store_version previous; /* the newest before it */
	const Mandate__Record *before; /* its content, of kinds whose homes vary; NULL: none */
	Mandate__StoredVersion next;   /* what will be */
	bool holds;		       /* its content holds from now on */
	bool replaces;		       /* it took the place of an earlier edition */
	size_t puts;		       /* as many of apply.homes were there before it */
};

/* From these rules on who may record what is decided in apply. */
enum { RULES_WITH_AUTHORITY = 3 };

/* Who records or supposes. */
struct authority {
	const Mandate__Office *office; /* NULL: nobody is asked */
	bool writes;		       /* otherwise only what it may see counts: a what-if */
	int32_t day;
};

struct apply {
	/* What planning reads: the state as known at a revision (UINT64_MAX: the newest). */
	struct store_txn *txn;
	uint64_t revision;
	struct arena *a;
	struct known *known; /* NULL: none is kept */
	uint32_t rules;
	const char *office;
	struct authority authority;
	struct roll *roll; /* with the offices planned so far, held; NULL: none is kept */
	/* Of a submission that is applied. */
	struct machine *m;
	struct circumstance *c;
	const Mandate__Submission *submission;
	struct plan *plans;
	size_t planned;
	uint64_t next_revision;
	struct homes homes; /* that the planned changes touch */
	Mandate__Refusal refusal;
};

/* Plans `change` as the next of `ap`, reading the state and what is planned before it, writing
 * nothing. STATUS_REFUSED: ap->refusal says why. */
MUST_USE enum status apply_plan(struct apply *ap, const Mandate__Change *change);

/* May ap->authority record what the change names? Before anything is read. STATUS_REFUSED. */
MUST_USE enum status authority_named(struct apply *ap, const struct plan *p);
/* And what it changes or acts on? After the record before it was found. */
MUST_USE enum status authority_planned(struct apply *ap, const struct plan *p);
/* Is a version on record to ap->authority? To whoever records, every one is. */
MUST_USE enum status authority_sees(struct apply *ap, Mandate__Kind kind, const char *key,
				    const struct store_version *version, bool *ret_sees);
/* What else an office's record must satisfy; then ap->roll has it. */
MUST_USE enum status authority_office(struct apply *ap, const struct plan *p);
/* Where `record` of that change first names what is missing, in a field that fits the code
 * (UNKNOWN_*): "changes[0].record.arrangement.sides[1].parties[0]". In `a`; NULL on no memory. */
char *apply_name_path(struct arena *a, size_t change, const Mandate__Record *record,
		      Mandate__Code code, const char *name);

#endif
