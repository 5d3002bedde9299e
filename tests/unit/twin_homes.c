#include "twin_homes.h"

#include "model/record.h"
#include "twin_partners.h"

#include <assert.h>
#include <stdlib.h>

enum { HOMES_BYTES = 4 * 1024 * 1024, ALERTS_BYTES = 64 * 1024 };

/* --- what goes where --- */

static bool names_operation(const Mandate__Record *r, const char *op)
{
	const char *const *names;
	struct arena a;
	size_t count;
	bool found = false;

	arena_init(&a, 64 * 1024);
	if (record_operations(&a, r, &names, &count) != STATUS_OK)
		abort();
	for (size_t n = 0; n < count; n++)
		found = found || strcmp(names[n], op) == 0;
	arena_fini(&a);
	return found;
}

/* ":GHA" */
static bool is_partner(const char *home, const char *partner)
{
	return home[0] == ':' && strcmp(home + 1, partner) == 0;
}

/* "policing:XKX" */
static bool is_function(const char *home, const char *function, const char *area)
{
	size_t len = strlen(function);

	return area && strncmp(home, function, len) == 0 && home[len] == ':' &&
	       strcmp(home + len + 1, area) == 0;
}

static bool is_handover_of(const struct twin *w, const Mandate__Arrangement *a, const char *home)
{
	for (size_t n = 0; n < a->n_functions; n++)
		if (is_function(home, a->functions[n], twin_area(w, a)))
			return true;
	return false;
}

/* Has the operation to do with the function: does it claim it, hand it over or receive it? */
static bool function_concerns(const struct twin *w, const char *home, const char *op)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(CLAIM), &n));)
		if (is_function(home, r->claim->function, r->claim->area) &&
		    strcmp(r->claim->operation, op) == 0)
			return true;
	for (size_t n = 0; (r = twin_next(w, TKIND(ARRANGEMENT), &n));)
		if (is_handover_of(w, r->arrangement, home) && names_operation(r, op))
			return true;
	return false;
}

static bool goes_to(const struct twin *w, const Mandate__Record *r, const char *home);

static bool arrangement_goes(const struct twin *w, const Mandate__Record *r, const char *home)
{
	const Mandate__Arrangement *a = r->arrangement;

	if (!strchr(home, ':'))
		return names_operation(r, home);
	if (home[0] == ':')
		return !a->operation && is_partner(home, a->sides[0]->parties[0]);
	return is_handover_of(w, a, home) ||
	       (a->kind == MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HYBRID &&
		function_concerns(w, home, a->operation));
}

static bool subject_goes(const struct twin *w, const Mandate__Record *r, const char *home)
{
	char key[KEY_TEXT_MAX + 1];
	const Mandate__Record *subject;
	Mandate__Kind kind;

	if (record_subject(r, &kind, key) != STATUS_OK)
		abort();
	subject = twin_get(w, kind, key);
	return subject && goes_to(w, subject, home);
}

static void unit_name(const Mandate__Record *r, const char **ret_contributor, const char **ret_unit)
{
	bool unit = r->content_case == MANDATE__RECORD__CONTENT_UNIT;

	*ret_contributor = unit ? r->unit->contributor : r->transfer->contributor;
	*ret_unit = unit ? r->unit->unit : r->transfer->unit;
}

/* All records of a unit's name go to every operation that any of them names. */
static bool unit_goes(const struct twin *w, const Mandate__Record *r, const char *home)
{
	static const Mandate__Kind kinds[] = {TKIND(UNIT), TKIND(TRANSFER)};
	const char *contributor, *unit, *other_contributor, *other_unit;
	const Mandate__Record *other;

	unit_name(r, &contributor, &unit);
	for (size_t k = 0; k < 2; k++)
		for (size_t n = 0; (other = twin_next(w, kinds[k], &n));) {
			unit_name(other, &other_contributor, &other_unit);
			if (strcmp(contributor, other_contributor) == 0 &&
			    strcmp(unit, other_unit) == 0 && names_operation(other, home))
				return true;
		}
	return false;
}

static bool goes_to(const struct twin *w, const Mandate__Record *r, const char *home)
{
	bool of_function = home[0] != ':' && strchr(home, ':');
	Mandate__Kind kind = record_kind(r);

	switch ((int)kind) {
	case TKIND(ARRANGEMENT):
		return arrangement_goes(w, r, home);
	case TKIND(ACCEPTANCE):
	case TKIND(PLEDGE_STEP):
		return subject_goes(w, r, home);
	case TKIND(CLAIM):
		return of_function ? is_function(home, r->claim->function, r->claim->area)
				   : names_operation(r, home);
	case TKIND(PLEDGE):
		return home[0] == ':'
			       ? !r->pledge->operation && is_partner(home, r->pledge->contributor)
			       : names_operation(r, home);
	case TKIND(UNIT):
	case TKIND(TRANSFER):
		return unit_goes(w, r, home);
	case TKIND(OPERATION):
	case TKIND(INSTRUMENT):
		if (of_function)
			return function_concerns(w, home, record_operation(r));
		break;
	default:
		break;
	}
	return names_operation(r, home);
}

/* --- homes --- */

static void add_home(struct homes *h, const char *name)
{
	for (size_t n = 0; n < h->count; n++)
		if (strcmp(h->names[n], name) == 0)
			return;
	assert(h->count < HOMES_MAX && name);
	h->names[h->count] = name;
	h->dossiers[h->count++] = NULL;
}

static void find_homes(struct homes *h, const struct twin *w)
{
	for (size_t n = 0; n < w->count; n++) {
		const Mandate__Record *r = w->at[n].record;
		const char *const *names;
		size_t count;

		if (!r)
			continue;
		if (record_operations(&h->arena, r, &names, &count) != STATUS_OK)
			abort();
		for (size_t k = 0; k < count; k++)
			add_home(h, arena_text(&h->arena, names[k]));
		if (w->at[n].kind == TKIND(PLEDGE) && !r->pledge->operation)
			add_home(h, arena_printf(&h->arena, ":%s", r->pledge->contributor));
		if (w->at[n].kind == TKIND(ARRANGEMENT) && !r->arrangement->operation)
			add_home(h, arena_printf(&h->arena, ":%s",
						 r->arrangement->sides[0]->parties[0]));
		if (w->at[n].kind == TKIND(CLAIM))
			add_home(h, arena_printf(&h->arena, "%s:%s", r->claim->function,
						 r->claim->area));
		if (w->at[n].kind != TKIND(ARRANGEMENT) || !twin_area(w, r->arrangement))
			continue;
		for (size_t k = 0; k < r->arrangement->n_functions; k++)
			add_home(h, arena_printf(&h->arena, "%s:%s", r->arrangement->functions[k],
						 twin_area(w, r->arrangement)));
	}
}

static struct view_fact seen(const struct twin_fact *f)
{
	return (struct view_fact){
		.kind = f->kind, .key = f->key, .record = f->record, .edition = f->edition};
}

static enum status get(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
		       struct view_fact *ret_fact)
{
	const struct twin *w = ctx;

	(void)a;
	for (size_t n = 0; n < w->count; n++)
		if (w->at[n].kind == kind && strcmp(w->at[n].key, key) == 0) {
			*ret_fact = seen(&w->at[n]);
			return STATUS_OK;
		}
	return STATUS_NOT_FOUND;
}

static enum status get_edition(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
			       uint32_t edition, struct view_fact *ret_fact)
{
	struct view_fact fact;
	enum status s = get(ctx, a, kind, key, &fact);

	if (s != STATUS_OK || fact.edition != edition)
		return STATUS_NOT_FOUND;
	*ret_fact = fact;
	return STATUS_OK;
}

static enum status scan(void *ctx, struct arena *a, Mandate__Kind kind, const char *operation,
			view_visit *visit, void *visit_ctx)
{
	const struct twin *w = ctx;

	(void)a;
	for (size_t n = 0; n < w->count; n++) {
		struct view_fact fact = seen(&w->at[n]);
		enum status s;

		if (fact.kind != kind || !fact.record ||
		    (operation && !goes_to(w, fact.record, operation)))
			continue;
		s = visit(visit_ctx, &fact);
		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

static struct dossier *build(const struct twin *w, const char *home)
{
	struct view view = {
		.ctx = (void *)(uintptr_t)w, .get = get, .get_edition = get_edition, .scan = scan};
	struct arena scratch;
	struct dossier *d;

	arena_init(&scratch, HOMES_BYTES);
	if (dossier_new(&view, &scratch, home, &d) != STATUS_OK)
		abort();
	arena_fini(&scratch);
	return d;
}

static void build_missing(struct homes *h)
{
	find_homes(h, h->world);
	for (size_t n = 0; n < h->count; n++)
		if (!h->dossiers[n])
			h->dossiers[n] = build(h->world, h->names[n]);
}

void homes_build(struct homes *h, const struct twin *world)
{
	h->world = world;
	h->count = 0;
	h->stands = true;
	arena_init(&h->arena, HOMES_BYTES);
	build_missing(h);
}

void homes_free(struct homes *h)
{
	for (size_t n = 0; n < h->count; n++)
		dossier_free(h->dossiers[n]);
	arena_fini(&h->arena);
}

/* --- changes --- */

static const struct twin_fact *fact_of(const struct twin *w, const struct twin_fact *like)
{
	for (size_t n = 0; n < w->count; n++)
		if (w->at[n].kind == like->kind && strcmp(w->at[n].key, like->key) == 0)
			return &w->at[n];
	return NULL;
}

/* The bytes of the alerts of `domains`. */
static struct bytes pack_domains(const struct dossier *d, const struct alert_parameters *p,
				 int32_t day, unsigned domains, struct arena *a)
{
	uint8_t *bytes = arena_alloc(a, ALERTS_BYTES);
	int32_t next[ALERT_DOMAINS];
	Mandate__Alert **alerts;
	size_t count, len = 0;

	if (!bytes ||
	    alert_evaluate_domains(d, p, day, domains, a, &alerts, &count, next) != STATUS_OK)
		abort();
	for (size_t n = 0; n < count; n++)
		len += mandate__alert__pack(alerts[n], bytes + len);
	assert(len < ALERTS_BYTES);
	return bytes_of(bytes, len);
}

/* Puts it. Alerts of domains that it is said not to change are as they were. */
static enum status put(struct homes *h, struct dossier *d, const struct twin_fact *f,
		       const Mandate__Record *record, int32_t day)
{
	const struct alert_parameters *p = &h->world->p;
	unsigned stale = alert_domains_of(d, f->kind, f->key), fresh;
	struct bytes before[ALERT_DOMAINS];
	struct arena a;

	arena_init(&a, (2 * ALERT_DOMAINS + 1) * ALERTS_BYTES);
	for (unsigned n = 0; n < ALERT_DOMAINS; n++)
		before[n] = pack_domains(d, p, day, 1u << n, &a);
	enum status s = dossier_put(d, f->kind, f->key, f->edition, record);
	stale |= alert_domains_of(d, f->kind, f->key);
	fresh = s != STATUS_OK ? 0 : dossier_changed(d) ? ~stale : ALERT_DOMAINS_ALL;
	for (unsigned n = 0; n < ALERT_DOMAINS; n++)
		if ((fresh >> n & 1) &&
		    !bytes_equal(before[n], pack_domains(d, p, day, 1u << n, &a)))
			h->stands = false;
	arena_fini(&a);
	return s;
}

/* Puts what `to` has and `from` has not, or the other way round. False: to be built again. */
static bool put_all(struct homes *h, struct dossier *d, const char *home, const struct twin *to,
		    int32_t day)
{
	const struct twin *from = h->world;

	for (size_t n = 0; n < to->count; n++) {
		const struct twin_fact *now = &to->at[n], *was = fact_of(from, now);
		bool had = was && was->record && goes_to(from, was->record, home);
		bool has = now->record && goes_to(to, now->record, home);
		enum status s = STATUS_OK;

		if (has && (!had || was->record != now->record || was->edition != now->edition))
			s = put(h, d, now, now->record, day);
		else if (had && !has)
			s = put(h, d, now, NULL, day);
		if (s == STATUS_AGAIN)
			return false;
		assert(s == STATUS_OK);
	}
	return true;
}

void homes_follow(struct homes *h, const struct twin *next, int32_t day)
{
	for (size_t n = 0; n < h->count; n++) {
		if (put_all(h, h->dossiers[n], h->names[n], next, day))
			continue;
		dossier_free(h->dossiers[n]);
		h->dossiers[n] = NULL;
	}
	h->world = next;
	build_missing(h);
}

/* --- alerts --- */

static int by_code_and_key(const void *x, const void *y)
{
	const Mandate__Alert *a = *(Mandate__Alert *const *)x, *b = *(Mandate__Alert *const *)y;

	return a->code != b->code ? (a->code < b->code ? -1 : 1) : strcmp(a->key, b->key);
}

Mandate__Alert **homes_alerts(const struct homes *h, int32_t day, struct arena *a,
			      size_t *ret_count)
{
	Mandate__Alert **all = arena_calloc(a, HOMES_MAX * HOMES_MAX, sizeof *all), **some;
	size_t count = 0, some_count;

	assert(all);
	for (size_t n = 0; n < h->count; n++) {
		if (alert_evaluate(h->dossiers[n], &h->world->p, day, a, &some, &some_count) !=
		    STATUS_OK)
			abort();
		assert(count + some_count <= HOMES_MAX * HOMES_MAX);
		if (some_count > 0)
			memcpy(&all[count], some, some_count * sizeof *all);
		count += some_count;
	}
	qsort(all, count, sizeof *all, by_code_and_key);
	*ret_count = count;
	return all;
}
