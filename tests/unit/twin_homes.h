/* The homes that a world of facts makes, each with the dossier of what goes to it: what the state
 * machine does with the store, done with a plain array. */
#ifndef TESTS_TWIN_HOMES_H
#define TESTS_TWIN_HOMES_H

#include "twin.h"

#include "base/arena.h"
#include "rules/dossier.h"

enum { HOMES_MAX = 64 };

struct homes {
	const struct twin *world; /* as the view shows it */
	struct arena arena;	  /* names */
	bool stands;		  /* what no put was said to change did not change */
	size_t count;
	const char *names[HOMES_MAX];
	struct dossier *dossiers[HOMES_MAX];
};

/* Builds a dossier of each home. */
void homes_build(struct homes *h, const struct twin *world);
void homes_free(struct homes *h);

/* The world has become `next`: each dossier is put what is new for it or gone from it. On `day` it
 * is seen whether that changes no alerts of other domains than alert_domains_of says. */
void homes_follow(struct homes *h, const struct twin *next, int32_t day);

/* All alerts of all homes on a day, sorted by code and key, in `a`. */
Mandate__Alert **homes_alerts(const struct homes *h, int32_t day, struct arena *a,
			      size_t *ret_count);

#endif
