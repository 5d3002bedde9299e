/* The walk over bytes that claim to be a message: before anything is unpacked they are held against
 * the schema (protobuf-c's descriptors) and the table in fields.c. One pass, no memory. What passes
 * is canonical: unpacking and packing it gives the same bytes. */
#ifndef MANDATED_WIRE_CHECK_H
#define MANDATED_WIRE_CHECK_H

#include "base/bytes.h"
#include "wire/wire.h"

/* What a field must look like, beyond its type. */
enum form {
	FORM_ANY = 1,  /* all that the type can hold */
	FORM_FLAG,     /* bool; the type says all */
	FORM_ENUM,     /* a value that the enum has */
	FORM_DAY,      /* day_valid */
	FORM_NUMBER,   /* min to max */
	FORM_NONZERO,  /* a random number, 0 being "not drawn" */
	FORM_VERSION,  /* 1 to WIRE_VERSION */
	FORM_CODE,     /* part of a key: text_is_code, 1 to CODE_TEXT_MAX bytes */
	FORM_KEY,      /* a whole key: clean, 1 to KEY_TEXT_MAX bytes */
	FORM_TEXT,     /* clean, min to TEXT_MAX bytes */
	FORM_ISO3,     /* text_is_iso3: a country */
	FORM_CURRENCY, /* likewise three capital letters */
	FORM_BYTES,    /* opaque, min to max bytes */
	FORM_MESSAGE,  /* as `message` says, at most max bytes (0: no limit of its own) */
	FORM_FOREIGN,  /* nothing that this side is sent */
};

/* A row: one field of a message. */
struct field_rule {
	const char *name; /* as in the schema */
	enum form form;
	int64_t min, max;
	unsigned list_max; /* repeated: at most so many */
	unsigned list_min; /* and at least so many */
	const struct message_rule *message;
};

/* The rows of a message, one for each field of `type`, in the same order. */
struct message_rule {
	const ProtobufCMessageDescriptor *type;
	const char
		*one_of; /* name of its oneof: exactly one member must be there; NULL: has none */
	const struct field_rule *fields;
	size_t field_count;
};

/* True if `bytes` are a message as `rule` demands. Otherwise the first fault. */
MUST_USE bool check_bytes(const struct message_rule *rule, struct bytes bytes,
			  struct wire_fault *ret_fault);

/* Fills `ret_fault` and returns false. `text` is a sentence for a person; the field is given by a
 * printf format. */
bool check_fail(struct wire_fault *ret_fault, Mandate__Code code, int change, const char *text,
		const char *field_format, ...) PRINTF_LIKE(5, 6);

/* Looks for number `id` at the top of bytes that need not be a good message; stops at the first
 * thing it cannot read. */
bool check_peek(struct bytes bytes, uint32_t id, uint64_t *ret_number);

/* The table, fields.c. */
extern const struct message_rule fields_envelope, fields_submission, fields_input;

#endif
