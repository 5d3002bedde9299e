/* A page of an answer being filled, for the files of queries; nobody else includes this.
 *
 * A page is pinned to one revision, and the state keeps its versions: so a read transaction may be
 * given up and renewed between two records without the answer noticing. query_page_breathe does
 * that, and with it everything that reads much. No pointer into the map outlives such a call. */
#ifndef MANDATED_SERVICE_QUERY_PAGE_H
#define MANDATED_SERVICE_QUERY_PAGE_H

#include "rules/dossier.h"
#include "rules/mandate.h"
#include "rules/strength.h"
#include "service/query.h"

enum {
	/* The longest key of a record: an alert's, its code before the key of a record. */
	PLACE_TEXT_BYTES = KEY_TEXT_MAX + 129,
	/* A place's number that says: all of this text is done. */
	PLACE_ALL = UINT32_MAX,
	/* Envelope, head, `next` and the answer's own fields fit beside the rows. */
	PAGE_ROWS_BYTES = FRAME_BYTES_MAX - 1024,
	/* Between two looks at the clock at most one record is read. */
	PAGE_RENEW_MS = READ_TXN_MS / 2,
	/* Then a page is given as far as it got, so that nobody waits long behind it. */
	PAGE_WORK_MS = 250,
	PAGE_KEYS = 256,
};

/* Of a home: what the asker may see of it, which is what answers are made of; all there is, by
 * which alerts are judged, for an alert is a record of its own; or both. */
enum page_dossiers { PAGE_SEEN = 0, PAGE_WHOLE, PAGE_BOTH };

/* Where a page ends: the next one begins behind it. A text (a key, an operation) and, where there
 * are several rows to a text, how many of them are done; or a number alone (a revision, an index).
 */
struct place {
	char text[PLACE_TEXT_BYTES];
	uint64_t number;
};

struct page {
	struct cabinet *cabinet;
	struct reader_of who; /* on whose behalf */
	struct store_txn *txn;
	struct arena *arena;  /* what the answer is made of */
	struct arena scratch; /* of one operation or one record */
	struct arena keys;    /* of one batch of them */
	struct arena tags;    /* of one look at who may see something */
	const Mandate__Query *query;
	const Mandate__Status *status;
	struct alert_parameters *parameters;

	uint64_t newest, revision; /* of the transaction at first; of the page */
	int32_t day, on;    /* the state's, DAY_NEVER if none was entered; the one asked for */
	bool stored_alerts; /* the open alerts of `on` are those on record at `revision` */

	/* At `revision`: what is on record; the same with a breath before each record; and of that
	 * what the asker may see, which is what answers are made of. */
	struct store_view records;
	struct view stored, whole, view;
	bool sees_all;		     /* of what rules read: `view` is `whole` */
	uint64_t sight;		     /* of what is seen, in the cabinet; 0: not asked for yet */
	enum page_dossiers dossiers; /* which ones of a home a visitor wants */

	void *ctx;	    /* of a handler, for its visitors */
	struct place place; /* of what is done */
	Mandate__Answer *answer;
	size_t rows_max, bytes;
	bool full; /* nothing is added to the page any more, its place stays */
	uint64_t renew_ms, stop_ms;
};

/* One row, whose memory is the arena's, with everything up to `place` done by it. STATUS_LIMIT: the
 * page is full, the row is not in it; a handler returns that. */
MUST_USE enum status query_page_row(struct page *p, const struct place *place, Mandate__Row *row);
/* Everything up to `place` is done. STATUS_LIMIT: enough for one page. */
MUST_USE enum status query_page_done(struct page *p, const struct place *place);
/* Renews the transaction if it is old. */
MUST_USE enum status query_page_breathe(struct page *p);
/* Makes the answer a refusal and returns STATUS_REFUSED, which a handler returns. */
MUST_USE enum status query_page_refuse(struct page *p, Mandate__Code code, const char *field,
				       const char *format, ...) PRINTF_LIKE(4, 5);

struct place query_page_place(const char *text, uint64_t number);

/* Refuses a name of which no operation is on record, or none that the asker may see. */
MUST_USE enum status query_page_no_operation(struct page *p, const char *name);
/* For administrators only, or refused. `field`: what was asked. */
MUST_USE enum status query_page_administrators(struct page *p, const char *field);

/* The dossier of a home as known at the page's revision: of what the asker may see, and
 * of all there is. Valid until the next one is asked for. What is not kept is in `ret_built` too,
 * to be freed; otherwise that is NULL. The scratch is reset. */
MUST_USE enum status query_page_dossier(struct page *p, const char *home,
					struct dossier **ret_dossier, struct dossier **ret_built);
MUST_USE enum status query_page_whole(struct page *p, const char *home,
				      struct dossier **ret_dossier, struct dossier **ret_built);

struct severities {
	uint32_t count, warnings, alarms; /* all; of them */
};

/* Rows of each operation, in order of their names, or of one. A visitor makes all rows of its
 * operation; those that the page before had are left out. */
struct page_operation {
	struct page *page;
	const char *name;
	struct dossier *dossier; /* what the asker may see; NULL if page.dossiers is PAGE_WHOLE */
	struct dossier *whole;	 /* all there is; NULL if it is PAGE_SEEN */
	uint64_t row;		 /* the number of the next */
	struct severities *severities;
};
MUST_USE enum status query_page_operation_row(struct page_operation *o, Mandate__Row *row);
/* The same with a copy of `message`, which a row may hold as `what`. */
MUST_USE enum status query_page_give(struct page_operation *o, Mandate__Row__WhatCase what,
				     const ProtobufCMessage *message);
typedef enum status query_page_visit(struct page_operation *o);
/* `only` NULL: all. An operation that is not on record is refused. */
MUST_USE enum status query_page_operations(struct page *p, const char *only,
					   query_page_visit *visit);

/* One home of any kind, on record or not. */
MUST_USE enum status query_page_home(struct page *p, const char *home, query_page_visit *visit);
/* The same of the homes that are no operations (rules/home.h). */
MUST_USE enum status query_page_homes(struct page *p, query_page_visit *visit);
/* Of functions' homes those whose names begin with `prefix`. */
MUST_USE enum status query_page_homes_of(struct page *p, const char *prefix,
					 query_page_visit *visit);

/* Up to PAGE_KEYS keys after `after` ("": from the first) of an attribute's value, or with
 * attribute 0 of the records of a kind; fewer: there are no more. They live in `a`. */
struct page_keys {
	const char *keys[PAGE_KEYS];
	size_t count;
};
MUST_USE enum status query_page_keys(struct page *p, struct arena *a,
				     enum store_attribute attribute, const char *value,
				     Mandate__Kind kind, const char *after,
				     struct page_keys *ret_keys);

/* Event `revision`, unpacked into `a`. A missing one is STATUS_CORRUPT. */
MUST_USE enum status query_page_event(struct page *p, struct arena *a, uint64_t revision,
				      Mandate__Event **ret_event);

/* query_view.c: makes the page's views. */
void query_view_init(struct page *p);
/* May the asker see what event `revision` brought? If not the answer is restricted. */
MUST_USE enum status query_view_sees(struct page *p, Mandate__Kind kind, const char *key,
				     uint64_t revision, bool *ret_sees);
MUST_USE enum status query_view_sees_alert(struct page *p, const Mandate__Alert *alert,
					   bool *ret_sees);
/* May it see all that belongs to the home? Marks nothing. */
MUST_USE enum status query_view_sees_home(struct page *p, const char *home, bool *ret_sees);
/* Something is left out that the asker may not see. */
void query_view_restrict(struct page *p);

/* query_mark.c: the page's place as the answer's `next`; and back from the client's `after`, with
 * the page's day and kind of alerts. STATUS_INVALID: not a mark of this question. */
MUST_USE enum status query_mark_put(struct page *p);
MUST_USE enum status query_mark_take(struct page *p);

/* Handlers: each fills a page from p->place on. STATUS_OK: that was the last. */
MUST_USE enum status query_records_get(struct page *p);
MUST_USE enum status query_records_list(struct page *p);
MUST_USE enum status query_records_history(struct page *p);
MUST_USE enum status query_timeline_rows(struct page *p);
MUST_USE enum status query_strength_rows(struct page *p);
MUST_USE enum status query_overview_rows(struct page *p);
MUST_USE enum status query_alerts_open(struct page *p);
MUST_USE enum status query_alerts_log(struct page *p);
MUST_USE enum status query_whatif_rows(struct page *p);
MUST_USE enum status query_lineage_rows(struct page *p);
MUST_USE enum status query_contributor_rows(struct page *p);
MUST_USE enum status query_partner_rows(struct page *p);
MUST_USE enum status query_function_rows(struct page *p);
MUST_USE enum status query_arrangements_rows(struct page *p);
MUST_USE enum status query_requirements_rows(struct page *p);
MUST_USE enum status query_money_rows(struct page *p);
MUST_USE enum status query_priorities_rows(struct page *p);
MUST_USE enum status query_daemon_status(struct page *p);
MUST_USE enum status query_daemon_refusals(struct page *p);
MUST_USE enum status query_daemon_settings(struct page *p);
MUST_USE enum status query_daemon_cursors(struct page *p);
MUST_USE enum status query_audit_rows(struct page *p);

/* Head-counts of before count only up to the last lawful day: what strength_on wants as
 * `counts_after` (DEFINITIONS section 3). */
int32_t query_strength_counts_after(const struct mandate_day *mandate, int32_t day);
/* The operation's record, in the page's scratch; and what it says on the page's day, where it is
 * another under the same name from a day on. */
struct description {
	const Mandate__Operation *record;
	const char *full_name, *lead;
	char *const *hosts;
	size_t host_count;
};
MUST_USE enum status query_overview_describe(struct page_operation *o, int32_t day,
					     struct description *ret_description);
/* Gives the record as one row, as the first of an answer. STATUS_NOT_FOUND. */
MUST_USE enum status query_records_give(struct page *p, Mandate__Kind kind, const char *key);
/* Rows of the arrangements that name the operation and the party (NULL: any). */
MUST_USE enum status query_partnership_arrangements(struct page *p, const char *operation,
						    const char *party);
/* Gives a row for each pledge of the home, by `contributor`. */
MUST_USE enum status query_forces_pledges(struct page_operation *o, const char *contributor);
/* Gives a row for each unit of the contributor in the operation. */
MUST_USE enum status query_forces_units(struct page_operation *o, const char *contributor);
/* Gives a row for each period in which the State is assessed, or owes something. */
MUST_USE enum status query_money_of_state(struct page_operation *o, const char *contributor);
/* Strength rows of a day, one by one; what they point to is the page's scratch's. */
typedef enum status strength_visit(void *ctx, const Mandate__Strength *row);
MUST_USE enum status query_strength_of(struct page_operation *o, int32_t day, strength_visit *visit,
				       void *ctx);
/* Gives a row for each component (0: all but the uniformed as a whole) of which the contributor has
 * anybody there on p->on. */
MUST_USE enum status query_strength_contributor(struct page_operation *o, const char *contributor,
						Mandate__Component only);
/* The mandate on a day; what it points to is the dossier's or the page's scratch's. */
MUST_USE enum status query_timeline_mandate(struct page_operation *o, int32_t day,
					    Mandate__Mandate *ret_mandate);
/* The alerts of the home that are open on the day and may be seen, in the page's scratch; and the
 * first day after it on which any may change. */
MUST_USE enum status query_alerts_seen(struct page_operation *o, int32_t day,
				       Mandate__Alert ***ret_alerts, size_t *ret_count,
				       int32_t *ret_next_change);
/* Adds the alerts of the home that are open on p->on and may be seen; without a dossier those of no
 * home. */
MUST_USE enum status query_alerts_count(struct page_operation *o, struct severities *counts);

#endif
