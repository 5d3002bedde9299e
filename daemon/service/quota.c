#include "service/quota.h"

#include "base/hash.h"
#include "service/roll.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 256 };

struct quotas {
	struct quota_rates rates;
	struct quota *buckets[BUCKETS];
	size_t busy;	     /* as counted last, and who came since */
	uint64_t counted_ms; /* when that was */
};

enum status quota_new(const struct quota_rates *rates, struct quotas **ret_quotas)
{
	struct quotas *q = calloc(1, sizeof *q);

	if (!q)
		return STATUS_NO_MEMORY;
	q->rates = *rates;
	*ret_quotas = q;
	return STATUS_OK;
}

void quota_free(struct quotas *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct quota *q = all->buckets[i], *next; q; q = next) {
			next = q->next;
			free(q);
		}
	free(all);
}

static size_t bucket_of(const char *office)
{
	return hash_value(0, bytes_of_text(office), (struct bytes){0}) % BUCKETS;
}

struct quota *quota_of(struct quotas *all, const char *office, uint64_t now_ms)
{
	struct quota **at = &all->buckets[bucket_of(office)];

	while (*at && strcmp((*at)->office, office) != 0)
		at = &(*at)->next;
	if (*at)
		return *at;
	struct quota *q = calloc(1, sizeof *q);
	if (!q)
		return NULL;
	strncpy(q->office, office, OFFICE_TEXT_MAX);
	q->exempt = strcmp(office, ROLL_LOCAL) == 0;
	bucket_init(&q->messages, all->rates.messages_per_second, now_ms);
	bucket_init(&q->bytes, all->rates.bytes_per_second, now_ms);
	*at = q;
	return q;
}

void quota_sweep(struct quotas *all, bool (*keeps)(void *ctx, const char *office), void *ctx)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct quota **at = &all->buckets[i], *q; (q = *at) != NULL;) {
			if (q->waiting || q->queries || keeps(ctx, q->office)) {
				at = &q->next;
				continue;
			}
			all->busy -= q->busy;
			*at = q->next;
			free(q);
		}
}

/* --- rates --------------------------------------------------------------------------------- */

bool quota_message_allowed(struct quota *q, uint64_t now_ms, uint32_t *ret_wait_ms)
{
	uint32_t messages_ms = 0, bytes_ms = 0;

	if (q->exempt)
		return true;
	bool open = bucket_open(&q->messages, now_ms, &messages_ms);
	open = bucket_open(&q->bytes, now_ms, &bytes_ms) && open;
	*ret_wait_ms = messages_ms > bytes_ms ? messages_ms : bytes_ms;
	return open;
}

void quota_message(struct quota *q, uint64_t now_ms, size_t bytes)
{
	bucket_take(&q->messages, now_ms, 1);
	bucket_take(&q->bytes, now_ms, bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX);
}

/* The state's day only grows. */
static void turn_to_day(struct quota *q, int32_t day)
{
	if (q->day == day)
		return;
	q->day = day;
	q->journal_bytes = 0;
}

bool quota_journal_allowed(const struct quotas *all, struct quota *q, int32_t day, size_t bytes)
{
	turn_to_day(q, day);
	return q->exempt || q->journal_bytes + bytes <= all->rates.journal_bytes_per_day;
}

void quota_journal(struct quota *q, int32_t day, size_t bytes)
{
	turn_to_day(q, day);
	q->journal_bytes += bytes;
}

void quota_durable(struct quota *q, int32_t day, uint64_t bytes)
{
	if (q->durable_day != day)
		q->durable_bytes = 0;
	q->durable_day = day;
	q->durable_bytes += bytes;
}

/* --- turns --------------------------------------------------------------------------------- */

size_t quota_busy(struct quotas *all, uint64_t now_ms)
{
	if (now_ms - all->counted_ms < TURN_COUNT_MS)
		return all->busy;
	all->counted_ms = now_ms;
	all->busy = 0;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct quota *q = all->buckets[i]; q; q = q->next) {
			q->busy = q->busy && now_ms - q->turn_ms < TURN_MEMORY_MS;
			all->busy += q->busy;
		}
	return all->busy;
}

bool quota_turn_allowed(struct quotas *all, struct quota *q, uint64_t batch, uint64_t now_ms)
{
	size_t others = quota_busy(all, now_ms) - q->busy;
	size_t share = BATCH_SHARED_MAX / (others + 1);

	if (others == 0 || q->batch != batch)
		return true;
	return q->in_batch < (share > BATCH_SHARE_MIN ? share : BATCH_SHARE_MIN);
}

void quota_turn(struct quotas *all, struct quota *q, uint64_t batch, uint64_t now_ms)
{
	if (q->batch != batch) {
		q->batch = batch;
		q->in_batch = 0;
	}
	q->in_batch++;
	q->turn_ms = now_ms;
	if (!q->busy) {
		q->busy = true;
		all->busy++;
	}
}

struct quota *quota_next(struct quotas *all, const struct quota *q)
{
	size_t i = q ? bucket_of(q->office) : 0;
	struct quota *next = q ? q->next : all->buckets[0];

	while (!next && ++i < BUCKETS)
		next = all->buckets[i];
	return next;
}

struct quota *quota_next_waiting(struct quotas *all, const struct quota *q)
{
	struct quota *next = quota_next(all, q);

	while (next && !next->waiting)
		next = quota_next(all, next);
	return next;
}
