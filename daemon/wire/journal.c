#include "model/codec.h"
#include "wire/check.h"
#include "wire/wire.h"

bool wire_decode_input(struct arena *arena, struct bytes bytes,
		       const Mandate__JournalInput **ret_input, struct wire_fault *ret_fault)
{
	if (!check_bytes(&fields_input, bytes, ret_fault))
		return false;
	const Mandate__JournalInput *input =
		codec_decode(arena, &mandate__journal_input__descriptor, bytes);
	if (!input)
		return check_fail(ret_fault, MANDATE__CODE__CODE_SIZE, -1,
				  "its decoded form would be too large", "%s", "");
	*ret_input = input;
	return true;
}
