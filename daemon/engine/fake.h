/* An engine in memory for tests, which can be late, refuse, fail, forget and repeat. */
#ifndef MANDATED_ENGINE_FAKE_H
#define MANDATED_ENGINE_FAKE_H

#include "engine/engine.h"

struct fake_options {
	uint64_t seed;		     /* of everything drawn below */
	unsigned delay_us_max;	     /* before durable: up to this, drawn */
	unsigned unknown_percent;    /* answered STATUS_UNKNOWN; half of these appear nevertheless,
					later */
	unsigned not_leader_percent; /* answered STATUS_NOT_LEADER; never appear */
	unsigned twice_percent; /* durable, and some time later its entries are ordered once more */
	uint64_t fail_at_batch; /* STATUS_IO at this batch, counted from 1; 0: never */
};

/* Never fails but for memory. Ends with engine_close; nothing survives it. */
MUST_USE enum status fake_open(const struct fake_options *options, struct engine **ret_engine);

#endif
