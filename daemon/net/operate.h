/* Operators' requests, and whatever else becomes an input of the daemon's own. */
#ifndef MANDATED_NET_OPERATE_H
#define MANDATED_NET_OPERATE_H

#include "net/request.h"

void operate_request(struct server *s, const struct request *r);

/* A report of a chore; it is freed. */
void operate_report(struct server *s, struct chores_report *report);

/* A batch of which nothing counts: said, with what the audit now lacks. */
void operate_tell_failed(const struct batch *b);

/* Inputs, entered when a batch has room: true if it did. */
bool operate_enter_setting(struct server *s, const char *name, struct bytes value);
bool operate_enter_day(struct server *s, int32_t day);
bool operate_enter_rules(struct server *s, uint32_t version);
bool operate_enter_cursor(struct server *s, const char *office, const char *name, uint64_t revision,
			  int32_t day);

/* What a state that has just begun, or is older than this program, still lacks: its secret, its
 * settings, its rules. Reports where the configuration says otherwise. False: try again. */
bool operate_seed(struct server *s);

/* Proposes the day that the calendar has reached. */
void operate_calendar(struct server *s);

#endif
