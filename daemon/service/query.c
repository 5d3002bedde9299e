#include "service/query_page.h"

#include "base/clock.h"
#include "service/settings.h"

enum {
	SCRATCH_BYTES = 64 * 1024 * 1024, /* one operation's facts, unpacked: 100 000 of them */
	TAGS_BYTES = DECODE_BYTES_MAX,	  /* one event, and its names */
};

typedef enum status ask_handler(struct page *p);

/* A kind of question. */
struct ask {
	Mandate__Query__AskCase ask;
	const char *field;
	ask_handler *handler;
	bool paged;
	bool on;       /* about a day */
	bool known_at; /* about what was known: the answer is pinned */
};

static const struct ask asks[] = {
	{MANDATE__QUERY__ASK_GET, "get", query_records_get, false, false, true},
	{MANDATE__QUERY__ASK_LIST, "list", query_records_list, true, false, true},
	{MANDATE__QUERY__ASK_HISTORY, "history", query_records_history, true, false, true},
	{MANDATE__QUERY__ASK_TIMELINE, "timeline", query_timeline_rows, true, true, true},
	{MANDATE__QUERY__ASK_STRENGTH, "strength", query_strength_rows, true, true, true},
	{MANDATE__QUERY__ASK_OVERVIEW, "overview", query_overview_rows, true, true, true},
	{MANDATE__QUERY__ASK_ALERTS, "alerts", query_alerts_open, true, true, true},
	{MANDATE__QUERY__ASK_WHATIF, "whatif", query_whatif_rows, true, true, true},
	{MANDATE__QUERY__ASK_LINEAGE, "lineage", query_lineage_rows, true, true, true},
	{MANDATE__QUERY__ASK_CONTRIBUTOR, "contributor", query_contributor_rows, true, true, true},
	{MANDATE__QUERY__ASK_PARTNER, "partner", query_partner_rows, true, true, true},
	{MANDATE__QUERY__ASK_FUNCTION, "function", query_function_rows, true, true, true},
	{MANDATE__QUERY__ASK_ARRANGEMENTS, "arrangements", query_arrangements_rows, true, true,
	 true},
	{MANDATE__QUERY__ASK_REQUIREMENTS, "requirements", query_requirements_rows, true, true,
	 true},
	{MANDATE__QUERY__ASK_MONEY, "money", query_money_rows, true, true, true},
	{MANDATE__QUERY__ASK_PRIORITIES, "priorities", query_priorities_rows, true, true, true},
	{MANDATE__QUERY__ASK_STATUS, "status", query_daemon_status, false, false, false},
	{MANDATE__QUERY__ASK_REFUSALS, "refusals", query_daemon_refusals, true, false, false},
	{MANDATE__QUERY__ASK_SETTINGS, "settings", query_daemon_settings, true, false, false},
	{MANDATE__QUERY__ASK_CURSORS, "cursors", query_daemon_cursors, true, false, false},
	{MANDATE__QUERY__ASK_AUDIT, "audit", query_audit_rows, true, false, false},
};
static const struct ask alert_log = {
	MANDATE__QUERY__ASK_ALERTS, "alerts.log", query_alerts_log, true, false, true};

static const struct ask *find_ask(const Mandate__Query *query)
{
	if (query->ask_case == MANDATE__QUERY__ASK_ALERTS && query->alerts->log)
		return &alert_log;
	for (size_t i = 0; i < sizeof asks / sizeof *asks; i++)
		if (asks[i].ask == query->ask_case)
			return &asks[i];
	return NULL;
}

/* What the state says of itself: its newest revision with h(revision), and its day. */
static enum status read_state(struct page *p, uint8_t ret_hash[HASH_BYTES])
{
	struct bytes value;
	enum status s = store_meta_get(p->txn, "head", &value);

	if (s == STATUS_OK && value.len != 8 + HASH_BYTES)
		return STATUS_CORRUPT;
	if (s == STATUS_OK) {
		p->newest = get_u64(value.data);
		memcpy(ret_hash, value.data + 8, HASH_BYTES);
	} else if (s == STATUS_NOT_FOUND) {
		p->newest = 0;
		memset(ret_hash, 0, HASH_BYTES);
	} else {
		return s;
	}
	p->day = DAY_NEVER;
	s = store_meta_get(p->txn, "day", &value);
	if (s == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (s == STATUS_OK && value.len != 4)
		return STATUS_CORRUPT;
	if (s == STATUS_OK)
		p->day = (int32_t)(get_u32(value.data) ^ 0x80000000u);
	return s;
}

/* Which revision the page is of. What is kept once only is answered as it is now, pinned or not. */
static enum status pin(struct page *p, uint8_t hash[HASH_BYTES])
{
	const Mandate__Query *q = p->query;
	const char *field = q->has_pinned ? "query.pinned" : "query.known_at";
	struct store_event event;

	p->revision = q->has_pinned ? q->pinned : q->has_known_at ? q->known_at : p->newest;
	if (q->has_pinned && q->has_known_at && q->pinned != q->known_at)
		return query_page_refuse(p, MANDATE__CODE__CODE_RANGE, field,
					 "another revision than known_at");
	if (p->revision > p->newest)
		return query_page_refuse(p, MANDATE__CODE__CODE_FUTURE, field,
					 "the newest revision is %llu",
					 (unsigned long long)p->newest);
	if (p->revision == p->newest)
		return STATUS_OK;
	if (p->revision == 0) {
		memset(hash, 0, HASH_BYTES);
		return STATUS_OK;
	}
	Mandate__Event *unpacked;
	enum status s = query_page_event(p, p->arena, p->revision, &unpacked);
	if (s == STATUS_OK)
		s = store_event_get(p->txn, p->revision, &event);
	if (s != STATUS_OK)
		return s;
	if (unpacked->last_revision != p->revision)
		return query_page_refuse(
			p, MANDATE__CODE__CODE_FUTURE, field,
			"revision %llu lies between the events of one input, which "
			"end with %llu",
			(unsigned long long)p->revision,
			(unsigned long long)unpacked->last_revision);
	memcpy(hash, event.chain, HASH_BYTES);
	return STATUS_OK;
}

/* Refuses what this kind of question does not have. */
static enum status check_question(struct page *p, const struct ask *ask)
{
	const Mandate__Query *q = p->query;

	if (q->has_limit && (q->limit < 1 || q->limit > QUERY_ROWS_MAX))
		return query_page_refuse(p, MANDATE__CODE__CODE_LIMIT, "query.limit",
					 "1 to %d rows a page", QUERY_ROWS_MAX);
	if (q->has_on && !ask->on)
		return query_page_refuse(p, MANDATE__CODE__CODE_RANGE, "query.on",
					 "%s is not about a day", ask->field);
	if (q->has_known_at && !ask->known_at)
		return query_page_refuse(p, MANDATE__CODE__CODE_RANGE, "query.known_at",
					 "%s is not kept by revision", ask->field);
	if (q->has_after && !ask->paged)
		return query_page_refuse(p, MANDATE__CODE__CODE_RANGE, "query.after",
					 "%s has one page only", ask->field);
	if (q->has_after && !q->has_pinned)
		return query_page_refuse(p, MANDATE__CODE__CODE_MISSING, "query.pinned",
					 "a further page needs the revision of the first answer");
	return STATUS_OK;
}

/* Which day the page is about, and where it begins. */
static enum status set_place(struct page *p, const struct ask *ask)
{
	const Mandate__Query *q = p->query;

	p->on = q->has_on ? q->on : p->day;
	p->stored_alerts = p->on == p->day && p->revision == p->newest;
	if (q->has_after) {
		enum status s = query_mark_take(p);

		if (s == STATUS_INVALID || (s == STATUS_OK && q->has_on && q->on != p->on))
			return query_page_refuse(p, MANDATE__CODE__CODE_RANGE, "query.after",
						 "not `next` of an answer to this question");
		if (s != STATUS_OK)
			return s;
	}
	if (ask->on && p->on == DAY_NEVER)
		return query_page_refuse(p, MANDATE__CODE__CODE_DATE, "query.on",
					 "no day has been entered yet: say which day is meant");
	/* Some answers without a day are of all days. */
	if (ask->on && (q->has_on || (q->ask_case != MANDATE__QUERY__ASK_TIMELINE &&
				      q->ask_case != MANDATE__QUERY__ASK_FUNCTION))) {
		p->answer->has_on = true;
		p->answer->on = p->on;
	}
	return STATUS_OK;
}

static enum status run(struct page *p, uint8_t hash[HASH_BYTES])
{
	const struct ask *ask = find_ask(p->query);
	struct alert_parameters parameters;
	enum status s = read_state(p, hash);

	if (s != STATUS_OK)
		return s;
	p->answer->revision = p->newest;
	if (!ask)
		return query_page_refuse(p, MANDATE__CODE__CODE_MISSING, "query.ask",
					 "no question, or one that this daemon does not know");
	s = check_question(p, ask);
	if (s == STATUS_OK)
		s = pin(p, hash);
	if (s != STATUS_OK)
		return s;
	p->answer->revision = p->revision;
	s = set_place(p, ask);
	if (s == STATUS_OK)
		s = settings_parameters(p->txn, &parameters);
	if (s != STATUS_OK)
		return s;
	p->parameters = &parameters;
	query_view_init(p);
	s = ask->handler(p);
	return s == STATUS_LIMIT ? query_mark_put(p) : s;
}

enum status query_run(struct cabinet *c, struct store_txn *t, struct arena *a,
		      const struct reader_of *who, const Mandate__Query *query,
		      const Mandate__Status *status, Mandate__Answer *ret_answer,
		      uint8_t ret_hash[HASH_BYTES])
{
	uint64_t now_ms = clock_mono_ms();
	Mandate__Answer answer = MANDATE__ANSWER__INIT;
	uint8_t hash[HASH_BYTES];
	struct page p = {
		.cabinet = c,
		.who = *who,
		.txn = t,
		.arena = a,
		.query = query,
		.status = status,
		.answer = &answer,
		.rows_max = query->has_limit ? query->limit : QUERY_ROWS_MAX,
		.renew_ms = now_ms + PAGE_RENEW_MS,
		.stop_ms = now_ms + PAGE_WORK_MS,
	};

	arena_init(&p.scratch, SCRATCH_BYTES);
	arena_init(&p.keys, SCRATCH_BYTES);
	arena_init(&p.tags, TAGS_BYTES);
	enum status s = run(&p, hash);
	arena_fini(&p.scratch);
	arena_fini(&p.keys);
	arena_fini(&p.tags);
	/* A refusal is an answer; only the rows found before it go, and whether there is anything
	 * that the asker may not see. */
	if (s == STATUS_REFUSED) {
		answer.n_rows = 0;
		answer.has_restricted = answer.restricted = false;
		s = STATUS_OK;
	}
	if (s != STATUS_OK)
		return s;
	*ret_answer = answer;
	memcpy(ret_hash, hash, HASH_BYTES);
	return STATUS_OK;
}
