#include "net/zap.h"

#include <stdbool.h>

enum {
	VERSION,
	REQUEST_ID,
	DOMAIN,
	ADDRESS,
	ROUTING_ID,
	MECHANISM,
	KEY,
	FRAMES,
	ID_BYTES_MAX = 255,
};

static bool is_text(struct bytes frame, const char *text)
{
	return bytes_equal(frame, bytes_of_text(text));
}

enum zap_form zap_parse(const struct bytes *frames, size_t count, struct zap_request *ret_request)
{
	struct zap_request r = {.id = {0}};

	if (count <= REQUEST_ID || !is_text(frames[VERSION], ZAP_VERSION) ||
	    frames[REQUEST_ID].len > ID_BYTES_MAX)
		return ZAP_NONSENSE;
	r.id = frames[REQUEST_ID];
	if (count > ADDRESS) {
		size_t len = frames[ADDRESS].len;

		if (len >= sizeof r.address)
			len = sizeof r.address - 1;
		if (len)
			memcpy(r.address, frames[ADDRESS].data, len);
	}
	*ret_request = r;
	if (count <= MECHANISM)
		return ZAP_MALFORMED;
	if (!is_text(frames[DOMAIN], ZAP_DOMAIN) || !is_text(frames[MECHANISM], "CURVE"))
		return ZAP_FOREIGN;
	if (count != FRAMES || frames[KEY].len != PUBLIC_KEY_BYTES)
		return ZAP_MALFORMED;
	memcpy(ret_request->key, frames[KEY].data, PUBLIC_KEY_BYTES);
	return ZAP_CURVE;
}
