#include "service/bucket.h"

enum {
	THOUSAND = 1000,
	REOPENS_AT = 10,      /* a tenth of a burst */
	DEBT_BURSTS_MAX = 60, /* whatever was taken: a minute, where a burst is a second's worth */
};

static int64_t full(const struct bucket *b)
{
	return (int64_t)b->burst * THOUSAND;
}

void bucket_init_burst(struct bucket *b, uint64_t per_second, uint64_t burst, uint64_t now_ms)
{
	*b = (struct bucket){.per_second = per_second, .burst = burst, .at_ms = now_ms};
	b->level = full(b);
}

void bucket_init(struct bucket *b, uint64_t per_second, uint64_t now_ms)
{
	bucket_init_burst(b, per_second, per_second, now_ms);
}

/* A millisecond brings per_second thousandths. */
static void fill(struct bucket *b, uint64_t now_ms)
{
	uint64_t passed_ms = now_ms > b->at_ms ? now_ms - b->at_ms : 0;
	int64_t room = full(b) - b->level;

	b->at_ms += passed_ms;
	if (passed_ms >= (uint64_t)room / b->per_second + 1)
		b->level = full(b);
	else
		b->level += (int64_t)(passed_ms * b->per_second);
	if (b->level >= full(b) / REOPENS_AT)
		b->shut = false;
}

bool bucket_open(struct bucket *b, uint64_t now_ms, uint32_t *ret_wait_ms)
{
	fill(b, now_ms);
	if (!b->shut)
		return true;
	uint64_t missing = (uint64_t)(full(b) / REOPENS_AT - b->level);
	uint64_t wait_ms = (missing + b->per_second - 1) / b->per_second;
	*ret_wait_ms = wait_ms < UINT32_MAX ? (uint32_t)wait_ms : UINT32_MAX;
	return false;
}

void bucket_take(struct bucket *b, uint64_t now_ms, uint32_t amount)
{
	int64_t least = -DEBT_BURSTS_MAX * full(b);

	fill(b, now_ms);
	b->level -= (int64_t)amount * THOUSAND;
	if (b->level < least)
		b->level = least;
	b->shut = b->shut || b->level <= 0;
}
