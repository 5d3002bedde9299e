#include "service/docket.h"

#include "base/hash.h"
#include "base/limits.h"
#include "model/codec.h"
#include "model/record.h"
#include "service/opened.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	BUCKETS = 1024,
	FOUND_BYTES = 4 * 1024 * 1024,
	/* All records of a home, unpacked. Not in the input's memory: a day may have every home
	 * read.
	 */
	READING_BYTES = 64 * 1024 * 1024,
};

struct docket_file {
	struct docket *docket;
	struct docket_file *bucket_next;
	struct docket_file *newer, *older; /* by use */
	char *home;
	struct dossier *dossier;
	size_t bytes;
	int32_t due;
	struct opened open;
	/* When it was judged, by what, and until when each domain's answer stands if no record
	 * changes; and the domains of those that did. */
	int32_t judged;
	struct alert_parameters parameters;
	int32_t next_change[ALERT_DOMAINS];
	unsigned stale;
	/* Of the newest docket_steps, in its arena. */
	struct docket_step *steps;
	size_t step_count;
};

struct docket {
	struct docket_file *buckets[BUCKETS];
	struct docket_file *newest, *oldest;
	size_t files, bytes;
	struct arena found;   /* by one evaluation */
	struct arena reading; /* of one home */
};

enum status docket_new(struct docket **ret_docket)
{
	struct docket *j = calloc(1, sizeof *j);

	if (!j)
		return STATUS_NO_MEMORY;
	arena_init(&j->found, FOUND_BYTES);
	arena_init(&j->reading, READING_BYTES);
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
	opened_fini(&f->open);
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
	arena_fini(&j->found);
	arena_fini(&j->reading);
	free(j);
}

static void weigh(struct docket *j, struct docket_file *f)
{
	size_t bytes = dossier_bytes(f->dossier) + opened_bytes(&f->open) + sizeof *f;

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

/* --- opening a file --- */

struct loading {
	struct docket_file *file;
	struct store_txn *txn;
	struct arena *arena;
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
	if (!owner || strcmp(owner, l->file->home) != 0)
		return STATUS_OK;
	return opened_put(&l->file->open, alert);
}

static enum status load(struct docket_file *f, struct store_txn *t)
{
	struct arena *reading = &f->docket->reading;
	struct loading l = {f, t, reading};
	struct store_view storage;
	struct view view;

	arena_reset(reading);
	store_view_init(&storage, t, UINT64_MAX, &view);
	enum status s = dossier_new(&view, reading, f->home, &f->dossier);
	return s == STATUS_OK ? store_index_scan(t, STORE_OPEN_ALERT, f->home,
						 MANDATE__KIND__KIND_ALERT, NULL, load_alert, &l)
			      : s;
}

enum status docket_open(struct docket *j, struct store_txn *t, const char *home,
			struct docket_file **ret_file)
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
	f->docket = j;
	f->due = f->judged = DAY_NEVER;
	f->stale = ALERT_DOMAINS_ALL;
	f->home = strdup(home);
	enum status s = f->home ? load(f, t) : STATUS_NO_MEMORY;
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
	unsigned before = alert_domains_of(f->dossier, kind, key);
	enum status s = dossier_put(f->dossier, kind, key, edition, record);

	if (dossier_changed(f->dossier))
		f->stale |= before | alert_domains_of(f->dossier, kind, key);
	return s;
}

enum status docket_rebuild(struct docket_file *f, const struct view *v, struct arena *scratch)
{
	struct dossier *built;
	enum status s = dossier_new(v, scratch, f->home, &built);

	if (s != STATUS_OK)
		return s;
	dossier_free(f->dossier);
	f->dossier = built;
	f->stale = ALERT_DOMAINS_ALL;
	return STATUS_OK;
}

/* --- judging --- */

static bool same_parameters(const struct alert_parameters *x, const struct alert_parameters *y)
{
	return memcmp(x, y, sizeof *x) == 0; /* numbers of 32 bits only: no padding */
}

/* What was judged by other parameters, or stands no more on `day`, is stale too. */
static void find_stale(struct docket_file *f, const struct alert_parameters *p, int32_t day)
{
	if (day < f->judged || !same_parameters(p, &f->parameters))
		f->stale = ALERT_DOMAINS_ALL;
	for (unsigned n = 0; n < ALERT_DOMAINS; n++)
		if (f->next_change[n] <= day)
			f->stale |= 1u << n;
	f->judged = day;
	f->parameters = *p;
}

struct stepping {
	struct docket_file *file;
	const struct alert_parameters *p;
	int32_t day;
	bool corrected;
	struct arena *a;
};

static enum status add_step(struct docket_file *f, Mandate__AlertAct act, Mandate__Alert *alert,
			    Mandate__CloseReason reason)
{
	f->steps[f->step_count++] =
		(struct docket_step){.act = act, .alert = alert, .reason = reason};
	return alert ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status close_step(const struct stepping *st, const struct open_alert *o)
{
	Mandate__CloseReason reason;
	Mandate__Alert *was =
		codec_decode(st->a, &mandate__alert__descriptor, bytes_of(o->packed, o->len));

	if (!was)
		return STATUS_NO_MEMORY;
	reason = alert_close_reason(st->file->dossier, st->p, st->day, was);
	if (st->corrected && reason == MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED)
		reason = MANDATE__CLOSE_REASON__CLOSE_REASON_CORRECTED;
	return add_step(st->file, MANDATE__ALERT_ACT__ALERT_ACT_CLOSED, was, reason);
}

/* `o` (NULL: not open) and `found`, of one name. */
static enum status open_step(const struct stepping *st, const struct open_alert *o,
			     const Mandate__Alert *found)
{
	struct bytes packed;

	if (!o)
		return add_step(st->file, MANDATE__ALERT_ACT__ALERT_ACT_OPENED,
				codec_copy(st->a, &found->base), 0);
	enum status s = codec_encode(&st->file->docket->found, &found->base, &packed);
	if (s != STATUS_OK || bytes_equal(packed, bytes_of(o->packed, o->len)))
		return s;
	return add_step(st->file, MANDATE__ALERT_ACT__ALERT_ACT_CHANGED,
			codec_copy(st->a, &found->base), 0);
}

static enum status compare(const struct stepping *st, Mandate__Alert *const *found, size_t count)
{
	struct docket_file *f = st->file;
	size_t i = 0, k = 0;
	enum status s = STATUS_OK;

	f->steps = arena_calloc(st->a, f->open.alerts.count + count + 1, sizeof *f->steps);
	f->step_count = 0;
	if (!f->steps)
		return STATUS_NO_MEMORY;
	while (s == STATUS_OK && (i < f->open.alerts.count || k < count)) {
		const struct open_alert *o =
			i < f->open.alerts.count ? opened_at(&f->open, i) : NULL;
		int order;

		if (o && !(alert_domain_of_code(o->code) & f->stale)) {
			i++;
			continue;
		}
		order = !o ? 1 : k == count ? -1 : opened_compare(o, found[k]);
		s = order < 0 ? close_step(st, o) : open_step(st, order ? NULL : o, found[k]);
		i += order <= 0;
		k += order >= 0;
	}
	return s;
}

enum status docket_steps(struct docket_file *f, const struct alert_parameters *p, int32_t day,
			 bool corrected, struct arena *a, struct docket_step **ret_steps,
			 size_t *ret_count, int32_t *ret_next_day)
{
	struct stepping st = {f, p, day, corrected, a};
	Mandate__Alert **found;
	size_t count;

	find_stale(f, p, day);
	arena_reset(&f->docket->found);
	enum status s = alert_evaluate_domains(f->dossier, p, day, f->stale, &f->docket->found,
					       &found, &count, f->next_change);
	if (s == STATUS_OK)
		s = compare(&st, found, count);
	if (s != STATUS_OK)
		return s;
	*ret_steps = f->steps;
	*ret_count = f->step_count;
	*ret_next_day = DAY_INFINITE;
	for (unsigned n = 0; n < ALERT_DOMAINS; n++)
		if (f->next_change[n] < *ret_next_day)
			*ret_next_day = f->next_change[n];
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

enum status docket_commit(struct docket_file *f)
{
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < f->step_count; i++) {
		const struct docket_step *step = &f->steps[i];

		if (step->act != MANDATE__ALERT_ACT__ALERT_ACT_CLOSED)
			s = opened_put(&f->open, step->alert);
		else
			opened_drop(&f->open, step->alert);
	}
	f->step_count = 0;
	f->stale = 0;
	return s;
}
