/* Requests of libzmq about clients that want to come in (ZAP, RFC 27): taken apart, nothing else.
 */
#ifndef MANDATED_NET_ZAP_H
#define MANDATED_NET_ZAP_H

#include "base/bytes.h"
#include "base/limits.h"

#include <stddef.h>

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_VERSION "1.0"
#define ZAP_DOMAIN "mandated"

enum {
	ZAP_FRAMES_MAX = 8, /* of a request, after the empty one; a longer one is none */
	ZAP_ADDRESS_BYTES = 64,
};

enum zap_form {
	ZAP_NONSENSE = 1, /* there is nothing that an answer could name: to be dropped */
	ZAP_MALFORMED,	  /* not as the RFC has it */
	ZAP_FOREIGN,	  /* of another domain or mechanism than ours */
	ZAP_CURVE,
};

struct zap_request {
	struct bytes id; /* of the request, in the caller's frames */
	uint8_t key[PUBLIC_KEY_BYTES];
	char address[ZAP_ADDRESS_BYTES]; /* of the peer, for the log: to be quoted */
};

/* `frames` are those after the empty one: version, request id, domain, address, routing id,
 * mechanism, credentials. The result says how much of *ret_request is filled: nothing, `id` and
 * `address`, all. */
enum zap_form zap_parse(const struct bytes *frames, size_t count, struct zap_request *ret_request);

#endif
