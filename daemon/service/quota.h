/* What each office may take of the daemon: messages and bytes a second, bytes of the journal a day,
 * queries at once, a share of a batch. Kept by name, since rolls come and go. `local` has a share
 * like everybody else and no other limit: it is the operators' way in. Network thread only; time is
 * a value.
 *
 * What a day's journal has of an office outlives a restart (tally.h); the rest begins anew. */
#ifndef MANDATED_SERVICE_QUOTA_H
#define MANDATED_SERVICE_QUOTA_H

#include "base/limits.h"
#include "base/status.h"
#include "service/bucket.h"

#include <stddef.h>

struct reader_job;
struct turns;

struct quota_rates {
	uint64_t messages_per_second;
	uint64_t bytes_per_second;
	uint64_t journal_bytes_per_day;
};

/* Of one office. */
struct quota {
	struct quota *next;
	char office[OFFICE_TEXT_MAX + 1];
	bool exempt;
	struct bucket messages, bytes;
	int32_t day; /* of journal_bytes */
	uint64_t journal_bytes;
	/* Of these, what is durable and in order: what tally.h keeps. */
	int32_t durable_day;
	uint64_t durable_bytes;
	/* Queries: at the reader or waiting for that, in order; at the reader. */
	size_t queries, reading;
	struct reader_job *first_query, *last_query;
	/* Its share of the batch that fills, by that batch's number; when it last had one. */
	uint64_t batch;
	size_t in_batch;
	uint64_t turn_ms;
	bool busy;	       /* had a turn lately: counted in quotas.busy */
	uint64_t told_ms;      /* the log was told that it is too much */
	struct turns *waiting; /* the caller's: what waits for a turn; NULL: nothing */
};

struct quotas;

MUST_USE enum status quota_new(const struct quota_rates *rates, struct quotas **ret_quotas);
void quota_free(struct quotas *q); /* takes NULL */

/* The office's, made when it is first asked for; NULL: no memory. */
struct quota *quota_of(struct quotas *q, const char *office, uint64_t now_ms);

/* Forgets offices that nobody `keeps` and that have nothing under way. */
void quota_sweep(struct quotas *q, bool (*keeps)(void *ctx, const char *office), void *ctx);

/* --- rates --------------------------------------------------------------------------------- */

/* May it send a message? Otherwise *ret_wait_ms is the time until it may. */
bool quota_message_allowed(struct quota *q, uint64_t now_ms, uint32_t *ret_wait_ms);
/* One has come. */
void quota_message(struct quota *q, uint64_t now_ms, size_t bytes);

/* May `bytes` more go into the journal on `day`, the state's? */
bool quota_journal_allowed(const struct quotas *all, struct quota *q, int32_t day, size_t bytes);
void quota_journal(struct quota *q, int32_t day, size_t bytes);
void quota_durable(struct quota *q, int32_t day, uint64_t bytes);

/* --- turns --------------------------------------------------------------------------------- */

/* May it have one more of its submissions in batch number `batch`, which fills? While nobody else
 * submits anything, a whole batch is its own. */
bool quota_turn_allowed(struct quotas *all, struct quota *q, uint64_t batch, uint64_t now_ms);
void quota_turn(struct quotas *all, struct quota *q, uint64_t batch, uint64_t now_ms);

/* Offices that submitted something within TURN_MEMORY_MS. */
size_t quota_busy(struct quotas *all, uint64_t now_ms);

/* The first after `q` (NULL: of all), the first that has something waiting; NULL: none. */
struct quota *quota_next(struct quotas *all, const struct quota *q);
struct quota *quota_next_waiting(struct quotas *all, const struct quota *q);

#endif
