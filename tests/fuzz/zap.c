/* A request of libzmq about a client: frames, each after a byte with its length. */
#include "fuzz.h"

#include "net/zap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes frames[ZAP_FRAMES_MAX + 1];
	struct zap_request request;
	size_t count = 0;

	while (size && count < sizeof frames / sizeof *frames) {
		size_t len = data[0] < size - 1 ? data[0] : size - 1;

		frames[count++] = bytes_of(data + 1, len);
		data += 1 + len;
		size -= 1 + len;
	}
	enum zap_form form = zap_parse(frames, count, &request);
	fuzz_expect(form >= ZAP_NONSENSE && form <= ZAP_CURVE);
	if (form != ZAP_NONSENSE) {
		fuzz_expect(memchr(request.address, 0, sizeof request.address) != NULL);
		fuzz_expect(request.id.data >= frames[0].data);
	}
	return 0;
}
