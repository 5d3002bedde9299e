/* Order does not matter: cases of facts and acts are submitted in many orders, acts within cause
 * and effect; records, folds and alerts come out the same on a sample of days. Its seed is printed:
 * TWIN_SEED=N begins with that case, SHUFFLES=N sets how many orders are tried. */
#include "twin_machine.h"

#include <time.h>

enum { SHUFFLES = 150, ORDERS_PER_CASE = 10, DAYS = 3, PRINTS_MAX = 2048, ROWS_MAX = 1024 };

/* All that can be seen of a state, but for revisions and times. */
struct prints {
	size_t count;
	struct print {
		const char *of; /* what it shows */
		struct bytes bytes;
	} at[PRINTS_MAX];
};

static void add_print(struct prints *to, struct arena *a, const char *of, const char *about,
		      int32_t day, const ProtobufCMessage *m)
{
	struct print *p = &to->at[to->count++];

	assert_true(to->count < PRINTS_MAX);
	p->of = arena_printf(a, "%s %s on day %d", of, about, day);
	assert_non_null(p->of);
	assert_int_equal(codec_encode(a, m, &p->bytes), STATUS_OK);
}

/* What depends on the order by its nature. */
static void strip(Mandate__Row *row)
{
	if (row->what_case == MANDATE__ROW__WHAT_VERSION)
		row->version->revision = 0;
	if (row->what_case == MANDATE__ROW__WHAT_ALERT)
		row->alert->has_revision = row->alert->has_time_ms = false;
}

static int by_alert(const void *x, const void *y)
{
	const Mandate__Row *a = *(const Mandate__Row *const *)x,
			   *b = *(const Mandate__Row *const *)y;
	const Mandate__Alert *p = a->alert->alert, *q = b->alert->alert;

	return p->code != q->code ? (p->code < q->code ? -1 : 1) : strcmp(p->key, q->key);
}

static void print_query(struct prints *to, struct play *p, struct arena *a, const char *of,
			const char *about, int32_t day, Mandate__Query query)
{
	const Mandate__Row *rows[ROWS_MAX];
	size_t pages, count;

	query.has_on = query.ask_case != MANDATE__QUERY__ASK_GET;
	query.on = day;
	const Mandate__Answer *answer = ask(p->asking, &query);
	if (answer->refusal) { /* a function that nobody has to do with */
		assert_int_equal(answer->refusal->code, MANDATE__CODE__CODE_NOT_FOUND);
		add_print(to, a, of, about, day, &answer->refusal->base);
		return;
	}
	count = ask_all(p->asking, query, rows, ROWS_MAX, &pages);
	if (query.ask_case == MANDATE__QUERY__ASK_ALERTS)
		qsort(rows, count, sizeof(const Mandate__Row *), by_alert);
	for (size_t n = 0; n < count; n++) {
		Mandate__Row *row = (Mandate__Row *)(uintptr_t)rows[n];

		strip(row);
		add_print(to, a, of, about, day, &row->base);
	}
}

static void print_named(struct prints *to, struct play *p, struct arena *a, const char *name,
			int32_t day)
{
	Mandate__TimelineQuery timeline = MANDATE__TIMELINE_QUERY__INIT;
	Mandate__StrengthQuery strength = MANDATE__STRENGTH_QUERY__INIT;
	Mandate__LineageQuery lineage = MANDATE__LINEAGE_QUERY__INIT;

	timeline.operation = strength.operation = lineage.operation = codec_borrow(name);
	print_query(to, p, a, "timeline", name, day,
		    query_of(MANDATE__QUERY__ASK_TIMELINE, &timeline));
	print_query(to, p, a, "strength", name, day,
		    query_of(MANDATE__QUERY__ASK_STRENGTH, &strength));
	print_query(to, p, a, "lineage", name, day,
		    query_of(MANDATE__QUERY__ASK_LINEAGE, &lineage));
}

static void print_partners(struct prints *to, struct play *p, struct arena *a, int32_t day)
{
	static const char *const contributors[] = {"BGD", "GHA"}, *const partners[] = {"AU", "UN"},
				 *const functions[] = {"customs", "policing"};

	for (size_t n = 0; n < 2; n++) {
		Mandate__ContributorQuery contributor = MANDATE__CONTRIBUTOR_QUERY__INIT;
		Mandate__PartnerQuery partner = MANDATE__PARTNER_QUERY__INIT;
		Mandate__FunctionQuery function = MANDATE__FUNCTION_QUERY__INIT;

		contributor.contributor = codec_borrow(contributors[n]);
		partner.code = codec_borrow(partners[n]);
		function.function = codec_borrow(functions[n]);
		print_query(to, p, a, "contributor", contributors[n], day,
			    query_of(MANDATE__QUERY__ASK_CONTRIBUTOR, &contributor));
		print_query(to, p, a, "partner", partners[n], day,
			    query_of(MANDATE__QUERY__ASK_PARTNER, &partner));
		print_query(to, p, a, "function", functions[n], day,
			    query_of(MANDATE__QUERY__ASK_FUNCTION, &function));
	}
}

static void print_folds(struct prints *to, struct play *p, struct arena *a, size_t operations,
			int32_t day)
{
	Mandate__OverviewQuery overview = MANDATE__OVERVIEW_QUERY__INIT;
	Mandate__AlertsQuery alerts = MANDATE__ALERTS_QUERY__INIT;
	Mandate__ArrangementsQuery arrangements = MANDATE__ARRANGEMENTS_QUERY__INIT;
	Mandate__RequirementsQuery requirements = MANDATE__REQUIREMENTS_QUERY__INIT;
	Mandate__MoneyQuery money = MANDATE__MONEY_QUERY__INIT;
	Mandate__PrioritiesQuery priorities = MANDATE__PRIORITIES_QUERY__INIT;
	const struct {
		const char *of;
		Mandate__Query query;
	} whole[] = {
		{"overview", query_of(MANDATE__QUERY__ASK_OVERVIEW, &overview)},
		{"alerts", query_of(MANDATE__QUERY__ASK_ALERTS, &alerts)},
		{"arrangements", query_of(MANDATE__QUERY__ASK_ARRANGEMENTS, &arrangements)},
		{"requirements", query_of(MANDATE__QUERY__ASK_REQUIREMENTS, &requirements)},
		{"money", query_of(MANDATE__QUERY__ASK_MONEY, &money)},
		{"priorities", query_of(MANDATE__QUERY__ASK_PRIORITIES, &priorities)},
	};

	money.has_all = money.all = true;
	for (size_t n = 0; n < sizeof whole / sizeof *whole; n++)
		print_query(to, p, a, whole[n].of, "", day, whole[n].query);
	for (size_t n = 0; n < operations; n++)
		print_named(to, p, a, case_operations[n], day);
	print_partners(to, p, a, day);
}

/* Every record that anything was said of, as it holds. */
static void print_records(struct prints *to, struct play *p, struct arena *a)
{
	history_world(&p->history, SIZE_MAX, &p->world);
	for (size_t n = 0; n < p->world.count; n++) {
		Mandate__GetQuery get = get_of(p->world.at[n].kind, p->world.at[n].key);

		print_query(to, p, a, record_kind_name(get.kind), get.key, CASE_FIRST_DAY,
			    query_of(MANDATE__QUERY__ASK_GET, &get));
	}
}

static int by_name(const void *x, const void *y)
{
	const struct print *a = x, *b = y;
	int order = strcmp(a->of, b->of);

	return order ? order : bytes_compare(a->bytes, b->bytes);
}

/* The alerts that events have left open are asked for on the state's own day. */
static void print_all(struct prints *to, struct play *p, struct arena *a, size_t operations,
		      const int32_t days[DAYS])
{
	to->count = 0;
	print_records(to, p, a);
	qsort(to->at, to->count, sizeof *to->at, by_name);
	for (int n = 0; n < DAYS; n++)
		print_folds(to, p, a, operations, days[n]);
	for (size_t n = 0; n < p->open_count; n++)
		add_print(to, a, "open", p->open[n]->key, 0, &p->open[n]->alert->base);
	qsort(to->at, to->count, sizeof *to->at, by_name);
}

static bool same_prints(const struct prints *x, const struct prints *y)
{
	for (size_t n = 0; n < x->count && n < y->count; n++)
		if (strcmp(x->at[n].of, y->at[n].of) != 0 ||
		    !bytes_equal(x->at[n].bytes, y->at[n].bytes)) {
			print_error("%s differs, or %s does\n", x->at[n].of, y->at[n].of);
			return false;
		}
	return x->count == y->count;
}

static void drop_refused(struct twin_case *c, const bool taken[CASE_ITEMS_MAX])
{
	size_t kept = 0;

	for (size_t n = 0; n < c->count; n++)
		if (taken[n])
			c->items[kept++] = c->items[n];
	c->count = kept;
}

struct orders {
	struct play *play;
	struct prints first, other;
	long left;
	uint64_t seed;
};

static void try_case(struct orders *o)
{
	bool taken[CASE_ITEMS_MAX];
	int32_t days[DAYS];
	struct twin_case c;
	struct arena a;

	arena_init(&a, 512 << 20);
	case_make(&c, o->seed, MANDATE__KIND__KIND_CONSENT);
	for (int n = 0; n < DAYS; n++)
		days[n] = case_day(&c);
	play_begin(o->play, days[0]);
	for (size_t n = 0; n < c.count; n++)
		taken[n] = play_item(o->play, &c.items[n]);
	print_all(&o->first, o->play, &a, c.operations, days);
	play_end(o->play);
	/* Acts that were refused have left nothing behind. */
	drop_refused(&c, taken);
	for (int k = 0; k < ORDERS_PER_CASE && o->left > 0; k++, o->left--) {
		size_t order[CASE_ITEMS_MAX], refused;

		case_shuffle(&c, &c.chance, order);
		play_begin(o->play, days[0]);
		for (size_t n = 0; n < c.count; n++)
			play_item(o->play, &c.items[order[n]]);
		print_all(&o->other, o->play, &a, c.operations, days);
		refused = o->play->refused;
		play_end(o->play);
		if (!refused && same_prints(&o->first, &o->other))
			continue;
		print_error("in the first order:\n");
		case_tell(&c, NULL, c.count);
		print_error("in another, %zu acts refused:\n", refused);
		case_tell(&c, order, c.count);
		fail_msg("TWIN_SEED=%llu", (unsigned long long)o->seed);
	}
	case_free(&c);
	arena_fini(&a);
}

static void every_order_comes_to_the_same(void **state)
{
	const char *given = getenv("TWIN_SEED"), *shuffles = getenv("SHUFFLES");
	struct orders *o = calloc(1, sizeof *o);
	struct timespec now;

	(void)state;
	assert_non_null(o);
	o->play = calloc(1, sizeof *o->play);
	assert_non_null(o->play);
	clock_gettime(CLOCK_REALTIME, &now);
	o->seed = given ? strtoull(given, NULL, 10) : (uint64_t)now.tv_nsec + 1;
	o->left = shuffles ? atol(shuffles) : SHUFFLES;
	print_message("TWIN_SEED=%llu SHUFFLES=%ld\n", (unsigned long long)o->seed, o->left);
	for (; o->left > 0; o->seed++)
		try_case(o);
	free(o->play);
	free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_order_comes_to_the_same),
	};

	return cmocka_run_group_tests_name("service/shuffle", tests, NULL, NULL);
}
