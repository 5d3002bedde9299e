/* Answers: packed and sent, once, without waiting. One that cannot be sent is asked for again. */
#ifndef MANDATED_NET_REPLY_H
#define MANDATED_NET_REPLY_H

#include "net/server_impl.h"

/* Sends bytes to a peer; forgets its streams if it is gone. */
void reply_bytes(struct server *s, const struct route *route, struct bytes bytes);

/* Fills version and correlation, packs, sends. */
void reply_envelope(struct server *s, const struct route *route, uint64_t correlation,
		    Mandate__Envelope *envelope);

/* A Refusal of a message that is nothing better answered. */
void reply_fault(struct server *s, const struct route *route, uint64_t correlation,
		 const struct wire_fault *fault, uint32_t retry_after_ms);

/* An Outcome with a refusal that uses no number. `expected_sequence` 0: none. */
void reply_refused(struct server *s, const struct route *route, uint64_t correlation,
		   const Mandate__Submission *submission, const struct wire_fault *fault,
		   uint32_t retry_after_ms, uint64_t expected_sequence);

/* A packed Outcome with a head. */
void reply_outcome(struct server *s, const struct route *route, uint64_t correlation,
		   struct bytes outcome, const struct head *head);

void reply_report(struct server *s, const struct route *route, uint64_t correlation,
		  Mandate__Code code, const char *text);

/* An End. */
void reply_end(struct server *s, const struct route *route, uint64_t correlation,
	       Mandate__Code code, const char *text);

void reply_fault_set(struct wire_fault *fault, Mandate__Code code, const char *field,
		     const char *text);

#endif
