/* The walk and its table: every row is held against the schema, every field refuses what is not of
 * its form, and every way of writing a message wrongly has its code. */
#include "wire_sample.h"

#include "base/day.h"
#include "model/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define CODE(name) MANDATE__CODE__CODE_##name

/* `field`: how the fault's path begins; NULL: wherever. */
static void expect(const struct message_rule *rule, const struct pen *p, Mandate__Code code,
		   const char *field)
{
	struct wire_fault fault = {0};
	bool good = check_bytes(rule, pen_bytes(p), &fault);
	bool there = good || !field || strncmp(fault.field, field, strlen(field)) == 0;

	if (fault.code != code || !there)
		print_error("%s: code %d field \"%s\" (%s), not %d \"%s\"\n", rule->type->name,
			    (int)fault.code, fault.field, fault.text, (int)code,
			    field ? field : "");
	assert_int_equal(good, code == 0);
	assert_int_equal(fault.code, code);
	assert_true(there);
	assert_int_equal(good, fault.text[0] == '\0');
}

static bool form_fits(enum form form, const ProtobufCFieldDescriptor *field)
{
	switch (form) {
	case FORM_FLAG:
		return field->type == PROTOBUF_C_TYPE_BOOL;
	case FORM_ENUM:
		return field->type == PROTOBUF_C_TYPE_ENUM;
	case FORM_DAY: /* and nothing else is a sint32 */
		return field->type == PROTOBUF_C_TYPE_SINT32;
	case FORM_ANY:
	case FORM_NUMBER:
	case FORM_NONZERO:
	case FORM_VERSION:
		return field->type == PROTOBUF_C_TYPE_UINT32 ||
		       field->type == PROTOBUF_C_TYPE_UINT64 ||
		       field->type == PROTOBUF_C_TYPE_INT32 ||
		       field->type == PROTOBUF_C_TYPE_INT64 ||
		       field->type == PROTOBUF_C_TYPE_FIXED64 ||
		       field->type == PROTOBUF_C_TYPE_SFIXED32;
	case FORM_CODE:
	case FORM_KEY:
	case FORM_TEXT:
	case FORM_ISO3:
	case FORM_CURRENCY:
		return field->type == PROTOBUF_C_TYPE_STRING;
	case FORM_BYTES:
		return field->type == PROTOBUF_C_TYPE_BYTES;
	case FORM_MESSAGE:
	case FORM_FOREIGN:
		return field->type == PROTOBUF_C_TYPE_MESSAGE;
	}
	return false;
}

static void every_row_belongs_to_its_field(void **state)
{
	struct rule_list all = all_rules();

	(void)state;
	for (size_t r = 0; r < all.count; r++) {
		const struct message_rule *rule = all.rules[r];
		bool has_one_of = false;

		assert_int_equal(rule->field_count, rule->type->n_fields);
		for (size_t i = 0; i < rule->field_count; i++) {
			const ProtobufCFieldDescriptor *field = &rule->type->fields[i];
			const struct field_rule *row = &rule->fields[i];

			assert_string_equal(row->name, field->name);
			assert_true(form_fits(row->form, field));
			if (row->form == FORM_MESSAGE)
				assert_ptr_equal(row->message->type, field->descriptor);
			assert_int_equal(row->list_max > 0,
					 field->label == PROTOBUF_C_LABEL_REPEATED);
			has_one_of = has_one_of || is_member(rule, i);
		}
		assert_int_equal(has_one_of, rule->one_of != NULL);
	}
}

static void a_message_of_valid_fields_passes_and_packs_to_the_same_bytes(void **state)
{
	struct rule_list all = all_rules();

	(void)state;
	for (size_t r = 0; r < all.count; r++)
		for (unsigned member = 0; member < SAMPLE_MEMBERS; member++) {
			struct pen p = {0};
			struct arena a;
			struct bytes again;

			arena_init(&a, DECODE_BYTES_MAX);
			sample_message(&p, all.rules[r], member);
			expect(all.rules[r], &p, 0, NULL);
			ProtobufCMessage *m = codec_decode(&a, all.rules[r]->type, pen_bytes(&p));
			assert_non_null(m);
			assert_int_equal(codec_encode(&a, m, &again), STATUS_OK);
			assert_true(bytes_equal(again, pen_bytes(&p)));
			arena_fini(&a);
		}
}

/* What field i is written as instead. */
typedef void write_field(struct pen *p, const struct message_rule *rule, size_t i, const void *how);

static void expect_with(const struct message_rule *rule, size_t i, write_field *write,
			const void *how, Mandate__Code code)
{
	struct pen p = {0};

	for (size_t k = 0; k < rule->field_count; k++) {
		if (k == i)
			write(&p, rule, i, how);
		else if (!is_member(rule, k) || (!is_member(rule, i) && k == member_of(rule, 0)))
			sample_field(&p, rule, k, 0);
	}
	expect(rule, &p, code, rule->fields[i].name);
}

static void write_number(struct pen *p, const struct message_rule *rule, size_t i, const void *how)
{
	pen_number_field(p, &rule->type->fields[i], *(const int64_t *)how);
}

static void write_bytes(struct pen *p, const struct message_rule *rule, size_t i, const void *how)
{
	pen_bytes_field(p, rule->type->fields[i].id, *(const struct bytes *)how);
}

static void write_nothing(struct pen *p, const struct message_rule *rule, size_t i, const void *how)
{
	(void)p, (void)rule, (void)i, (void)how;
}

static void expect_number(const struct message_rule *rule, size_t i, int64_t number,
			  Mandate__Code code)
{
	expect_with(rule, i, write_number, &number, code);
}

static void expect_text(const struct message_rule *rule, size_t i, const char *text, size_t len,
			Mandate__Code code)
{
	struct bytes bytes = bytes_of(text, len);

	expect_with(rule, i, write_bytes, &bytes, code);
}

static const char *const dirty[] = {
	"a\nb",
	"\t",
	"a\x7f",
	"\xc2\x85",
	"\xff",
	"\xc3",
	"\xc0\xaf",
	"\xed\xa0\x80",
	"\xe2\x80\xae",
	"\xe2\x81\xa6x",
	"x\xe2\x80\x8f",
	"\xf5\x80\x80\x80",
	"\xf4\x90\x80\x80",
	"\xe0\x80\x80",
	"\x80",
	"\xf0\x80\x80\x80",
};
static const char *const wrong_codes[] = {"", " A", "A ", "A:B", ":"};
static const char *const wrong_countries[] = {"", "GA", "GABO", "gab", "G1B"};
#define COUNT(list) (sizeof list / sizeof *list)

static void refuse_texts(const struct message_rule *rule, size_t i)
{
	enum form form = rule->fields[i].form;
	bool letters = form == FORM_ISO3 || form == FORM_CURRENCY;
	static char x[TEXT_MAX + 2];
	size_t most = form == FORM_CODE	 ? CODE_TEXT_MAX
		      : form == FORM_KEY ? KEY_TEXT_MAX
		      : letters		 ? 2
					 : TEXT_MAX;

	memset(x, 'x', sizeof x);
	for (size_t k = 0; k < COUNT(dirty); k++)
		expect_text(rule, i, dirty[k], strlen(dirty[k]), CODE(TEXT));
	if (!letters)
		expect_text(rule, i, x, most, 0);
	expect_text(rule, i, x, most + 1, CODE(TEXT));
	expect_text(rule, i, "A\0B", 3, CODE(TEXT));
	if (form == FORM_CODE)
		for (size_t k = 0; k < COUNT(wrong_codes); k++)
			expect_text(rule, i, wrong_codes[k], strlen(wrong_codes[k]), CODE(TEXT));
	if (letters)
		for (size_t k = 0; k < COUNT(wrong_countries); k++)
			expect_text(rule, i, wrong_countries[k], strlen(wrong_countries[k]),
				    CODE(TEXT));
	if (form == FORM_KEY || (form == FORM_TEXT && rule->fields[i].min > 0))
		expect_text(rule, i, "", 0, CODE(TEXT));
}

static void refuse_bytes(const struct message_rule *rule, size_t i)
{
	static char zeros[FRAME_BYTES_MAX + 1];
	int64_t min = rule->fields[i].min, max = rule->fields[i].max;

	expect_text(rule, i, zeros, (size_t)max, 0);
	expect_text(rule, i, zeros, (size_t)max + 1, CODE(RANGE));
	if (min > 0)
		expect_text(rule, i, zeros, (size_t)min - 1, CODE(RANGE));
}

static void refuse_form(const struct message_rule *rule, size_t i)
{
	const struct field_rule *row = &rule->fields[i];
	ProtobufCType type = rule->type->fields[i].type;

	switch (row->form) {
	case FORM_ANY:
		break;
	case FORM_FLAG:
		expect_number(rule, i, 0, 0);
		expect_number(rule, i, 2, CODE(NOT_CANONICAL));
		break;
	case FORM_ENUM:
		expect_number(rule, i, 0, CODE(ENUM_RANGE));
		expect_number(rule, i, 99, CODE(ENUM_RANGE));
		expect_number(rule, i, -1, CODE(ENUM_RANGE));
		expect_number(rule, i, INT64_C(1) << 32 | 1, CODE(NOT_CANONICAL));
		break;
	case FORM_DAY:
		expect_number(rule, i, DAY_FIRST, 0);
		expect_number(rule, i, DAY_LAST, 0);
		expect_number(rule, i, DAY_FIRST - 1, CODE(DATE));
		expect_number(rule, i, DAY_LAST + 1, CODE(DATE));
		expect_number(rule, i, INT32_MIN, CODE(DATE));
		expect_number(rule, i, INT64_C(1) << 40, CODE(NOT_CANONICAL));
		break;
	case FORM_NUMBER:
		expect_number(rule, i, row->min, 0);
		expect_number(rule, i, row->max, 0);
		if (row->min != 0 && type != PROTOBUF_C_TYPE_SFIXED32)
			expect_number(rule, i, row->min - 1, CODE(RANGE));
		if (row->max < UINT32_MAX)
			expect_number(rule, i, row->max + 1, CODE(RANGE));
		else if (type == PROTOBUF_C_TYPE_UINT64) /* 2^63 */
			expect_number(rule, i, INT64_MIN, CODE(RANGE));
		else if (type == PROTOBUF_C_TYPE_INT64)
			expect_number(rule, i, row->max + 1, CODE(RANGE));
		else
			expect_number(rule, i, row->max + 1, CODE(NOT_CANONICAL));
		break;
	case FORM_NONZERO:
		expect_number(rule, i, -1, 0);
		expect_number(rule, i, 0, CODE(RANGE));
		break;
	case FORM_VERSION:
		expect_number(rule, i, 0, CODE(VERSION));
		expect_number(rule, i, WIRE_VERSION + 1, CODE(VERSION));
		break;
	case FORM_CODE:
	case FORM_KEY:
	case FORM_TEXT:
	case FORM_ISO3:
	case FORM_CURRENCY:
		refuse_texts(rule, i);
		break;
	case FORM_BYTES:
		refuse_bytes(rule, i);
		break;
	case FORM_MESSAGE:
		expect_text(rule, i, "\xfa\x3f\x00", 3, CODE(UNKNOWN_FIELD));
		break;
	case FORM_FOREIGN:
		expect_text(rule, i, "", 0, CODE(GARBAGE));
		break;
	}
}

static void every_field_refuses_what_is_not_of_its_form(void **state)
{
	struct rule_list all = all_rules();

	(void)state;
	for (size_t r = 0; r < all.count; r++)
		for (size_t i = 0; i < all.rules[r]->field_count; i++)
			refuse_form(all.rules[r], i);
}

static void every_needed_field_is_missed_by_name(void **state)
{
	struct rule_list all = all_rules();

	(void)state;
	for (size_t r = 0; r < all.count; r++) {
		const struct message_rule *rule = all.rules[r];

		for (size_t i = 0; i < rule->field_count; i++) {
			bool needed = rule->type->fields[i].label == PROTOBUF_C_LABEL_REQUIRED ||
				      rule->fields[i].list_min > 0;

			if (!is_member(rule, i))
				expect_with(rule, i, write_nothing, NULL,
					    needed ? CODE(MISSING) : 0);
		}
		struct pen p = {0};
		for (size_t i = 0; i < rule->field_count; i++)
			if (!is_member(rule, i))
				sample_field(&p, rule, i, 0);
		if (rule->one_of)
			expect(rule, &p, CODE(MISSING), rule->one_of);
	}
}

static void write_list(struct pen *p, const struct message_rule *rule, size_t i, const void *how)
{
	const ProtobufCFieldDescriptor *field = &rule->type->fields[i];
	unsigned count = *(const unsigned *)how;
	struct pen packed = {0};

	if (!(field->flags & PROTOBUF_C_FIELD_FLAG_PACKED)) {
		for (unsigned k = 0; k < count; k++)
			sample_field(p, rule, i, 0);
		return;
	}
	for (unsigned k = 0; k < count; k++)
		pen_number(&packed, 1);
	pen_bytes_field(p, field->id, pen_bytes(&packed));
}

static void every_list_has_its_bound(void **state)
{
	struct rule_list all = all_rules();

	(void)state;
	for (size_t r = 0; r < all.count; r++)
		for (size_t i = 0; i < all.rules[r]->field_count; i++) {
			unsigned most = all.rules[r]->fields[i].list_max;

			if (most == 0)
				continue;
			expect_with(all.rules[r], i, write_list, &most, 0);
			most++;
			expect_with(all.rules[r], i, write_list, &most, CODE(RANGE));
		}
}

static void write_wrong_type(struct pen *p, const struct message_rule *rule, size_t i,
			     const void *how)
{
	(void)how;
	pen_number(p, rule->type->fields[i].id << 3 | (raw_wire(&rule->type->fields[i]) ^ 1));
	pen_fixed(p, 1, 8);
}

static void write_cut(struct pen *p, const struct message_rule *rule, size_t i, const void *how)
{
	size_t before = p->len;

	(void)how;
	sample_field(p, rule, i, 0);
	if (p->len > before)
		p->len--;
}

static void every_message_refuses_bytes_that_are_no_message(void **state)
{
	struct rule_list all = all_rules();

	(void)state;
	for (size_t r = 0; r < all.count; r++) {
		const struct message_rule *rule = all.rules[r];
		size_t last = rule->field_count;

		for (size_t i = 0; i < rule->field_count; i++)
			expect_with(rule, i, write_wrong_type, NULL, CODE(GARBAGE));
		while (last > 0 && rule->fields[last - 1].form == FORM_FOREIGN)
			last--;
		if (last == 0)
			continue;
		/* The last field, cut by one byte. */
		struct pen p = {0};
		for (size_t k = 0; k < last - 1; k++)
			if (!is_member(rule, k))
				sample_field(&p, rule, k, 0);
		write_cut(&p, rule, last - 1, NULL);
		struct wire_fault fault = {0};
		assert_false(check_bytes(rule, pen_bytes(&p), &fault));
		assert_int_equal(fault.code, CODE(GARBAGE));
		/* Groups, field number zero and a tag without end. */
		for (size_t k = 0; k < 3; k++) {
			static const char *const bad[] = {"\xf3\x3f", "\x02", "\xff"};
			struct pen q = {0};

			sample_message(&q, rule, 0);
			pen_raw(&q, bad[k], strlen(bad[k]));
			assert_false(check_bytes(rule, pen_bytes(&q), &fault));
			assert_int_equal(fault.code, k == 0 ? CODE(UNKNOWN_FIELD) : CODE(GARBAGE));
		}
	}
}

static void a_field_that_stands_twice_is_not_canonical(void **state)
{
	struct rule_list all = all_rules();

	(void)state;
	for (size_t r = 0; r < all.count; r++)
		for (size_t i = 0; i < all.rules[r]->field_count; i++) {
			const struct message_rule *rule = all.rules[r];
			const ProtobufCFieldDescriptor *field = &rule->type->fields[i];
			bool listed = field->label == PROTOBUF_C_LABEL_REPEATED &&
				      !(field->flags & PROTOBUF_C_FIELD_FLAG_PACKED);
			struct pen p = {0};

			if (listed || rule->fields[i].form == FORM_FOREIGN)
				continue;
			for (size_t k = 0; k <= i; k++)
				if (!is_member(rule, k) || k == i)
					sample_field(&p, rule, k, 0);
			sample_field(&p, rule, i, 0);
			expect(rule, &p, CODE(NOT_CANONICAL), NULL);
		}
}

static void two_members_of_a_oneof_are_not_canonical(void **state)
{
	struct rule_list all = all_rules();

	(void)state;
	for (size_t r = 0; r < all.count; r++) {
		const struct message_rule *rule = all.rules[r];
		struct pen p = {0};

		if (!rule->one_of)
			continue;
		for (size_t i = 0; i < rule->field_count; i++)
			if (!is_member(rule, i) || i == member_of(rule, 0) ||
			    i == member_of(rule, 1))
				sample_field(&p, rule, i, 0);
		expect(rule, &p, CODE(NOT_CANONICAL), rule->type->fields[member_of(rule, 1)].name);
	}
}

static void fields_in_another_order_are_not_canonical(void **state)
{
	struct rule_list all = all_rules();

	(void)state;
	for (size_t r = 0; r < all.count; r++) {
		const struct message_rule *rule = all.rules[r];
		size_t written = 0;
		struct pen p = {0};

		for (size_t i = rule->field_count; i-- > 0;) {
			if (is_member(rule, i) && i != member_of(rule, 0))
				continue;
			written += rule->fields[i].form != FORM_FOREIGN;
			sample_field(&p, rule, i, 0);
		}
		if (written > 1)
			expect(rule, &p, CODE(NOT_CANONICAL), NULL);
	}
}

static void numbers_longer_than_needed_are_not_canonical(void **state)
{
	/* after_revision 1 in two bytes; its tag in two; a length in two; a number past 64 bits; an
	 * empty packed list; one of its numbers too long; a packed list written apart. */
	static const struct {
		const char *bytes;
		size_t len;
	} wrong[] = {
		{"\x08\x81\x00\x18\x01", 5},
		{"\x88\x00\x01\x18\x01", 5},
		{"\x08\x01\x18\x01\x22\x80\x00", 7},
		{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03\x18\x01", 13},
		{"\x08\x01\x18\x01\x22\x02\x12\x00", 8},
		{"\x08\x01\x18\x01\x22\x04\x12\x02\x81\x00", 10},
		{"\x08\x01\x18\x01\x22\x02\x10\x01", 8},
	};
	const struct message_rule *subscribe = NULL;

	(void)state;
	for (size_t i = 0; i < fields_envelope.field_count; i++)
		if (strcmp(fields_envelope.fields[i].name, "subscribe") == 0)
			subscribe = fields_envelope.fields[i].message;
	assert_non_null(subscribe);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct pen p = {0};

		pen_raw(&p, wrong[i].bytes, wrong[i].len);
		expect(subscribe, &p, CODE(NOT_CANONICAL), NULL);
	}
}

static void an_unknown_field_is_seen_in_every_message(void **state)
{
	struct rule_list all = all_rules();

	(void)state;
	for (size_t r = 0; r < all.count; r++) {
		struct pen p = {0};

		sample_message(&p, all.rules[r], 0);
		pen_bytes_field(&p, 1000, bytes_of_text("new"));
		expect(all.rules[r], &p, CODE(UNKNOWN_FIELD), NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_belongs_to_its_field),
		cmocka_unit_test(a_message_of_valid_fields_passes_and_packs_to_the_same_bytes),
		cmocka_unit_test(every_field_refuses_what_is_not_of_its_form),
		cmocka_unit_test(every_needed_field_is_missed_by_name),
		cmocka_unit_test(every_list_has_its_bound),
		cmocka_unit_test(every_message_refuses_bytes_that_are_no_message),
		cmocka_unit_test(a_field_that_stands_twice_is_not_canonical),
		cmocka_unit_test(two_members_of_a_oneof_are_not_canonical),
		cmocka_unit_test(fields_in_another_order_are_not_canonical),
		cmocka_unit_test(numbers_longer_than_needed_are_not_canonical),
		cmocka_unit_test(an_unknown_field_is_seen_in_every_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
