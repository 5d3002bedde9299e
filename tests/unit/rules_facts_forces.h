/* The lines of rules_facts.h about units, transfers, requirements and pledges; included by it only.
 *
 * Operations are that of the facts, unless a line says op=ACRONYM. */
#ifndef TESTS_RULES_FACTS_FORCES_H
#define TESTS_RULES_FACTS_FORCES_H

/* "NAME=TEXT": TEXT, in the arena, instead of *text. */
static bool facts_text_option(struct facts *f, const char *word, const char *name, char **text)
{
	const char *given = facts_option(word, name);

	if (given)
		*text = arena_text(&f->arena, given);
	return given != NULL;
}

static void facts_unit(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Unit *u = FACTS_NEW(&f->arena, Unit, unit);

	assert_true(count >= 6);
	r->content_case = MANDATE__RECORD__CONTENT_UNIT;
	r->unit = u;
	u->operation = arena_text(&f->arena, f->operation);
	u->contributor = words[1];
	u->unit = words[2];
	u->from = facts_day(words[3]);
	u->has_to = strcmp(words[4], "-") != 0;
	if (u->has_to)
		u->to = facts_day(words[4]);
	u->has_component = true;
	u->has_persons = true;
	u->persons = (uint32_t)strtoul(facts_cut(words[5], &u->component), NULL, 10);
	for (size_t i = 6; i < count; i++) {
		const char *task = facts_option(words[i], "task");

		if (task) {
			u->has_task = true;
			u->task = (Mandate__Task)facts_name(&mandate__task__descriptor, task);
		} else if (!facts_text_option(f, words[i], "op", &u->operation) &&
			   !facts_text_option(f, words[i], "control", &u->control) &&
			   !facts_text_option(f, words[i], "requirement", &u->requirement) &&
			   !facts_text_option(f, words[i], "pledge", &u->pledge) &&
			   !facts_day_option(words[i], "mou", &u->has_mou_signed, &u->mou_signed) &&
			   !facts_day_option(words[i], "notice", &u->has_withdrawal_notice,
					     &u->withdrawal_notice)) {
			fail_msg("unit: %s", words[i]);
		}
	}
}

static void facts_transfer(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Transfer *t = FACTS_NEW(&f->arena, Transfer, transfer);

	assert_true(count == 6 || count == 7);
	r->content_case = MANDATE__RECORD__CONTENT_TRANSFER;
	r->transfer = t;
	t->contributor = words[1];
	t->unit = words[2];
	t->day = facts_day(words[3]);
	t->operation = words[4];
	t->other_operation = words[5];
	if (count == 7 && !facts_day_option(words[6], "back", &t->has_return_day, &t->return_day))
		fail_msg("transfer: %s", words[6]);
}

static void facts_requirement(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Requirement *m = FACTS_NEW(&f->arena, Requirement, requirement);

	assert_true(count == 4 || count == 5);
	r->content_case = MANDATE__RECORD__CONTENT_REQUIREMENT;
	r->requirement = m;
	m->operation = arena_text(&f->arena, f->operation);
	m->requirement = words[1];
	m->has_component = m->has_persons = m->has_needed_by = true;
	m->persons = (uint32_t)strtoul(facts_cut(words[2], &m->component), NULL, 10);
	m->needed_by = facts_day(words[3]);
	if (count == 5 && !facts_day_option(words[4], "until", &m->has_until, &m->until))
		fail_msg("requirement: %s", words[4]);
}

static void facts_pledge(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Pledge *m = FACTS_NEW(&f->arena, Pledge, pledge);

	assert_true(count >= 5);
	r->content_case = MANDATE__RECORD__CONTENT_PLEDGE;
	r->pledge = m;
	m->contributor = words[1];
	m->pledge = words[2];
	m->operation = arena_text(&f->arena, f->operation);
	m->has_component = m->has_persons = m->has_registered = true;
	m->persons = (uint32_t)strtoul(facts_cut(words[3], &m->component), NULL, 10);
	m->registered = facts_day(words[4]);
	for (size_t i = 5; i < count; i++) {
		if (strcmp(words[i], "anywhere") == 0)
			m->operation = NULL;
		else if (!facts_text_option(f, words[i], "op", &m->operation) &&
			 !facts_text_option(f, words[i], "requirement", &m->requirement) &&
			 !facts_text_option(f, words[i], "unit", &m->unit) &&
			 !facts_day_option(words[i], "available", &m->has_available, &m->available))
			fail_msg("pledge: %s", words[i]);
	}
}

static void facts_step(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__PledgeStep *m = FACTS_NEW(&f->arena, PledgeStep, pledge_step);

	assert_true(count == 6 || count == 7);
	r->content_case = MANDATE__RECORD__CONTENT_PLEDGE_STEP;
	r->pledge_step = m;
	m->contributor = words[1];
	m->pledge = words[2];
	m->step = (uint32_t)strtoul(words[3], NULL, 10);
	m->has_state = m->has_day = true;
	m->state = (Mandate__PledgeState)facts_name(&mandate__pledge_state__descriptor, words[4]);
	m->day = facts_day(words[5]);
	if (count == 7) {
		m->has_readiness = true;
		m->readiness =
			(Mandate__Readiness)facts_name(&mandate__readiness__descriptor, words[6]);
	}
}

#endif
