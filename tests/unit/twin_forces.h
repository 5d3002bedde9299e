/* Where units are, and what is promised: DEFINITIONS section 3. */
#ifndef TESTS_TWIN_FORCES_H
#define TESTS_TWIN_FORCES_H

#include "twin.h"

/* Where the unit of a record is on a day, after all transfers of its name. */
struct twin_place {
	const char *op; /* NULL: nowhere */
	int32_t from;	/* there without a break since */
	bool transferred;
};

struct twin_place twin_place_on(const struct twin *w, const Mandate__Unit *u, int32_t day);

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
