/* A token bucket: so many a second, and a burst at once. Time is a value here. */
#ifndef MANDATED_SERVICE_BUCKET_H
#define MANDATED_SERVICE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
	uint64_t per_second, burst;
	int64_t level; /* thousandths; below zero after more was taken than was there */
	uint64_t at_ms;
	/* Once empty it stays shut until a tenth of a burst is there: who is told to come back then
	 * finds more than one token. */
	bool shut;
};

/* The burst is a second's worth; or another one. */
void bucket_init(struct bucket *b, uint64_t per_second, uint64_t now_ms);
void bucket_init_burst(struct bucket *b, uint64_t per_second, uint64_t burst, uint64_t now_ms);

/* Is it open? Otherwise it is at now + *ret_wait_ms, and not before, if nothing is taken until
 * then. `now_ms` is monotonic. */
bool bucket_open(struct bucket *b, uint64_t now_ms, uint32_t *ret_wait_ms);

/* Takes `amount`, whether it is open or not: what could not be refused counts, too. */
void bucket_take(struct bucket *b, uint64_t now_ms, uint32_t amount);

#endif
