#include "service/cabinet.h"

#include "base/hash.h"
#include "mandate.pb-c.h"
#include "model/codec.h"

#include <stdlib.h>

#define KIND(name) MANDATE__KIND__KIND_##name

enum { BUCKETS = 1024 };

struct file {
	struct file *bucket_next;
	struct file *newer, *older; /* by use */
	struct dossier *dossier;
	uint64_t sight;
	uint64_t revision; /* at which it was built */
	size_t bytes;
	bool restricted;
};

/* Rights, as one of those who have them has them. */
struct sight {
	uint64_t number; /* 0: none */
	uint64_t used;
	const Mandate__Office *office;
	int32_t day;
	struct arena arena; /* of the office */
};

struct cabinet {
	struct file *buckets[BUCKETS];
	struct file *newest, *oldest;
	size_t files, bytes;
	uint64_t through; /* history is followed up to here */
	struct sight sights[CABINET_SIGHTS_MAX];
	uint64_t sights_made, uses;
};

enum status cabinet_new(struct cabinet **ret_cabinet)
{
	struct cabinet *c = calloc(1, sizeof *c);

	if (!c)
		return STATUS_NO_MEMORY;
	*ret_cabinet = c;
	return STATUS_OK;
}

/* The files of one home, by every sight, are in one bucket. */
static struct file **bucket_of(struct cabinet *c, const char *home)
{
	return &c->buckets[hash_value(0, bytes_of_text(home), bytes_of("", 0)) % BUCKETS];
}

static bool is_of(const struct file *f, const char *home)
{
	return strcmp(dossier_operation(f->dossier), home) == 0;
}

static struct file **find(struct cabinet *c, uint64_t sight, const char *home)
{
	struct file **at = bucket_of(c, home);

	while (*at && ((*at)->sight != sight || !is_of(*at, home)))
		at = &(*at)->bucket_next;
	return at;
}

static void unlink_use(struct cabinet *c, struct file *f)
{
	*(f->newer ? &f->newer->older : &c->newest) = f->older;
	*(f->older ? &f->older->newer : &c->oldest) = f->newer;
	f->newer = f->older = NULL;
}

static void link_newest(struct cabinet *c, struct file *f)
{
	f->older = c->newest;
	f->newer = NULL;
	*(c->newest ? &c->newest->newer : &c->oldest) = f;
	c->newest = f;
}

static void drop(struct cabinet *c, struct file **at)
{
	struct file *f = *at;

	*at = f->bucket_next;
	unlink_use(c, f);
	c->files--;
	c->bytes -= f->bytes;
	dossier_free(f->dossier);
	free(f);
}

static void drop_home(struct cabinet *c, const char *home)
{
	struct file **at = bucket_of(c, home);

	while (*at) {
		if (is_of(*at, home))
			drop(c, at);
		else
			at = &(*at)->bucket_next;
	}
}

static void drop_oldest(struct cabinet *c)
{
	drop(c, find(c, c->oldest->sight, dossier_operation(c->oldest->dossier)));
}

static void clear(struct cabinet *c)
{
	while (c->oldest)
		drop_oldest(c);
}

void cabinet_free(struct cabinet *c)
{
	if (!c)
		return;
	clear(c);
	for (size_t i = 0; i < CABINET_SIGHTS_MAX; i++)
		arena_fini(&c->sights[i].arena);
	free(c);
}

/* --- sights --- */

enum status cabinet_sight(struct cabinet *c, const struct reader_of *who, uint64_t *ret_sight)
{
	struct sight *place = &c->sights[0];

	for (size_t i = 0; i < CABINET_SIGHTS_MAX; i++) {
		struct sight *s = &c->sights[i];

		if (s->number && grants_read_alike(s->office, s->day, who->office, who->day)) {
			s->used = ++c->uses;
			*ret_sight = s->number;
			return STATUS_OK;
		}
		if (s->used < place->used)
			place = s;
	}
	arena_fini(&place->arena);
	*place = (struct sight){.day = who->day};
	arena_init(&place->arena, DECODE_BYTES_MAX);
	place->office = codec_copy(&place->arena, &who->office->base);
	if (!place->office)
		return STATUS_NO_MEMORY;
	place->used = ++c->uses;
	*ret_sight = place->number = ++c->sights_made;
	return STATUS_OK;
}

/* --- what an event touches: never less than service/homes.h says --- */

/* Homes that are no operations are few and cheap: all go at whatever may touch one. */
static bool touches_others(Mandate__Kind kind)
{
	switch ((unsigned)kind) {
	case KIND(OPERATION):
	case KIND(INSTRUMENT):
	case KIND(ARRANGEMENT):
	case KIND(ACCEPTANCE):
	case KIND(CLAIM):
	case KIND(PLEDGE):
	case KIND(PLEDGE_STEP):
		return true;
	}
	return false;
}

static void drop_others(struct cabinet *c)
{
	for (struct file *f = c->oldest, *next; f; f = next) {
		const char *home = dossier_operation(f->dossier);

		next = f->newer;
		if (strchr(home, ':'))
			drop(c, find(c, f->sight, home));
	}
}

static enum status drop_entry(void *ctx, Mandate__Kind kind, const char *operation)
{
	(void)kind;
	drop_home(ctx, operation);
	return STATUS_OK;
}

/* Where one name is in several operations all of them know all of it. */
static enum status drop_unit_name(struct cabinet *c, struct store_txn *t, struct arena *a,
				  const struct store_event *e)
{
	const Mandate__Event *event = codec_decode(a, &mandate__event__descriptor, e->event);
	const char *contributor, *unit;

	if (!event || event->what_case != MANDATE__EVENT__WHAT_CHANGE)
		return a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	const Mandate__Record *record = event->change->record;
	bool is_unit = record->content_case == MANDATE__RECORD__CONTENT_UNIT;
	contributor = is_unit ? record->unit->contributor : record->transfer->contributor;
	unit = is_unit ? record->unit->unit : record->transfer->unit;
	const char *name = arena_printf(a, "%s:%s", contributor, unit);
	return name ? store_index_scan(t, STORE_BY_UNIT, name, 0, NULL, drop_entry, c)
		    : STATUS_NO_MEMORY;
}

struct following {
	struct cabinet *cabinet;
	struct store_txn *txn;
	struct arena *arena;
	uint64_t revision;
};

static enum status follow_event(void *ctx, const struct store_event *e)
{
	struct following *f = ctx;

	if (e->revision > f->revision)
		return STATUS_STOPPED;
	arena_reset(f->arena);
	const Mandate__EventTags *tags =
		codec_decode(f->arena, &mandate__event_tags__descriptor, e->tags);
	if (!tags)
		return f->arena->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	if (tags->kind == KIND(ALERT))
		return STATUS_OK;
	for (size_t i = 0; i < tags->n_operations; i++)
		drop_home(f->cabinet, tags->operations[i]);
	if (touches_others(tags->kind))
		drop_others(f->cabinet);
	if (tags->kind == KIND(UNIT) || tags->kind == KIND(TRANSFER))
		return drop_unit_name(f->cabinet, f->txn, f->arena, e);
	return STATUS_OK;
}

enum status cabinet_follow(struct cabinet *c, struct store_txn *t, struct arena *scratch,
			   uint64_t revision)
{
	struct following f = {c, t, scratch, revision};
	enum status s = STATUS_OK;

	if (revision <= c->through)
		return STATUS_OK;
	if (!c->files || revision - c->through > CABINET_EVENTS_MAX) {
		clear(c);
	} else {
		s = store_event_scan(t, c->through + 1, follow_event, &f);
		s = s == STATUS_STOPPED ? STATUS_OK : s;
	}
	if (s != STATUS_OK) /* followed in part */
		clear(c);
	c->through = revision;
	return s;
}

struct dossier *cabinet_find(struct cabinet *c, uint64_t sight, const char *home, uint64_t revision,
			     bool *ret_restricted)
{
	struct file *f = *find(c, sight, home);

	if (!f || revision < f->revision || revision > c->through)
		return NULL;
	unlink_use(c, f);
	link_newest(c, f);
	*ret_restricted = f->restricted;
	return f->dossier;
}

bool cabinet_keep(struct cabinet *c, uint64_t sight, struct dossier *dossier, bool restricted,
		  uint64_t revision)
{
	size_t bytes = sizeof(struct file) + dossier_bytes(dossier);
	struct file **at;

	if (revision != c->through)
		return false;
	at = find(c, sight, dossier_operation(dossier));
	if (*at)
		drop(c, at);
	while (c->oldest != c->newest &&
	       (c->bytes + bytes > CABINET_BYTES_MAX || c->files >= CABINET_FILES_MAX))
		drop_oldest(c);
	if (c->bytes + bytes > CABINET_BYTES_MAX)
		return false;
	struct file *f = calloc(1, sizeof *f);
	if (!f)
		return false;
	*f = (struct file){.dossier = dossier,
			   .sight = sight,
			   .revision = revision,
			   .bytes = bytes,
			   .restricted = restricted};
	*find(c, sight, dossier_operation(dossier)) = f;
	link_newest(c, f);
	c->files++;
	c->bytes += bytes;
	return true;
}
