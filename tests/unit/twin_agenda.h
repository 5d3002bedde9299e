/* Money, priorities, consent: DEFINITIONS section 6. */
#ifndef TESTS_TWIN_AGENDA_H
#define TESTS_TWIN_AGENDA_H

#include "twin.h"

/* The list in effect, its version and the day from which that is taken to stand; NULL: none. */
const Mandate__Priorities *twin_list_on(const struct twin *w, const char *op, int32_t day,
					uint32_t *ret_version, int32_t *ret_version_since);
bool twin_endorsed(const struct twin *w, const Mandate__Priorities *p, uint32_t version,
		   const char *owner, int32_t day);
/* Owners that have not endorsed the version by the day, sorted. */
size_t twin_silent(const struct twin *w, const Mandate__Priorities *p, uint32_t version,
		   int32_t day, const char *names[TWIN_NAMES_MAX]);

/* What the host says; 0: nothing yet. */
Mandate__ConsentState twin_consent_on(const struct twin *w, const char *op, const char *host,
				      int32_t day);

#endif
