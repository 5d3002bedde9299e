/* The local feed: events by topic on an XPUB socket, best effort, for clients of five lines. Three
 * frames: topic "OPERATION/kind/" ("-/kind/" of none, once under each of several), then revision
 * and the previous revision of this topic on this endpoint (u64 each, big-endian; 0: none since the
 * daemon started, or not known), then the event. Whoever must miss nothing subscribes to a stream.
 */
#ifndef MANDATED_NET_FEED_H
#define MANDATED_NET_FEED_H

#include "net/endpoint.h"
#include "service/readable.h"

struct feed;

MUST_USE enum status feed_open(void *zmq, const char *name, struct error *err,
			       struct feed **ret_feed);
void feed_close(struct feed *f);
void *feed_socket(struct feed *f); /* to poll for subscriptions */

/* Takes note of who subscribes: nothing is sent while nobody does. */
void feed_read(struct feed *f);

/* Publishes what `who` may see of the record after it; where it may not see the record before it,
 * under the names that it has now only. */
void feed_publish(struct feed *f, const struct reader_of *who, const struct published *events,
		  size_t count);

#endif
