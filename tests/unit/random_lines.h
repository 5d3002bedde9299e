/* Lines of record_text.h by chance: few names, so that they meet. All kinds but partners. */
#ifndef TESTS_UNIT_RANDOM_LINES_H
#define TESTS_UNIT_RANDOM_LINES_H

#include "record_text.h"

static inline uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static inline const char *pick(uint64_t *seed, const char *const *of, size_t count)
{
	return of[next_random(seed) % count];
}

#define PICK(...)                                                                                  \
	pick(seed, (const char *const[]){__VA_ARGS__},                                             \
	     sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static inline const char *random_relation(struct arena *a, uint64_t *seed)
{
	const char *op = PICK("UNMIK", "EULEX", "UNMIL", "MONUC");
	const char *other = PICK("UNMIK", "EULEX", "UNMIL", "MONUC");
	const char *party = PICK("UN", "EU", "AU"), *second = PICK("UN", "EU", "AU");
	const char *name = PICK("A", "B"), *gha = PICK("GHA", "BGD");
	const char *day = PICK("2009-01-01", "2009-05-01", "2009-09-01");
	const char *function = PICK("policing", "justice", "policing+justice");

	switch (next_random(seed) % 12) {
	case 0:
		return arena_printf(a, "operation acronym=%s kind=un_pko%s", op,
				    PICK(" hosts=XKX", " hosts=LBR", " hosts=COD", ""));
	case 1:
		return arena_printf(a,
				    "instrument operation=%s party=UNSC document=%s action=extend "
				    "adopted=%s",
				    op, name, day);
	case 2:
		return arena_printf(a, "claim function=%s area=%s operation=%s from=%s",
				    PICK("policing", "justice"), PICK("XKX", "LBR"), op, day);
	case 3:
	case 4:
		return arena_printf(
			a, "arrangement arrangement=%s kind=%s sides=parties:%s|parties:%s", name,
			PICK("support_package", "parallel"), party, second);
	case 5:
	case 6:
		return arena_printf(
			a,
			"arrangement arrangement=%s kind=%s sides=parties:%s|parties:%s "
			"operation=%s other_operation=%s functions=%s effective=%s%s",
			name, PICK("handover_of_function", "hybrid"), party, second, op, other,
			function, day, PICK("", "", " area=LBR"));
	case 7:
		return arena_printf(a, "acceptance arrangement=%s party=%s reply=accepted day=%s",
				    name, party, day);
	case 8:
		return arena_printf(a,
				    "pledge contributor=%s pledge=%s component=troops persons=5 "
				    "registered=%s%s",
				    gha, name, day,
				    PICK("", " operation=UNMIL", " operation=MONUC"));
	case 9:
		return arena_printf(
			a, "pledge_step contributor=%s pledge=%s step=%s state=renewed day=%s", gha,
			name, "1", day);
	case 10:
		return arena_printf(a,
				    "unit operation=%s contributor=%s unit=%s from=%s "
				    "component=troops persons=5",
				    op, gha, name, day);
	default:
		return arena_printf(
			a, "transfer contributor=%s unit=%s day=%s operation=%s other_operation=%s",
			gha, name, day, op, other);
	}
}

/* With kinds that belong to one operation alone. */
static inline const char *random_line(struct arena *a, uint64_t *seed)
{
	const char *op = PICK("UNMIK", "EULEX", "UNMIL", "MONUC");
	const char *name = PICK("A", "B"), *gha = PICK("GHA", "BGD");
	const char *day = PICK("2009-01-01", "2009-05-01", "2009-09-01");
	const char *later = PICK("2009-06-30", "2009-12-31", "2010-06-30");
	const char *owner = PICK("EU", "AU", "UNMIL"), *second = PICK("UN", "UNMIK");
	unsigned number = (unsigned)(next_random(seed) % 4);

	switch (next_random(seed) % 16) {
	case 0:
		return arena_printf(
			a,
			"instrument operation=%s party=%s document=%s action=establish "
			"adopted=%s valid_until=%s "
			"ceilings=component:military,persons:%u|component:police,persons:5",
			op, PICK("UNSC", "AU"), name, day, later, 5 * number);
	case 1:
		return arena_printf(a,
				    "return operation=%s as_of=%s counts=contributor:%s,"
				    "component:troops,persons:%u",
				    op, day, gha, 4 * number);
	case 2:
		return arena_printf(a,
				    "requirement operation=%s requirement=%s component=troops "
				    "persons=%u needed_by=%s",
				    op, name, 10 * number, later);
	case 3:
		return arena_printf(a,
				    "priorities operation=%s document=%s date=%s "
				    "items=rank:1,task:x%s,supporting:%s",
				    op, name, day, PICK("", ",lead:EU", ",lead:UNMIL"), second);
	case 4:
		return arena_printf(
			a, "endorsement operation=%s document=%s owner=%s version=%u day=%s", op,
			name, PICK("UN", "UNMIK", owner), number + 1, day);
	case 5:
		return arena_printf(
			a,
			"amount operation=%s period_start=%s period_end=%s kind=%s party=UN "
			"currency=USD document=%s amount=%u",
			op, day, later, PICK("appropriation", "assessment", "commitment_authority"),
			name, 1000 * number);
	case 6:
		return arena_printf(a,
				    "payment operation=%s period_start=%s period_end=%s "
				    "contributor=%s currency=USD day=%s amount=%u",
				    op, day, later, gha, later, 500 * number);
	case 7:
		return arena_printf(a, "consent operation=%s host=%s day=%s state=%s", op,
				    PICK("XKX", "LBR"), day,
				    PICK("given", "restricted", "withdrawn"));
	default:
		return random_relation(a, seed);
	}
}

#endif
