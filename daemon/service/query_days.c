#include "service/query_days.h"

#include <stdlib.h>

static enum status add(struct query_days *d, int32_t day)
{
	if (d->count == d->room) {
		size_t room = d->room ? 2 * d->room : 256;
		int32_t *days = arena_calloc(d->a, room, sizeof *days);

		if (!days)
			return STATUS_NO_MEMORY;
		if (d->count)
			memcpy(days, d->days, d->count * sizeof *days);
		d->days = days;
		d->room = room;
	}
	d->days[d->count++] = day;
	return STATUS_OK;
}

static enum status add_field(struct query_days *d, const ProtobufCFieldDescriptor *f,
			     const void *value)
{
	if (f->type == PROTOBUF_C_TYPE_MESSAGE)
		return query_days_add(d, *(ProtobufCMessage *const *)value);
	int32_t day = *(const int32_t *)value;
	enum status s = add(d, day);
	return s == STATUS_OK ? add(d, day + 1) : s;
}

static bool is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *f)
{
	const char *base = (const char *)message;
	const void *quantifier = base + f->quantifier_offset, *member = base + f->offset;

	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)quantifier == f->id;
	if (f->label == PROTOBUF_C_LABEL_REQUIRED)
		return true;
	return f->type == PROTOBUF_C_TYPE_MESSAGE ? *(void *const *)member != NULL
						  : *(const protobuf_c_boolean *)quantifier;
}

enum status query_days_add(struct query_days *d, const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;
	const char *base = (const char *)message;
	enum status s = STATUS_OK;

	for (unsigned i = 0; s == STATUS_OK && i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &type->fields[i];

		if (f->type != PROTOBUF_C_TYPE_SINT32 && f->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			size_t count = *(const size_t *)(const void *)(base + f->quantifier_offset);
			const char *items = *(const char *const *)(const void *)(base + f->offset);
			size_t size = f->type == PROTOBUF_C_TYPE_MESSAGE ? sizeof(void *)
									 : sizeof(int32_t);

			for (size_t k = 0; s == STATUS_OK && k < count; k++)
				s = add_field(d, f, items + k * size);
		} else if (is_set(message, f)) {
			s = add_field(d, f, base + f->offset);
		}
	}
	return s;
}

static int compare_days(const void *x, const void *y)
{
	int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;

	return a < b ? -1 : a > b;
}

void query_days_sort(struct query_days *d)
{
	size_t kept = 0;

	if (d->count)
		qsort(d->days, d->count, sizeof *d->days, compare_days);
	for (size_t i = 0; i < d->count; i++)
		if (!kept || d->days[kept - 1] != d->days[i])
			d->days[kept++] = d->days[i];
	d->count = kept;
}

static void begin(struct query_days *d, bool set, int32_t day)
{
	if (set && day < d->first)
		d->first = day;
}

static enum status visit(void *ctx, const struct view_fact *fact)
{
	struct query_days *d = ctx;
	const Mandate__Record *record = fact->record;

	if (record->content_case == MANDATE__RECORD__CONTENT_INSTRUMENT) {
		const Mandate__Instrument *i = record->instrument;

		begin(d, i->has_adopted, i->adopted);
		begin(d, i->has_effective, i->effective);
		for (size_t e = 0; e < i->n_ceilings; e++)
			begin(d, i->ceilings[e]->has_from, i->ceilings[e]->from);
	} else if (record->content_case == MANDATE__RECORD__CONTENT_CEILING) {
		begin(d, true, record->ceiling->from);
	}
	return query_days_add(d, &record->base);
}

enum status query_days_of(struct page_operation *o, struct arena *a, struct query_days *ret_days)
{
	static const Mandate__Kind kinds[] = {
		MANDATE__KIND__KIND_OPERATION,	MANDATE__KIND__KIND_ARRANGEMENT,
		MANDATE__KIND__KIND_ACCEPTANCE, MANDATE__KIND__KIND_INSTRUMENT,
		MANDATE__KIND__KIND_CEILING,	MANDATE__KIND__KIND_CONSENT,
	};
	struct page *p = o->page;
	struct query_days d = {.a = a, .first = DAY_INFINITE};
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < sizeof kinds / sizeof *kinds; i++)
		s = view_scan(&p->view, &p->scratch, kinds[i], o->name, visit, &d);
	if (s != STATUS_OK)
		return s;
	query_days_sort(&d);
	*ret_days = d;
	return STATUS_OK;
}

int32_t query_days_first(const struct query_days *d)
{
	return d->first;
}

int32_t query_days_after(const struct query_days *d, int32_t day)
{
	size_t low = 0, high = d->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (d->days[middle] <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low < d->count ? d->days[low] : DAY_INFINITE;
}
