/* Properties of the folds, over random operations: they agree with the formulas written down
 * directly, in whichever order facts come, are corrected and are retracted; `since` is the first
 * day of the unbroken condition; no change is missed. Each test prints its seed;
 * RULES_SEED=N repeats one, RULES_ROUNDS=N sets how many. */
#include "rules_facts.h"
#include "twin_alert.h"
#include "twin_partners.h"

#include "rules/ceiling.h"
#include "rules/mandate.h"
#include "rules/strength.h"

#include <time.h>

enum { FIRST_DAY = 10957, DAYS = 1200, LINE_BYTES = 1024, ROUNDS = 60, DAYS_PER_ROUND = 60 };

static struct alert_parameters parameters = ALERT_DEFAULTS;
static struct twin world; /* of the round */

/* --- chance --- */

static uint64_t chance_state;

static uint32_t chance(uint32_t below)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (uint32_t)((chance_state * 0x2545F4914F6CDD1DULL) >> 33) % below;
}

static bool one_in(uint32_t n)
{
	return chance(n) == 0;
}

static const char *pick(const char *const *words, uint32_t count)
{
	return words[chance(count)];
}

static uint64_t seed_for(const char *test)
{
	const char *given = getenv("RULES_SEED");
	struct timespec now;
	uint64_t seed;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = given ? strtoull(given, NULL, 10) : (uint64_t)now.tv_nsec * 2654435761u + 1;
	print_message("%s: RULES_SEED=%llu\n", test, (unsigned long long)seed);
	return seed;
}

static int rounds(void)
{
	const char *given = getenv("RULES_ROUNDS");

	return given ? atoi(given) : ROUNDS;
}

/* --- random facts, as lines --- */

struct line {
	char text[LINE_BYTES];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *l, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	l->len += (size_t)vsnprintf(l->text + l->len, LINE_BYTES - l->len, format, args);
	va_end(args);
	assert_true(l->len < LINE_BYTES);
}

static void add_day(struct line *l, const char *before, int32_t day)
{
	char text[DAY_TEXT_BYTES];

	day_format(text, day);
	add(l, "%s%s", before, text);
}

static int32_t some_day(void)
{
	return FIRST_DAY + (int32_t)chance(DAYS);
}

static const char *const components[] = {
	"military",  "military",  "police",    "police",	"troops",
	"observers", "uniformed", "fpu_units", "formed_police", "individual_police"};
static const char *const persons_of[] = {"military",	   "troops",	"observers",
					 "staff_officers", "police",	"individual_police",
					 "formed_police",  "uniformed", "corrections"};

static void add_entry(struct line *l, int32_t from)
{
	if (one_in(4))
		add(l, "%c%u", one_in(2) ? '+' : '-', chance(60));
	else
		add(l, "%u", one_in(4) ? 100 : chance(200));
	if (from && one_in(4))
		add_day(l, "@", from + (int32_t)chance(60));
	if (one_in(4))
		add_day(l, "..", (from ? from : FIRST_DAY) + 60 + (int32_t)chance(DAYS / 4));
	if (one_in(5))
		add_day(l, "!", (from ? from : FIRST_DAY) + (int32_t)chance(120));
}

static void random_operation(struct line *l)
{
	static const char *const kinds[] = {"un_pko", "un_pko", "un_pko", "partner"};

	add(l, "operation %s", pick(kinds, 4));
	if (one_in(2))
		add(l, " closed");
	if (one_in(3))
		add_day(l, " end=", some_day());
	if (one_in(2))
		add_day(l, " series=", FIRST_DAY + (int32_t)chance(DAYS / 2));
	if (one_in(2)) {
		static const char *const ends[] = {"to_end", "open_ended", "none"};

		if (one_in(2))
			add(l, " to=%s", pick(ends, 3));
		else
			add_day(l, " to=", some_day());
	}
}

static void random_instrument(struct line *l)
{
	static const char *const parties[] = {"UNSC", "UNSC", "UNSC", "UNSC", "AU", "EU"};
	static const char *const actions[] = {"establish", "extend", "extend",
					      "extend",	   "amend",  "terminate"};
	const char *action = pick(actions, 6);
	int32_t adopted = some_day(), effective = adopted;

	add(l, "instrument %s S/RES/%u", pick(parties, 6), 990 + chance(20));
	add_day(l, " ", adopted);
	add(l, " %s", action);
	if (one_in(4)) {
		effective += (int32_t)chance(50) - 5;
		add_day(l, " eff=", effective);
	}
	if (strcmp(action, "amend") == 0 ? one_in(4) : !one_in(8))
		add_day(l, " until=", effective + (int32_t)chance(250) - 10);
	if (one_in(6))
		add_day(l, " withdraw=", effective + (int32_t)chance(300));
	if (one_in(10))
		add(l, " not_carried_out");
	for (uint32_t n = chance(4); n > 0; n--) {
		add(l, " %s=", pick(components, 10));
		add_entry(l, effective);
	}
}

static void random_ceiling(struct line *l)
{
	int32_t from = some_day();

	add(l, "ceiling S/RES/%u %s", 990 + chance(20), pick(components, 10));
	add_day(l, " ", from);
	add(l, " ");
	add_entry(l, 0);
}

static void random_return(struct line *l)
{
	static const char *const contributors[] = {"BGD", "GHA", "NGA"};

	add_day(l, "return ", FIRST_DAY + (int32_t)chance(DAYS / 20) * 20);
	while (one_in(3))
		add(l, " covers=%s", pick(persons_of, 9));
	for (size_t n = 0; n < 3; n++)
		for (size_t c = 0; c < 9; c++)
			if (one_in(c == 7 ? 20 : 5))
				add(l, " %s:%s=%u", contributors[n], persons_of[c], chance(120));
}

static void random_total(struct line *l)
{
	add_day(l, "total ", FIRST_DAY + (int32_t)chance(DAYS / 20) * 20);
	add(l, " %s=%u", pick(persons_of, 9), chance(200));
}

static void random_unit(struct line *l)
{
	int32_t from = some_day();

	add(l, "unit GHA BATT-%u", chance(6));
	add_day(l, " ", from);
	if (one_in(3))
		add(l, " -");
	else
		add_day(l, " ", from + (int32_t)chance(300));
	add(l, " %s=%u", pick(persons_of, one_in(8) ? 9 : 7), chance(80));
}

static void random_line(struct line *l)
{
	static void (*const makers[])(struct line *) = {
		random_instrument, random_instrument, random_instrument, random_ceiling,
		random_return,	   random_return,     random_total,	 random_unit,
		random_unit,	   random_operation};

	*l = (struct line){0};
	makers[chance(10)](l);
}

/* --- comparing --- */

static void tell(const struct facts *f)
{
	for (size_t n = 0; n < f->count; n++)
		if (!f->at[n].retracted)
			print_error("\t%s\n", f->at[n].line);
}

#define AGREE(f, day, name, is, twin)                                                              \
	do {                                                                                       \
		long long is_ = (long long)(is), twin_ = (long long)(twin);                        \
		char day_[DAY_TEXT_BYTES];                                                         \
                                                                                                   \
		if (is_ == twin_)                                                                  \
			break;                                                                     \
		tell(f);                                                                           \
		day_format(day_, day);                                                             \
		fail_msg("%s on %s: %lld, by the formula %lld", name, day_, is_, twin_);           \
	} while (0)

static void twin_of(struct twin *w, const struct facts *f)
{
	w->p = parameters;
	w->count = f->count;
	for (size_t n = 0; n < f->count; n++)
		w->at[n] = (struct twin_fact){
			.kind = f->at[n].kind,
			.key = f->at[n].key,
			.record = f->at[n].retracted ? NULL : f->at[n].record,
			.edition = f->at[n].edition,
		};
}

static void agree_on_mandate(const struct facts *f, const struct twin *w, const struct dossier *d,
			     int32_t day)
{
	struct twin_mandate twin = twin_mandate_on(w, f->operation, day);
	const char *names[TWIN_NAMES_MAX];
	struct mandate_day m;

	mandate_on(d, NULL, day, &m);
	AGREE(f, day, "status", m.status, twin.status);
	AGREE(f, day, "F", m.in_force, twin.in_force);
	AGREE(f, day, "V", m.valid_until, twin.v);
	AGREE(f, day, "U", m.secured_until, twin.u);
	AGREE(f, day, "L", m.last_lawful, twin.last_lawful);
	AGREE(f, day, "covered", m.covered, twin_covered(w, f->operation, day));
	for (size_t n = twin_parties(w, f->operation, names); n > 0; n--) {
		struct twin_party one = twin_party_on(w, f->operation, names[n - 1], day);

		mandate_on(d, names[n - 1], day, &m);
		AGREE(f, day, names[n - 1], m.valid_until, one.v);
		AGREE(f, day, names[n - 1], m.secured_until, one.u);
		AGREE(f, day, names[n - 1], m.in_force, one.in_force);
		AGREE(f, day, "terminated", mandate_terminated(d, names[n - 1], day),
		      twin_terminated(w, f->operation, names[n - 1], day));
	}
}

static void agree_on_numbers(const struct facts *f, const struct twin *w, const struct dossier *d,
			     int32_t day)
{
	for (int c = 1; c < TWIN_COMPONENTS; c++) {
		const char *name = twin_component_name((Mandate__Component)c);
		struct twin_ceiling twin =
			twin_ceiling_on(w, f->operation, (Mandate__Component)c, day);
		struct ceiling_day ceiling;

		ceiling_on(d, (Mandate__Component)c, day, &ceiling);
		AGREE(f, day, name, ceiling.set, twin.set);
		AGREE(f, day, name, ceiling.derived, twin.derived);
		AGREE(f, day, name, ceiling.persons, twin.persons);
		AGREE(f, day, name, ceiling.from, twin.from);
		AGREE(f, day, name, ceiling.comply_by, twin.comply_by);
		for (int late = 0; late < 2; late++) {
			int32_t after = late ? day - 70 : DAY_NEVER;
			struct twin_strength one = twin_strength_on(
				w, f->operation, (Mandate__Component)c, day, after);
			struct strength_day s;

			if (c == TC(FPU_UNITS))
				continue;
			strength_on(d, (Mandate__Component)c, day, after, &s);
			AGREE(f, day, name, s.known, one.known);
			AGREE(f, day, name, s.persons, one.persons);
			AGREE(f, day, name, s.basis, one.basis);
			if (s.known) {
				AGREE(f, day, name, s.as_of, one.as_of);
				AGREE(f, day, name, s.partial, one.partial);
			}
		}
	}
}

static void agree_on_alerts(const struct facts *f, const struct twin *w, const struct dossier *d,
			    int32_t day)
{
	static struct twin_alert list[TWIN_ALERTS_MAX];
	size_t expected = twin_alerts_on(w, day, list), count;
	Mandate__Alert **alerts;
	struct arena a;

	arena_init(&a, 1024 * 1024);
	assert_int_equal(alert_evaluate(d, &parameters, day, &a, &alerts, &count), STATUS_OK);
	for (size_t n = 0; n < count && n < expected; n++) {
		const char *name = alerts[n]->key;

		AGREE(f, day, name, alerts[n]->code, list[n].code);
		AGREE(f, day, name, strcmp(alerts[n]->key, list[n].key), 0);
		AGREE(f, day, name, alerts[n]->since, list[n].since);
		AGREE(f, day, name, alerts[n]->severity, list[n].severity);
		if (list[n].persons >= 0)
			AGREE(f, day, name, alerts[n]->persons, list[n].persons);
		if (list[n].ceiling >= 0)
			AGREE(f, day, name, alerts[n]->ceiling, list[n].ceiling);
	}
	AGREE(f, day, "alerts", count, expected);
	arena_fini(&a);
}

/* --- a dossier and its facts, kept in step --- */

struct pair {
	struct facts *facts;
	struct dossier *dossier;
};

static struct pair pair_new(void)
{
	struct pair p = {.facts = malloc(sizeof *p.facts)};

	assert_non_null(p.facts);
	facts_init(p.facts, "X");
	p.dossier = facts_dossier(p.facts);
	return p;
}

static void pair_free(struct pair *p)
{
	dossier_free(p->dossier);
	facts_fini(p->facts);
	free(p->facts);
}

static void pair_put(struct pair *p, const char *line)
{
	const struct fact_line *fact = facts_add(p->facts, line);

	facts_put(p->dossier, fact);
}

static void pair_retract(struct pair *p, size_t index)
{
	struct fact_line *fact = &p->facts->at[index];

	fact->retracted = true;
	facts_put(p->dossier, fact);
}

static void put_random(struct pair *p, void (*make)(struct line *l))
{
	struct line l = {0};

	make(&l);
	pair_put(p, l.text);
}

/* Returns of one contributor every 20 days, some missing, some empty: long runs of one answer. */
static void put_returns(struct pair *p)
{
	for (int32_t n = 0; n < DAYS / 20; n++) {
		struct line l = {0};

		if (one_in(8))
			continue;
		add_day(&l, "return ", FIRST_DAY + n * 20);
		add(&l, " GHA:troops=%u", one_in(10) ? 0 : 50 + chance(60));
		if (!one_in(10))
			add(&l, " GHA:individual_police=%u", one_in(3) ? 0 : 20);
		pair_put(p, l.text);
	}
}

static struct pair pair_of_returns(void)
{
	struct pair p = pair_new();

	put_returns(&p);
	for (uint32_t n = 1 + chance(8); n > 0; n--)
		put_random(&p, random_instrument);
	for (uint32_t n = chance(3); n > 0; n--)
		put_random(&p, one_in(2) ? random_unit : random_total);
	put_random(&p, random_operation);
	return p;
}

/* A random history: records, corrections and retractions. */
static struct pair pair_random(void)
{
	struct pair p;

	if (one_in(3))
		return pair_of_returns();
	p = pair_new();
	for (uint32_t n = 5 + chance(45); n > 0; n--) {
		put_random(&p, random_line);
		if (one_in(8))
			pair_retract(&p, chance((uint32_t)p.facts->count));
	}
	if (!one_in(4))
		put_random(&p, random_operation);
	return p;
}

/* --- tests --- */

static void folds_agree_with_the_formulas(void **state)
{
	(void)state;
	chance_state = seed_for(__func__);
	for (int round = rounds(); round > 0; round--) {
		struct pair p = pair_random();

		twin_of(&world, p.facts);
		for (int n = 0; n < DAYS_PER_ROUND; n++) {
			int32_t day = some_day() + (int32_t)chance(200) - 100;

			agree_on_mandate(p.facts, &world, p.dossier, day);
			agree_on_numbers(p.facts, &world, p.dossier, day);
		}
		pair_free(&p);
	}
}

static void alerts_agree_with_the_formulas_and_since_is_their_first_day(void **state)
{
	(void)state;
	chance_state = seed_for(__func__);
	for (int round = rounds(); round > 0; round--) {
		struct pair p = pair_random();

		twin_of(&world, p.facts);
		for (int n = 0; n < DAYS_PER_ROUND / 6; n++)
			agree_on_alerts(p.facts, &world, p.dossier,
					some_day() + (int32_t)chance(100));
		pair_free(&p);
	}
}

/* The bytes of everything alert_evaluate answers. */
static size_t pack_alerts(const struct dossier *d, int32_t day, uint8_t *bytes, size_t room)
{
	Mandate__Alert **alerts;
	size_t count, len = 0;
	struct arena a;

	arena_init(&a, 1024 * 1024);
	assert_int_equal(alert_evaluate(d, &parameters, day, &a, &alerts, &count), STATUS_OK);
	for (size_t n = 0; n < count; n++) {
		assert_true(len + mandate__alert__get_packed_size(alerts[n]) <= room);
		len += mandate__alert__pack(alerts[n], bytes + len);
	}
	arena_fini(&a);
	return len;
}

static void no_change_of_alerts_is_missed(void **state)
{
	static uint8_t before[65536], now[65536];

	(void)state;
	chance_state = seed_for(__func__);
	for (int round = rounds(); round > 0; round--) {
		struct pair p = pair_random();
		int32_t next = DAY_NEVER, day = FIRST_DAY - 100, last = FIRST_DAY + DAYS + 300;
		size_t before_len = 0, changes = 0;

		for (; day < last; day++) {
			size_t len;

			if (day < next) {
				len = pack_alerts(p.dossier, day, now, sizeof now);
				AGREE(p.facts, day, "alerts between changes",
				      len == before_len && memcmp(now, before, len) == 0, true);
				continue;
			}
			before_len = pack_alerts(p.dossier, day, before, sizeof before);
			next = alert_next_change(p.dossier, &parameters, day);
			assert_true(next > day);
			changes++;
		}
		assert_true(changes < 700);
		pair_free(&p);
	}
}

static void put_every(struct pair *to, const struct facts *from)
{
	size_t order[FACTS_MAX];

	for (size_t n = 0; n < from->count; n++)
		order[n] = n;
	for (size_t n = from->count; n > 1; n--) {
		size_t other = chance((uint32_t)n), kept = order[n - 1];

		order[n - 1] = order[other];
		order[other] = kept;
	}
	for (size_t n = 0; n < from->count; n++)
		if (!from->at[order[n]].retracted)
			pair_put(to, from->at[order[n]].line);
}

static void the_order_of_puts_does_not_matter(void **state)
{
	static uint8_t one[65536], other[65536];

	(void)state;
	chance_state = seed_for(__func__);
	for (int round = rounds(); round > 0; round--) {
		struct pair p = pair_random(), shuffled = pair_new();
		struct dossier *built = facts_dossier(p.facts);

		put_every(&shuffled, p.facts);
		for (int32_t day = FIRST_DAY; day < FIRST_DAY + DAYS; day += 7) {
			size_t len = pack_alerts(p.dossier, day, one, sizeof one);

			AGREE(p.facts, day, "put in another order",
			      len == pack_alerts(shuffled.dossier, day, other, sizeof other) &&
				      memcmp(one, other, len) == 0,
			      true);
			AGREE(p.facts, day, "built at once",
			      len == pack_alerts(built, day, other, sizeof other) &&
				      memcmp(one, other, len) == 0,
			      true);
		}
		dossier_free(built);
		pair_free(&shuffled);
		pair_free(&p);
	}
}

static void a_dossier_emptied_again_holds_nothing(void **state)
{
	(void)state;
	chance_state = seed_for(__func__);
	for (int round = rounds(); round > 0; round--) {
		struct pair p = pair_random();
		const char *const *parties;
		struct mandate_day m;

		for (size_t n = 0; n < p.facts->count; n++)
			pair_retract(&p, n);
		mandate_on(p.dossier, NULL, some_day(), &m);
		assert_int_equal(m.status, TSTATUS(NONE));
		assert_int_equal(mandate_parties(p.dossier, &parties), 0);
		assert_int_equal(alert_next_change(p.dossier, &parameters, FIRST_DAY - 5000),
				 DAY_INFINITE);
		assert_false(dossier_known(p.dossier));
		pair_free(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds_agree_with_the_formulas),
		cmocka_unit_test(alerts_agree_with_the_formulas_and_since_is_their_first_day),
		cmocka_unit_test(no_change_of_alerts_is_missed),
		cmocka_unit_test(the_order_of_puts_does_not_matter),
		cmocka_unit_test(a_dossier_emptied_again_holds_nothing),
	};

	parameters.rules = 1; /* the formulas know no others */
	return cmocka_run_group_tests_name("rules/fold", tests, NULL, NULL);
}
