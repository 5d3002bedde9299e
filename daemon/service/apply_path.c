/* Where in a change a name stands: a refusal's `field`. */
#include "service/apply_impl.h"

#include "model/record.h"

/* The fields in which records name things, by what is missing when the name is on no record. */
static const struct role {
	Mandate__Code code;
	const char *fields[3];
} roles[] = {
	{MANDATE__CODE__CODE_UNKNOWN_OPERATION, {"operation", "other_operation", "control"}},
	{MANDATE__CODE__CODE_UNKNOWN_PARTNER, {"party", "parties", "proposed_by"}},
	{MANDATE__CODE__CODE_UNKNOWN_PARTNER, {"owner", "lead", "supporting"}},
	{MANDATE__CODE__CODE_UNKNOWN_CONTRIBUTOR, {"contributor", "present_only"}},
};

/* May a text in this field be the name that is missing? */
static bool names(const ProtobufCFieldDescriptor *field, Mandate__Code code)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		for (size_t k = 0; roles[i].code == code && k < 3 && roles[i].fields[k]; k++)
			if (strcmp(roles[i].fields[k], field->name) == 0)
				return true;
	return false;
}

/* In the order of the fields: the first. NULL if there is none, or on no memory. */
static char *path_within(struct arena *a, const ProtobufCMessage *m, const char *path,
			 Mandate__Code code, const char *name)
{
	char *found = NULL;

	for (unsigned i = 0; !found && i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &m->descriptor->fields[i];
		const void *at = (const char *)m + field->offset;
		bool listed = field->label == PROTOBUF_C_LABEL_REPEATED;
		bool inner = field->type == PROTOBUF_C_TYPE_MESSAGE;
		size_t count = 1;

		if (!inner && (field->type != PROTOBUF_C_TYPE_STRING || !names(field, code)))
			continue;
		if (listed)
			count = *(const size_t *)((const char *)m + field->quantifier_offset);
		for (size_t k = 0; !found && k < count; k++) {
			const void *value = listed ? (*(const void *const *const *)at)[k]
						   : *(const void *const *)at;

			if (!value || (!inner && strcmp(value, name) != 0))
				continue;
			found = listed ? arena_printf(a, "%s.%s[%zu]", path, field->name, k)
				       : arena_printf(a, "%s.%s", path, field->name);
			if (inner && found)
				found = path_within(a, value, found, code, name);
		}
	}
	return found;
}

char *apply_name_path(struct arena *a, size_t change, const Mandate__Record *record,
		      Mandate__Code code, const char *name)
{
	char *path = arena_printf(a, "changes[%zu].record.%s", change,
				  record_kind_name(record_kind(record)));

	/* Contents share the union. */
	return path ? path_within(a, &record->partner->base, path, code, name) : NULL;
}
