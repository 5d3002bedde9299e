/* What hosts say to an operation: for each the latest record up to a day. */
#ifndef MANDATED_RULES_CONSENT_H
#define MANDATED_RULES_CONSENT_H

#include "mandate.pb-c.h"
#include "rules/dossier.h"

struct consent_day {
	Mandate__ConsentState state;
	int32_t day;	      /* of the record */
	int32_t since;	      /* first day of this state without another between */
	const char *document; /* NULL: none given; until the next put */
};

/* False: the host has said nothing by `day`. */
bool consent_on(const struct dossier *d, const char *host, int32_t day,
		struct consent_day *ret_consent);

/* The least that any host gives on `day`; 0: none has said anything. */
Mandate__ConsentState consent_least(const struct dossier *d, int32_t day);

#endif
