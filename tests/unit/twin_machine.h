/* A case that is played through the state machine, with the twin beside it: what was accepted, and
 * which alerts are open by the events. */
#ifndef TESTS_TWIN_MACHINE_H
#define TESTS_TWIN_MACHINE_H

#include "service_query_fixture.h"

#include "twin_alert.h"
#include "twin_history.h"

#include "service/settings.h"

enum { OPEN_MAX = 1024, PLAY_ARENA_RESET = 16 };

struct open_alert {
	Mandate__AlertCode code;
	char key[KEY_TEXT_MAX + 1];
	const Mandate__Alert *alert;
	struct arena arena;
};

struct play {
	struct asking *asking;
	struct history history;
	struct twin world;
	size_t taken;	/* items */
	size_t refused; /* acts */
	struct open_alert *open[OPEN_MAX];
	size_t open_count;
};

/* A machine with the newest rules, on `day`. */
static inline void play_begin(struct play *p, int32_t day)
{
	static const uint8_t secret[HASH_BYTES] = {1, 2, 3};
	static const struct alert_parameters parameters = ALERT_DEFAULTS;
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__RulesInput rules = MANDATE__RULES_INPUT__INIT;
	char text[DAY_TEXT_BYTES];
	void *asking;

	set_up(&asking);
	p->asking = asking;
	history_begin(&p->history);
	p->world.p = parameters;
	p->world.p.rules = MACHINE_RULES_VERSION;
	p->world.count = p->taken = p->refused = p->open_count = 0;
	rules.version = MACHINE_RULES_VERSION;
	in.time_ms = 1;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_RULES;
	in.rules = &rules;
	rig_apply(&p->asking->rig, &in);
	rig_setting(&p->asking->rig, "instance.secret", bytes_of(secret, sizeof secret));
	day_format(text, day);
	rig_day(&p->asking->rig, text);
}

static inline void play_end(struct play *p)
{
	void *asking = p->asking;

	while (p->open_count > 0) {
		arena_fini(&p->open[--p->open_count]->arena);
		free(p->open[p->open_count]);
	}
	history_end(&p->history);
	tear_down(&asking);
}

static inline size_t play_find(const struct play *p, const Mandate__Alert *alert)
{
	size_t n = 0;

	while (n < p->open_count &&
	       (p->open[n]->code != alert->code || strcmp(p->open[n]->key, alert->key) != 0))
		n++;
	return n;
}

static inline void play_close(struct play *p, size_t n)
{
	arena_fini(&p->open[n]->arena);
	free(p->open[n]);
	p->open[n] = p->open[--p->open_count];
}

static inline void play_open(struct play *p, const Mandate__Alert *alert)
{
	struct open_alert *o = calloc(1, sizeof *o);

	assert_non_null(o);
	assert_true(p->open_count < OPEN_MAX);
	arena_init(&o->arena, 1024 * 1024);
	o->alert = codec_copy(&o->arena, &alert->base);
	o->code = alert->code;
	snprintf(o->key, sizeof o->key, "%s", alert->key);
	p->open[p->open_count++] = o;
}

/* What the newest input's events say of alerts: each opens what was closed, changes or closes what
 * was open. */
static inline void play_events(struct play *p)
{
	for (size_t i = 0; i < p->asking->rig.event_count; i++) {
		const Mandate__Event *e = rig_event(&p->asking->rig, i);
		size_t n;

		if (e->what_case != MANDATE__EVENT__WHAT_ALERT)
			continue;
		n = play_find(p, e->alert->alert);
		if ((n < p->open_count) != (e->alert->act != MANDATE__ALERT_ACT__ALERT_ACT_OPENED))
			fail_msg("%s is %s already", e->alert->alert->key,
				 n < p->open_count ? "open" : "closed");
		if (n < p->open_count)
			play_close(p, n);
		if (e->alert->act != MANDATE__ALERT_ACT__ALERT_ACT_CLOSED)
			play_open(p, e->alert->alert);
	}
	assert_int_equal(p->open_count, machine_state(p->asking->rig.machine)->alerts_open);
	if (p->asking->rig.inputs % PLAY_ARENA_RESET == 0)
		arena_reset(&p->asking->rig.arena);
}

/* Submits an item. False: an act was refused; a fact never is. */
static inline bool play_item(struct play *p, const struct case_item *item)
{
	Mandate__Change change = MANDATE__CHANGE__INIT, *changes = &change;
	const Mandate__Refusal *refusal;

	change.action = item->retract ? MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT
				      : MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	change.has_edition = true;
	change.edition = item->edition;
	change.record = (Mandate__Record *)(uintptr_t)item->record;
	rig_submit(&p->asking->rig, &changes, 1);
	refusal = p->asking->rig.outcome->refusal;
	if (refusal && !record_is_act(item->kind))
		fail_msg("%s %s is refused: %s", record_kind_name(item->kind), item->key,
			 refusal->text);
	if (refusal)
		p->refused++;
	else
		history_take(&p->history, item, p->taken++);
	play_events(p);
	return !refusal;
}

static inline void play_day(struct play *p, int32_t day)
{
	char text[DAY_TEXT_BYTES];

	day_format(text, day);
	rig_day(&p->asking->rig, text);
	play_events(p);
}

/* --- the twin's side --- */

/* Clashes that are open: names of records. */
static inline bool play_clash_agrees(const struct play *p)
{
	size_t expected = 0, open = 0;

	for (size_t n = 0; n < p->world.count; n++) {
		const struct twin_fact *f = &p->world.at[n];

		expected += history_clash(&p->history, SIZE_MAX, f->kind, f->key);
	}
	for (size_t n = 0; n < p->open_count; n++)
		open += p->open[n]->code == TCODE(EDITION_CLASH);
	if (open != expected)
		print_error("%zu clashes, by the twin %zu\n", open, expected);
	return open == expected;
}

static inline bool play_alert_agrees(const Mandate__Alert *is, const struct twin_alert *twin)
{
	bool same = is->since == twin->since && is->severity == twin->severity &&
		    (twin->persons < 0 || (int64_t)is->persons == twin->persons) &&
		    (twin->ceiling < 0 || (int64_t)is->ceiling == twin->ceiling) &&
		    (twin->required < 0 || (int64_t)is->required == twin->required) &&
		    (twin->pledged < 0 || (int64_t)is->pledged == twin->pledged) &&
		    (twin->amount < 0 || is->amount == twin->amount);

	if (!same)
		print_error("alert %d of %s: since %d, severity %d, by the twin %d, %d\n", is->code,
			    is->key, is->since, (int)is->severity, twin->since,
			    (int)twin->severity);
	return same;
}

/* What is open by the events is what the twin opens on the state's day. */
static inline bool play_agrees(struct play *p)
{
	static struct twin_alert expected[TWIN_ALERTS_MAX];
	int32_t day = machine_state(p->asking->rig.machine)->day;
	size_t count, open = 0;
	bool same = true;

	history_world(&p->history, SIZE_MAX, &p->world);
	count = twin_alerts_on(&p->world, day, expected);
	for (size_t n = 0; n < p->open_count; n++)
		open += p->open[n]->code != TCODE(EDITION_CLASH);
	for (size_t n = 0; n < count; n++) {
		Mandate__Alert like = MANDATE__ALERT__INIT;
		size_t at;

		like.code = expected[n].code;
		like.key = expected[n].key;
		at = play_find(p, &like);
		if (at == p->open_count) {
			print_error("alert %d of %s is not open\n", expected[n].code,
				    expected[n].key);
			same = false;
		} else {
			same = play_alert_agrees(p->open[at]->alert, &expected[n]) && same;
		}
	}
	if (open != count)
		for (size_t n = 0; n < p->open_count; n++)
			print_error("open: alert %d of %s\n", p->open[n]->code, p->open[n]->key);
	return play_clash_agrees(p) && same && open == count;
}

#endif
