/* Days that records name: where an answer about them can change; for the files of queries. Every
 * field of type sint32 is a day (proto/record.proto), so a new field is among them by itself. */
#ifndef MANDATED_SERVICE_QUERY_DAYS_H
#define MANDATED_SERVICE_QUERY_DAYS_H

#include "service/query_page.h"

struct query_days {
	struct arena *a;
	int32_t *days; /* sorted and each once, after query_days_sort */
	size_t count, room;
	int32_t first; /* of an instrument or a ceiling; DAY_INFINITE: there is none */
};

/* Adds each day that `message` or one within it names, and the day after it: a last day may be
 * meant. STATUS_NO_MEMORY. */
MUST_USE enum status query_days_add(struct query_days *d, const ProtobufCMessage *message);
void query_days_sort(struct query_days *d);

/* Of all records that a mandate follows from, in `a`. */
MUST_USE enum status query_days_of(struct page_operation *o, struct arena *a,
				   struct query_days *ret_days);

/* The first day of a text; the first after `day`; DAY_INFINITE: there is none. */
int32_t query_days_first(const struct query_days *d);
int32_t query_days_after(const struct query_days *d, int32_t day);

#endif
