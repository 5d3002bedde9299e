/* What streams show of records that come into sight and leave it: the state machine's own events,
 * by two ways, from memory to a stream that keeps up and in slices of the event log. */
#include "record_text.h"
#include "service_support.h"

#include "service/readable.h"
#include "service/roll.h"
#include "service/slice.h"
#include "service/stream.h"

enum { PEERS_MAX = 4, TOLD_BYTES = 4096, CREDIT = 1024 * 1024 };

/* One stream, and what it was told since the last look: a line an event. */
struct peer {
	const char *office;
	Mandate__Filter *filter;
	bool digests;
	uint64_t after;
	uint8_t after_hash[HASH_BYTES], chain[HASH_BYTES];
	uint64_t chained;
	char told[TOLD_BYTES], all[TOLD_BYTES];
	int end;
};

struct sight {
	struct rig rig;
	struct streams *streams;
	struct peer peers[PEERS_MAX];
	size_t peer_count;
	uint64_t now_ms;
};

/* --- what a peer is told -----------------------------------------------------------------------
 */

static void add_line(char *told, const char *what, Mandate__Kind kind, const char *key)
{
	size_t used = strlen(told);

	assert_in_range(snprintf(told + used, TOLD_BYTES - used, "%s%s %s\n", what,
				 record_kind_name(kind), key),
			1, TOLD_BYTES - used - 1);
}

static void take_event(struct peer *p, char *told, const Mandate__StreamEvent *e)
{
	uint64_t revision = e->revision;
	uint8_t digest[HASH_BYTES];
	char key[KEY_TEXT_MAX + 1];

	if (e->has_event) {
		Mandate__Event *event = mandate__event__unpack(NULL, e->event.len, e->event.data);

		assert_non_null(event);
		assert_false(e->has_revision || e->has_kind || e->key || e->has_left ||
			     e->has_digest);
		revision = event->revision;
		hash_event(digest, e->salt.data, bytes_of(e->event.data, e->event.len));
		if (event->what_case == MANDATE__EVENT__WHAT_ALERT) {
			add_line(told, "", MANDATE__KIND__KIND_ALERT, event->alert->alert->key);
		} else {
			assert_int_equal(record_key(event->change->record, key), STATUS_OK);
			add_line(told, "", record_kind(event->change->record), key);
		}
		mandate__event__free_unpacked(event, NULL);
	} else {
		assert_true(e->has_revision && !e->has_salt);
		assert_int_equal(e->has_digest, p->digests);
		if (e->has_digest)
			memcpy(digest, e->digest.data, HASH_BYTES);
		if (e->has_left) {
			assert_true(e->left && e->has_kind);
			add_line(told, "left ", e->kind, e->key);
		} else {
			assert_true(p->digests && !e->has_kind && !e->key);
		}
	}
	if (p->digests) {
		assert_int_equal(revision, p->chained + 1);
		hash_chain_event(p->chain, ++p->chained, digest);
	}
}

static enum stream_sent on_send(void *ctx, const struct route *route, struct frame *frame)
{
	struct sight *s = ctx;
	struct peer *p = &s->peers[route->id[0]];
	Mandate__Envelope *e = mandate__envelope__unpack(NULL, frame->len, frame->data);

	assert_non_null(e);
	assert_int_equal(mandate__envelope__get_packed_size(e), frame->len);
	if (e->body_case == MANDATE__ENVELOPE__BODY_END) {
		p->end = (int)e->end->code;
	} else {
		for (size_t i = 0; i < e->frame->n_events; i++)
			take_event(p, p->told, e->frame->events[i]);
		/* Digests, of what has left too, make the daemon's chain. */
		if (p->digests && e->frame->through == p->chained)
			assert_memory_equal(e->head->event_hash.data, p->chain, HASH_BYTES);
	}
	mandate__envelope__free_unpacked(e, NULL);
	return STREAM_SENT;
}

static void fill(struct sight *s, struct reader_job *job)
{
	struct store_txn *txn;

	assert_int_equal(store_begin_read(s->rig.store, &txn), STATUS_OK);
	assert_int_equal(slice_fill(txn, job), STATUS_OK);
	store_abort(txn);
}

static void on_slice(void *ctx, struct reader_job *job)
{
	struct sight *s = ctx;

	fill(s, job);
	stream_slice(s->streams, job);
}

static bool on_cursor(void *ctx, const char *office, const char *name, uint64_t revision,
		      int32_t day)
{
	(void)ctx, (void)office, (void)name, (void)revision, (void)day;
	return true;
}

/* --- fixture -----------------------------------------------------------------------------------
 */

static const struct machine_state *state_of(struct sight *s)
{
	return machine_state(s->rig.machine);
}

static void settle(struct sight *s)
{
	for (int i = 0; i < 4; i++) {
		s->now_ms += STREAM_RETRY_MS;
		stream_pump(s->streams, s->now_ms);
	}
}

/* As the network thread does with a batch: the roll first, then its events. */
static void publish(struct sight *s)
{
	stream_take_roll(s->streams, machine_roll(s->rig.machine), state_of(s)->day);
	stream_publish(s->streams, s->rig.events, s->rig.event_count, &state_of(s)->head);
	settle(s);
}

static const Mandate__Record *text(struct sight *s, const char *line)
{
	return record_text(&s->rig.arena, line);
}

static void tell(struct sight *s, const char *line)
{
	rig_accept(&s->rig, RECORD(&s->rig, text(s, line)));
	publish(s);
}

static void correct(struct sight *s, const char *line)
{
	rig_accept(&s->rig, CORRECT(&s->rig, text(s, line)));
	publish(s);
}

static void retract(struct sight *s, const char *line)
{
	rig_accept(&s->rig, RETRACT(&s->rig, text(s, line)));
	publish(s);
}

static struct sight *open_under(uint32_t rules, const char *day)
{
	struct sight *s = calloc(1, sizeof *s);
	struct stream_hooks hooks = {
		.ctx = s, .send = on_send, .slice = on_slice, .cursor = on_cursor};

	rig_open(&s->rig);
	rig_rules(&s->rig, rules);
	rig_begin(&s->rig, day);
	s->now_ms = 1000000;
	assert_int_equal(
		stream_new(&hooks, &state_of(s)->head, state_of(s)->day, 64 * 1024, &s->streams),
		STATUS_OK);
	tell(s, "operation acronym=UNMIL kind=un_pko");
	return s;
}

static int set_up(void **state)
{
	*state = open_under(3, NULL);
	return 0;
}

static int tear_down(void **state)
{
	struct sight *s = *state;

	stream_free(s->streams);
	rig_close(&s->rig);
	free(s);
	return 0;
}

#define KEY_1 "1111111111111111111111111111111111111111"
#define KEY_2 "2222222222222222222222222222222222222222"

static struct reader_job *job_of(struct sight *s, const struct peer *p, uint64_t after)
{
	struct reader_job *job;

	assert_int_equal(reader_job_new(READER_SLICE, &job), STATUS_OK);
	job->office = roll_office_hold(roll_find(machine_roll(s->rig.machine), p->office));
	job->day = state_of(s)->day;
	job->after_revision = after;
	job->through_max = UINT64_MAX;
	job->bytes_max = STREAM_SLICE_BYTES;
	job->filter = p->filter;
	job->digests = p->digests;
	return job;
}

/* A stream of `office` behind `head`; `operation` is its filter, NULL for none. */
static struct peer *watch_behind(struct sight *s, const struct head *head, const char *office,
				 const char *operation, bool digests)
{
	Mandate__Subscribe request = MANDATE__SUBSCRIBE__INIT;
	struct speaker from = {.office = roll_find(machine_roll(s->rig.machine), office)};
	struct route route = {.len = 1, .id = {(uint8_t)s->peer_count}};
	struct peer *p = &s->peers[s->peer_count++];

	assert_non_null(from.office);
	*p = (struct peer){.office = office, .digests = digests, .after = head->revision};
	memcpy(p->chain, head->event_hash, HASH_BYTES);
	memcpy(p->after_hash, head->event_hash, HASH_BYTES);
	p->chained = head->revision;
	if (operation) {
		p->filter = arena_alloc(&s->rig.arena, sizeof *p->filter);
		mandate__filter__init(p->filter);
		p->filter->operations = arena_calloc(&s->rig.arena, 1, sizeof(char *));
		p->filter->operations[0] = codec_borrow(operation);
		p->filter->n_operations = 1;
	}
	request.after_revision = p->after;
	request.credit_bytes = CREDIT;
	request.filter = p->filter;
	request.has_digests = request.digests = digests;
	assert_int_equal(stream_subscribe(s->streams, &route, 7, &from, &request, s->now_ms),
			 STATUS_OK);
	settle(s);
	return p;
}

/* From here on. */
static struct peer *watch(struct sight *s, const char *office, const char *operation, bool digests)
{
	return watch_behind(s, &state_of(s)->head, office, operation, digests);
}

/* It was told these lines since the last look, and a slice of all tells the same. */
static void assert_told(struct sight *s, struct peer *p, const char *lines)
{
	struct reader_job *job = job_of(s, p, p->after);
	struct peer late = {.digests = p->digests, .chained = p->after};
	static char sliced[TOLD_BYTES];

	assert_string_equal(p->told, lines);
	strcat(p->all, lines);
	p->told[0] = '\0';
	fill(s, job);
	assert_int_equal(job->code, 0);
	memcpy(late.chain, p->after_hash, HASH_BYTES);
	sliced[0] = '\0';
	for (size_t i = 0; i < job->event_count; i++) {
		Mandate__StreamEvent *e = mandate__stream_event__unpack(NULL, job->events[i].len,
									job->events[i].data);

		assert_non_null(e);
		assert_int_equal(mandate__stream_event__get_packed_size(e), job->events[i].len);
		take_event(&late, sliced, e);
		mandate__stream_event__free_unpacked(e, NULL);
	}
	assert_string_equal(sliced, p->all);
	if (p->digests)
		assert_memory_equal(late.chain, state_of(s)->head.event_hash, HASH_BYTES);
	reader_job_free(job);
}

/* The record as it is now. */
static bool sees(struct sight *s, const char *office, Mandate__Kind kind, const char *key)
{
	struct reader_of who = {.office = roll_find(machine_roll(s->rig.machine), office)->record,
				.day = state_of(s)->day};
	struct store_version version;
	struct store_txn *t;
	struct arena a;
	bool readable;

	arena_init(&a, DECODE_BYTES_MAX);
	assert_int_equal(store_begin_read(s->rig.store, &t), STATUS_OK);
	assert_int_equal(store_record_newest(t, &a, kind, key, &version), STATUS_OK);
	assert_int_equal(readable_version(&who, t, &a, kind, key, &version, &readable), STATUS_OK);
	store_abort(t);
	arena_fini(&a);
	return readable;
}

/* `day`: on which it came to `after`, as it says; NULL: it says nothing. */
static Mandate__Code resume_on(struct sight *s, const struct peer *p, uint64_t after,
			       const char *day)
{
	struct reader_job *job = job_of(s, p, after);

	job->first = true;
	if (day)
		job->mark_day = on(day);
	fill(s, job);
	Mandate__Code code = job->code;
	reader_job_free(job);
	return code;
}

static Mandate__Code resume_code(struct sight *s, const struct peer *p, uint64_t after)
{
	return resume_on(s, p, after, NULL);
}

/* --- tests -------------------------------------------------------------------------------------
 */

static void a_return_that_names_others_leaves_and_comes_back(void **state)
{
	struct sight *s = *state;

	tell(s, "office office=GHANA devices=name:desk,key:" KEY_1
		" grants=access:read,contributors:GHA");
	struct peer *p = watch(s, "GHANA", NULL, true);
	tell(s, "return operation=MONUC as_of=2004-09-30 counts=contributor:GHA,component:troops,"
		"persons:850");
	assert_told(s, p, "return MONUC:2004-09-30\n");
	correct(s,
		"return operation=MONUC as_of=2004-09-30 counts=contributor:BGD,component:troops,"
		"persons:10|contributor:GHA,component:troops,persons:850");
	assert_told(s, p, "left return MONUC:2004-09-30\n");
	/* Out of sight it goes on without a word: */
	correct(s,
		"return operation=MONUC as_of=2004-09-30 counts=contributor:BGD,component:troops,"
		"persons:12|contributor:GHA,component:troops,persons:850");
	assert_told(s, p, "");
	correct(s,
		"return operation=MONUC as_of=2004-09-30 counts=contributor:GHA,component:troops,"
		"persons:851");
	assert_told(s, p, "return MONUC:2004-09-30\n");
}

static void a_pledge_to_another_operation_leaves_by_one_sight_and_enters_by_another(void **state)
{
	struct sight *s = *state;

	tell(s, "office office=CONGO devices=name:desk,key:" KEY_1
		" grants=access:read,operations:MONUC");
	tell(s, "office office=LIBERIA devices=name:desk,key:" KEY_2
		" grants=access:read,operations:UNMIL");
	struct peer *congo = watch(s, "CONGO", NULL, true);
	struct peer *liberia = watch(s, "LIBERIA", NULL, false);
	tell(s, "pledge contributor=GHA pledge=P-1 operation=MONUC component=troops persons=850 "
		"registered=2004-09-01");
	assert_told(s, congo, "pledge GHA:P-1\n");
	assert_told(s, liberia, "");
	correct(s, "pledge contributor=GHA pledge=P-1 operation=UNMIL component=troops persons=850 "
		   "registered=2004-09-01");
	assert_told(s, congo, "left pledge GHA:P-1\n");
	assert_told(s, liberia, "pledge GHA:P-1\n");
	correct(s, "pledge contributor=GHA pledge=P-1 operation=UNMIL component=troops persons=800 "
		   "registered=2004-09-01");
	assert_told(s, congo, "");
	assert_told(s, liberia, "pledge GHA:P-1\n");
}

static void a_unit_that_is_given_back_leaves_who_had_control(void **state)
{
	struct sight *s = *state;

	tell(s, "office office=LIBERIA devices=name:desk,key:" KEY_1
		" grants=access:read,operations:UNMIL");
	struct peer *p = watch(s, "LIBERIA", NULL, false);
	tell(s, "unit operation=MONUC contributor=GHA unit=GHANBATT from=2004-01-01 "
		"component=troops persons=850");
	assert_told(s, p, "");
	correct(s, "unit operation=MONUC contributor=GHA unit=GHANBATT from=2004-01-01 "
		   "component=troops persons=850 control=UNMIL");
	assert_told(s, p, "unit MONUC:GHA:GHANBATT:2004-01-01\n");
	correct(s, "unit operation=MONUC contributor=GHA unit=GHANBATT from=2004-01-01 "
		   "component=troops persons=850");
	assert_told(s, p, "left unit MONUC:GHA:GHANBATT:2004-01-01\n");
}

/* A side that it may not see does not pass its filter either: otherwise a filter would ask where a
 * record went. */
static void a_filter_asks_nothing_of_the_side_out_of_sight(void **state)
{
	struct sight *s = *state;

	tell(s, "office office=CONGO devices=name:desk,key:" KEY_1
		" grants=access:read,operations:MONUC");
	struct peer *where = watch(s, "CONGO", "UNMIL", true);
	struct peer *mine = watch(s, "CONGO", "MONUC", false);
	tell(s, "pledge contributor=GHA pledge=P-1 operation=MONUC component=troops persons=850 "
		"registered=2004-09-01");
	correct(s, "pledge contributor=GHA pledge=P-1 operation=UNMIL component=troops persons=850 "
		   "registered=2004-09-01");
	correct(s, "pledge contributor=GHA pledge=P-1 operation=MONUC component=troops persons=850 "
		   "registered=2004-09-01");
	assert_told(s, where, "");
	assert_told(s, mine, "pledge GHA:P-1\nleft pledge GHA:P-1\npledge GHA:P-1\n");
}

/* Who sees both sides is told by either name, as before. */
static void a_filter_of_one_who_sees_all_passes_what_goes_and_what_comes(void **state)
{
	struct sight *s = *state;

	tell(s, "office office=UNHQ devices=name:desk,key:" KEY_1 " grants=access:read");
	struct peer *p = watch(s, "UNHQ", "MONUC", true);
	tell(s, "pledge contributor=GHA pledge=P-1 operation=MONUC component=troops persons=850 "
		"registered=2004-09-01");
	correct(s, "pledge contributor=GHA pledge=P-1 operation=UNMIL component=troops persons=850 "
		   "registered=2004-09-01");
	correct(s, "pledge contributor=GHA pledge=P-1 operation=UNMIL component=troops persons=800 "
		   "registered=2004-09-01");
	assert_told(s, p, "pledge GHA:P-1\npledge GHA:P-1\n");
}

/* A retraction is told to who saw the record. What is recorded anew begins: there is nothing that
 * could leave. */
static void a_retraction_is_seen_and_a_record_that_begins_leaves_nobody(void **state)
{
	struct sight *s = *state;

	tell(s, "office office=CONGO devices=name:desk,key:" KEY_1
		" grants=access:read,operations:MONUC");
	struct peer *p = watch(s, "CONGO", NULL, true);
	tell(s, "pledge contributor=GHA pledge=P-1 operation=MONUC component=troops persons=850 "
		"registered=2004-09-01");
	retract(s, "pledge contributor=GHA pledge=P-1");
	assert_told(s, p, "pledge GHA:P-1\npledge GHA:P-1\n");
	correct(s, "pledge contributor=GHA pledge=P-1 operation=UNMIL component=troops persons=850 "
		   "registered=2004-09-01");
	assert_told(s, p, "");
	retract(s, "pledge contributor=GHA pledge=P-1");
	assert_told(s, p, "");
}

static void offices_see_their_own_record_and_administrators_all(void **state)
{
	struct sight *s = *state;

	tell(s, "office office=CONGO devices=name:desk,key:" KEY_1
		" grants=access:read,operations:MONUC");
	tell(s, "office office=CHIEF administrator=1 devices=name:desk,key:" KEY_2);
	struct peer *congo = watch(s, "CONGO", NULL, false);
	struct peer *chief = watch(s, "CHIEF", NULL, false);
	tell(s, "office office=OTHER grants=access:read,operations:MONUC");
	assert_told(s, congo, "");
	assert_told(s, chief, "office OTHER\n");
	correct(s, "office office=CONGO devices=name:desk,key:" KEY_1
		   "|name:phone,key:3333333333333333333333333333333333333333"
		   " grants=access:read,operations:MONUC");
	assert_told(s, congo, "office CONGO\n");
	assert_told(s, chief, "office CONGO\n");
}

static void grants_that_changed_while_it_was_away_are_told_at_the_resume(void **state)
{
	struct sight *s = *state;

	tell(s, "office office=CONGO devices=name:desk,key:" KEY_1
		" grants=access:read,operations:MONUC");
	struct peer *p = watch(s, "CONGO", NULL, false);
	tell(s, "operation acronym=ONUB kind=un_pko");
	/* A device more changes nothing of what it sees. */
	correct(s, "office office=CONGO devices=name:desk,key:" KEY_1 "|name:phone,key:" KEY_2
		   " grants=access:read,operations:MONUC");
	assert_int_equal(p->end, 0);
	assert_int_equal(resume_code(s, p, p->after), 0);
	correct(s, "office office=CONGO devices=name:desk,key:" KEY_1
		   " grants=access:read,operations:MONUC+UNMIL");
	uint64_t changed = state_of(s)->head.revision;
	assert_int_equal(p->end, MANDATE__CODE__CODE_REGRANTED);
	assert_int_equal(resume_code(s, p, p->after), MANDATE__CODE__CODE_REGRANTED);
	assert_int_equal(resume_code(s, p, changed - 1), MANDATE__CODE__CODE_REGRANTED);
	assert_int_equal(resume_code(s, p, changed), 0);
	/* From the beginning, and before it was on the roll. */
	assert_int_equal(resume_code(s, p, 0), 0);
	assert_int_equal(resume_code(s, p, 1), MANDATE__CODE__CODE_REGRANTED);
	/* Taken back: what it held then is what it would be shown now. */
	correct(s, "office office=CONGO devices=name:desk,key:" KEY_1
		   " grants=access:read,operations:MONUC");
	assert_int_equal(resume_code(s, p, p->after), 0);
	assert_int_equal(resume_code(s, p, changed), MANDATE__CODE__CODE_REGRANTED);
}

/* Nothing is recorded when a grant expires: only the day tells. */
static void a_grant_that_expired_while_it_was_away_is_told_at_the_resume(void **state)
{
	struct sight *s = *state;

	rig_day(&s->rig, "2005-03-30");
	tell(s, "office office=CONGO devices=name:desk,key:" KEY_1
		" grants=access:read,operations:MONUC|access:read,operations:UNMIL,until:2005-03-31"
		"|access:read,operations:MONUC,until:2005-03-31");
	struct peer *p = watch(s, "CONGO", NULL, false);
	uint64_t at = p->after;
	rig_day(&s->rig, "2005-03-31");
	publish(s);
	assert_int_equal(p->end, 0);
	assert_int_equal(resume_on(s, p, at, "2005-03-30"), 0);
	rig_day(&s->rig, "2005-04-01");
	publish(s);
	assert_int_equal(p->end, MANDATE__CODE__CODE_REGRANTED);
	assert_int_equal(resume_on(s, p, at, "2005-03-30"), MANDATE__CODE__CODE_REGRANTED);
	assert_int_equal(resume_on(s, p, at, "2005-03-31"), MANDATE__CODE__CODE_REGRANTED);
	/* After a snapshot of today it stands at the same revision. */
	assert_int_equal(resume_on(s, p, at, "2005-04-01"), 0);
	assert_int_equal(resume_on(s, p, 0, "2005-03-31"), 0);
	/* Who does not say so is let go on. */
	assert_int_equal(resume_code(s, p, at), 0);
	/* Another edition with the grant's end put off: today it is as it was then, but not as on
	 * the day between. */
	correct(s, "office office=CONGO devices=name:desk,key:" KEY_1
		   " grants=access:read,operations:MONUC"
		   "|access:read,operations:UNMIL,until:2005-06-30"
		   "|access:read,operations:MONUC,until:2005-06-30");
	assert_int_equal(resume_on(s, p, at, "2005-03-31"), 0);
	assert_int_equal(resume_on(s, p, at, "2005-04-01"), MANDATE__CODE__CODE_REGRANTED);
}

/* --- before rules with authority ---------------------------------------------------------------
 */

/* A journal that begins under rules 2, whose events do not say on which side a name stood. */
static int set_up_before(void **state)
{
	struct sight *s = open_under(2, "2004-10-01");

	tell(s, "pledge contributor=GHA pledge=P-1 operation=MONUC component=troops persons=850 "
		"registered=2004-09-01");
	correct(s, "pledge contributor=GHA pledge=P-1 operation=UNMIL component=troops persons=850 "
		   "registered=2004-09-01");
	tell(s, "unit operation=MONUC contributor=GHA unit=Bat-1 from=2004-01-01 component=troops "
		"persons=40");
	tell(s, "return operation=MONUC as_of=2004-09-30 counts=contributor:BGD,component:troops,"
		"persons:10|contributor:GHA,component:troops,persons:850");
	correct(s, "return operation=MONUC as_of=2004-09-30 counts=contributor:GHA,"
		   "component:troops,persons:850");
	rig_rules(&s->rig, 3);
	tell(s, "office office=CONGO devices=name:desk,key:" KEY_1
		" grants=access:read,kinds:pledge,operations:MONUC");
	tell(s, "office office=LIBERIA devices=name:desk,key:" KEY_2
		" grants=access:read,kinds:pledge,operations:UNMIL");
	tell(s, "office office=GHANA grants=access:read,contributors:GHA");
	tell(s, "office office=DHAKA grants=access:read,contributors:BGD");
	*state = s;
	return 0;
}

static void what_moved_before_is_seen_where_it_is(void **state)
{
	static const struct head beginning = {0};
	struct sight *s = *state;
	struct peer *congo = watch_behind(s, &beginning, "CONGO", NULL, true);
	struct peer *where = watch_behind(s, &beginning, "CONGO", "UNMIL", false);
	struct peer *liberia = watch_behind(s, &beginning, "LIBERIA", NULL, true);
	struct peer *from_where = watch_behind(s, &beginning, "LIBERIA", "MONUC", false);

	assert_told(s, congo, "pledge GHA:P-1\nleft pledge GHA:P-1\noffice CONGO\n");
	assert_told(s, where, "");
	assert_told(s, liberia, "pledge GHA:P-1\noffice LIBERIA\n");
	assert_told(s, from_where, "");
	/* What holds now is what that event brought. */
	assert_false(sees(s, "CONGO", MANDATE__KIND__KIND_PLEDGE, "GHA:P-1"));
	assert_true(sees(s, "LIBERIA", MANDATE__KIND__KIND_PLEDGE, "GHA:P-1"));
}

/* MOU_MISSING names the contributor by its key. A return that once named another is not shown
 * until an edition under these rules says that it names nobody else: less, rather than more. */
static void what_names_a_contributor_was_before_is_seen_by_it_alone(void **state)
{
	static const struct head beginning = {0};
	struct sight *s = *state;
	struct peer *ghana = watch_behind(s, &beginning, "GHANA", NULL, false);
	struct peer *dhaka = watch_behind(s, &beginning, "DHAKA", NULL, false);

	assert_told(s, ghana,
		    "partner UNSC\n"
		    "partner GHA\n"
		    "partner BGD\n"
		    "operation MONUC\n"
		    "operation UNMIL\n"
		    "pledge GHA:P-1\n"
		    "pledge GHA:P-1\n"
		    "unit MONUC:GHA:Bat-1:2004-01-01\n"
		    "alert MONUC\n"
		    "alert MONUC:GHA:Bat-1:2004-01-01\n"
		    "alert MONUC\n"
		    "alert MONUC\n"
		    "office GHANA\n");
	assert_told(s, dhaka,
		    "partner UNSC\n"
		    "partner GHA\n"
		    "partner BGD\n"
		    "operation MONUC\n"
		    "operation UNMIL\n"
		    "alert MONUC\n"
		    "alert MONUC\n"
		    "alert MONUC\n"
		    "office DHAKA\n");
	assert_false(sees(s, "GHANA", MANDATE__KIND__KIND_RETURN, "MONUC:2004-09-30"));
	correct(s, "return operation=MONUC as_of=2004-09-30 counts=contributor:GHA,"
		   "component:troops,persons:851");
	assert_true(sees(s, "GHANA", MANDATE__KIND__KIND_RETURN, "MONUC:2004-09-30"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#define BEFORE(f) cmocka_unit_test_setup_teardown(f, set_up_before, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_return_that_names_others_leaves_and_comes_back),
		TEST(a_pledge_to_another_operation_leaves_by_one_sight_and_enters_by_another),
		TEST(a_unit_that_is_given_back_leaves_who_had_control),
		TEST(a_filter_asks_nothing_of_the_side_out_of_sight),
		TEST(a_filter_of_one_who_sees_all_passes_what_goes_and_what_comes),
		TEST(a_retraction_is_seen_and_a_record_that_begins_leaves_nobody),
		TEST(offices_see_their_own_record_and_administrators_all),
		TEST(grants_that_changed_while_it_was_away_are_told_at_the_resume),
		TEST(a_grant_that_expired_while_it_was_away_is_told_at_the_resume),
		BEFORE(what_moved_before_is_seen_where_it_is),
		BEFORE(what_names_a_contributor_was_before_is_seen_by_it_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
