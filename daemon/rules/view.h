/* What rules may read: the records as known at one revision, with every fact on its highest
 * edition. The store implements it on a transaction, tests on arrays, a what-if on an overlay. */
#ifndef MANDATED_RULES_VIEW_H
#define MANDATED_RULES_VIEW_H

#include "base/arena.h"
#include "record.pb-c.h"

/* A fact as it holds. Valid as long as the arena it was read into. */
struct view_fact {
	Mandate__Kind kind;
	const char *key;
	const Mandate__Record *record; /* content; NULL if retracted */
	uint64_t revision;	       /* of the version read */
	uint64_t content_revision;     /* of the event that brought the content; 0: not said */
	uint32_t edition;
	bool clash; /* two contents under that edition */
};

/* STATUS_OK: go on; anything else ends the scan and is returned by it. */
typedef enum status view_visit(void *ctx, const struct view_fact *fact);

struct view {
	void *ctx;
	/* One fact. STATUS_NOT_FOUND, STATUS_CORRUPT, STATUS_NO_MEMORY. Retracted facts are found.
	 */
	enum status (*get)(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
			   struct view_fact *ret_fact);
	/* What stands under one edition, be it the highest or not. STATUS_NOT_FOUND: that edition
	 * has never been recorded. */
	enum status (*get_edition)(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
				   uint32_t edition, struct view_fact *ret_fact);
	/* Every fact of `kind` that belongs to `home` (rules/home.h): names it, if it is an
	 * operation, or is judged with it; in key order; retracted ones are left out. `home` NULL:
	 * all of that kind. */
	enum status (*scan)(void *ctx, struct arena *a, Mandate__Kind kind, const char *home,
			    view_visit *visit, void *visit_ctx);
};

MUST_USE static inline enum status view_get(const struct view *v, struct arena *a,
					    Mandate__Kind kind, const char *key,
					    struct view_fact *ret_fact)
{
	return v->get(v->ctx, a, kind, key, ret_fact);
}

MUST_USE static inline enum status view_get_edition(const struct view *v, struct arena *a,
						    Mandate__Kind kind, const char *key,
						    uint32_t edition, struct view_fact *ret_fact)
{
	return v->get_edition(v->ctx, a, kind, key, edition, ret_fact);
}

MUST_USE static inline enum status view_scan(const struct view *v, struct arena *a,
					     Mandate__Kind kind, const char *home,
					     view_visit *visit, void *visit_ctx)
{
	return v->scan(v->ctx, a, kind, home, visit, visit_ctx);
}

#endif
