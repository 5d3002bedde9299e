/* Submissions. First every change is planned against the state, without writing; then either
 * nothing happens but the refusal, or all of them are written, and after them the alerts they
 * touch. */
#include "service/audit.h"

#include "model/codec.h"
#include "model/record.h"
#include "service/outcome.h"

/* --- writing
 * -------------------------------------------------------------------------------------- */

/* Names before and after as one list, and where in it those are that were named only before
 * (`gone`) or only after (`fresh`). All lists are sorted. */
struct merged {
	char **names;
	uint32_t *gone, *fresh;
	size_t count, gone_count, fresh_count;
};

static enum status merge_names(struct arena *a, struct grants_list now, struct grants_list before,
			       struct merged *ret_merged)
{
	size_t most = now.count + before.count;
	struct merged m = {0};

	*ret_merged = m;
	if (most == 0)
		return STATUS_OK;
	m.names = arena_calloc(a, most, sizeof(char *));
	m.gone = arena_calloc(a, most, sizeof *m.gone);
	m.fresh = arena_calloc(a, most, sizeof *m.fresh);
	if (!m.names || !m.gone || !m.fresh)
		return STATUS_NO_MEMORY;
	for (size_t i = 0, k = 0; i < now.count || k < before.count;) {
		int order = i == now.count	? 1
			    : k == before.count ? -1
						: strcmp(now.names[i], before.names[k]);

		if (order < 0)
			m.fresh[m.fresh_count++] = (uint32_t)m.count;
		if (order > 0)
			m.gone[m.gone_count++] = (uint32_t)m.count;
		m.names[m.count++] = codec_borrow(order <= 0 ? now.names[i] : before.names[k]);
		i += order <= 0;
		k += order >= 0;
	}
	*ret_merged = m;
	return STATUS_OK;
}

/* Where lists of names differ from an edition to the next, readers may differ, too. Of a record
 * that is taken away, who could see it sees that. */
static bool are_marked(const struct apply *ap, const struct plan *p)
{
	return ap->rules >= RULES_WITH_AUTHORITY && p->content.len != 0;
}

/* Contributors named before or after: whoever followed one must see it leave. */
static enum status tag_contributors(struct apply *ap, const struct plan *p, bool had_content,
				    Mandate__EventTags *tags)
{
	struct grants_list now, before = {0};
	struct arena *a = &ap->m->scratch;
	struct merged all;

	enum status s = record_contributors(a, p->change->record, &now.names, &now.count);
	if (s == STATUS_OK && p->has_previous && record_contributors_vary(p->kind)) {
		const ProtobufCBinaryData *held = &p->previous.stored->record;
		const Mandate__Record *previous = codec_decode(a, &mandate__record__descriptor,
							       bytes_of(held->data, held->len));

		if (!previous)
			return a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
		s = record_contributors(a, previous, &before.names, &before.count);
	}
	if (s == STATUS_OK)
		s = merge_names(a, now, before, &all);
	if (s != STATUS_OK)
		return s;
	tags->contributors = all.names;
	tags->n_contributors = all.count;
	if (!had_content || !are_marked(ap, p) || !record_contributors_vary(p->kind))
		return STATUS_OK;
	tags->contributors_gone = all.gone;
	tags->n_contributors_gone = all.gone_count;
	tags->contributors_new = all.fresh;
	tags->n_contributors_new = all.fresh_count;
	return STATUS_OK;
}

/* p->operations are those before and after. */
static enum status tag_operations(struct apply *ap, const struct plan *p, Mandate__EventTags *tags)
{
	struct grants_list now, before;
	struct merged all;

	tags->operations = (char **)(uintptr_t)p->operations;
	tags->n_operations = p->operation_count;
	if (!p->before || !are_marked(ap, p))
		return STATUS_OK;
	enum status s =
		homes_operations(&ap->homes, p->change->record, NULL, &now.names, &now.count);
	if (s == STATUS_OK)
		s = homes_operations(&ap->homes, p->before, NULL, &before.names, &before.count);
	if (s == STATUS_OK)
		s = merge_names(&ap->m->scratch, now, before, &all);
	if (s != STATUS_OK)
		return s;
	tags->operations = all.names;
	tags->n_operations = all.count;
	tags->operations_gone = all.gone;
	tags->n_operations_gone = all.gone_count;
	tags->operations_new = all.fresh;
	tags->n_operations_new = all.fresh_count;
	return STATUS_OK;
}

static enum status write_change(struct apply *ap, struct plan *p)
{
	struct machine *m = ap->m;
	Mandate__Event event = MANDATE__EVENT__INIT;
	Mandate__EventTags tags = MANDATE__EVENT_TAGS__INIT;
	Mandate__Change change = *p->change;
	char *document = codec_borrow(record_document(change.record));
	struct store_version version = {.revision = p->revision, .stored = &p->next};

	change.has_edition = true;
	change.edition = p->edition;
	event.what_case = MANDATE__EVENT__WHAT_CHANGE;
	event.change = &change;
	tags.kind = p->kind;
	bool had_content = p->has_previous && p->previous.stored->has_record;

	tags.documents = &document;
	tags.n_documents = document ? 1 : 0;
	tags.has_first = tags.first = ap->rules >= RULES_WITH_AUTHORITY && !had_content;
	if (p->kind == MANDATE__KIND__KIND_OFFICE)
		tags.office = codec_borrow(p->key);
	enum status s = tag_operations(ap, p, &tags);
	if (s == STATUS_OK)
		s = tag_contributors(ap, p, had_content, &tags);
	if (s == STATUS_OK)
		s = machine_emit(m, ap->c, &event, &tags);
	if (s == STATUS_OK)
		s = store_record_put(m->txn, p->kind, p->key, &version,
				     p->has_previous ? &p->previous : NULL);
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
static enum status judge_clash(struct apply *ap, size_t i, struct apply_steps *steps)
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
	const char *other =
		p->holds && p->has_previous ? p->previous.stored->office : ap->c->office;
	return apply_clash(ap->m, steps, p->kind, p->key, p->operation, before, p->next.clash,
			   p->next.office, other);
}

struct judged {
	const char *home;
	bool corrected;
};

/* The homes of all puts, each once, and for each put which it is. */
static enum status list_judged(struct apply *ap, struct judged **ret_list, size_t *ret_count,
			       size_t **ret_of)
{
	const struct homes *h = &ap->homes;
	struct judged *list = arena_calloc(&ap->m->scratch, h->put_count + 1, sizeof *list);
	size_t *of = arena_calloc(&ap->m->scratch, h->put_count + 1, sizeof *of);
	size_t count = 0, plan = 0, k;

	if (!list || !of)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < h->put_count; i++) {
		while (plan + 1 < ap->planned && ap->plans[plan + 1].puts <= i)
			plan++;
		for (k = 0; k < count && strcmp(list[k].home, h->puts[i].home) != 0;)
			k++;
		if (k == count)
			list[count++].home = h->puts[i].home;
		list[k].corrected |= !h->puts[i].brought && ap->plans[plan].replaces;
		of[i] = k;
	}
	*ret_list = list;
	*ret_count = count;
	*ret_of = of;
	return STATUS_OK;
}

/* Puts into the file of one home all that is put there, or builds it again with all of it. */
static enum status put_home(struct apply *ap, const char *home, const size_t *of, size_t which)
{
	struct machine *m = ap->m;
	struct docket_file *file;
	enum status s = docket_open(m->docket, m->txn, home, &file);

	for (size_t i = 0; s == STATUS_OK && i < ap->homes.put_count; i++) {
		const struct home_put *put = &ap->homes.puts[i];

		if (of[i] == which)
			s = docket_put(file, put->kind, put->key, put->edition, put->record);
	}
	return s == STATUS_AGAIN ? docket_rebuild(file, &ap->homes.view, &m->scratch) : s;
}

/* Puts the new contents into the homes' files, then judges each home once. */
static enum status judge_homes(struct apply *ap, struct apply_steps *steps)
{
	struct judged *list;
	size_t count, *of;
	enum status s = list_judged(ap, &list, &count, &of);

	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		if (ap->m->state.day != DAY_NEVER)
			s = put_home(ap, list[i].home, of, i);
		if (s == STATUS_OK)
			s = apply_judge(ap->m, steps, list[i].home, list[i].corrected);
	}
	return s;
}

static enum status write_all(struct apply *ap)
{
	struct apply_steps steps = {0};
	size_t changed = 0;
	enum status s = STATUS_OK;

	for (size_t i = 0; i < ap->planned; i++)
		changed += !ap->plans[i].unchanged;
	for (size_t i = 0; s == STATUS_OK && i < ap->planned; i++)
		s = judge_clash(ap, i, &steps);
	if (s == STATUS_OK)
		s = judge_homes(ap, &steps);
	if (s == STATUS_OK)
		s = homes_write(&ap->homes, ap->m->txn);
	if (s != STATUS_OK)
		return s;
	apply_steps_sort(&steps);
	ap->c->last_revision = ap->m->state.head.revision + changed + steps.count;
	for (size_t i = 0; s == STATUS_OK && i < ap->planned; i++)
		if (!ap->plans[i].unchanged)
			s = write_change(ap, &ap->plans[i]);
	return s == STATUS_OK ? apply_steps_write(ap->m, ap->c, &steps) : s;
}

/* --- outcomes
 * ------------------------------------------------------------------------------------- */

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
	stored.office = codec_borrow(c->office);
	stored.device = codec_borrow(c->device);
	stored.outcome = outcome;
	enum status s = codec_encode(&m->scratch, &stored.base, &packed);
	return s == STATUS_OK ? store_refusal_put(m->txn, c->index, packed) : s;
}

/* The last number of the submission's lane. */
static enum status lane_last(const struct apply *ap, uint64_t *ret_last)
{
	const struct machine *m = ap->m;
	uint8_t digest[HASH_BYTES];

	if (m->lane.last && m->lane.number == ap->submission->lane &&
	    strcmp(m->lane.office, ap->c->office) == 0) {
		*ret_last = m->lane.last;
		return STATUS_OK;
	}
	return store_lane_last(m->txn, ap->c->office, ap->submission->lane, ret_last, digest);
}

static void note_lane(struct apply *ap)
{
	struct machine *m = ap->m;
	size_t len = strlen(ap->c->office);

	m->lane.last = 0;
	if (len >= sizeof m->lane.office)
		return;
	memcpy(m->lane.office, ap->c->office, len + 1);
	m->lane.number = ap->submission->lane;
	m->lane.last = ap->submission->sequence;
}

/* To whom an outcome is shown. */
static struct reader_of answered(const struct apply *ap)
{
	static const Mandate__Office nobody = MANDATE__OFFICE__INIT;
	const struct office *office = roll_find(ap->m->roll, ap->office);

	if (ap->rules < RULES_WITH_AUTHORITY)
		return (struct reader_of){.office = NULL};
	return (struct reader_of){.office = office ? office->record : &nobody,
				  .day = ap->m->state.day};
}

static enum status keep_outcome(struct apply *ap, struct input *input, Mandate__Outcome *outcome)
{
	struct machine *m = ap->m;
	struct reader_of who = answered(ap);
	struct bytes packed, stored;

	enum status s = codec_encode(ap->c->sink->arena, &outcome->base, &packed);
	if (s == STATUS_OK)
		s = outcome_stored(&m->scratch, input->digest, packed, &stored);
	if (s == STATUS_OK)
		s = store_lane_put(m->txn, ap->c->office, outcome->lane, outcome->sequence, stored);
	if (s != STATUS_OK)
		return s;
	note_lane(ap);
	input->outcome = packed;
	if (!outcome->refusal)
		return STATUS_OK;
	s = keep_refusal(m, ap->c, outcome);
	return s == STATUS_OK
		       ? outcome_encode(m->txn, ap->c->sink->arena, &who, outcome, &input->outcome)
		       : s;
}

/* An input that is not its lane's next changes nothing. What admission should have said is said
 * here: the first outcome to a repeat, SEQ_REUSED or SEQ_JUMP to others. */
static enum status answer_out_of_turn(struct apply *ap, struct input *input, uint64_t last)
{
	struct machine *m = ap->m;
	Mandate__Outcome outcome = MANDATE__OUTCOME__INIT;
	const Mandate__StoredOutcome *stored;
	struct reader_of who = answered(ap);

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
			return outcome_encode(m->txn, ap->c->sink->arena, &who, stored->outcome,
					      &input->outcome);
		ap->refusal.code = MANDATE__CODE__CODE_SEQ_REUSED;
		ap->refusal.text = codec_borrow("this number was used for a different submission");
	} else {
		ap->refusal.code = MANDATE__CODE__CODE_SEQ_JUMP;
		ap->refusal.text = codec_borrow("earlier numbers of this lane are missing");
		ap->refusal.has_expected_sequence = true;
		ap->refusal.expected_sequence = last + 1;
	}
	return codec_encode(ap->c->sink->arena, &outcome.base, &input->outcome);
}

/* Who is not on the roll, or does not stand on it today, is refused as a whole. A submission that
 * was admitted in time is refused here if the revocation came first. */
static enum status find_authority(struct apply *ap)
{
	struct machine *m = ap->m;
	const char *device = ap->c->device;
	const struct office *office = roll_find(m->roll, ap->office);
	const Mandate__Device *by = office && device ? roll_device(office, device) : NULL;

	if (ap->rules < RULES_WITH_AUTHORITY)
		return STATUS_OK;
	if (office && (by || !device) && grants_office_stands(office->record, by, m->state.day)) {
		ap->authority = (struct authority){
			.office = office->record, .writes = true, .day = m->state.day};
		return STATUS_OK;
	}
	ap->refusal.code = MANDATE__CODE__CODE_AUTH_SCOPE;
	ap->refusal.text =
		arena_printf(ap->a, "office %s is not accredited, or no more", ap->office);
	return ap->refusal.text ? STATUS_REFUSED : STATUS_NO_MEMORY;
}

static enum status plan_all(struct apply *ap)
{
	struct machine *m = ap->m;
	enum status s = find_authority(ap);

	homes_init(&ap->homes, m->txn, m->state.rules, &m->scratch);
	ap->plans = arena_calloc(&m->scratch, ap->submission->n_changes, sizeof *ap->plans);
	if (!ap->plans)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; s == STATUS_OK && i < ap->submission->n_changes; i++)
		s = apply_plan(ap, ap->submission->changes[i]);
	return s;
}

/* The offices are as the submission says, or as before. */
static enum status decide(struct apply *ap, struct input *input)
{
	Mandate__Outcome outcome = MANDATE__OUTCOME__INIT;
	enum status s = plan_all(ap);

	if (s != STATUS_OK && s != STATUS_REFUSED)
		return s;
	outcome.lane = ap->submission->lane;
	outcome.sequence = ap->submission->sequence;
	outcome.has_index = true;
	outcome.index = ap->c->index;
	if (s == STATUS_REFUSED) {
		outcome.refusal = &ap->refusal;
		ap->c->sink->refused++;
		s = audit_refusal(ap);
		return s == STATUS_OK ? keep_outcome(ap, input, &outcome) : s;
	}
	s = write_all(ap);
	if (s == STATUS_OK)
		s = audit_offices(ap);
	if (s == STATUS_OK)
		s = fill_results(ap, &outcome);
	if (s != STATUS_OK)
		return s;
	ap->c->sink->accepted++;
	roll_release(ap->m->roll);
	ap->m->roll = roll_hold(ap->roll);
	return keep_outcome(ap, input, &outcome);
}

enum status apply_submission(struct machine *m, struct circumstance *c, struct input *input)
{
	struct apply ap = {.txn = m->txn,
			   .revision = UINT64_MAX,
			   .a = &m->scratch,
			   .known = m->known,
			   .rules = m->state.rules,
			   .office = c->office,
			   .m = m,
			   .c = c,
			   .submission = input->submission,
			   .next_revision = m->state.head.revision + 1,
			   .refusal = MANDATE__REFUSAL__INIT};
	uint64_t last;

	enum status s = lane_last(&ap, &last);
	if (s != STATUS_OK)
		return s;
	if (ap.submission->sequence != last + 1)
		return answer_out_of_turn(&ap, input, last);
	ap.roll = roll_hold(m->roll);
	s = decide(&ap, input);
	roll_release(ap.roll);
	return s;
}
