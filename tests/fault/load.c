#include "tests/fault/fault.h"

#include "base/clock.h"
#include "base/day.h"
#include "model/codec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	OPERATIONS = 16,
	UNITS = 20, /* an operation */
	PARTNERS = 50,
	CHANGES_MAX = 40,
	SILENCE_MS = 60 * 1000,
	TEXT_BYTES_MAX = 1000,
};

static const char *const contributors[] = {"BGD", "ETH", "GHA", "IND", "NPL", "PAK", "RWA", "URY"};
enum { CONTRIBUTORS = sizeof contributors / sizeof *contributors };

/* --- what is sent --------------------------------------------------------------------------- */

/* A change with all that it may point to. */
struct draft {
	Mandate__Change change;
	Mandate__Record record;
	Mandate__Unit unit;
	Mandate__Total total;
	Mandate__Partner partner;
	Mandate__Source source;
	char operation[16], name[48], text[TEXT_BYTES_MAX + 64];
};

static void draft_unit(struct draft *d, uint64_t random)
{
	unsigned unit = (unsigned)(random % UNITS);

	d->record.content_case = MANDATE__RECORD__CONTENT_UNIT;
	d->record.unit = &d->unit;
	snprintf(d->name, sizeof d->name, "Battalion %u", unit);
	d->unit.operation = d->operation;
	d->unit.contributor = codec_borrow(contributors[unit % CONTRIBUTORS]);
	d->unit.unit = d->name;
	d->unit.from = day_from_civil(2026, 1, 1) + (int)unit;
	if (d->change.action == MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT)
		return;
	d->unit.has_component = true;
	d->unit.component = MANDATE__COMPONENT__COMPONENT_TROOPS;
	d->unit.has_persons = true;
	d->unit.persons = (uint32_t)(random >> 40) % 900;
}

/* Around the ceiling, so that alerts open and close. */
static void draft_total(struct draft *d, uint64_t random)
{
	d->record.content_case = MANDATE__RECORD__CONTENT_TOTAL;
	d->record.total = &d->total;
	d->total.operation = d->operation;
	d->total.as_of = day_from_civil(2026, 10, 1 + (int)(random % 28));
	d->total.component = MANDATE__COMPONENT__COMPONENT_MILITARY;
	d->total.has_persons = true;
	d->total.persons = 14000 + (uint32_t)(random >> 40) % 2000;
}

static void draft_partner(struct draft *d, uint64_t random)
{
	d->record.content_case = MANDATE__RECORD__CONTENT_PARTNER;
	d->record.partner = &d->partner;
	snprintf(d->name, sizeof d->name, "P-%u", (unsigned)(random % PARTNERS));
	d->partner.code = d->name;
	d->partner.name = codec_borrow(contributors[(random >> 32) % CONTRIBUTORS]);
}

static void draft_init(struct draft *d)
{
	mandate__change__init(&d->change);
	mandate__record__init(&d->record);
	mandate__unit__init(&d->unit);
	mandate__total__init(&d->total);
	mandate__partner__init(&d->partner);
	mandate__source__init(&d->source);
	d->change.record = &d->record;
	d->change.source = &d->source;
	d->change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_CORRECT;
	d->source.text = d->text;
}

static void draft_fill(struct draft *d, const struct lane *l, uint64_t sequence, unsigned number,
		       uint64_t *seed)
{
	uint64_t random = next_random(seed), die = next_random(seed) % 100;

	draft_init(d);
	snprintf(d->operation, sizeof d->operation, "OP-%u", (unsigned)(random >> 16) % OPERATIONS);
	if (die < 4) /* refused: unknown operation */
		snprintf(d->operation, sizeof d->operation, "NOWHERE");
	else if (die < 8) /* two contents under one edition, or unchanged */
		d->change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	else if (die < 12)
		d->change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT;
	if (die >= 12 && die < 16) { /* refused: a conflict, but for the first */
		d->change.has_expected_revision = true;
		d->change.expected_revision = 0;
	}
	if (die < 70)
		draft_unit(d, random);
	else if (die < 88)
		draft_total(d, random);
	else
		draft_partner(d, random);
	int len = snprintf(d->text, sizeof d->text, "%016" PRIx64 " %" PRIu64 " %u ", l->name,
			   sequence, number);
	for (unsigned i = (unsigned)len; i < l->text_bytes && i < TEXT_BYTES_MAX; i++) {
		d->text[i] = (char)('a' + (random >> i % 60) % 26);
		d->text[i + 1] = '\0';
	}
}

bool load_parse_mark(const Mandate__Change *change, uint64_t *ret_lane, uint64_t *ret_sequence,
		     unsigned *ret_number)
{
	return change->source && change->source->text &&
	       sscanf(change->source->text, "%" SCNx64 " %" SCNu64 " %u ", ret_lane, ret_sequence,
		      ret_number) == 3;
}

/* --- what is answered --------------------------------------------------------------------------
 */

struct bytes load_pack_outcome(struct arena *a, const Mandate__Outcome *outcome)
{
	Mandate__Outcome plain = *outcome;
	Mandate__Refusal refusal;
	struct bytes bytes;

	if (outcome->refusal) {
		refusal = *outcome->refusal;
		refusal.current = NULL; /* as it is when the answer is sent */
		plain.refusal = &refusal;
	}
	if (codec_encode(a, &plain.base, &bytes) != STATUS_OK)
		fault_fail("out of memory");
	return bytes;
}

static void grow(struct lane *l, uint64_t sequence)
{
	if (sequence <= l->room)
		return;
	uint64_t room = l->room ? l->room : 1024;
	while (room < sequence)
		room *= 2;
	l->kept = realloc(l->kept, room * sizeof *l->kept);
	if (!l->kept)
		fault_fail("out of memory");
	memset(l->kept + l->room, 0, (room - l->room) * sizeof *l->kept);
	l->room = room;
}

static void on_outcome(void *context, const struct mandate_outcome *told)
{
	struct lane *l = context;
	const Mandate__Outcome *o = told->outcome;
	struct arena arena;

	if (o->refusal && (o->refusal->code < MANDATE__CODE__CODE_AUTH_SCOPE ||
			   o->refusal->code >= MANDATE__CODE__CODE_NOT_FOUND))
		fault_fail("%s lane %" PRIx64 " number %" PRIu64 ": code %d: %s", l->sender,
			   l->name, told->tag, (int)o->refusal->code,
			   o->refusal->text ? o->refusal->text : "");
	if (o->sequence != told->tag)
		fault_fail("%s lane %" PRIx64 ": number %" PRIu64 " answered as %" PRIu64,
			   l->sender, l->name, told->tag, o->sequence);
	arena_init(&arena, DECODE_BYTES_MAX);
	struct bytes bytes = load_pack_outcome(&arena, o);
	grow(l, o->sequence);
	struct kept *k = &l->kept[o->sequence - 1];
	if (k->bytes) {
		l->repeats++;
		if (!bytes_equal(bytes, bytes_of(k->bytes, k->len)))
			fault_fail("%s lane %" PRIx64 " number %" PRIu64
				   ": another outcome than before",
				   l->sender, l->name, o->sequence);
	} else {
		k->bytes = malloc(bytes.len);
		if (!k->bytes)
			fault_fail("out of memory");
		memcpy(k->bytes, bytes.data, bytes.len);
		k->len = (uint32_t)bytes.len;
		l->answered++;
	}
	arena_fini(&arena);
	while (l->first_open <= l->room && l->kept[l->first_open - 1].bytes)
		l->first_open++;
}

/* --- senders ------------------------------------------------------------------------------------
 */

static struct mandate *open_handle(struct lane *l, const char *device, uint64_t sequence)
{
	struct mandate_options options = {.endpoint = l->run->control,
					  .device = device,
					  .window = l->window,
					  .lane = l->name,
					  .sequence = sequence,
					  .context = l,
					  .on_outcome = on_outcome};
	struct error err = {.status = STATUS_OK};
	struct mandate *m;

	if (mandate_open(&m, &options, &err) != STATUS_OK)
		fault_fail("mandate_open: %s", err.text);
	return m;
}

/* STATUS_AGAIN: the window is full. */
static enum status submit(struct lane *l, struct mandate *m, uint64_t sequence)
{
	static _Thread_local struct draft drafts[CHANGES_MAX];
	Mandate__Change *changes[CHANGES_MAX];
	uint64_t seed = l->name + sequence * 0x632be59bd9b4e019u;
	uint64_t die = next_random(&seed) % 100;
	unsigned most = l->text_bytes > 200 ? CHANGES_MAX / 2 : CHANGES_MAX;
	unsigned count = die < 70 ? 1 : die < 98 ? 2 + (unsigned)(die % 4) : most;
	struct error err = {.status = STATUS_OK};

	for (unsigned i = 0; i < count; i++) {
		draft_fill(&drafts[i], l, sequence, i, &seed);
		changes[i] = &drafts[i].change;
	}
	enum status s = mandate_submit(m, changes, count, sequence, &err);
	if (s != STATUS_OK && s != STATUS_AGAIN)
		fault_fail("mandate_submit: %s", err.text);
	return s;
}

static void move(struct mandate *m, uint32_t timeout_ms)
{
	struct error err = {.status = STATUS_OK};

	if (mandate_run(m, timeout_ms, &err) != STATUS_OK)
		fault_fail("mandate_run: %s", err.text);
}

static void drain(struct mandate *m)
{
	struct error err = {.status = STATUS_OK};

	if (mandate_drain(m, SILENCE_MS, &err) != STATUS_OK)
		fault_fail("no outcomes: %s", err.text);
}

static void *send_all(void *arg)
{
	struct lane *l = arg;
	uint64_t next = 1, began_ms = clock_mono_ms();
	unsigned starts = l->run->starts;

	l->handle = open_handle(l, "first", 1);
	while (!l->stop && (l->until == 0 || next <= l->until)) {
		uint64_t now_ms = clock_mono_ms();

		if (l->restarts && starts != l->run->starts) {
			/* Forgets what is under way and begins again where answers are missing. */
			starts = l->run->starts;
			mandate_close(l->handle);
			next = l->first_open;
			l->handle = open_handle(l, "again", next);
		}
		uint64_t due =
			l->per_second ? (now_ms - began_ms) * l->per_second / 1000 + 1 : UINT64_MAX;
		while (next <= due && (l->until == 0 || next <= l->until) &&
		       submit(l, l->handle, next) == STATUS_OK)
			next++;
		move(l->handle, l->per_second ? 1 : 50);
	}
	drain(l->handle);
	mandate_close(l->handle);
	l->handle = NULL;
	return NULL;
}

void load_start(struct lane *l)
{
	l->first_open = 1;
	grow(l, 1);
	if (pthread_create(&l->thread, NULL, send_all, l) != 0)
		fault_fail("no thread");
}

void load_finish(struct lane *l)
{
	pthread_join(l->thread, NULL);
}

void load_repeat(struct lane *l)
{
	struct mandate *m = open_handle(l, "repeat", 1);
	uint64_t count = l->answered, before = l->repeats;

	for (uint64_t sequence = 1; sequence <= count;)
		if (submit(l, m, sequence) == STATUS_OK)
			sequence++;
		else
			move(m, 100);
	drain(m);
	mandate_close(m);
	if (l->repeats - before != count || l->answered != count)
		fault_fail("%s: %" PRIu64 " of %" PRIu64 " outcomes told again", l->sender,
			   l->repeats - before, count);
}

void load_free(struct lane *l)
{
	for (uint64_t i = 0; i < l->room; i++)
		free(l->kept[i].bytes);
	free(l->kept);
	l->kept = NULL;
	l->room = 0;
}

/* --- what it stands on --------------------------------------------------------------------------
 */

static void record(struct mandate *m, Mandate__Record *r)
{
	Mandate__Change change = MANDATE__CHANGE__INIT, *changes = &change;
	struct error err = {.status = STATUS_OK};
	enum status s;

	change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	change.record = r;
	while ((s = mandate_submit(m, &changes, 1, 0, &err)) == STATUS_AGAIN)
		move(m, 100);
	if (s != STATUS_OK)
		fault_fail("mandate_submit: %s", err.text);
}

static void record_partner(struct mandate *m, const char *code)
{
	Mandate__Record r = MANDATE__RECORD__INIT;
	Mandate__Partner partner = MANDATE__PARTNER__INIT;

	r.content_case = MANDATE__RECORD__CONTENT_PARTNER;
	r.partner = &partner;
	partner.code = codec_borrow(code);
	record(m, &r);
}

static void record_operation(struct mandate *m, unsigned number)
{
	char acronym[16];
	Mandate__Record r = MANDATE__RECORD__INIT;
	Mandate__Operation operation = MANDATE__OPERATION__INIT;
	Mandate__Instrument instrument = MANDATE__INSTRUMENT__INIT;
	Mandate__CeilingEntry entry = MANDATE__CEILING_ENTRY__INIT, *entries = &entry;

	snprintf(acronym, sizeof acronym, "OP-%u", number);
	operation.acronym = acronym;
	operation.has_kind = true;
	operation.kind = MANDATE__OPERATION_KIND__OPERATION_KIND_UN_PKO;
	operation.has_start_date = true;
	operation.start_date = day_from_civil(2020, 1, 1);
	operation.has_mandate_series_from = true;
	operation.mandate_series_from = operation.start_date;
	operation.has_mandate_series_to = true;
	operation.mandate_series_to = MANDATE__SERIES_END__SERIES_END_TO_END;
	r.content_case = MANDATE__RECORD__CONTENT_OPERATION;
	r.operation = &operation;
	record(m, &r);
	entry.component = MANDATE__COMPONENT__COMPONENT_MILITARY;
	entry.has_persons = true;
	entry.persons = 15000;
	instrument.operation = acronym;
	instrument.party = codec_borrow("UNSC");
	instrument.document = codec_borrow("S/RES/9001");
	instrument.has_action = true;
	instrument.action = MANDATE__ACTION__ACTION_ESTABLISH;
	instrument.has_adopted = true;
	instrument.adopted = day_from_civil(2020, 1, 1);
	instrument.has_valid_until = true;
	instrument.valid_until = day_from_civil(2099, 6, 30);
	instrument.ceilings = &entries;
	instrument.n_ceilings = 1;
	r.content_case = MANDATE__RECORD__CONTENT_INSTRUMENT;
	r.instrument = &instrument;
	record(m, &r);
}

void load_prepare(const struct run *r)
{
	struct mandate_options options = {.endpoint = r->control};
	struct error err = {.status = STATUS_OK};
	struct mandate *m;

	if (mandate_open(&m, &options, &err) != STATUS_OK)
		fault_fail("mandate_open: %s", err.text);
	record_partner(m, "UNSC");
	for (size_t i = 0; i < CONTRIBUTORS; i++)
		record_partner(m, contributors[i]);
	for (unsigned i = 0; i < OPERATIONS; i++)
		record_operation(m, i);
	drain(m);
	mandate_close(m);
}
