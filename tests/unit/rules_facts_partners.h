/* The lines of rules_facts.h about arrangements, functions and claims; included by it only. */
#ifndef TESTS_RULES_FACTS_PARTNERS_H
#define TESTS_RULES_FACTS_PARTNERS_H

/* "A+B" into a list. */
static char **facts_list(struct facts *f, char *word, char sign, size_t *ret_count)
{
	char **list = arena_calloc(&f->arena, strlen(word) + 1, sizeof *list);
	char signs[] = {sign, '\0'}, *item;

	*ret_count = 0;
	while ((item = strsep(&word, signs)))
		if (*item)
			list[(*ret_count)++] = item;
	return list;
}

static void facts_sides(struct facts *f, Mandate__Arrangement *m, char *word)
{
	char **sides = facts_list(f, word, ';', &m->n_sides);

	m->sides = arena_calloc(&f->arena, m->n_sides, sizeof(Mandate__Side *));
	for (size_t i = 0; i < m->n_sides; i++) {
		m->sides[i] = FACTS_NEW(&f->arena, Side, side);
		m->sides[i]->parties = facts_list(f, sides[i], '+', &m->sides[i]->n_parties);
	}
}

/* "-" for none; not given: the operation of the facts. */
static char *facts_operation_option(struct facts *f, char *word)
{
	const char *name = facts_option(word, "op");

	if (!name)
		return NULL;
	return strcmp(name, "-") == 0 ? NULL : arena_text(&f->arena, name);
}

static void facts_arrangement(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Arrangement *m = FACTS_NEW(&f->arena, Arrangement, arrangement);

	r->content_case = MANDATE__RECORD__CONTENT_ARRANGEMENT;
	r->arrangement = m;
	m->arrangement = words[1];
	m->has_kind = true;
	m->kind = (Mandate__ArrangementKind)facts_name(&mandate__arrangement_kind__descriptor,
						       words[2]);
	facts_sides(f, m, words[3]);
	m->operation = arena_text(&f->arena, f->operation);
	for (size_t i = 4; i < count; i++) {
		char *word = words[i];
		const char *other = facts_option(word, "other"), *area = facts_option(word, "area");
		char *functions = strchr(word, '=');

		if (other)
			m->other_operation = arena_text(&f->arena, other);
		else if (area)
			m->area = arena_text(&f->arena, area);
		else if (facts_option(word, "functions"))
			m->functions = facts_list(f, functions + 1, '+', &m->n_functions);
		else if (facts_option(word, "op"))
			m->operation = facts_operation_option(f, word);
		else if (!facts_day_option(word, "proposed", &m->has_proposed, &m->proposed) &&
			 !facts_day_option(word, "effective", &m->has_effective, &m->effective) &&
			 !facts_day_option(word, "end", &m->has_end, &m->end) &&
			 !facts_day_option(word, "accept_by", &m->has_accept_by, &m->accept_by))
			fail_msg("arrangement: %s", word);
	}
}

static void facts_acceptance(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Acceptance *m = FACTS_NEW(&f->arena, Acceptance, acceptance);

	r->content_case = MANDATE__RECORD__CONTENT_ACCEPTANCE;
	r->acceptance = m;
	m->arrangement = words[1];
	m->party = words[2];
	m->has_day = m->has_reply = true;
	m->day = facts_day(words[3]);
	m->reply = MANDATE__REPLY__REPLY_ACCEPTED;
	if (count > 4)
		m->reply = (Mandate__Reply)facts_name(&mandate__reply__descriptor, words[4]);
}

static void facts_claim(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Claim *m = FACTS_NEW(&f->arena, Claim, claim);

	r->content_case = MANDATE__RECORD__CONTENT_CLAIM;
	r->claim = m;
	m->function = words[1];
	m->area = words[2];
	m->has_from = true;
	m->from = facts_day(words[3]);
	m->operation = arena_text(&f->arena, f->operation);
	for (size_t i = 4; i < count; i++) {
		const char *party = facts_option(words[i], "party");

		if (party)
			m->party = arena_text(&f->arena, party);
		else if (facts_option(words[i], "op"))
			m->operation = facts_operation_option(f, words[i]);
		else if (!facts_day_option(words[i], "until", &m->has_until, &m->until))
			fail_msg("claim: %s", words[i]);
	}
}

#endif
