/* Questions to a state that the machine made: shared by the tests of queries. */
#ifndef TESTS_UNIT_SERVICE_QUERY_FIXTURE_H
#define TESTS_UNIT_SERVICE_QUERY_FIXTURE_H

#include "service_support.h"

#include "service/query.h"

struct asking {
	struct rig rig;
	struct arena arena; /* answers */
	struct cabinet *cabinet;
	struct reader_of who; /* nobody: all is seen */
	const Mandate__Status *status;
	struct store_txn *txn;
	uint8_t hash[HASH_BYTES];
};

static inline int set_up(void **state)
{
	struct asking *q = calloc(1, sizeof *q);

	rig_open(&q->rig);
	assert_int_equal(cabinet_new(&q->cabinet), STATUS_OK);
	arena_init(&q->arena, 256 << 20);
	*state = q;
	return 0;
}

static inline int tear_down(void **state)
{
	struct asking *q = *state;

	cabinet_free(q->cabinet);
	store_abort(q->txn);
	arena_fini(&q->arena);
	rig_close(&q->rig);
	free(q);
	return 0;
}

/* Asks on the newest commit. */
static inline const Mandate__Answer *ask(struct asking *q, const Mandate__Query *query)
{
	Mandate__Answer *answer = arena_alloc(&q->arena, sizeof *answer);
	Mandate__Envelope envelope;

	if (q->txn)
		assert_int_equal(store_renew(q->txn), STATUS_OK);
	else
		assert_int_equal(store_begin_read(q->rig.store, &q->txn), STATUS_OK);
	assert_int_equal(query_run(q->cabinet, q->txn, &q->arena, &q->who, query, q->status, answer,
				   q->hash),
			 STATUS_OK);
	store_reset(q->txn);
	mandate__envelope__init(&envelope);
	envelope.version = 1;
	envelope.body_case = MANDATE__ENVELOPE__BODY_ANSWER;
	envelope.answer = answer;
	assert_true(mandate__envelope__get_packed_size(&envelope) < FRAME_BYTES_MAX - 64);
	return answer;
}

static inline const Mandate__Answer *ask_well(struct asking *q, const Mandate__Query *query)
{
	const Mandate__Answer *answer = ask(q, query);

	if (answer->refusal)
		fail_msg("refused: %s", answer->refusal->text);
	return answer;
}

static inline void ask_ill(struct asking *q, const Mandate__Query *query, Mandate__Code code)
{
	const Mandate__Answer *answer = ask(q, query);

	assert_non_null(answer->refusal);
	assert_int_equal(answer->refusal->code, code);
	assert_true(strlen(answer->refusal->text) > 5);
	assert_int_equal(answer->n_rows, 0);
	assert_false(answer->has_next);
}

/* The page after `answer`. */
static inline void turn(Mandate__Query *query, const Mandate__Answer *answer)
{
	assert_true(answer->has_next);
	query->has_pinned = query->has_after = true;
	query->pinned = answer->revision;
	query->after = answer->next;
}

/* All rows of all pages; counts the pages. */
static inline size_t ask_all(struct asking *q, Mandate__Query query, const Mandate__Row **rows,
			     size_t room, size_t *ret_pages)
{
	size_t count = 0;

	for (*ret_pages = 1;; ++*ret_pages) {
		const Mandate__Answer *answer = ask_well(q, &query);

		assert_true(count + answer->n_rows <= room);
		for (size_t i = 0; i < answer->n_rows; i++)
			rows[count++] = answer->rows[i];
		if (!answer->has_next)
			return count;
		turn(&query, answer);
	}
}

static inline Mandate__GetQuery get_of(Mandate__Kind kind, const char *key)
{
	Mandate__GetQuery get = MANDATE__GET_QUERY__INIT;

	get.kind = kind;
	get.key = codec_borrow(key);
	return get;
}

static inline Mandate__Query query_of(Mandate__Query__AskCase ask_case, void *message)
{
	Mandate__Query query = MANDATE__QUERY__INIT;

	query.ask_case = ask_case;
	query.get = message; /* one member of the union is as good as another */
	return query;
}

static inline Mandate__Query on_day(Mandate__Query query, const char *day)
{
	query.has_on = true;
	query.on = on(day);
	return query;
}

static inline Mandate__Query known_at(Mandate__Query query, uint64_t revision)
{
	query.has_known_at = true;
	query.known_at = revision;
	return query;
}

static inline uint64_t revision(struct asking *q)
{
	return machine_state(q->rig.machine)->head.revision;
}

static inline const Mandate__Record *total(struct rig *r, int number, uint32_t persons)
{
	Mandate__Record rec = MANDATE__RECORD__INIT;
	Mandate__Total t = MANDATE__TOTAL__INIT;

	t.operation = codec_borrow("MONUC");
	t.as_of = on("2001-01-01") + number;
	t.component = MANDATE__COMPONENT__COMPONENT_MILITARY;
	t.has_persons = true;
	t.persons = persons;
	rec.content_case = MANDATE__RECORD__CONTENT_TOTAL;
	rec.total = &t;
	return codec_copy(&r->arena, &rec.base);
}

#endif
