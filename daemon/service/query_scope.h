/* The sums of an overview. */
#ifndef MANDATED_SERVICE_QUERY_SCOPE_H
#define MANDATED_SERVICE_QUERY_SCOPE_H

#include "service/query_people.h"

struct scope {
	Mandate__Scope row;
	struct arena *arena;
	struct severities severities;
	struct people_names contributors, hosts;
	Mandate__Currency **currencies; /* sorted */
	size_t currency_count;
};

void query_scope_init(struct scope *s, struct arena *a, int32_t on);
/* One operation; who contributes is added to `contributors` by whoever reads that. */
MUST_USE enum status query_scope_add(struct scope *s, const Mandate__Overview *row);
MUST_USE enum status query_scope_add_money(struct scope *s, const char *currency, int64_t amount);
/* Makes `row` say it all. Texts and lists are the arena's. */
void query_scope_finish(struct scope *s);

#endif
