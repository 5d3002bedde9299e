/* A second reading of DEFINITIONS, to hold the daemon's against: records in a plain array, every
 * question answered by reading all of them, a `since` by asking day after day. Slow and plain on
 * purpose; it shares nothing with daemon/rules but the parameters' names.
 *
 * Facts of several operations lie side by side, each key once, on its highest edition. */
#ifndef TESTS_TWIN_H
#define TESTS_TWIN_H

#include "base/day.h"
#include "mandate.pb-c.h"
#include "rules/alert.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define TC(name) MANDATE__COMPONENT__COMPONENT_##name
#define TSTATUS(name) MANDATE__MANDATE_STATUS__MANDATE_STATUS_##name
#define TKIND(name) MANDATE__KIND__KIND_##name
#define TCODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name

enum {
	TWIN_FACTS_MAX = 4096,
	TWIN_LIST_MAX = 256,
	TWIN_NAMES_MAX = 16,
	TWIN_COMPONENTS = TC(CIVILIANS) + 1,
	TWIN_EARLIEST = 9000, /* no test has a day before it */
};

struct twin_fact {
	Mandate__Kind kind;
	const char *key;
	const Mandate__Record *record; /* NULL: retracted */
	uint32_t edition;
};

struct twin {
	struct alert_parameters p;
	size_t count;
	struct twin_fact at[TWIN_FACTS_MAX];
};

/* The next content of `kind` from *at on, or NULL:
 * for (size_t n = 0; (r = twin_next(w, TKIND(UNIT), &n));) */
const Mandate__Record *twin_next(const struct twin *w, Mandate__Kind kind, size_t *at);
const Mandate__Record *twin_get(const struct twin *w, Mandate__Kind kind, const char *key);
const Mandate__Operation *twin_operation(const struct twin *w, const char *op);
bool twin_same(const char *a, const char *b); /* both set and equal */
int32_t twin_max(int32_t a, int32_t b);
int32_t twin_min(int32_t a, int32_t b);
/* Document symbols in order: digits by their number. */
int twin_symbol_compare(const char *a, const char *b);

/* --- mandates: section 1 --- */

struct twin_party {
	bool act, adopted, dated, in_force;
	int32_t v, u;
	int32_t withdraw, withdraw_acting; /* by any text, by those that act */
};

struct twin_mandate {
	Mandate__MandateStatus status;
	bool in_force;
	int32_t v, u, last_lawful;
	int32_t withdraw; /* of those that act; of any once the end has come */
};

/* An operation's end, DAY_INFINITE. */
int32_t twin_end(const struct twin *w, const char *op);
/* The parties with an instrument that was carried out, sorted. */
size_t twin_parties(const struct twin *w, const char *op, const char *names[TWIN_NAMES_MAX]);
size_t twin_binding(const struct twin *w, const char *op, int32_t day,
		    const char *names[TWIN_NAMES_MAX]);
struct twin_party twin_party_on(const struct twin *w, const char *op, const char *party,
				int32_t day);
bool twin_terminated(const struct twin *w, const char *op, const char *party, int32_t day);
bool twin_covered(const struct twin *w, const char *op, int32_t day);
struct twin_mandate twin_mandate_on(const struct twin *w, const char *op, int32_t day);
bool twin_carried_out(const Mandate__Instrument *i);
int32_t twin_effective(const Mandate__Instrument *i);

/* --- ceilings: section 2 --- */

struct twin_ceiling {
	bool set, derived;
	int64_t persons;
	int32_t from, comply_by;
	int32_t reach_by; /* as rules 2 judge it */
};

Mandate__Component twin_parent(Mandate__Component c);
struct twin_ceiling twin_ceiling_on(const struct twin *w, const char *op, Mandate__Component c,
				    int32_t day);

/* --- strengths: section 3 --- */

struct twin_head {
	bool known, partial, is_return;
	int64_t persons;
	int32_t as_of;
};

struct twin_strength {
	bool known, partial;
	int64_t persons;
	Mandate__Basis basis;
	int32_t as_of;
};

/* The latest head-count of `c` dated after..day. */
struct twin_head twin_head_on(const struct twin *w, const char *op, Mandate__Component c,
			      int32_t day, int32_t after, bool returns_only);
/* Persons of units of `c` present; ret_any: has any of them begun by then? */
int64_t twin_units(const struct twin *w, const char *op, Mandate__Component c, int32_t day,
		   bool *ret_any);
struct twin_strength twin_strength_on(const struct twin *w, const char *op, Mandate__Component c,
				      int32_t day, int32_t after);
/* Are corrections officers part of the police, by the text that rules their number? */
bool twin_inside(const struct twin *w, const char *op, int32_t day);
bool twin_under(Mandate__Component c, Mandate__Component top);

#endif
