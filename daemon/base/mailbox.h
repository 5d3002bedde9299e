/* The only thing two threads share: a queue of messages. Whoever posts a message gives it away. */
#ifndef MANDATED_BASE_MAILBOX_H
#define MANDATED_BASE_MAILBOX_H

#include "base/status.h"

#include <pthread.h>
#include <stdint.h>

/* First member of every message. `kind` is the receiver's own enum. */
struct mail {
	struct mail *next;
	int kind;
};

struct mailbox {
	pthread_mutex_t mutex;
	pthread_cond_t arrived;
	struct mail *first, **last;
	int event_fd; /* readable while mail waits; -1 if nobody polls */
};

/* `pollable`: make an eventfd, for a receiver that also waits for sockets. */
MUST_USE enum status mailbox_init(struct mailbox *box, int pollable);
void mailbox_fini(struct mailbox *box); /* what still waits belongs to the caller: take it first */

void mailbox_post(struct mailbox *box, struct mail *m);

/* The oldest message; waits at most `timeout_ms` (0: not at all, -1: for ever); NULL if none. */
struct mail *mailbox_take(struct mailbox *box, int timeout_ms);

#endif
