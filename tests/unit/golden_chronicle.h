/* What happens in the golden script, day by day. */
#ifndef TESTS_UNIT_GOLDEN_CHRONICLE_H
#define TESTS_UNIT_GOLDEN_CHRONICLE_H

#include "golden_script.h"

static const char golden_first_day[] = "2003-09-01";

static inline const char *golden_acronym(struct golden *g, size_t n)
{
	return golden_cell(&g->source, golden_operations[n].row, 0);
}

static inline const char *golden_some_operation(struct golden *g)
{
	return golden_acronym(g, golden_draw(&g->source, GOLDEN_COUNTED));
}

static inline const char *golden_some_contributor(struct golden *g)
{
	return golden_contributors[golden_draw(&g->source, GOLDEN_CONTRIBUTORS)];
}

/* Often one of the newest. */
static inline const Mandate__Record *golden_some_fact(struct golden *g)
{
	uint32_t back = golden_draw(&g->source, golden_percent(&g->source, 60) ? 12 : GOLDEN_FACTS);

	if (back >= g->fact_count)
		back = 0;
	return g->facts[(g->fact_count - 1 - back) % GOLDEN_FACTS];
}

/* --- what must be told: instruments, ceilings, ends, head-counts --- */

static inline void golden_tell_instruments(struct golden *g)
{
	for (size_t n = 0; n < G_COUNT(golden_instruments); n++) {
		int32_t adopted = on(golden_cell(&g->source, golden_instruments[n], 3));
		int32_t delay = n % 10 < 7 ? (int32_t)n % 3 : (int32_t)(5 * n) % 35;

		if (g->told[n] || adopted + delay > g->day)
			continue;
		g->told[n] = true;
		golden_fact(g, golden_instrument(&g->source, golden_instruments[n]));
		golden_send(g);
	}
	for (size_t n = 0; n < G_COUNT(golden_ceilings); n++) {
		if (g->told_ceiling[n] ||
		    on(golden_cell(&g->source, golden_ceilings[n], 3)) > g->day + 20)
			continue;
		g->told_ceiling[n] = true;
		golden_fact(g, golden_ceiling(&g->source, golden_ceilings[n]));
		golden_send(g);
	}
}

static inline void golden_tell_ends(struct golden *g)
{
	for (size_t n = 0; n < GOLDEN_OPERATIONS; n++) {
		const char *end = golden_cell(&g->source, golden_operations[n].row, 4);

		if (g->told_end[n] || !end || on(end) + (int32_t)(11 * n) % 60 > g->day)
			continue;
		g->told_end[n] = true;
		golden_change(g, G_CORRECT, 0,
			      golden_operation(&g->source, golden_operations[n].row, true));
		golden_send(g);
	}
}

/* One contributor's rows of a return in one of its styles; the lists stand as records want them. */
static inline void golden_rows(struct golden *g, Mandate__Return *r, const char *contributor,
			       uint32_t style, uint32_t military, uint32_t police)
{
	struct golden_source *s = &g->source;

	if (style == 4)
		golden_count(s, r, contributor, G_COMPONENT(UNIFORMED), military + police);
	if (style == 1)
		golden_count(s, r, contributor, G_COMPONENT(MILITARY), military);
	if (style == 0 || style == 2 || style == 3 || style == 5)
		golden_count(s, r, contributor, G_COMPONENT(TROOPS), military);
	if (style == 0 || style == 5) {
		golden_count(s, r, contributor, G_COMPONENT(STAFF_OFFICERS), military / 50);
		golden_count(s, r, contributor, G_COMPONENT(OBSERVERS), military / 30);
	}
	if (style == 2)
		golden_count(s, r, contributor, G_COMPONENT(POLICE), police);
	if (style == 0 || style == 5)
		golden_count(s, r, contributor, G_COMPONENT(INDIVIDUAL_POLICE), police / 3);
	if (style == 0 || style == 5)
		golden_count(s, r, contributor, G_COMPONENT(FORMED_POLICE), police - police / 3);
	if (style == 5) {
		golden_count(s, r, contributor, G_COMPONENT(CORRECTIONS), 3);
		golden_count(s, r, contributor, G_COMPONENT(CIVILIANS), 40);
	}
}

static inline Mandate__Record *golden_some_return(struct golden *g, size_t n, int32_t as_of)
{
	static const Mandate__Component covers[][2] = {{0},
						       {G_COMPONENT(MILITARY)},
						       {G_COMPONENT(MILITARY), G_COMPONENT(POLICE)},
						       {G_COMPONENT(TROOPS)},
						       {0},
						       {0}};
	static const size_t cover_counts[] = {0, 1, 2, 1, 0, 0};
	struct golden_source *s = &g->source;
	Mandate__Record *record = golden_return(s, golden_acronym(g, n), as_of);
	uint32_t contributors = 2 + golden_draw(s, 6), step = 1 + golden_draw(s, 4);
	uint32_t first = golden_draw(s, GOLDEN_CONTRIBUTORS - 7 * 4);
	uint32_t style = golden_draw(s, 6), percent = 55 + golden_draw(s, 52);

	golden_covers(s, record->return_, covers[style], cover_counts[style]);
	for (uint32_t i = 0; i < contributors; i++)
		golden_rows(g, record->return_, golden_contributors[first + i * step], style,
			    golden_operations[n].military * percent / 100 / contributors,
			    golden_operations[n].police * percent / 100 / contributors);
	return record;
}

static inline int32_t golden_month_end(int32_t day, int months)
{
	int year, month, day_of_month;

	day_to_civil(day, &year, &month, &day_of_month);
	month += months;
	return day_from_civil(year + month / 12, month % 12 + 1, 1) - 1;
}

/* Monthly, mostly within three weeks; some late, some months left out, and for a while after the
 * operation's end. */
static inline void golden_tell_returns(struct golden *g)
{
	for (size_t n = 0; n < GOLDEN_COUNTED; n++) {
		const char *row = golden_operations[n].row;
		const char *end = golden_cell(&g->source, row, 4);
		int32_t start = on(golden_cell(&g->source, row, 3));

		if (g->month_end[n] == 0) {
			int32_t from = start > g->day ? start : g->day;

			g->month_end[n] = golden_month_end(from, 0);
			g->month_told[n] = g->month_end[n] + 5;
		}
		if (g->month_told[n] > g->day || (end && g->month_end[n] > on(end) + 75))
			continue;
		golden_fact(g, golden_some_return(g, n, g->month_end[n]));
		golden_send(g);
		bool left_out = golden_percent(&g->source, 6);
		int months = 1 + (left_out ? 1 + (int)golden_draw(&g->source, 4) : 0);
		bool late = golden_percent(&g->source, 12);
		g->month_end[n] = golden_month_end(g->month_end[n], months);
		g->month_told[n] =
			g->month_end[n] + (int32_t)(late ? 25 + golden_draw(&g->source, 40)
							 : 2 + golden_draw(&g->source, 20));
	}
}

/* --- what happens now and then ---
 *
 * One draw a statement: C does not say in which order arguments are computed. */

static inline char *golden_some_document(struct golden *g, const char *series)
{
	uint32_t year = 2003 + golden_draw(&g->source, 10), number = golden_draw(&g->source, 200);

	return arena_printf(&g->source.memory, "%s/%u/%u", series, year, number);
}

static inline void golden_act_unit(struct golden *g)
{
	static const Mandate__Component components[] = {
		G_COMPONENT(TROOPS),	  G_COMPONENT(MILITARY),	  G_COMPONENT(OBSERVERS),
		G_COMPONENT(CORRECTIONS), G_COMPONENT(INDIVIDUAL_POLICE), G_COMPONENT(UNIFORMED),
		G_COMPONENT(POLICE),	  G_COMPONENT(FORMED_POLICE),	  G_COMPONENT(CIVILIANS),
	};
	struct golden_source *s = &g->source;
	const char *operation = golden_some_operation(g);
	const char *contributor = golden_some_contributor(g);
	const char *name = golden_units[golden_draw(s, G_COUNT(golden_units))];
	Mandate__Component component = components[golden_draw(s, G_COUNT(components))];
	int32_t from = g->day - 60 + (int32_t)golden_draw(s, 120);
	uint32_t persons = 5 + golden_draw(s, 400);
	Mandate__Record *r = golden_unit(s, operation, contributor, name, from, component, persons);
	Mandate__Unit *u = r->unit;

	u->has_to = golden_percent(s, 60);
	u->to = u->has_to ? from + (int32_t)golden_draw(s, 500) : 0;
	u->has_task = golden_percent(s, 50);
	u->task = u->has_task ? MANDATE__TASK__TASK_INFANTRY : 0;
	u->has_women = golden_percent(s, 20);
	u->women = u->has_women ? u->persons / 10 : 0;
	if (golden_percent(s, 10))
		u->control = codec_borrow(strcmp(operation, "MONUC") ? "MONUC" : "UNMIS");
	if (golden_percent(s, 30))
		u->mou = arena_printf(&s->memory, "MOU/%u", golden_draw(s, 500));
	golden_fact(g, r);
}

static inline void golden_act_total(struct golden *g)
{
	static const Mandate__Component components[] = {
		G_COMPONENT(TROOPS),	G_COMPONENT(OBSERVERS), G_COMPONENT(MILITARY),
		G_COMPONENT(UNIFORMED), G_COMPONENT(POLICE),	G_COMPONENT(INDIVIDUAL_POLICE),
	};
	struct golden_source *s = &g->source;
	uint32_t n = golden_draw(s, GOLDEN_COUNTED), c = golden_draw(s, G_COUNT(components));
	uint32_t whole = c < 4 ? golden_operations[n].military : golden_operations[n].police;
	uint32_t percent = 60 + golden_draw(s, 50);
	int32_t as_of = g->day - (int32_t)golden_draw(s, 60);

	golden_fact(g, golden_total(s, golden_acronym(g, n), as_of, components[c],
				    whole * percent / (c == 1 ? 2000 : 100)));
}

static inline void golden_act_estimate(struct golden *g)
{
	struct golden_source *s = &g->source;
	int32_t month = golden_month_end(g->day, -1);

	for (int by_place = 0; by_place < 2; by_place++) {
		const char *operation = golden_some_operation(g);
		uint32_t first = golden_draw(s, 20), count = 1 + golden_draw(s, 5);

		golden_fact(g, golden_estimate(s, operation, month, by_place, first, count));
	}
}

static inline void golden_act_ceiling(struct golden *g)
{
	static const Mandate__Component components[] = {
		G_COMPONENT(MILITARY),	G_COMPONENT(TROOPS),	    G_COMPONENT(POLICE),
		G_COMPONENT(FPU_UNITS), G_COMPONENT(FORMED_POLICE), G_COMPONENT(OBSERVERS),
		G_COMPONENT(UNIFORMED), G_COMPONENT(CORRECTIONS),
	};
	struct golden_source *s = &g->source;
	Mandate__Ceiling *c = golden_message(s, &mandate__ceiling__descriptor);
	uint32_t n = golden_draw(s, GOLDEN_AMENDED), which = golden_draw(s, G_COUNT(components));

	c->operation = codec_borrow(golden_acronym(g, n));
	c->document =
		golden_percent(s, 50) ? codec_borrow("S/RES/1925") : golden_some_document(g, "S");
	c->component = components[which];
	c->from = g->day - 30 + (int32_t)golden_draw(s, 90);
	c->has_until = golden_percent(s, 60);
	c->until = c->has_until ? c->from + (int32_t)golden_draw(s, 300) : 0;
	c->has_persons = golden_percent(s, 70);
	c->persons = golden_operations[n].military * (80 + golden_draw(s, 30)) / 100;
	c->has_delta = !c->has_persons || golden_percent(s, 10);
	c->delta = (int32_t)golden_draw(s, 900) - 300;
	c->has_comply_by = golden_percent(s, 20);
	c->comply_by = c->from + 60;
	golden_fact(g, golden_record(s, G_KIND(CEILING), c));
}

/* A text that changes strengths only, in all the ways in which texts say it. */
static inline void golden_act_amendment(struct golden *g)
{
	struct golden_source *s = &g->source;
	Mandate__Instrument *i = golden_message(s, &mandate__instrument__descriptor);
	uint32_t n = golden_draw(s, GOLDEN_AMENDED);
	Mandate__CeilingEntry *e;

	i->operation = codec_borrow(golden_acronym(g, n));
	i->party = codec_borrow("UNSC");
	i->document = golden_some_document(g, "S/PRST");
	i->has_action = i->has_adopted = true;
	i->action = MANDATE__ACTION__ACTION_AMEND;
	i->adopted = g->day;
	i->has_effective = golden_percent(s, 20);
	i->effective = g->day + 15;
	e = golden_entry(s, i, golden_percent(s, 70) ? G_COMPONENT(MILITARY) : G_COMPONENT(POLICE));
	e->has_delta = true;
	e->delta = (int32_t)golden_draw(s, 1200) - 500;
	e->has_until = golden_percent(s, 50);
	e->until = g->day + 20 + (int32_t)golden_draw(s, 200);
	e->has_wording = true;
	e->wording = e->delta < 0 ? MANDATE__WORDING__WORDING_DECREASE_BY
				  : MANDATE__WORDING__WORDING_INCREASE_BY;
	e = golden_entry(s, i, G_COMPONENT(STAFF_OFFICERS));
	e->has_persons = e->has_from = true;
	e->persons = 20 + golden_draw(s, 300);
	e->from = g->day + 30;
	e = golden_entry(s, i, G_COMPONENT(CORRECTIONS));
	e->has_persons = e->has_parent = true;
	e->persons = golden_draw(s, 40);
	e->parent = G_COMPONENT(POLICE);
	e = golden_entry(s, i, G_COMPONENT(FPU_UNITS));
	e->has_persons = true;
	e->persons = golden_draw(s, 12);
	golden_fact(g, golden_record(s, G_KIND(INSTRUMENT), i));
}

/* What names somebody or something that nobody has recorded; at times behind good changes. */
static inline void golden_act_unknown(struct golden *g)
{
	struct golden_source *s = &g->source;
	uint32_t which = golden_draw(s, 3);
	Mandate__Record *r;

	if (golden_percent(s, 40))
		golden_change(g, G_CORRECT, 0, golden_vary(s, golden_some_fact(g)));
	if (which == 0)
		r = golden_total(s, "UNTAC", g->day, G_COMPONENT(MILITARY), 100);
	else if (which == 1)
		r = golden_unit(s, golden_some_operation(g), "TUV", "Police advisers", g->day,
				G_COMPONENT(POLICE), 2);
	else
		r = golden_instrument(s, "UNMIK,OSCE,PC.DEC/305,1999-07-01,,establish,,,,,,,,");
	if (which == 2)
		r->instrument->operation = codec_borrow(golden_some_operation(g));
	golden_change(g, G_RECORD, 0, r);
}

/* Several changes that stand on each other, one record more than once. */
static inline void golden_act_several(struct golden *g)
{
	struct golden_source *s = &g->source;
	const Mandate__Record *twice = golden_some_fact(g);

	golden_act_unit(g);
	golden_act_total(g);
	golden_change(g, G_CORRECT, 0, golden_vary(s, twice));
	for (uint32_t n = golden_draw(s, 8); n > 0; n--)
		golden_change(g, G_CORRECT, 0, golden_vary(s, golden_some_fact(g)));
	golden_change(g, G_CORRECT, 0, golden_vary(s, twice));
	golden_change(g, G_RECORD, 1 + golden_draw(s, 3), twice);
	golden_act_estimate(g);
}

static inline void golden_act_number(struct golden *g)
{
	size_t office = golden_draw(&g->source, G_COUNT(golden_offices));
	uint64_t last = g->next[office][0];

	golden_act_total(g);
	if (golden_percent(&g->source, 50) && last > 0)
		golden_send_as(g, office, 0, 1 + golden_draw(&g->source, (uint32_t)last));
	else
		golden_send_as(g, office, 0, last + 2 + golden_draw(&g->source, 5));
}

static inline void golden_act_setting(struct golden *g)
{
	static const char *const names[] = {"alert.ceil_over.rotation_overlap_days",
					    "alert.head_count_age_days", "alert.mand_expiring.days",
					    "alert.dep_stale.return_age_days", "feed.colour"};
	static const char *const values[] = {"30", "10",  "120", "45",	  "60",
					     "92", "abc", "-5",	 "99999", ""};
	const char *name = names[golden_draw(&g->source, G_COUNT(names))];
	const char *value = values[golden_draw(&g->source, G_COUNT(values))];

	golden_setting(g, name, bytes_of_text(value));
}

static inline void golden_act_doubt(struct golden *g)
{
	struct golden_source *s = &g->source;
	const Mandate__Record *fact = golden_some_fact(g);
	const Mandate__Record *varied = golden_vary(s, fact);
	uint32_t n = golden_draw(s, GOLDEN_COUNTED), edition = golden_draw(s, 4);
	uint64_t revision = 1 + golden_draw(s, 3000);
	Mandate__Change *c;

	switch (golden_draw(s, 8)) {
	case 0: /* a contradiction, or an edition that comes late */
		golden_change(g, G_RECORD, edition, varied);
		break;
	case 1: /* the same again, as another source has it */
		c = golden_change(g, G_RECORD, 0, fact);
		c->source = golden_message(s, &mandate__source__descriptor);
		c->source->text = codec_borrow("monthly summary");
		break;
	case 2:
		golden_change(g, G_RETRACT, edition, golden_key_only(s, fact));
		break;
	case 3: /* based on a revision that is hardly the record's */
		golden_expect(golden_change(g, G_CORRECT, 0, varied), n % 2 * revision);
		break;
	case 4:
		fact = golden_operation(s, golden_operations[n].row, g->told_end[n]);
		golden_change(g, G_CORRECT, 0, golden_vary(s, fact));
		break;
	default:
		golden_change(g, G_CORRECT, 0, varied);
	}
}

static inline void golden_act(struct golden *g)
{
	uint32_t what = golden_draw(&g->source, 100);

	if (what < 18)
		golden_act_unit(g);
	else if (what < 28)
		golden_act_total(g);
	else if (what < 34)
		golden_act_estimate(g);
	else if (what < 70)
		golden_act_doubt(g);
	else if (what < 75)
		golden_act_ceiling(g);
	else if (what < 79)
		golden_act_amendment(g);
	else if (what < 86)
		golden_act_unknown(g);
	else if (what < 91)
		golden_act_several(g);
	else if (what < 94)
		golden_act_number(g);
	else if (what < 97)
		golden_repeat(g);
	else if (what < 98)
		golden_act_setting(g);
	else
		golden_cursor(g, golden_offices[golden_draw(&g->source, 2)], "map room", g->inputs);
	golden_send(g);
}

/* --- the chapters --- */

/* Before the first day: who there is, and what is known. No alert uses a revision yet, so that
 * every change's is known to who counts. */
static inline void golden_begin(struct golden *g)
{
	static const uint8_t secret[HASH_BYTES] = "the secret of the golden journal";
	struct golden_source *s = &g->source;
	size_t partners = G_COUNT(golden_partners) + GOLDEN_CONTRIBUTORS;

	golden_setting(g, "instance.secret", bytes_of(secret, sizeof secret));
	golden_rules(g, 1);
	golden_setting(g, "alert.mand_expiring.days", bytes_of_text("60"));
	golden_setting(g, "calendar.timezone", bytes_of_text("America/New_York"));
	for (size_t n = 0; n < partners; n++) {
		const char *code = n < G_COUNT(golden_partners)
					   ? golden_partners[n]
					   : golden_contributors[n - G_COUNT(golden_partners)];

		golden_change(g, G_RECORD, 0, golden_partner(s, code));
	}
	golden_send_by(g, 3);
	for (size_t n = 0; n < GOLDEN_OPERATIONS; n++)
		golden_fact(g, golden_operation(s, golden_operations[n].row, false));
	golden_send_by(g, 3);
	/* Expected and so; no more; there is none; not the one that is on its way. */
	for (int n = 0; n < 2; n++) {
		golden_expect(
			golden_change(g, G_CORRECT, 0, golden_vary(s, golden_partner(s, "UNSC"))),
			1);
		golden_send_by(g, 3);
	}
	golden_expect(golden_change(g, G_RECORD, 0, golden_partner(s, "SADC")), 0);
	golden_send_by(g, 3);
	golden_expect(golden_change(g, G_RECORD, 0, golden_partner(s, "IGAD")), 5);
	golden_send_by(g, 3);
	golden_change(g, G_CORRECT, 0, golden_vary(s, golden_partner(s, "AU")));
	golden_expect(golden_change(g, G_CORRECT, 0, golden_vary(s, golden_partner(s, "AU"))),
		      partners + GOLDEN_OPERATIONS + 3);
	golden_send_by(g, 4);
	golden_expect(golden_change(g, G_CORRECT, 0, golden_vary(s, golden_partner(s, "AU"))), 2);
	golden_send_by(g, 4);
	/* Two offices that do not agree, while there is no day yet. */
	for (size_t office = 0; office < 2; office++) {
		golden_change(g, G_RECORD, 0,
			      golden_total(s, "MONUC", on("2003-08-31"), G_COMPONENT(MILITARY),
					   10700 + 5 * (uint32_t)office));
		golden_send_by(g, office);
	}
	g->day = on(golden_first_day);
	golden_tell_instruments(g);
	golden_day(g, g->day);
}

/* Every office has another number for one day; that an older one comes late changes nothing; then
 * one of them looks again. */
static inline void golden_disagree(struct golden *g)
{
	const Mandate__Record *total;

	for (size_t office = 0; office < G_COUNT(golden_offices); office++) {
		total = golden_total(&g->source, "UNMEE", on("2006-05-31"), G_COMPONENT(MILITARY),
				     2300 + 10 * (uint32_t)office);
		golden_change(g, G_RECORD, 2, total);
		golden_send_by(g, office);
	}
	golden_change(g, G_RECORD, 1, golden_vary(&g->source, total));
	golden_send_by(g, 2);
	golden_change(g, G_CORRECT, 0, golden_vary(&g->source, total));
	golden_send_by(g, 0);
}

/* So many dates of change that nobody walks back over all of them. */
static inline void golden_daily_arrivals(struct golden *g)
{
	struct golden_source *s = &g->source;
	int32_t day = on("2005-01-01");
	size_t arrivals = 430;

	for (size_t n = 0; n < G_COUNT(golden_althea); n++)
		golden_change(g, G_RECORD, 0, golden_instrument(s, golden_althea[n]));
	golden_change(g, G_RECORD, 0,
		      golden_unit(s, "EUFOR Althea", "ITA", "Multinational Task Force",
				  on("2004-12-15"), G_COMPONENT(TROOPS), 7200));
	for (size_t n = 0; n < arrivals; n++) {
		const char *name = arena_printf(&s->memory, "Officer %zu", n);

		if (g->pending_count == GOLDEN_CHANGES_MAX)
			golden_send_by(g, 3);
		golden_change(g, G_RECORD, 0,
			      golden_unit(s, "EUFOR Althea", golden_contributors[n % 30], name,
					  day + (int32_t)n, G_COMPONENT(STAFF_OFFICERS), 1));
	}
	golden_send_by(g, 3);
}

/* A mandate that lapsed, but later than was said. */
static inline void golden_lapsed_later(struct golden *g)
{
	Mandate__Record *r = golden_instrument(&g->source, golden_althea[2]);

	r->instrument->valid_until += 9;
	golden_change(g, G_CORRECT, 0, r);
	golden_send(g);
}

/* Withdrawn by a day: the return is old by then, and on that day still matters. */
static inline void golden_withdrawn(struct golden *g)
{
	struct golden_source *s = &g->source;
	Mandate__Record *r = golden_return(s, "ONUB", on("2006-12-31"));

	golden_change(g, G_RECORD, 0, golden_operation(s, golden_onub.row, false));
	for (size_t n = 0; n < G_COUNT(golden_onub_instruments); n++)
		golden_change(g, G_RECORD, 0, golden_instrument(s, golden_onub_instruments[n]));
	golden_count(s, r->return_, "ETH", G_COMPONENT(TROOPS), 1100);
	golden_change(g, G_RECORD, 0, r);
	golden_send(g);
	for (g->day = on("2007-03-29"); g->day < on("2007-04-03"); g->day++) {
		golden_day(g, g->day);
		r = golden_vary(s, golden_operation(s, golden_onub.row, false));
		golden_change(g, G_CORRECT, 0, r); /* it is judged on each of these days */
		golden_send(g);
	}
}

static inline void golden_restored(struct golden *g)
{
	golden_epoch(g, 1);
}

/* As many versions of a record as it may have, and one more. */
static inline void golden_last_version(struct golden *g)
{
	Mandate__Record *record[2] = {golden_partner(&g->source, "NATO"),
				      golden_partner(&g->source, "NATO")};

	record[1]->partner->seat = codec_borrow("Brussels");
	for (size_t n = 2; n <= GOLDEN_VERSIONS_MAX + 1; n++) {
		golden_change(g, G_CORRECT, 0, record[n % 2]);
		if (g->pending_count == GOLDEN_CHANGES_MAX || n >= GOLDEN_VERSIONS_MAX)
			golden_send_by(g, 3);
	}
}

struct golden_chapter {
	const char *day;
	void (*tell)(struct golden *g);
};

static const struct golden_chapter golden_chapters[] = {
	{"2006-06-01", golden_daily_arrivals}, {"2006-06-20", golden_disagree},
	{"2007-03-15", golden_withdrawn},      {"2008-02-01", golden_lapsed_later},
	{"2009-01-01", golden_restored},       {"2013-06-30", golden_last_version},
};

static inline void golden_write(struct golden *g)
{
	size_t chapter = 0;

	golden_begin(g);
	while (chapter < G_COUNT(golden_chapters)) {
		g->day += 1 + (int32_t)golden_draw(&g->source, 4);
		if (golden_percent(&g->source, 1))
			g->day += 45; /* nobody entered the days in between */
		golden_day(g, g->day);
		if (golden_percent(&g->source, 2))
			golden_day(g, g->day - (int32_t)golden_draw(&g->source, 3));
		golden_tell_instruments(g);
		golden_tell_ends(g);
		golden_tell_returns(g);
		for (uint32_t n = golden_draw(&g->source, 4); n > 0; n--)
			golden_act(g);
		if (g->day >= on(golden_chapters[chapter].day))
			golden_chapters[chapter++].tell(g);
	}
}

static inline void golden_init(struct golden *g)
{
	memset(g, 0, sizeof *g);
	arena_init(&g->source.memory, 512u << 20);
	g->source.seed = 20120521;
	g->time_ms = 1062374400000; /* 2003-09-01 */
	g->payloads = calloc(GOLDEN_INPUTS_MAX, sizeof *g->payloads);
	assert_non_null(g->payloads);
	golden_write(g);
}

static inline void golden_fini(struct golden *g)
{
	arena_fini(&g->source.memory);
	free(g->payloads);
}

#endif
