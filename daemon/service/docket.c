#include "service/docket.h"

#include "base/hash.h"
#include "base/limits.h"
#include "model/codec.h"
#include "model/record.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	BUCKETS = 1024,
	OPEN_ARENA_BYTES = 4 * 1024 * 1024,
};

struct docket_file {
	struct docket_file *bucket_next;
	struct docket_file *newer, *older; /* by use */
	char *home;
	struct dossier *dossier;
	size_t bytes;
	/* What is open, and what docket_steps found: swapped by docket_commit. */
	struct arena arenas[2];
	int open_arena;
	int32_t due;
	Mandate__Alert **open, **found;
	size_t open_count, found_count;
};

struct docket {
	struct docket_file *buckets[BUCKETS];
	struct docket_file *newest, *oldest;
	size_t files, bytes;
};

enum status docket_new(struct docket **ret_docket)
{
	struct docket *j = calloc(1, sizeof *j);

	if (!j)
		return STATUS_NO_MEMORY;
	*ret_docket = j;
	return STATUS_OK;
}

static size_t bucket_of(const char *home)
{
	return hash_value(0, bytes_of_text(home), bytes_of("", 0)) % BUCKETS;
}

static void file_free(struct docket_file *f)
{
	if (!f)
		return;
	dossier_free(f->dossier);
	arena_fini(&f->arenas[0]);
	arena_fini(&f->arenas[1]);
	free(f->home);
	free(f);
}

static void unlink_use(struct docket *j, struct docket_file *f)
{
	*(f->newer ? &f->newer->older : &j->newest) = f->older;
	*(f->older ? &f->older->newer : &j->oldest) = f->newer;
	f->newer = f->older = NULL;
}

static void link_newest(struct docket *j, struct docket_file *f)
{
	f->older = j->newest;
	f->newer = NULL;
	*(j->newest ? &j->newest->newer : &j->oldest) = f;
	j->newest = f;
}

static void drop(struct docket *j, struct docket_file *f)
{
	struct docket_file **at = &j->buckets[bucket_of(f->home)];

	while (*at != f)
		at = &(*at)->bucket_next;
	*at = f->bucket_next;
	unlink_use(j, f);
	j->files--;
	j->bytes -= f->bytes;
	file_free(f);
}

void docket_clear(struct docket *j)
{
	while (j->oldest)
		drop(j, j->oldest);
}

void docket_free(struct docket *j)
{
	if (!j)
		return;
	docket_clear(j);
	free(j);
}

static void weigh(struct docket *j, struct docket_file *f)
{
	size_t bytes = dossier_bytes(f->dossier) + f->arenas[0].used_bytes +
		       f->arenas[1].used_bytes + sizeof *f;

	j->bytes += bytes - f->bytes;
	f->bytes = bytes;
}

void docket_trim(struct docket *j)
{
	if (j->newest)
		weigh(j, j->newest);
	while (j->oldest && j->oldest != j->newest &&
	       (j->bytes > DOCKET_BYTES_MAX || j->files > DOCKET_FILES_MAX))
		drop(j, j->oldest);
}

struct loading {
	struct store_txn *txn;
	struct arena *arena;
	const char *home;
	Mandate__Alert **alerts;
	size_t count, room;
};

/* The index names every alert that was ever open; the newest version says whether it still is. */
static enum status load_alert(void *ctx, Mandate__Kind kind, const char *key)
{
	struct loading *l = ctx;
	struct store_version version;

	enum status s = store_record_newest(l->txn, l->arena, kind, key, &version);
	if (s != STATUS_OK)
		return s == STATUS_NOT_FOUND ? STATUS_CORRUPT : s;
	Mandate__Alert *alert = version.stored->alert;
	if (!alert || alert->code == MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH)
		return STATUS_OK;
	/* The same may be open by another home now. */
	const char *owner = alert->operation ? alert->operation : version.stored->home;
	if (!owner || strcmp(owner, l->home) != 0)
		return STATUS_OK;
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 8;
		Mandate__Alert **grown = arena_calloc(l->arena, room, sizeof(Mandate__Alert *));
		if (!grown)
			return STATUS_NO_MEMORY;
		if (l->count)
			memcpy(grown, l->alerts, l->count * sizeof(Mandate__Alert *));
		l->alerts = grown;
		l->room = room;
	}
	l->alerts[l->count++] = alert;
	return STATUS_OK;
}

static int compare_alerts(const Mandate__Alert *x, const Mandate__Alert *y)
{
	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return strcmp(x->key, y->key);
}

static int compare_alert_pointers(const void *x, const void *y)
{
	return compare_alerts(*(Mandate__Alert *const *)x, *(Mandate__Alert *const *)y);
}

static enum status load(struct docket_file *f, struct store_txn *t, struct arena *scratch)
{
	struct store_view storage;
	struct view view;
	struct loading l = {.txn = t, .arena = &f->arenas[0], .home = f->home};

	store_view_init(&storage, t, UINT64_MAX, &view);
	enum status s = dossier_new(&view, scratch, f->home, &f->dossier);
	if (s == STATUS_OK)
		s = store_index_scan(t, STORE_OPEN_ALERT, f->home, MANDATE__KIND__KIND_ALERT, NULL,
				     load_alert, &l);
	if (s != STATUS_OK)
		return s;
	if (l.count)
		qsort(l.alerts, l.count, sizeof *l.alerts, compare_alert_pointers);
	f->open = l.alerts;
	f->open_count = l.count;
	return STATUS_OK;
}

enum status docket_open(struct docket *j, struct store_txn *t, struct arena *scratch,
			const char *home, struct docket_file **ret_file)
{
	struct docket_file **bucket = &j->buckets[bucket_of(home)];
	struct docket_file *f = *bucket;

	while (f && strcmp(f->home, home) != 0)
		f = f->bucket_next;
	if (f) {
		unlink_use(j, f);
		link_newest(j, f);
		*ret_file = f;
		return STATUS_OK;
	}
	f = calloc(1, sizeof *f);
	if (!f)
		return STATUS_NO_MEMORY;
	arena_init(&f->arenas[0], OPEN_ARENA_BYTES);
	arena_init(&f->arenas[1], OPEN_ARENA_BYTES);
	f->due = DAY_NEVER;
	f->home = strdup(home);
	enum status s = f->home ? load(f, t, scratch) : STATUS_NO_MEMORY;
	if (s != STATUS_OK) {
		file_free(f);
		return s;
	}
	f->bucket_next = *bucket;
	*bucket = f;
	link_newest(j, f);
	j->files++;
	weigh(j, f);
	*ret_file = f;
	return STATUS_OK;
}

enum status docket_put(struct docket_file *f, Mandate__Kind kind, const char *key, uint32_t edition,
		       const Mandate__Record *record)
{
	return dossier_put(f->dossier, kind, key, edition, record);
}

enum status docket_rebuild(struct docket_file *f, const struct view *v, struct arena *scratch)
{
	struct dossier *built;
	enum status s = dossier_new(v, scratch, f->home, &built);

	if (s != STATUS_OK)
		return s;
	dossier_free(f->dossier);
	f->dossier = built;
	return STATUS_OK;
}

enum status docket_steps(struct docket_file *f, const struct alert_parameters *p, int32_t day,
			 bool corrected, struct arena *a, struct docket_step **ret_steps,
			 size_t *ret_count, int32_t *ret_next_day)
{
	struct arena *now = &f->arenas[!f->open_arena];
	size_t i = 0, k = 0, count = 0;
	int32_t next_day;

	arena_reset(now);
	enum status s = alert_evaluate_until(f->dossier, p, day, now, &f->found, &f->found_count,
					     &next_day);
	if (s != STATUS_OK)
		return s;
	struct docket_step *steps =
		arena_calloc(a, f->open_count + f->found_count + 1, sizeof *steps);
	if (!steps)
		return STATUS_NO_MEMORY;
	while (i < f->open_count || k < f->found_count) {
		int order = i == f->open_count	  ? 1
			    : k == f->found_count ? -1
						  : compare_alerts(f->open[i], f->found[k]);
		if (order < 0) {
			Mandate__CloseReason reason =
				alert_close_reason(f->dossier, p, day, f->open[i]);
			if (corrected && reason == MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED)
				reason = MANDATE__CLOSE_REASON__CLOSE_REASON_CORRECTED;
			steps[count++] =
				(struct docket_step){.act = MANDATE__ALERT_ACT__ALERT_ACT_CLOSED,
						     .alert = f->open[i++],
						     .reason = reason};
		} else if (order > 0) {
			steps[count++] =
				(struct docket_step){.act = MANDATE__ALERT_ACT__ALERT_ACT_OPENED,
						     .alert = f->found[k++]};
		} else {
			if (!codec_equal(a, &f->open[i]->base, &f->found[k]->base))
				steps[count++] = (struct docket_step){
					.act = MANDATE__ALERT_ACT__ALERT_ACT_CHANGED,
					.alert = f->found[k]};
			i++;
			k++;
		}
	}
	*ret_steps = steps;
	*ret_count = count;
	*ret_next_day = next_day;
	return STATUS_OK;
}

int32_t docket_due(const struct docket_file *f)
{
	return f->due;
}

void docket_set_due(struct docket_file *f, int32_t day)
{
	f->due = day;
}

void docket_commit(struct docket_file *f)
{
	f->open_arena = !f->open_arena;
	f->open = f->found;
	f->open_count = f->found_count;
}
