#include "rules/partnership.h"
#include "base/limits.h"
#include "rules/home.h"
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

/* --- own copies of records: they are few, and read whole --- */

/* What a copy takes in memory for each byte that it takes packed: its texts and lists are pieces of
 * their own. */
enum { BYTES_A_PACKED_BYTE = 6 };

static void *copy_new(const ProtobufCMessage *message, size_t *ret_bytes)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *packed = malloc(len + 1);
	void *copy;

	if (!packed)
		return NULL;
	protobuf_c_message_pack(message, packed);
	copy = protobuf_c_message_unpack(message->descriptor, NULL, len, packed);
	free(packed);
	*ret_bytes = message->descriptor->sizeof_message + len * BYTES_A_PACKED_BYTE;
	return copy;
}

static void copy_free(ProtobufCMessage *copy)
{
	if (copy)
		protobuf_c_message_free_unpacked(copy, NULL);
}

/* --- arrangements and what their parties answered --- */

static struct arrangement_fact *arrangement_at(const struct dossier *d, size_t index)
{
	return (struct arrangement_fact *)(void *)shelf_at(&d->partnership.arrangements, index);
}

static struct acceptance_fact *acceptance_at(const struct dossier *d, size_t index)
{
	return (struct acceptance_fact *)(void *)shelf_at(&d->partnership.acceptances, index);
}

static struct claim_fact *claim_at(const struct dossier *d, size_t index)
{
	return (struct claim_fact *)(void *)shelf_at(&d->partnership.claims, index);
}

const struct arrangement_fact *partnership_arrangement(const struct dossier *d, const char *name)
{
	size_t at;

	return shelf_find(&d->partnership.arrangements, name, &at) ? arrangement_at(d, at) : NULL;
}

/* The arrangement's name, of its own key or of an answer's. */
static bool arrangement_in_key(const char *key, char ret_name[KEY_TEXT_MAX + 1])
{
	size_t len = strcspn(key, ":");

	if (len > KEY_TEXT_MAX)
		return false;
	memcpy(ret_name, key, len);
	ret_name[len] = '\0';
	return true;
}

/* Their keys begin with the arrangement's name: the first of them, and how many. */
static size_t answers_of(const struct dossier *d, const char *name, size_t *ret_count)
{
	const struct array *shelf = &d->partnership.acceptances;
	size_t len = strlen(name), low = 0, high = shelf->count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *key = shelf_at(shelf, middle)->key;
		int order = strncmp(key, name, len);

		if (order < 0 || (order == 0 && (unsigned char)key[len] < ':'))
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < shelf->count; end++) {
		const char *key = shelf_at(shelf, end)->key;

		if (strncmp(key, name, len) != 0 || key[len] != ':')
			break;
	}
	*ret_count = end - low;
	return low;
}

/* --- lists of what arrangements mean for this home, by the day on which they take effect --- */

static struct array *list_of(struct dossier *d, const Mandate__Arrangement *a)
{
	if (a->kind == MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HANDOVER_OF_FUNCTION)
		return &d->partnership.handovers;
	if (!a->operation || strcmp(a->operation, d->name) != 0)
		return NULL;
	if (a->kind == MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HYBRID)
		return &d->partnership.hybrids;
	return arrangement_is_edge(a->kind) ? &d->partnership.edges : NULL;
}

static size_t place_of(const struct array *list, const struct arrangement_fact *fact)
{
	const struct arrangement_ref *refs = list->at;
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int32_t day = refs[middle].effective_from;

		if (day < fact->life.effective_from ||
		    (day == fact->life.effective_from &&
		     strcmp(refs[middle].of->fact.key, fact->fact.key) < 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void unlist(struct dossier *d, const struct arrangement_fact *fact)
{
	struct array *list = list_of(d, fact->record);
	size_t at = list ? place_of(list, fact) : 0;

	if (list && at < list->count && ITEMS(*list, struct arrangement_ref)[at].of == fact)
		array_remove(list, sizeof(struct arrangement_ref), at);
}

static enum status enlist(struct dossier *d, const struct arrangement_fact *fact)
{
	struct array *list = list_of(d, fact->record);
	struct arrangement_ref ref = {fact->life.effective_from, fact};

	return list ? array_insert(list, sizeof ref, place_of(list, fact), &ref) : STATUS_OK;
}

/* Folds a listed arrangement again, from what lies on the shelves. */
static enum status fold_again(struct dossier *d, struct arrangement_fact *fact)
{
	size_t count, first = answers_of(d, fact->fact.key, &count);

	unlist(d, fact);
	fact->answers.count = 0;
	for (size_t i = 0; i < count; i++) {
		const Mandate__Acceptance *answer = acceptance_at(d, first + i)->record;
		enum status s;

		if (!arrangement_names(fact->record, answer->party))
			continue;
		s = array_insert(&fact->answers, sizeof answer, fact->answers.count, &answer);
		if (s != STATUS_OK)
			return s;
	}
	fact->life = arrangement_fold(fact->record, fact->answers.at, fact->answers.count);
	return enlist(d, fact);
}

/* --- what belongs here --- */

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Of a function's home: as far as the arrangement says it itself (function_home_build sees to the
 * rest).
 */
static bool hands_over_here(const struct dossier *d, const Mandate__Arrangement *a)
{
	const char *colon = strchr(d->name, ':');
	size_t len = (size_t)(colon - d->name);

	if (a->area && strcmp(a->area, colon + 1) != 0)
		return false;
	for (size_t i = 0; i < a->n_functions; i++)
		if (strlen(a->functions[i]) == len && memcmp(a->functions[i], d->name, len) == 0)
			return true;
	return false;
}

bool partnership_belongs(const struct dossier *d, const Mandate__Arrangement *a)
{
	switch (home_kind_of(d->name)) {
	case HOME_OPERATION:
		return same(a->operation, d->name) || same(a->other_operation, d->name);
	case HOME_PARTNER:
		return !a->operation && a->n_sides > 0 && a->sides[0]->n_parties > 0 &&
		       same(a->sides[0]->parties[0], d->name + 1);
	case HOME_FUNCTION:
		return hands_over_here(d, a);
	}
	return false;
}

static void drop_arrangement(struct dossier *d, size_t index)
{
	struct arrangement_fact *fact = arrangement_at(d, index);

	unlist(d, fact);
	copy_free(&fact->record->base);
	array_fini(&fact->answers);
	shelf_remove(&d->partnership.arrangements, index, &d->fact_bytes);
}

static void drop_acceptance(struct dossier *d, size_t index)
{
	copy_free(&acceptance_at(d, index)->record->base);
	shelf_remove(&d->partnership.acceptances, index, &d->fact_bytes);
}

static void drop_claim(struct dossier *d, size_t index)
{
	copy_free(&claim_at(d, index)->record->base);
	shelf_remove(&d->partnership.claims, index, &d->fact_bytes);
}

/* --- puts --- */

/* A fact of `fact_bytes` on the shelf, with a copy of its content; NULL on no memory. */
static void *add_copy(struct dossier *d, struct array *shelf, size_t index, size_t fact_bytes,
		      const char *key, const ProtobufCMessage *content, void **ret_copy)
{
	struct fact *fact = shelf_new(fact_bytes, key);
	void *copy = fact ? copy_new(content, &fact_bytes) : NULL;

	if (!copy) {
		free(fact);
		return NULL;
	}
	fact->bytes += fact_bytes;
	if (shelf_add(shelf, index, fact, &d->fact_bytes) != STATUS_OK) {
		copy_free(copy);
		return NULL;
	}
	*ret_copy = copy;
	return fact;
}

static enum status put_arrangement(struct dossier *d, const char *key,
				   const Mandate__Arrangement *record)
{
	struct array *shelf = &d->partnership.arrangements;
	struct arrangement_fact *fact;
	size_t at, count;
	void *copy;

	if (shelf_find(shelf, key, &at))
		drop_arrangement(d, at);
	if (record && !partnership_belongs(d, record)) {
		/* What its parties answer from now on is another home's to know. */
		for (size_t first = answers_of(d, key, &count); count > 0; count--)
			drop_acceptance(d, first);
		return STATUS_OK;
	}
	if (!record)
		return STATUS_OK;
	fact = add_copy(d, shelf, at, sizeof *fact, key, &record->base, &copy);
	if (!fact)
		return STATUS_NO_MEMORY;
	fact->record = copy;
	return fold_again(d, fact);
}

static enum status put_acceptance(struct dossier *d, const char *key,
				  const Mandate__Acceptance *record)
{
	struct array *shelf = &d->partnership.acceptances;
	char name[KEY_TEXT_MAX + 1];
	size_t at;

	if (!strchr(key, ':') || !arrangement_in_key(key, name))
		return STATUS_INVALID;
	if (shelf_find(shelf, key, &at))
		drop_acceptance(d, at);
	if (record) {
		struct acceptance_fact *fact;
		void *copy;

		fact = add_copy(d, shelf, at, sizeof *fact, key, &record->base, &copy);
		if (!fact)
			return STATUS_NO_MEMORY;
		fact->record = copy;
	}
	if (!shelf_find(&d->partnership.arrangements, name, &at))
		return STATUS_OK;
	return fold_again(d, arrangement_at(d, at));
}

static enum status put_claim(struct dossier *d, const char *key, const Mandate__Claim *record)
{
	struct array *shelf = &d->partnership.claims;
	struct claim_fact *fact;
	void *copy;
	size_t at;

	if (shelf_find(shelf, key, &at))
		drop_claim(d, at);
	if (!record || !record->has_from)
		return STATUS_OK;
	fact = add_copy(d, shelf, at, sizeof *fact, key, &record->base, &copy);
	if (!fact)
		return STATUS_NO_MEMORY;
	fact->record = copy;
	fact->from = record->from;
	fact->until = record->has_until ? record->until : DAY_INFINITE;
	return STATUS_OK;
}

enum status partnership_put(struct dossier *d, Mandate__Kind kind, const char *key,
			    const Mandate__Record *record)
{
	if (kind == MANDATE__KIND__KIND_ARRANGEMENT)
		return put_arrangement(d, key, record ? record->arrangement : NULL);
	if (kind == MANDATE__KIND__KIND_ACCEPTANCE)
		return put_acceptance(d, key, record ? record->acceptance : NULL);
	return put_claim(d, key, record ? record->claim : NULL);
}

enum status partnership_read(struct dossier *d, const struct view *v, struct arena *scratch,
			     const struct view_fact *arrangement)
{
	const Mandate__Acceptance *const *answers;
	size_t count;
	enum status s =
		partnership_put(d, arrangement->kind, arrangement->key, arrangement->record);

	if (s == STATUS_OK)
		s = arrangement_read(v, scratch, arrangement->record->arrangement, &answers,
				     &count);
	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		const char *key =
			arena_printf(scratch, "%s:%s", answers[i]->arrangement, answers[i]->party);

		s = key ? put_acceptance(d, key, answers[i]) : STATUS_NO_MEMORY;
	}
	return s;
}

void partnership_fini(struct dossier *d)
{
	struct partnership *p = &d->partnership;

	while (p->arrangements.count > 0)
		drop_arrangement(d, p->arrangements.count - 1);
	while (p->acceptances.count > 0)
		drop_acceptance(d, p->acceptances.count - 1);
	while (p->claims.count > 0)
		drop_claim(d, p->claims.count - 1);
	for (size_t i = 0; i < p->operations.count; i++)
		dossier_free(((struct dossier *const *)p->operations.at)[i]);
	array_fini(&p->arrangements);
	array_fini(&p->acceptances);
	array_fini(&p->claims);
	array_fini(&p->hybrids);
	array_fini(&p->edges);
	array_fini(&p->handovers);
	array_fini(&p->operations);
}

size_t partnership_bytes(const struct dossier *d)
{
	const struct partnership *p = &d->partnership;
	size_t bytes =
		(p->arrangements.room + p->acceptances.room + p->claims.room + p->operations.room) *
			sizeof(void *) +
		(p->hybrids.room + p->edges.room + p->handovers.room) *
			sizeof(struct arrangement_ref) +
		p->acceptances.count * sizeof(void *); /* among their arrangements' answers */

	for (size_t i = 0; i < p->operations.count; i++)
		bytes += dossier_bytes(ITEMS(p->operations, struct dossier *const)[i]);
	return bytes;
}

/* --- look-ups --- */

const struct arrangement_fact *partnership_hybrid(const struct dossier *d, int32_t day)
{
	const struct arrangement_ref *refs = d->partnership.hybrids.at;
	size_t n = array_until(&d->partnership.hybrids, sizeof *refs, day);

	while (n-- > 0)
		if (day <= refs[n].of->life.last_day)
			return refs[n].of;
	return NULL;
}

bool partnership_makes_mandate(const struct dossier *d, const char *key)
{
	char name[KEY_TEXT_MAX + 1];
	const struct arrangement_fact *fact;

	if (!arrangement_in_key(key, name))
		return false;
	fact = partnership_arrangement(d, name);
	return fact && (fact->record->kind == MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HYBRID ||
			arrangement_is_edge(fact->record->kind));
}

bool partnership_is_hybrid(const struct dossier *d, int32_t day, struct span *span)
{
	const struct arrangement_ref *refs = d->partnership.hybrids.at;
	bool any = false;

	for (size_t n = 0; n < d->partnership.hybrids.count; n++) {
		span_cut(span, day, refs[n].effective_from);
		span_cut(span, day, day_plus(refs[n].of->life.last_day, 1));
		any |= arrangement_in_effect(&refs[n].of->life, day);
	}
	return any;
}

bool partnership_hybrid_names(const struct dossier *d, const char *party, int32_t day)
{
	const struct arrangement_ref *refs = d->partnership.hybrids.at;
	const char *mandates_for = strcmp(party, "UNSC") == 0 ? "UN" : NULL;

	for (size_t n = 0; n < d->partnership.hybrids.count; n++) {
		const struct arrangement_fact *hybrid = refs[n].of;

		if (!arrangement_in_effect(&hybrid->life, day))
			continue;
		if (arrangement_names(hybrid->record, party) ||
		    (mandates_for && arrangement_names(hybrid->record, mandates_for)))
			return true;
	}
	return false;
}

bool partnership_succeeded(const struct dossier *d, int32_t day, struct span *span)
{
	const struct arrangement_ref *refs = d->partnership.edges.at;

	if (d->partnership.edges.count == 0)
		return false;
	span_cut(span, day, refs[0].effective_from);
	return refs[0].effective_from <= day;
}
