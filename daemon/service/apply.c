/* Submissions. First every change is planned against the state, without writing; then either nothing
 * happens but the refusal, or all of them are written, and after them the alerts they touch. */
#include "service/machine_impl.h"

#include "model/codec.h"
#include "model/record.h"
#include "service/outcome.h"

#include <stdio.h>

enum { CONTENT_DIGEST_BYTES = 16 };

struct plan {
	const Mandate__Change *change;
	Mandate__Kind kind;
	const char *key;
	const char *operation; /* NULL: a partner */
	uint32_t edition;
	bool unchanged;
	uint64_t revision;	       /* its own, or of what is on record if unchanged */
	struct bytes content;	       /* packed record; empty: a retraction */
	uint8_t digest[CONTENT_DIGEST_BYTES];
	bool has_previous;
	struct store_version previous; /* the newest before it */
	Mandate__StoredVersion next;   /* what will be */
	bool holds;		       /* its content holds from now on */
	bool replaces;		       /* it took the place of an earlier edition */
};

struct apply {
	struct machine *m;
	struct circumstance *c;
	const Mandate__Submission *submission;
	struct plan *plans;
	size_t planned;
	uint64_t next_revision;
	Mandate__Refusal refusal;
};

static enum status refuse(struct apply *ap, size_t change, Mandate__Code code, const char *field,
			  const char *text)
{
	ap->refusal.code = code;
	ap->refusal.has_change = true;
	ap->refusal.change = (uint32_t)change;
	ap->refusal.field = (char *)(uintptr_t)field;
	ap->refusal.text = (char *)(uintptr_t)text;
	return STATUS_REFUSED;
}

static const struct plan *planned_before(const struct apply *ap, Mandate__Kind kind,
					 const char *key)
{
	for (size_t i = ap->planned; i-- > 0;)
		if (!ap->plans[i].unchanged && ap->plans[i].kind == kind &&
		    strcmp(ap->plans[i].key, key) == 0)
			return &ap->plans[i];
	return NULL;
}

/* --- references: a partner or operation never recorded is refused ------------------------------- */

static enum status is_recorded(struct apply *ap, Mandate__Kind kind, const char *key,
			       bool *ret_recorded)
{
	struct store_version version;

	*ret_recorded = true;
	if (known_has(ap->m->known, (int)kind, key) || planned_before(ap, kind, key))
		return STATUS_OK;
	enum status s = store_record_newest(ap->m->txn, &ap->m->scratch, kind, key, &version);
	if (s == STATUS_OK)
		known_add(ap->m->known, (int)kind, key);
	*ret_recorded = s == STATUS_OK;
	return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

static enum status check_reference(struct apply *ap, Mandate__Kind kind, const char *key,
				   Mandate__Code code, const char *field, const char *what)
{
	bool recorded;
	enum status s = is_recorded(ap, kind, key, &recorded);

	if (s != STATUS_OK || recorded)
		return s;
	char *text = arena_printf(&ap->m->scratch, "%s %s is not on record: record it first", what,
				  key);
	return text ? refuse(ap, ap->planned, code, field, text) : STATUS_NO_MEMORY;
}

static enum status check_references(struct apply *ap, const struct plan *p)
{
	const Mandate__Record *record = p->change->record;
	const char *const *contributors;
	const char *party = record_party(record);
	size_t count;
	enum status s = STATUS_OK;

	if (p->operation && p->kind != MANDATE__KIND__KIND_OPERATION)
		s = check_reference(ap, MANDATE__KIND__KIND_OPERATION, p->operation,
				    MANDATE__CODE__CODE_UNKNOWN_OPERATION, "operation",
				    "operation");
	if (s == STATUS_OK && party)
		s = check_reference(ap, MANDATE__KIND__KIND_PARTNER, party,
				    MANDATE__CODE__CODE_UNKNOWN_PARTNER, "party", "partner");
	if (s == STATUS_OK)
		s = record_contributors(&ap->m->scratch, record, &contributors, &count);
	for (size_t i = 0; s == STATUS_OK && i < count; i++)
		s = check_reference(ap, MANDATE__KIND__KIND_PARTNER, contributors[i],
				    MANDATE__CODE__CODE_UNKNOWN_CONTRIBUTOR, "contributor",
				    "contributor");
	return s;
}

/* --- editions ------------------------------------------------------------------------------------ */

static bool same_content(const Mandate__StoredVersion *v, const struct plan *p)
{
	if (v->change_digest.len != (p->content.len ? CONTENT_DIGEST_BYTES : 0))
		return false;
	return v->change_edition == p->edition &&
	       (p->content.len == 0 ||
		memcmp(v->change_digest.data, p->digest, CONTENT_DIGEST_BYTES) == 0);
}

struct edition_search {
	const struct plan *wanted;
	uint64_t revision; /* found; 0: not yet */
};

static enum status visit_version(void *ctx, const struct store_version *version)
{
	struct edition_search *search = ctx;

	if (!same_content(version->stored, search->wanted))
		return STATUS_OK;
	search->revision = version->revision;
	return STATUS_EXISTS; /* ends the scan */
}

/* Is this edition with this content on record already? */
static enum status find_edition(struct apply *ap, const struct plan *p, uint64_t *ret_revision)
{
	struct edition_search search = {.wanted = p};

	*ret_revision = 0;
	for (size_t i = ap->planned; i-- > 0;) {
		const struct plan *earlier = &ap->plans[i];

		if (!earlier->unchanged && earlier->kind == p->kind &&
		    strcmp(earlier->key, p->key) == 0 && same_content(&earlier->next, p)) {
			*ret_revision = earlier->revision;
			return STATUS_OK;
		}
	}
	enum status s = store_record_versions(ap->m->txn, &ap->m->scratch, p->kind, p->key,
					      UINT64_MAX, visit_version, &search);
	if (s != STATUS_OK && s != STATUS_EXISTS && s != STATUS_NOT_FOUND)
		return s;
	*ret_revision = search.revision;
	return STATUS_OK;
}

static enum status find_previous(struct apply *ap, struct plan *p)
{
	const struct plan *earlier = planned_before(ap, p->kind, p->key);

	if (earlier) {
		p->previous = (struct store_version){.revision = earlier->revision,
						     .stored = &earlier->next};
		p->has_previous = true;
		return STATUS_OK;
	}
	enum status s = store_record_newest(ap->m->txn, &ap->m->scratch, p->kind, p->key,
					    &p->previous);
	p->has_previous = s == STATUS_OK;
	return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

static enum status refuse_conflict(struct apply *ap, const struct plan *p, uint64_t current)
{
	Mandate__Refusal *r = &ap->refusal;

	r->has_current_revision = true;
	r->current_revision = current;
	r->has_kind = true;
	r->kind = p->kind;
	r->key = (char *)(uintptr_t)p->key;
	return refuse(ap, ap->planned, MANDATE__CODE__CODE_CONFLICT, "expected_revision",
		      current ? "the record has moved on since the revision that this is based on"
			      : "there is no such record yet");
}

static void decide_edition(struct plan *p)
{
	uint32_t highest = p->has_previous ? p->previous.stored->edition : 0;

	if (p->change->has_edition)
		p->edition = p->change->edition;
	else if (p->change->action == MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD)
		p->edition = 1;
	else
		p->edition = highest + 1;
}

/* The content that is greater byte by byte holds when two stand under one edition. */
static enum status wins_clash(struct apply *ap, const struct plan *p, bool *ret_wins)
{
	struct bytes held = {0};
	const Mandate__StoredVersion *previous = p->previous.stored;

	if (previous->record) {
		enum status s = codec_encode(&ap->m->scratch, &previous->record->base, &held);
		if (s != STATUS_OK)
			return s;
	}
	*ret_wins = bytes_compare(p->content, held) > 0;
	return STATUS_OK;
}

static enum status decide_next(struct apply *ap, struct plan *p)
{
	const Mandate__StoredVersion *previous = p->previous.stored;
	bool clash = false;

	p->holds = true;
	if (p->has_previous && p->edition == previous->edition) {
		clash = true;
		enum status s = wins_clash(ap, p, &p->holds);
		if (s != STATUS_OK)
			return s;
	} else if (p->has_previous && p->edition < previous->edition) {
		p->holds = false;
		clash = previous->has_clash && previous->clash;
	}
	mandate__stored_version__init(&p->next);
	if (p->holds) {
		p->next.edition = p->edition;
		p->next.content_revision = p->revision;
		p->next.retracted = p->next.has_retracted = p->content.len == 0;
		p->next.record = p->content.len ? p->change->record : NULL;
		p->next.office = (char *)(uintptr_t)ap->c->office;
		p->replaces = p->has_previous;
	} else {
		p->next.edition = previous->edition;
		p->next.content_revision = previous->content_revision;
		p->next.retracted = p->next.has_retracted =
			previous->has_retracted && previous->retracted;
		p->next.record = previous->record;
		p->next.office = previous->office;
	}
	p->next.clash = p->next.has_clash = clash;
	p->next.change_edition = p->edition;
	if (p->content.len)
		p->next.change_digest = (ProtobufCBinaryData){.len = CONTENT_DIGEST_BYTES,
							      .data = p->digest};
	p->next.number = p->has_previous ? previous->number + 1 : 1;
	return STATUS_OK;
}

static enum status take_content(struct apply *ap, struct plan *p)
{
	uint8_t hash[HASH_BYTES];

	if (p->change->action == MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT)
		return STATUS_OK;
	enum status s = codec_encode(&ap->m->scratch, &p->change->record->base, &p->content);
	if (s != STATUS_OK)
		return s;
	hash_one(hash, p->content);
	memcpy(p->digest, hash, sizeof p->digest);
	return STATUS_OK;
}

static enum status plan_change(struct apply *ap, const Mandate__Change *change)
{
	struct plan *p = &ap->plans[ap->planned];
	char key[KEY_TEXT_MAX + 1];

	p->change = change;
	p->kind = record_kind(change->record);
	if (record_key(change->record, key) != STATUS_OK)
		return refuse(ap, ap->planned, MANDATE__CODE__CODE_TEXT, "record",
			      "the parts of its key are too long together");
	p->key = arena_text(&ap->m->scratch, key);
	p->operation = record_operation(change->record);
	if (!p->key)
		return STATUS_NO_MEMORY;
	enum status s = check_references(ap, p);
	if (s == STATUS_OK)
		s = find_previous(ap, p);
	if (s == STATUS_OK)
		s = take_content(ap, p);
	if (s != STATUS_OK)
		return s;
	uint64_t current = p->has_previous ? p->previous.revision : 0;
	if (change->has_expected_revision && change->expected_revision != current)
		return refuse_conflict(ap, p, current);
	decide_edition(p);
	if (p->has_previous && p->edition <= p->previous.stored->edition) {
		s = find_edition(ap, p, &p->revision);
		if (s != STATUS_OK)
			return s;
		if (p->revision != 0) {
			p->unchanged = true;
			ap->planned++;
			return STATUS_OK;
		}
	}
	if (p->has_previous && p->previous.stored->number >= VERSIONS_PER_RECORD_MAX)
		return refuse(ap, ap->planned, MANDATE__CODE__CODE_TOO_MANY_VERSIONS, "record",
			      "this record has had too many versions");
	p->revision = ap->next_revision++;
	s = decide_next(ap, p);
	if (s == STATUS_OK)
		ap->planned++;
	return s;
}

/* --- writing -------------------------------------------------------------------------------------- */

/* Contributors named before or after: whoever followed one must see it leave. */
static enum status tag_contributors(struct apply *ap, const struct plan *p,
				    Mandate__EventTags *tags)
{
	const char *const *now, *const *before = NULL;
	size_t now_count, before_count = 0;
	struct arena *a = &ap->m->scratch;

	enum status s = record_contributors(a, p->change->record, &now, &now_count);
	if (s == STATUS_OK && p->has_previous && p->previous.stored->record)
		s = record_contributors(a, p->previous.stored->record, &before, &before_count);
	if (s != STATUS_OK || now_count + before_count == 0)
		return s;
	tags->contributors = arena_calloc(a, now_count + before_count, sizeof(char *));
	if (!tags->contributors)
		return STATUS_NO_MEMORY;
	size_t i = 0, k = 0;
	while (i < now_count || k < before_count) { /* both lists are sorted */
		int order = i == now_count	? 1
			    : k == before_count ? -1
						: strcmp(now[i], before[k]);
		const char *name = order <= 0 ? now[i] : before[k];

		tags->contributors[tags->n_contributors++] = (char *)(uintptr_t)name;
		i += order <= 0;
		k += order >= 0;
	}
	return STATUS_OK;
}

static enum status write_change(struct apply *ap, struct plan *p)
{
	struct machine *m = ap->m;
	Mandate__Event event = MANDATE__EVENT__INIT;
	Mandate__EventTags tags = MANDATE__EVENT_TAGS__INIT;
	Mandate__Change change = *p->change;
	char *operation = (char *)(uintptr_t)p->operation;
	char *document = (char *)(uintptr_t)record_document(change.record);
	struct store_version version = {.revision = p->revision, .stored = &p->next};

	change.has_edition = true;
	change.edition = p->edition;
	event.what_case = MANDATE__EVENT__WHAT_CHANGE;
	event.change = &change;
	tags.kind = p->kind;
	tags.operations = &operation;
	tags.n_operations = operation ? 1 : 0;
	tags.documents = &document;
	tags.n_documents = document ? 1 : 0;
	enum status s = tag_contributors(ap, p, &tags);
	if (s == STATUS_OK)
		s = machine_emit(m, ap->c, &event, &tags);
	if (s == STATUS_OK)
		s = store_record_put(m->txn, p->kind, p->key, &version,
				     p->has_previous ? &p->previous : NULL);
	if (s == STATUS_OK && !p->has_previous && operation)
		s = store_index_add(m->txn, STORE_BY_OPERATION, operation, p->kind, p->key);
	if (s == STATUS_OK && p->next.clash)
		s = store_index_add(m->txn, STORE_CLASHED, "-", p->kind, p->key);
	return s;
}

static bool is_last_of_its_record(const struct apply *ap, size_t i)
{
	for (size_t k = i + 1; k < ap->planned; k++)
		if (!ap->plans[k].unchanged && ap->plans[k].kind == ap->plans[i].kind &&
		    strcmp(ap->plans[k].key, ap->plans[i].key) == 0)
			return false;
	return true;
}

/* Clashes are judged from before the submission to after it. */
static enum status judge_clash(struct apply *ap, size_t i, struct alert_steps *steps)
{
	const struct plan *p = &ap->plans[i];
	const struct plan *first = p;

	if (p->unchanged || !is_last_of_its_record(ap, i))
		return STATUS_OK;
	for (size_t k = i; k-- > 0;)
		if (!ap->plans[k].unchanged && ap->plans[k].kind == p->kind &&
		    strcmp(ap->plans[k].key, p->key) == 0)
			first = &ap->plans[k];
	bool before = first->has_previous && first->previous.stored->has_clash &&
		      first->previous.stored->clash;
	if (!before && !p->next.clash)
		return STATUS_OK;
	const char *other = p->holds && p->has_previous ? p->previous.stored->office
							: ap->c->office;
	return alert_clash_step(ap->m, steps, p->kind, p->key, p->operation, before, p->next.clash,
				p->next.office, other);
}

/* Puts the new contents into the operations' files, then judges each operation once. */
static enum status judge_operations(struct apply *ap, struct alert_steps *steps)
{
	struct machine *m = ap->m;
	struct judge_file *file;

	if (m->state.day != DAY_NEVER)
		for (size_t i = 0; i < ap->planned; i++) {
			const struct plan *p = &ap->plans[i];

			if (p->unchanged || !p->holds || !p->operation)
				continue;
			enum status s = judge_open(m->judge, m->txn, &m->scratch, p->operation,
						   &file);
			if (s == STATUS_OK)
				s = judge_put(file, p->kind, p->key, p->next.record);
			if (s != STATUS_OK)
				return s;
		}
	for (size_t i = 0; i < ap->planned; i++) {
		const struct plan *p = &ap->plans[i];
		bool corrected = false, judged = false;

		if (p->unchanged || !p->holds || !p->operation)
			continue;
		for (size_t k = 0; k < ap->planned; k++) {
			const struct plan *q = &ap->plans[k];

			if (q->unchanged || !q->holds || !q->operation ||
			    strcmp(q->operation, p->operation) != 0)
				continue;
			judged |= k < i;
			corrected |= q->replaces;
		}
		enum status s = judged ? STATUS_OK
				       : alert_judge(m, steps, p->operation, corrected, false);
		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

static enum status write_all(struct apply *ap)
{
	struct alert_steps steps = {0};
	size_t changed = 0;
	enum status s = STATUS_OK;

	for (size_t i = 0; i < ap->planned; i++)
		changed += !ap->plans[i].unchanged;
	for (size_t i = 0; s == STATUS_OK && i < ap->planned; i++)
		s = judge_clash(ap, i, &steps);
	if (s == STATUS_OK)
		s = judge_operations(ap, &steps);
	if (s != STATUS_OK)
		return s;
	alert_steps_sort(&steps);
	ap->c->last_revision = ap->m->state.head.revision + changed + steps.count;
	for (size_t i = 0; s == STATUS_OK && i < ap->planned; i++)
		if (!ap->plans[i].unchanged)
			s = write_change(ap, &ap->plans[i]);
	return s == STATUS_OK ? alert_steps_write(ap->m, ap->c, &steps) : s;
}

/* --- outcomes ------------------------------------------------------------------------------------- */

static enum status fill_results(struct apply *ap, Mandate__Outcome *outcome)
{
	struct arena *a = &ap->m->scratch;
	Mandate__ChangeResult *results = arena_calloc(a, ap->planned, sizeof *results);

	outcome->results = arena_calloc(a, ap->planned, sizeof *outcome->results);
	if (!results || !outcome->results)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < ap->planned; i++) {
		mandate__change_result__init(&results[i]);
		results[i].has_revision = true;
		results[i].revision = ap->plans[i].revision;
		results[i].has_unchanged = results[i].unchanged = ap->plans[i].unchanged;
		results[i].has_edition = true;
		results[i].edition = ap->plans[i].edition;
		outcome->results[i] = &results[i];
	}
	outcome->n_results = ap->planned;
	return STATUS_OK;
}

static enum status keep_refusal(struct machine *m, const struct circumstance *c,
				Mandate__Outcome *outcome)
{
	Mandate__StoredRefusal stored = MANDATE__STORED_REFUSAL__INIT;
	struct bytes packed;

	stored.time_ms = c->time_ms;
	stored.office = (char *)(uintptr_t)c->office;
	stored.device = (char *)(uintptr_t)c->device;
	stored.outcome = outcome;
	enum status s = codec_encode(&m->scratch, &stored.base, &packed);
	return s == STATUS_OK ? store_refusal_put(m->txn, c->index, packed) : s;
}

static enum status keep_outcome(struct apply *ap, struct input *input, Mandate__Outcome *outcome)
{
	Mandate__StoredOutcome stored = MANDATE__STORED_OUTCOME__INIT;
	struct machine *m = ap->m;
	struct bytes packed;

	stored.digest = (ProtobufCBinaryData){.len = HASH_BYTES, .data = input->digest};
	stored.outcome = outcome;
	enum status s = codec_encode(&m->scratch, &stored.base, &packed);
	if (s == STATUS_OK)
		s = store_lane_put(m->txn, ap->c->office, outcome->lane, outcome->sequence, packed);
	if (s == STATUS_OK && outcome->refusal)
		s = keep_refusal(m, ap->c, outcome);
	if (s == STATUS_OK)
		s = outcome_encode(m->txn, ap->c->sink->arena, outcome, &input->outcome);
	return s;
}

/* An input that is not its lane's next changes nothing. What admission should have said is said
 * here: the first outcome to a repeat, SEQ_REUSED or SEQ_JUMP to others. */
static enum status answer_out_of_turn(struct apply *ap, struct input *input, uint64_t last)
{
	struct machine *m = ap->m;
	Mandate__Outcome outcome = MANDATE__OUTCOME__INIT;
	const Mandate__StoredOutcome *stored;

	outcome.lane = ap->submission->lane;
	outcome.sequence = ap->submission->sequence;
	outcome.refusal = &ap->refusal;
	if (outcome.sequence <= last) {
		enum status s = store_lane_get(m->txn, &m->scratch, ap->c->office, outcome.lane,
					       outcome.sequence, &stored);
		if (s != STATUS_OK)
			return s;
		if (stored->digest.len == HASH_BYTES &&
		    memcmp(stored->digest.data, input->digest, HASH_BYTES) == 0)
			return outcome_encode(m->txn, ap->c->sink->arena, stored->outcome,
					      &input->outcome);
		ap->refusal.code = MANDATE__CODE__CODE_SEQ_REUSED;
		ap->refusal.text = "this number was used for a different submission";
	} else {
		ap->refusal.code = MANDATE__CODE__CODE_SEQ_JUMP;
		ap->refusal.text = "earlier numbers of this lane are missing";
		ap->refusal.has_expected_sequence = true;
		ap->refusal.expected_sequence = last + 1;
	}
	return codec_encode(ap->c->sink->arena, &outcome.base, &input->outcome);
}

enum status apply_submission(struct machine *m, struct circumstance *c, struct input *input)
{
	struct apply ap = {.m = m,
			   .c = c,
			   .submission = input->submission,
			   .next_revision = m->state.head.revision + 1,
			   .refusal = MANDATE__REFUSAL__INIT};
	Mandate__Outcome outcome = MANDATE__OUTCOME__INIT;
	uint8_t digest[HASH_BYTES];
	uint64_t last;

	enum status s = store_lane_last(m->txn, c->office, ap.submission->lane, &last, digest);
	if (s != STATUS_OK)
		return s;
	if (ap.submission->sequence != last + 1)
		return answer_out_of_turn(&ap, input, last);
	ap.plans = arena_calloc(&m->scratch, ap.submission->n_changes, sizeof *ap.plans);
	if (!ap.plans)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; s == STATUS_OK && i < ap.submission->n_changes; i++)
		s = plan_change(&ap, ap.submission->changes[i]);
	if (s != STATUS_OK && s != STATUS_REFUSED)
		return s;
	outcome.lane = ap.submission->lane;
	outcome.sequence = ap.submission->sequence;
	outcome.has_index = true;
	outcome.index = c->index;
	if (s == STATUS_REFUSED) {
		outcome.refusal = &ap.refusal;
		c->sink->refused++;
	} else {
		s = write_all(&ap);
		if (s == STATUS_OK)
			s = fill_results(&ap, &outcome);
		c->sink->accepted++;
		if (s != STATUS_OK)
			return s;
	}
	return keep_outcome(&ap, input, &outcome);
}
