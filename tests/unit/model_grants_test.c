/* Grants, decided once more in the dullest way, over every pair of small worlds. */
#include "model/codec.h"
#include "model/grants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { NAMES = 3, SETS = 1 << NAMES, KINDS = 3, OFFICES = 300, GRANTS_MAX = 3, DAYS = 3 };

static const char *const names[NAMES] = {"A", "B", "C"};
static const Mandate__Kind kinds[KINDS] = {MANDATE__KIND__KIND_INSTRUMENT,
					   MANDATE__KIND__KIND_RETURN, MANDATE__KIND__KIND_OFFICE};

/* Sets of names are bits here, lists there. */
struct dull_grant {
	unsigned kinds, operations, contributors, parties; /* 0: any */
	bool writes;
	int last_day; /* DAYS: none */
};

struct dull_office {
	struct dull_grant grants[GRANTS_MAX];
	size_t count;
	bool administrator;
};

static uint64_t draw(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static bool dull_write(const struct dull_office *o, unsigned kind, unsigned ops, unsigned cons,
		       unsigned parties, int day)
{
	if (kinds[kind] == MANDATE__KIND__KIND_OFFICE)
		return o->administrator;
	for (size_t i = 0; i < o->count; i++) {
		const struct dull_grant *g = &o->grants[i];
		bool good = g->writes && day <= g->last_day && (!g->kinds || g->kinds >> kind & 1);

		good = good && (!g->operations || (ops && !(ops & ~g->operations)));
		good = good && (!g->contributors || (cons && !(cons & ~g->contributors)));
		good = good && (!g->parties || (parties && !(parties & ~g->parties)));
		if (good)
			return true;
	}
	return false;
}

static bool dull_read(const struct dull_office *o, unsigned kind, unsigned ops, unsigned cons,
		      int day)
{
	if (o->administrator)
		return true;
	if (kinds[kind] == MANDATE__KIND__KIND_OFFICE)
		return false;
	for (size_t i = 0; i < o->count; i++) {
		const struct dull_grant *g = &o->grants[i];
		bool good = day <= g->last_day && (!g->kinds || g->kinds >> kind & 1);

		good = good && (!g->operations || !ops || ops & g->operations);
		good = good && (!g->contributors || !(cons & ~g->contributors));
		if (good)
			return true;
	}
	return false;
}

static size_t list_of(const char **list, unsigned set)
{
	size_t count = 0;

	for (unsigned i = 0; i < NAMES; i++)
		if (set >> i & 1)
			list[count++] = names[i];
	return count;
}

static char **copy_list(struct arena *a, unsigned set, size_t *ret_count)
{
	const char **list = arena_calloc(a, NAMES, sizeof *list);

	*ret_count = list_of(list, set);
	return (char **)(uintptr_t)list;
}

static Mandate__Office *make(struct arena *a, const struct dull_office *dull)
{
	Mandate__Office *o = arena_alloc(a, sizeof *o);

	mandate__office__init(o);
	o->office = codec_borrow("X");
	o->has_administrator = o->administrator = dull->administrator;
	o->grants = arena_calloc(a, GRANTS_MAX, sizeof *o->grants);
	for (size_t i = 0; i < dull->count; i++) {
		const struct dull_grant *d = &dull->grants[i];
		Mandate__Grant *g = arena_alloc(a, sizeof *g);

		mandate__grant__init(g);
		g->access =
			d->writes ? MANDATE__ACCESS__ACCESS_WRITE : MANDATE__ACCESS__ACCESS_READ;
		g->kinds = arena_calloc(a, KINDS, sizeof *g->kinds);
		for (unsigned k = 0; k < KINDS; k++)
			if (d->kinds >> k & 1)
				g->kinds[g->n_kinds++] = kinds[k];
		g->operations = copy_list(a, d->operations, &g->n_operations);
		g->contributors = copy_list(a, d->contributors, &g->n_contributors);
		g->parties = copy_list(a, d->parties, &g->n_parties);
		g->has_until = d->last_day < DAYS;
		g->until = d->last_day;
		o->grants[o->n_grants++] = g;
	}
	return o;
}

static void draw_office(uint64_t *seed, struct dull_office *o)
{
	*o = (struct dull_office){.count = draw(seed) % (GRANTS_MAX + 1),
				  .administrator = draw(seed) % 20 == 0};
	for (size_t i = 0; i < o->count; i++)
		o->grants[i] = (struct dull_grant){
			.kinds = (unsigned)(draw(seed) % 4), /* no grant names offices */
			.operations = (unsigned)(draw(seed) % SETS),
			.contributors = draw(seed) % 2 ? (unsigned)(draw(seed) % SETS) : 0,
			.parties = draw(seed) % 2 ? (unsigned)(draw(seed) % SETS) : 0,
			.writes = draw(seed) % 2,
			.last_day = (int)(draw(seed) % (DAYS + 1)),
		};
}

static void all_pairs_of_offices_and_records_are_as_the_definition_says(void **state)
{
	uint64_t seed = 20040917;
	struct arena a;

	(void)state;
	printf("seed %llu\n", (unsigned long long)seed);
	arena_init(&a, 64 << 20);
	for (int i = 0; i < OFFICES; i++) {
		struct dull_office dull;

		arena_reset(&a);
		draw_office(&seed, &dull);
		const Mandate__Office *o = make(&a, &dull);
		for (unsigned n = 0; n < KINDS * SETS * SETS * SETS * DAYS; n++) {
			unsigned rest = n, kind = rest % KINDS;
			unsigned ops = (rest /= KINDS) % SETS, cons = (rest /= SETS) % SETS;
			unsigned parties = (rest /= SETS) % SETS;
			int day = (int)(rest / SETS % DAYS);
			const char *lists[3][NAMES];
			struct grants_names g = {.kind = kinds[kind]};

			g.operations = (struct grants_list){lists[0], list_of(lists[0], ops)};
			g.contributors = (struct grants_list){lists[1], list_of(lists[1], cons)};
			g.parties = (struct grants_list){lists[2], list_of(lists[2], parties)};
			assert_int_equal(grants_may_write(o, &g, day),
					 dull_write(&dull, kind, ops, cons, parties, day));
			assert_int_equal(grants_may_read(o, &g, day),
					 dull_read(&dull, kind, ops, cons, day));
			/* What needs no look at each record never shows one too many. */
			if (grants_read_kind(o, kinds[kind], day))
				assert_true(dull_read(&dull, kind, ops, cons, day));
			if (ops && grants_read_operation(o, lists[0][0], day) && kind != 2)
				assert_true(dull_read(&dull, kind, ops, cons, day));
		}
	}
	arena_fini(&a);
}

static void alike_is_who_sees_the_same(void **state)
{
	uint64_t seed = 77;
	struct arena a;
	int alike = 0;

	(void)state;
	arena_init(&a, 64 << 20);
	for (int i = 0; i < OFFICES; i++) {
		struct dull_office one, other;

		arena_reset(&a);
		draw_office(&seed, &one);
		other = one;
		if (i % 2 && other.count) /* what does not change what is read */
			other.grants[0].parties = 1, other.grants[0].writes = !one.grants[0].writes;
		else
			draw_office(&seed, &other);
		const Mandate__Office *x = make(&a, &one), *y = make(&a, &other);
		for (int days = 0; days < DAYS * DAYS; days++) {
			int day = days / DAYS, later = days % DAYS;
			bool same = grants_read_alike(x, day, y, later);

			alike += same;
			assert_true(i % 2 == 0 || one.count == 0 || day != later || same);
			for (unsigned n = 0; same && n < KINDS * SETS * SETS; n++)
				assert_int_equal(dull_read(&one, n % KINDS, n / KINDS % SETS,
							   n / KINDS / SETS, day),
						 dull_read(&other, n % KINDS, n / KINDS % SETS,
							   n / KINDS / SETS, later));
		}
	}
	assert_in_range(alike, OFFICES, DAYS * DAYS * OFFICES - 1);
	arena_fini(&a);
}

static void an_office_stands_by_its_state_its_device_and_the_day(void **state)
{
	Mandate__Office o = MANDATE__OFFICE__INIT;
	Mandate__Device d = MANDATE__DEVICE__INIT;

	(void)state;
	assert_true(grants_office_stands(&o, NULL, 10));
	assert_true(grants_office_stands(&o, &d, 10));
	d.has_until = true;
	d.until = 9;
	assert_true(grants_office_stands(&o, &d, 9));
	assert_false(grants_office_stands(&o, &d, 10));
	assert_true(grants_office_stands(&o, NULL, 10));
	o.has_until = true;
	o.until = 10;
	assert_true(grants_office_stands(&o, NULL, 10));
	assert_false(grants_office_stands(&o, NULL, 11));
	d.has_revoked = d.revoked = true;
	assert_false(grants_office_stands(&o, &d, 9));
	o.has_state = true;
	for (int s = 1; s <= 3; s++) {
		o.state = (Mandate__OfficeState)s;
		assert_int_equal(grants_office_stands(&o, NULL, 1),
				 o.state == MANDATE__OFFICE_STATE__OFFICE_STATE_ACTIVE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_pairs_of_offices_and_records_are_as_the_definition_says),
		cmocka_unit_test(alike_is_who_sees_the_same),
		cmocka_unit_test(an_office_stands_by_its_state_its_device_and_the_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
