/* Two clocks that never mix. Wall time is told to people and entered by inputs; the monotonic clock
 * measures how long something took. */
#ifndef MANDATED_BASE_CLOCK_H
#define MANDATED_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ns_(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline uint64_t clock_wall_ms(void)
{
	return clock_ns_(CLOCK_REALTIME) / 1000000u;
}

static inline uint64_t clock_mono_ms(void)
{
	return clock_ns_(CLOCK_MONOTONIC) / 1000000u;
}

static inline uint64_t clock_mono_ns(void)
{
	return clock_ns_(CLOCK_MONOTONIC);
}

/* Monotonic, counting suspended time too: how many days can have passed since start. */
static inline uint64_t clock_boot_ms(void)
{
	return clock_ns_(CLOCK_BOOTTIME) / 1000000u;
}

#endif
