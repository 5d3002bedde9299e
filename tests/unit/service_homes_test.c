/* Which dossiers a change reaches: DEFINITIONS sections 3, 5 and 7 need records of several
 * operations, of functions and of partners beside each other. */
#include "service_support.h"

#include "base/clock.h"
#include "model/belongs.h"
#include "random_lines.h"
#include "service/homes.h"

enum { SHOWN_BYTES = 1 << 16 };

static int set_up(void **state)
{
	struct rig *r = calloc(1, sizeof *r);

	rig_open(r);
	*state = r;
	return 0;
}

static int tear_down(void **state)
{
	rig_close(*state);
	free(*state);
	return 0;
}

static const Mandate__Record *text(struct rig *r, const char *line)
{
	return record_text(&r->arena, line);
}

static void tell(struct rig *r, const char *line)
{
	rig_accept(r, RECORD(r, text(r, line)));
}

static void correct(struct rig *r, const char *line)
{
	rig_accept(r, CORRECT(r, text(r, line)));
}

/* Rules 2, some partners and operations; no day, for the index alone matters. */
static void begin(struct rig *r)
{
	rig_rules(r, 2);
	rig_begin(r, NULL);
	tell(r, "partner code=UN");
	tell(r, "partner code=EU");
	tell(r, "partner code=AU");
	tell(r, "operation acronym=UNMIK kind=un_pko hosts=XKX");
	tell(r, "operation acronym=EULEX kind=partner hosts=XKX");
	tell(r, "operation acronym=UNMIL kind=un_pko hosts=LBR");
}

/* --- what a home's view shows, as "kind key" by kind -------------------------------------------
 */

struct listing {
	char *text;
	size_t len;
};

static enum status list_fact(void *ctx, const struct view_fact *fact)
{
	struct listing *l = ctx;
	int len = snprintf(l->text + l->len, SHOWN_BYTES - l->len, "%s%s %s", l->len ? ", " : "",
			   record_kind_name(fact->kind), fact->key);

	assert_true(len > 0 && (size_t)len < SHOWN_BYTES - l->len);
	l->len += (size_t)len;
	return STATUS_OK;
}

static const char *list_home(struct arena *a, const struct view *v, const char *home)
{
	struct listing l = {.text = arena_calloc(a, SHOWN_BYTES, 1)};

	assert_non_null(l.text);
	for (int kind = MANDATE__KIND__KIND_PARTNER; kind <= MANDATE__KIND__KIND_CONSENT; kind++)
		assert_int_equal(view_scan(v, a, (Mandate__Kind)kind, home, list_fact, &l),
				 STATUS_OK);
	return l.text;
}

static void shows(struct rig *r, const char *home, const char *expected)
{
	struct store_view storage;
	struct store_txn *t;
	struct view v;

	assert_int_equal(store_begin_read(r->store, &t), STATUS_OK);
	store_view_init(&storage, t, UINT64_MAX, &v);
	assert_string_equal(list_home(&r->arena, &v, home), expected);
	store_abort(t);
}

/* --- tags --- */

static void tagged(struct rig *r, const char *expected)
{
	const Mandate__EventTags *tags = r->events[0].tags;
	char got[256] = "";

	for (size_t i = 0; i < tags->n_operations; i++) {
		strcat(got, i ? " " : "");
		strcat(got, tags->operations[i]);
	}
	assert_string_equal(got, expected);
}

static void events_are_tagged_with_every_operation_before_and_after(void **state)
{
	struct rig *r = *state;

	begin(r);
	tell(r, "transfer contributor=GHA unit=B day=2009-01-01 operation=UNMIL "
		"other_operation=MONUC");
	tagged(r, "MONUC UNMIL");
	correct(r, "transfer contributor=GHA unit=B day=2009-01-01 operation=UNMIL "
		   "other_operation=UNMIK");
	tagged(r, "MONUC UNMIK UNMIL");
	tell(r, "arrangement arrangement=UNMIK-EULEX kind=parallel sides=parties:UN|parties:EU "
		"operation=UNMIK other_operation=EULEX");
	tell(r, "acceptance arrangement=UNMIK-EULEX party=EU reply=accepted day=2008-12-09");
	tagged(r, "EULEX UNMIK");
	tell(r, "pledge contributor=GHA pledge=P component=troops persons=1 registered=2009-01-01 "
		"operation=UNMIL");
	tell(r, "pledge_step contributor=GHA pledge=P step=1 state=assessed day=2009-02-01");
	tagged(r, "UNMIL");
	rig_accept(r, RETRACT(r, text(r, "pledge contributor=GHA pledge=P")));
	tagged(r, "UNMIL");
}

/* --- homes --------------------------------------------------------------------------------------
 */

/* DEFINITIONS 5: policing/XKX, UNMIK-EULEX. */
static void a_handed_over_function_sees_both_mandates(void **state)
{
	struct rig *r = *state;

	begin(r);
	tell(r, "instrument operation=UNMIK party=UNSC document=S/RES/1244 action=establish "
		"adopted=1999-06-10");
	tell(r, "claim function=policing area=XKX operation=UNMIK from=1999-06-10");
	shows(r, "policing:XKX",
	      "operation UNMIK, instrument UNMIK:UNSC:S/RES/1244, claim policing:XKX:UNMIK");
	/* Its area is the host of the operation that gives. */
	tell(r, "arrangement arrangement=UNMIK-EULEX kind=handover_of_function "
		"sides=parties:UN|parties:EU operation=UNMIK other_operation=EULEX "
		"functions=policing effective=2008-12-09");
	tell(r, "acceptance arrangement=UNMIK-EULEX party=EU reply=accepted day=2008-12-01");
	tell(r, "instrument operation=EULEX party=EU document=2008/124 action=establish "
		"adopted=2008-02-04");
	shows(r, "policing:XKX",
	      "operation EULEX, operation UNMIK, instrument EULEX:EU:2008/124, "
	      "instrument UNMIK:UNSC:S/RES/1244, arrangement UNMIK-EULEX, "
	      "acceptance UNMIK-EULEX:EU, claim policing:XKX:UNMIK");
	shows(r, "EULEX",
	      "operation EULEX, instrument EULEX:EU:2008/124, arrangement UNMIK-EULEX, "
	      "acceptance UNMIK-EULEX:EU");
	/* It is about justice, in fact: acceptances go along. */
	correct(r, "arrangement arrangement=UNMIK-EULEX kind=handover_of_function "
		   "sides=parties:UN|parties:EU operation=UNMIK other_operation=EULEX "
		   "functions=justice effective=2008-12-09");
	shows(r, "justice:XKX",
	      "operation EULEX, operation UNMIK, instrument EULEX:EU:2008/124, "
	      "instrument UNMIK:UNSC:S/RES/1244, arrangement UNMIK-EULEX, "
	      "acceptance UNMIK-EULEX:EU");
	/* Another host: another area. */
	correct(r, "operation acronym=UNMIK kind=un_pko hosts=SRB");
	shows(r, "justice:SRB",
	      "operation EULEX, operation UNMIK, instrument EULEX:EU:2008/124, "
	      "instrument UNMIK:UNSC:S/RES/1244, arrangement UNMIK-EULEX, "
	      "acceptance UNMIK-EULEX:EU");
}

static void what_names_no_operation_is_at_its_partners(void **state)
{
	struct rig *r = *state;

	begin(r);
	tell(r, "pledge contributor=GHA pledge=P component=troops persons=800 "
		"registered=2009-01-01");
	tell(r, "pledge_step contributor=GHA pledge=P step=1 state=assessed day=2009-02-01");
	tell(r, "arrangement arrangement=UN-AU kind=support_package sides=parties:AU|parties:UN");
	shows(r, ":GHA", "pledge GHA:P, pledge_step GHA:P:1");
	shows(r, ":AU", "arrangement UN-AU");
	correct(r, "pledge contributor=GHA pledge=P component=troops persons=800 "
		   "registered=2009-01-01 operation=UNMIL");
	shows(r, "UNMIL", "operation UNMIL, pledge GHA:P, pledge_step GHA:P:1");
	correct(r, "arrangement arrangement=UN-AU kind=support_package "
		   "sides=parties:UN|parties:AU");
	shows(r, ":AU", "");
	shows(r, ":UN", "arrangement UN-AU");
}

/* DEFINITIONS 3: a unit that is re-hatted is in both operations' sight, whatever comes first. */
static void units_of_one_name_are_seen_by_all_their_operations(void **state)
{
	static const char seen[] =
		"unit MONUC:GHA:B:2009-03-01, unit UNMIL:GHA:B:2008-01-01, transfer "
		"GHA:B:2009-06-01";
	struct rig *r = *state;
	char expected[256];

	begin(r);
	tell(r, "unit operation=UNMIL contributor=GHA unit=B from=2008-01-01 component=troops "
		"persons=700");
	shows(r, "UNMIL", "operation UNMIL, unit UNMIL:GHA:B:2008-01-01");
	shows(r, "MONUC", "operation MONUC");
	tell(r, "unit operation=MONUC contributor=GHA unit=B from=2009-03-01 component=troops "
		"persons=700");
	tell(r, "transfer contributor=GHA unit=B day=2009-06-01 operation=UNMIL "
		"other_operation=UNMIK");
	for (int i = 0; i < 3; i++) {
		const char *operation = ((const char *[]){"MONUC", "UNMIL", "UNMIK"})[i];

		snprintf(expected, sizeof expected, "operation %s, %s", operation, seen);
		shows(r, operation, expected);
	}
}

/* --- the puts keep what they are put into in step with the view, and so does an overlay ---------
 */

static const char *const homes_watched[] = {
	"UNMIK",       "EULEX",	      "UNMIL", "MONUC",	       ":GHA",
	":BGD",	       ":UN",	      ":AU",   "policing:XKX", "policing:LBR",
	"justice:XKX", "justice:LBR", ":EU",   "policing:COD", "justice:COD",
};
enum { WATCHED = sizeof homes_watched / sizeof *homes_watched };

/* What the puts of a home leave: an overlay over nothing, all of it linked. */
struct shadow {
	struct overlay overlay;
	struct view view;
};

static enum status nothing_there(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
				 struct view_fact *ret_fact)
{
	(void)ctx, (void)a, (void)kind, (void)key, (void)ret_fact;
	return STATUS_NOT_FOUND;
}

static enum status nothing_scanned(void *ctx, struct arena *a, Mandate__Kind kind, const char *home,
				   view_visit *visit, void *visit_ctx)
{
	(void)ctx, (void)a, (void)kind, (void)home, (void)visit, (void)visit_ctx;
	return STATUS_OK;
}

static bool is_party(const Mandate__Arrangement *a, const char *party)
{
	for (size_t i = 0; i < a->n_sides; i++)
		for (size_t k = 0; k < a->sides[i]->n_parties; k++)
			if (strcmp(a->sides[i]->parties[k], party) == 0)
				return true;
	return false;
}

struct naming {
	const Mandate__Record *record;
	bool found;
};

static enum status is_named(void *ctx, const struct view_fact *operation)
{
	struct naming *n = ctx;

	n->found |= belongs_by_name(n->record, operation->key);
	return STATUS_OK;
}

/* At a function: in its area of now, or a hybrid of an operation that has to do with it. */
static bool counts_at_function(struct arena *a, const struct view *v, const char *home,
			       const Mandate__Record *record)
{
	const Mandate__Arrangement *of = record->arrangement;
	struct naming n = {.record = record};
	const char *area = of->area;
	struct view_fact found;
	char key[KEY_TEXT_MAX + 1];

	assert_int_equal(view_scan(v, a, MANDATE__KIND__KIND_OPERATION, home, is_named, &n),
			 STATUS_OK);
	if (n.found && of->kind == MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HYBRID)
		return true;
	if (!area && of->operation &&
	    view_get(v, a, MANDATE__KIND__KIND_OPERATION, of->operation, &found) == STATUS_OK &&
	    found.record && found.record->operation->n_hosts)
		area = found.record->operation->hosts[0];
	for (size_t i = 0; area && i < of->n_functions; i++) {
		snprintf(key, sizeof key, "%s:%s", of->functions[i], area);
		if (strcmp(key, home) == 0)
			return true;
	}
	return false;
}

/* An entry of the index is for ever. What counts, of what it shows: an act where what it acts on
 * is, if it is a party's; an arrangement at the functions that it is about now. */
static bool counts_in(struct arena *a, const struct view *v, const char *home,
		      const struct view_fact *fact)
{
	const Mandate__Record *arrangement = fact->record;
	char key[KEY_TEXT_MAX + 1];
	struct view_fact found;
	Mandate__Kind kind;

	if (record_subject(fact->record, &kind, key) == STATUS_OK) {
		if (view_get(v, a, kind, key, &found) != STATUS_OK || !found.record ||
		    !belongs_to(found.record, home))
			return false;
		arrangement = found.record;
		if (kind == MANDATE__KIND__KIND_ARRANGEMENT &&
		    !is_party(found.record->arrangement, fact->record->acceptance->party))
			return false;
	}
	return record_kind(arrangement) != MANDATE__KIND__KIND_ARRANGEMENT || *home == ':' ||
	       !strchr(home, ':') || counts_at_function(a, v, home, arrangement);
}

struct counting {
	struct listing listing;
	struct arena *a;
	const struct view *all;
	const char *home;
};

static enum status count_fact(void *ctx, const struct view_fact *fact)
{
	struct counting *c = ctx;
	uint8_t content[8192];

	if (!counts_in(c->a, c->all, c->home, fact))
		return STATUS_OK;
	assert_true(mandate__record__get_packed_size(fact->record) <= sizeof content);
	size_t len = mandate__record__pack(fact->record, content);
	enum status s = list_fact(&c->listing, fact);
	c->listing.len += (size_t)snprintf(
		c->listing.text + c->listing.len, SHOWN_BYTES - c->listing.len, "/%u/%016llx",
		fact->edition,
		(unsigned long long)hash_value(0, bytes_of(content, len), bytes_of("", 0)));
	return s;
}

/* `v` as a home shows it; `all` says what is on record. */
static const char *list_counting(struct arena *a, const struct view *v, const struct view *all,
				 const char *home)
{
	struct counting c = {.listing = {.text = arena_calloc(a, SHOWN_BYTES, 1)},
			     .a = a,
			     .all = all,
			     .home = home};

	for (int kind = MANDATE__KIND__KIND_PARTNER; kind <= MANDATE__KIND__KIND_CONSENT; kind++)
		assert_int_equal(view_scan(v, a, (Mandate__Kind)kind, home, count_fact, &c),
				 STATUS_OK);
	return c.listing.text;
}

/* Plans as the state machine does, for changes that are each the next edition of their record. */
static Mandate__Change *plan(struct rig *r, struct homes *h, uint64_t *seed)
{
	const char *line = random_line(&r->arena, seed);

	const Mandate__Record *record = text(r, line);
	Mandate__Kind kind = record_kind(record);
	char *key = arena_alloc(&r->arena, KEY_TEXT_MAX + 1);
	struct view_fact held = {0};
	Mandate__Change *change;

	assert_int_equal(record_key(record, key), STATUS_OK);
	enum status s = view_get(&h->view, &r->arena, kind, key, &held);
	assert_true(s == STATUS_OK || s == STATUS_NOT_FOUND);
	bool is_new = s == STATUS_NOT_FOUND;
	if (is_new)
		change = RECORD(r, record);
	else
		change = next_random(seed) % 4 ? CORRECT(r, record) : RETRACT(r, record);
	bool retracts = change->action == MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT;
	struct view_fact fact = {.kind = kind,
				 .key = key,
				 .edition = held.edition + 1,
				 .record = retracts ? NULL : change->record};
	struct homes_change c = {.kind = kind,
				 .key = key,
				 .edition = fact.edition,
				 .named = change->record,
				 .retracts = retracts,
				 .before = homes_vary(kind) ? held.record : NULL,
				 .is_new = is_new};
	assert_int_equal(overlay_put(&h->overlay, &fact), STATUS_OK);
	assert_int_equal(homes_touch(h, &c), STATUS_OK);
	return change;
}

static void follow(struct shadow *shadows, struct arena *a, const struct homes *h)
{
	for (size_t i = 0; i < h->put_count; i++) {
		const struct home_put *put = &h->puts[i];
		struct view_fact fact = {
			.kind = put->kind, .key = arena_text(a, put->key), .edition = put->edition};

		if (put->record)
			fact.record = codec_copy(a, &put->record->base);
		for (size_t k = 0; k < WATCHED; k++)
			if (strcmp(homes_watched[k], put->home) == 0) {
				assert_int_equal(overlay_put(&shadows[k].overlay, &fact),
						 STATUS_OK);
				assert_int_equal(overlay_link(&shadows[k].overlay, homes_watched[k],
							      fact.kind, fact.key),
						 STATUS_OK);
			}
	}
}

static enum status follow_fact(void *ctx, const struct view_fact *fact)
{
	return overlay_put(ctx, fact);
}

static void what_is_put_is_what_the_view_shows(void **state)
{
	struct rig *r = *state;
	struct view nothing = {.get = nothing_there, .scan = nothing_scanned}, v;
	struct shadow shadows[WATCHED];
	struct store_view storage;
	struct store_txn *before, *after;
	struct arena a;
	int accepted = 0;
	uint64_t seed = clock_boot_ms() * 2654435761u | 1;

	print_message("seed %llu\n", (unsigned long long)seed);
	arena_init(&a, 256 << 20);
	begin(r);
	assert_int_equal(store_begin_read(r->store, &before), STATUS_OK);
	store_view_init(&storage, before, UINT64_MAX, &v);
	for (size_t k = 0; k < WATCHED; k++) {
		struct shadow *shadow = &shadows[k];

		overlay_init(&shadow->overlay, &nothing, &a, &shadow->view);
		assert_int_equal(view_scan(&v, &a, MANDATE__KIND__KIND_OPERATION, homes_watched[k],
					   follow_fact, &shadow->overlay),
				 STATUS_OK);
	}
	store_abort(before);
	for (int n = 0; n < 600; n++) {
		Mandate__Change *changes[3];
		size_t count = 1 + next_random(&seed) % 3;
		struct homes h;

		assert_int_equal(store_begin_read(r->store, &before), STATUS_OK);
		homes_init(&h, before, 2, &r->arena);
		for (size_t i = 0; i < count; i++)
			changes[i] = plan(r, &h, &seed);
		rig_submit(r, changes, count);
		if (!r->outcome->refusal) {
			accepted++;
			follow(shadows, &a, &h);
			assert_int_equal(store_begin_read(r->store, &after), STATUS_OK);
			store_view_init(&storage, after, UINT64_MAX, &v);
			for (size_t k = 0; k < WATCHED; k++) {
				const char *home = homes_watched[k];
				const char *stored = list_counting(&r->arena, &v, &v, home);

				assert_string_equal(list_counting(&r->arena, &h.view, &v, home),
						    stored);
				assert_string_equal(
					list_counting(&r->arena, &shadows[k].view, &v, home),
					stored);
			}
			store_abort(after);
		}
		store_abort(before);
		arena_reset(&r->arena);
	}
	assert_true(accepted > 100);
	arena_fini(&a);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(events_are_tagged_with_every_operation_before_and_after),
		TEST(a_handed_over_function_sees_both_mandates),
		TEST(what_names_no_operation_is_at_its_partners),
		TEST(units_of_one_name_are_seen_by_all_their_operations),
		TEST(what_is_put_is_what_the_view_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
