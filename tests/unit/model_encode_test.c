/* Packing in one pass against protobuf-c, on random messages of every kind that there is. */
#include "journal.pb-c.h"
#include "model/codec.h"
#include "model/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

enum { ROUNDS = 400, REPEATED_MAX = 3, TEXT_MAX_HERE = 200 };

static const ProtobufCMessageDescriptor *const types[] = {
	&mandate__envelope__descriptor,	      &mandate__submission__descriptor,
	&mandate__event__descriptor,	      &mandate__outcome__descriptor,
	&mandate__stored_version__descriptor, &mandate__stored_outcome__descriptor,
	&mandate__stored_refusal__descriptor, &mandate__stored_cursor__descriptor,
	&mandate__event_tags__descriptor,     &mandate__journal_input__descriptor,
	&mandate__record__descriptor,
};
enum { TYPES = sizeof types / sizeof *types };

static uint64_t seed;
static size_t seen[PROTOBUF_C_TYPE_MESSAGE + 1]; /* values by type */

static uint64_t draw(uint64_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % below;
}

static uint64_t draw_number(void)
{
	uint64_t all = draw(1u << 31) << 33 ^ draw(1u << 31) << 16 ^ draw(1u << 16);

	return all >> draw(64);
}

static ProtobufCMessage *random_message(struct arena *a, const ProtobufCMessageDescriptor *type);

static void random_value(struct arena *a, const ProtobufCFieldDescriptor *field, void *member)
{
	uint64_t number = draw(2) ? draw_number() : UINT64_MAX - draw_number();
	size_t len = draw(TEXT_MAX_HERE);
	char *text = arena_alloc(a, len + 1);

	memset(text, 'a', len);
	seen[field->type]++;
	if (field->type == PROTOBUF_C_TYPE_STRING)
		*(char **)member = text;
	else if (field->type == PROTOBUF_C_TYPE_BYTES)
		*(ProtobufCBinaryData *)member =
			(ProtobufCBinaryData){.len = len, .data = (uint8_t *)text};
	else if (field->type == PROTOBUF_C_TYPE_MESSAGE)
		*(ProtobufCMessage **)member = random_message(a, field->descriptor);
	else if (field->type == PROTOBUF_C_TYPE_BOOL)
		*(protobuf_c_boolean *)member = draw(2) != 0;
	else if (field->type == PROTOBUF_C_TYPE_UINT64 || field->type == PROTOBUF_C_TYPE_SINT64 ||
		 field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_FIXED64)
		*(uint64_t *)member = number;
	else
		*(uint32_t *)member = (uint32_t)number;
}

static void random_field(struct arena *a, const ProtobufCFieldDescriptor *field, uint8_t *message)
{
	void *member = message + field->offset, *quantifier = message + field->quantifier_offset;
	bool is_pointer =
		field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE;
	enum { ELEMENT_BYTES = sizeof(ProtobufCBinaryData) };

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		size_t count = draw(REPEATED_MAX + 1);
		size_t size = is_pointer			      ? sizeof(void *)
			      : field->type == PROTOBUF_C_TYPE_BYTES  ? ELEMENT_BYTES
			      : field->type == PROTOBUF_C_TYPE_BOOL   ? sizeof(int)
			      : field->type == PROTOBUF_C_TYPE_UINT64 ? 8
								      : 4;
		uint8_t *values = arena_calloc(a, count + 1, size);

		for (size_t i = 0; i < count; i++)
			random_value(a, field, values + i * size);
		*(size_t *)quantifier = count;
		*(void **)member = values;
		return;
	}
	if (field->label != PROTOBUF_C_LABEL_REQUIRED) {
		if (draw(2))
			return;
		if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
			if (*(uint32_t *)quantifier)
				return;
			*(uint32_t *)quantifier = field->id;
		} else if (!is_pointer) {
			*(protobuf_c_boolean *)quantifier = 1;
		}
	}
	random_value(a, field, member);
}

static ProtobufCMessage *random_message(struct arena *a, const ProtobufCMessageDescriptor *type)
{
	ProtobufCMessage *message = arena_alloc(a, type->sizeof_message);

	type->message_init(message);
	for (unsigned i = 0; i < type->n_fields; i++)
		random_field(a, &type->fields[i], (uint8_t *)message);
	return message;
}

static void the_bytes_are_those_of_protobuf_c(void **state)
{
	struct encode e;
	struct arena a;
	size_t packed = 0, refused = 0;

	(void)state;
	arena_init(&a, 256 << 20);
	for (int round = 0; round < ROUNDS * TYPES; round++) {
		const ProtobufCMessage *message = random_message(&a, types[round % TYPES]);
		size_t len = protobuf_c_message_get_packed_size(message);
		uint8_t *expected = arena_alloc(&a, len + 1);
		struct bytes whole = {.len = 0};

		protobuf_c_message_pack(message, expected);
		encode_message(&e, message);
		assert_int_equal(e.len, len);
		assert_int_equal(e.packed != NULL, len <= ENCODE_ROOM);
		*(e.packed ? &packed : &refused) += 1;
		assert_int_equal(codec_encode(&a, message, &whole), STATUS_OK);
		assert_true(bytes_equal(whole, bytes_of(expected, len)));
		arena_reset(&a);
	}
	arena_fini(&a);
	assert_true(packed > ROUNDS && refused > 0);
	/* All types that the schema has. */
	assert_true(seen[PROTOBUF_C_TYPE_UINT32] && seen[PROTOBUF_C_TYPE_UINT64] &&
		    seen[PROTOBUF_C_TYPE_SINT32] && seen[PROTOBUF_C_TYPE_FIXED64] &&
		    seen[PROTOBUF_C_TYPE_BOOL] && seen[PROTOBUF_C_TYPE_ENUM] &&
		    seen[PROTOBUF_C_TYPE_STRING] && seen[PROTOBUF_C_TYPE_BYTES] &&
		    seen[PROTOBUF_C_TYPE_MESSAGE]);
}

static void a_message_with_unknown_fields_is_left_to_protobuf_c(void **state)
{
	static uint8_t data[] = "x";
	ProtobufCMessageUnknownField unknown = {.tag = 99,
						.wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
						.len = 1,
						.data = data};
	Mandate__StoredCursor cursor = MANDATE__STORED_CURSOR__INIT;
	struct encode e;

	(void)state;
	encode_message(&e, &cursor.base);
	assert_non_null(e.packed);
	size_t len = e.len;
	cursor.base.n_unknown_fields = 1;
	cursor.base.unknown_fields = &unknown;
	encode_message(&e, &cursor.base);
	assert_null(e.packed);
	assert_true(e.len > len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bytes_are_those_of_protobuf_c),
		cmocka_unit_test(a_message_with_unknown_fields_is_left_to_protobuf_c),
	};
	const char *given = getenv("SEED");

	seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	printf("seed: SEED=%llu\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
