/* How the rows of the table of fields are written. */
#ifndef MANDATED_WIRE_FIELDS_PARTS_H
#define MANDATED_WIRE_FIELDS_PARTS_H

#include "base/limits.h"
#include "wire/check.h"

#define RULE(message, one_of_name, rows)                                                           \
	{                                                                                          \
		.type = &mandate__##message##__descriptor, .one_of = one_of_name, .fields = rows,  \
		.field_count = sizeof rows / sizeof *rows                                          \
	}
#define NONE(message)                                                                              \
	{                                                                                          \
		.type = &mandate__##message##__descriptor                                          \
	}

/* Forms that need more than their name. */
#define PERSONS .form = FORM_NUMBER, .max = PERSONS_MAX
#define PERSONS_MORE_OR_LESS .form = FORM_NUMBER, .min = -PERSONS_MAX, .max = PERSONS_MAX
#define MONEY .form = FORM_NUMBER, .max = MONEY_MAX
#define MONEY_MORE_OR_LESS .form = FORM_NUMBER, .min = -MONEY_MAX, .max = MONEY_MAX
#define EQUIPMENT_LIST IS(equipment), .list_max = EQUIPMENT_PER_LIST_MAX
#define DEGREES(most) .form = FORM_NUMBER, .min = -(most)*100000, .max = (most)*100000
#define COUNTER .form = FORM_NUMBER, .max = INT64_MAX
#define COUNTER_FROM_1 .form = FORM_NUMBER, .min = 1, .max = INT64_MAX
#define HASH .form = FORM_BYTES, .min = HASH_BYTES, .max = HASH_BYTES
#define BYTES(least, most) .form = FORM_BYTES, .min = least, .max = most
#define IS(rule) .form = FORM_MESSAGE, .message = &(rule)

/* A change, with every kind of record: fields_record.c. */
extern const struct message_rule fields_change;

#endif
