/* Where units are, and what is promised: DEFINITIONS section 3. */
#ifndef TESTS_TWIN_FORCES_H
#define TESTS_TWIN_FORCES_H

#include "twin.h"

/* A unit's record, followed through the transfers of its name: a body of so many persons. It counts
 * in one operation on a day, or in none. */
struct twin_body {
	const Mandate__Unit *unit;
	const char *counts; /* the operation, or NULL */
	int32_t from;	    /* there without a break since */
	bool own;	    /* by its own record; otherwise by transfer */
	bool arrived;	    /* came by itself, on its record's first day */
	/* While it is followed. */
	const char *at;
	int32_t to;
	bool moved, over;
};

enum { TWIN_BODIES_MAX = 64 };

/* All records of one name on a day. */
size_t twin_follow(const struct twin *w, const char *contributor, const char *unit, int32_t day,
		   struct twin_body list[TWIN_BODIES_MAX]);
/* The one of a record. */
struct twin_body twin_body_of(const struct twin *w, const Mandate__Unit *u, int32_t day);

struct twin_pledge {
	Mandate__PledgeState state, before; /* before: where it stood when it was suspended */
	int32_t renew_by;
	bool stale, deployed;
};

/* A pledge with the steps taken by `day`, one after another from the first. */
struct twin_pledge twin_pledge_on(const struct twin *w, const Mandate__Pledge *p, int32_t day);

struct twin_need {
	bool due;
	int64_t deployed, pledged, gap;
};

struct twin_need twin_need_on(const struct twin *w, const Mandate__Requirement *q, int32_t day,
			      int32_t ahead);

#endif
