/* Planning: what each change of a submission would do. References first, then editions. */
#include "service/apply_impl.h"

#include "model/codec.h"
#include "model/record.h"
#include "rules/act.h"

static enum status refuse(struct apply *ap, size_t change, Mandate__Code code, const char *field,
			  const char *text)
{
	ap->refusal.code = code;
	ap->refusal.has_change = true;
	ap->refusal.change = (uint32_t)change;
	ap->refusal.field = codec_borrow(field);
	ap->refusal.text = codec_borrow(text);
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

/* --- references: a partner or operation never recorded is refused -------------------------------
 */

static enum status is_recorded(struct apply *ap, Mandate__Kind kind, const char *key,
			       bool *ret_recorded)
{
	struct store_version version;

	*ret_recorded = true;
	if ((ap->known && known_has(ap->known, (int)kind, key)) || planned_before(ap, kind, key))
		return STATUS_OK;
	enum status s = store_record_at(ap->txn, ap->a, kind, key, ap->revision, &version);
	if (s == STATUS_OK && ap->known)
		known_add(ap->known, (int)kind, key);
	if (s == STATUS_OK)
		return authority_sees(ap, kind, key, &version, ret_recorded);
	*ret_recorded = false;
	return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

/* Rules 1 name the field by `field` alone, and no record. */
static enum status check_reference(struct apply *ap, const struct plan *p, Mandate__Kind kind,
				   const char *key, Mandate__Code code, const char *field,
				   const char *what)
{
	bool recorded;
	enum status s = is_recorded(ap, kind, key, &recorded);

	if (s != STATUS_OK || recorded)
		return s;
	char *text = arena_printf(ap->a, "%s %s is not on record: record it first", what, key);
	if (ap->rules >= 2) {
		field = apply_name_path(ap->a, ap->planned, p->change->record, code, key);
		ap->refusal.has_kind = true;
		ap->refusal.kind = kind;
		ap->refusal.key = codec_borrow(key);
	}
	return text && field ? refuse(ap, ap->planned, code, field, text) : STATUS_NO_MEMORY;
}

static enum status check_operations(struct apply *ap, const struct plan *p)
{
	const char *named[2] = {record_operation(p->change->record), NULL};
	enum status s = STATUS_OK;

	if (p->kind == MANDATE__KIND__KIND_OPERATION)
		return STATUS_OK;
	if (ap->rules >= 2)
		record_operations_named(p->change->record, &named[0], &named[1]);
	for (size_t i = 0; s == STATUS_OK && i < 2; i++)
		if (named[i])
			s = check_reference(ap, p, MANDATE__KIND__KIND_OPERATION, named[i],
					    MANDATE__CODE__CODE_UNKNOWN_OPERATION, "operation",
					    "operation");
	return s;
}

typedef enum status list_names(struct arena *a, const Mandate__Record *record,
			       const char *const **ret_names, size_t *ret_count);

/* Each name that `list` gives is a partner's. */
static enum status check_partners(struct apply *ap, const struct plan *p, list_names *list,
				  Mandate__Code code, const char *field, const char *what)
{
	const char *const *names;
	size_t count;
	enum status s = list(ap->a, p->change->record, &names, &count);

	for (size_t i = 0; s == STATUS_OK && i < count; i++)
		s = check_reference(ap, p, MANDATE__KIND__KIND_PARTNER, names[i], code, field,
				    what);
	return s;
}

/* An owner is a partner or an operation. */
static enum status check_owners(struct apply *ap, const struct plan *p)
{
	const char *const *names;
	bool recorded;
	size_t count;
	enum status s = record_owners(ap->a, p->change->record, &names, &count);

	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		s = is_recorded(ap, MANDATE__KIND__KIND_OPERATION, names[i], &recorded);
		if (s == STATUS_OK && !recorded)
			s = check_reference(ap, p, MANDATE__KIND__KIND_PARTNER, names[i],
					    MANDATE__CODE__CODE_UNKNOWN_PARTNER, "owner", "owner");
	}
	return s;
}

static enum status check_references(struct apply *ap, const struct plan *p)
{
	enum status s = check_operations(ap, p);

	if (s == STATUS_OK)
		s = check_partners(ap, p, record_parties, MANDATE__CODE__CODE_UNKNOWN_PARTNER,
				   "party", "partner");
	if (s == STATUS_OK)
		s = check_owners(ap, p);
	if (s == STATUS_OK)
		s = check_partners(ap, p, record_contributors,
				   MANDATE__CODE__CODE_UNKNOWN_CONTRIBUTOR, "contributor",
				   "contributor");
	return s;
}

/* --- editions ------------------------------------------------------------------------------------
 */

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
	enum status s = store_record_versions(ap->txn, ap->a, p->kind, p->key, ap->revision,
					      visit_version, &search);
	if (s != STATUS_OK && s != STATUS_EXISTS && s != STATUS_NOT_FOUND)
		return s;
	*ret_revision = search.revision;
	return STATUS_OK;
}

static ProtobufCBinaryData packed(struct bytes bytes)
{
	return (ProtobufCBinaryData){.len = bytes.len, .data = (uint8_t *)(uintptr_t)bytes.data};
}

/* The newest version, its content with it. */
static enum status read_previous(struct apply *ap, struct plan *p)
{
	struct bytes content;

	if (ap->revision == UINT64_MAX)
		return store_record_newest(ap->txn, ap->a, p->kind, p->key, &p->previous);
	/* What was newest then may be a pointer now. */
	enum status s =
		store_record_whole(ap->txn, ap->a, p->kind, p->key, ap->revision, &p->previous);
	if (s != STATUS_OK || p->previous.stored->has_record || !p->previous.record)
		return s;
	Mandate__StoredVersion *whole =
		arena_copy(ap->a, p->previous.stored, sizeof *p->previous.stored);
	s = codec_encode(ap->a, &p->previous.record->base, &content);
	if (s != STATUS_OK || !whole)
		return STATUS_NO_MEMORY;
	whole->has_record = true;
	whole->record = packed(content);
	p->previous.stored = whole;
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
	enum status s = read_previous(ap, p);
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
	r->key = codec_borrow(p->key);
	return refuse(ap, ap->planned, MANDATE__CODE__CODE_CONFLICT, "expected_revision",
		      current ? "the record has moved on since the revision that this is based on"
			      : "there is no such record yet");
}

/* The record's newest version before this submission, 0 if there was none: what its sender can
 * know. One that the submission itself makes has no revision until all of it is accepted. */
static uint64_t revision_on_record(const struct apply *ap, const struct plan *p)
{
	const struct plan *first = p;

	for (size_t i = ap->planned; i-- > 0;)
		if (!ap->plans[i].unchanged && ap->plans[i].kind == p->kind &&
		    strcmp(ap->plans[i].key, p->key) == 0)
			first = &ap->plans[i];
	return first->has_previous ? first->previous.revision : 0;
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
static bool wins_clash(const struct plan *p)
{
	const ProtobufCBinaryData *held = &p->previous.stored->record;

	return bytes_compare(p->content, bytes_of(held->data, held->len)) > 0;
}

static enum status decide_next(struct apply *ap, struct plan *p)
{
	const Mandate__StoredVersion *previous = p->previous.stored;
	bool clash = false;

	p->holds = true;
	if (p->has_previous && p->edition == previous->edition) {
		clash = true;
		p->holds = wins_clash(p);
	} else if (p->has_previous && p->edition < previous->edition) {
		p->holds = false;
		clash = previous->has_clash && previous->clash;
	}
	mandate__stored_version__init(&p->next);
	if (p->holds) {
		p->next.edition = p->edition;
		p->next.content_revision = p->revision;
		p->next.retracted = p->next.has_retracted = p->content.len == 0;
		p->next.has_record = p->content.len != 0;
		p->next.record = packed(p->content);
		p->next.office = codec_borrow(ap->office);
		p->replaces = p->has_previous;
	} else {
		p->next.edition = previous->edition;
		p->next.content_revision = previous->content_revision;
		p->next.retracted = p->next.has_retracted =
			previous->has_retracted && previous->retracted;
		p->next.has_record = previous->has_record;
		p->next.record = previous->record;
		p->next.office = previous->office;
	}
	p->next.clash = p->next.has_clash = clash;
	p->next.change_edition = p->edition;
	if (p->content.len)
		p->next.change_digest =
			(ProtobufCBinaryData){.len = CONTENT_DIGEST_BYTES, .data = p->digest};
	p->next.number = p->has_previous ? previous->number + 1 : 1;
	return STATUS_OK;
}

static enum status take_content(struct apply *ap, struct plan *p)
{
	uint8_t hash[HASH_BYTES];

	if (p->change->action == MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT)
		return STATUS_OK;
	enum status s = codec_encode(ap->a, &p->change->record->base, &p->content);
	if (s != STATUS_OK)
		return s;
	hash_one(hash, p->content);
	memcpy(p->digest, hash, sizeof p->digest);
	return STATUS_OK;
}

/* --- acts ----------------------------------------------------------------------------------------
 */

/* What an act acts on is looked at as it is after the changes before this one. */
static enum status check_act(struct apply *ap, const struct plan *p)
{
	struct act_refusal why;

	if (ap->rules < 2 || !record_is_act(p->kind))
		return STATUS_OK;
	enum status s = act_check(&ap->homes.view, ap->a, p->change->record, p->edition,
				  p->content.len == 0, &why);
	if (s != STATUS_OK || why.code == MANDATE__CODE__CODE_ACCEPTED)
		return s;
	const char *field = arena_printf(ap->a, "changes[%zu].%s", ap->planned, why.field);
	if (!field)
		return STATUS_NO_MEMORY;
	ap->refusal.has_kind = why.kind != 0;
	ap->refusal.kind = why.kind;
	ap->refusal.key = codec_borrow(why.key);
	return refuse(ap, ap->planned, why.code, field, why.text);
}

/* --- homes ---------------------------------------------------------------------------------------
 */

static enum status find_operations(struct apply *ap, struct plan *p)
{
	const Mandate__StoredVersion *previous = p->previous.stored;

	if (p->has_previous && homes_vary(p->kind) && previous->has_record) {
		p->before = codec_decode(ap->a, &mandate__record__descriptor,
					 bytes_of(previous->record.data, previous->record.len));
		if (!p->before)
			return ap->a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	}
	enum status s = homes_operations(&ap->homes, p->change->record, p->before, &p->operations,
					 &p->operation_count);
	p->operation = record_operation(p->change->record);
	if (!p->operation && p->operation_count)
		p->operation = p->operations[0];
	return s;
}

/* What holds is seen by the changes behind it, and goes to its homes. */
static enum status find_homes(struct apply *ap, const struct plan *p)
{
	bool retracts = p->content.len == 0;
	struct view_fact fact = {.kind = p->kind,
				 .key = p->key,
				 .record = retracts ? NULL : p->change->record,
				 .revision = p->revision,
				 .edition = p->edition,
				 .clash = p->next.clash};
	struct homes_change change = {.kind = p->kind,
				      .key = p->key,
				      .edition = p->edition,
				      .named = p->change->record,
				      .retracts = retracts,
				      .before = p->before,
				      .is_new = !p->has_previous};

	enum status s = overlay_put(&ap->homes.overlay, &fact);
	return s == STATUS_OK ? homes_touch(&ap->homes, &change) : s;
}

enum status apply_plan(struct apply *ap, const Mandate__Change *change)
{
	struct plan *p = &ap->plans[ap->planned];
	char key[KEY_TEXT_MAX + 1];

	p->change = change;
	p->kind = record_kind(change->record);
	if (record_key(change->record, key) != STATUS_OK)
		return refuse(ap, ap->planned, MANDATE__CODE__CODE_TEXT, "record",
			      "the parts of its key are too long together");
	p->key = arena_text(ap->a, key);
	p->puts = ap->homes.put_count;
	if (!p->key)
		return STATUS_NO_MEMORY;
	enum status s = authority_named(ap, p);
	if (s == STATUS_OK)
		s = check_references(ap, p);
	if (s == STATUS_OK)
		s = find_previous(ap, p);
	if (s == STATUS_OK)
		s = authority_planned(ap, p);
	if (s == STATUS_OK)
		s = take_content(ap, p);
	if (s != STATUS_OK)
		return s;
	if (change->has_expected_revision) {
		uint64_t current = revision_on_record(ap, p);

		if (change->expected_revision != current)
			return refuse_conflict(ap, p, current);
	}
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
	s = check_act(ap, p);
	if (s != STATUS_OK)
		return s;
	if (p->has_previous && p->previous.stored->number >= VERSIONS_PER_RECORD_MAX)
		return refuse(ap, ap->planned, MANDATE__CODE__CODE_TOO_MANY_VERSIONS, "record",
			      "this record has had too many versions");
	p->revision = ap->next_revision++;
	s = authority_office(ap, p);
	if (s == STATUS_OK)
		s = decide_next(ap, p);
	if (s == STATUS_OK)
		s = find_operations(ap, p);
	if (s == STATUS_OK && p->holds)
		s = find_homes(ap, p);
	if (s == STATUS_OK)
		ap->planned++;
	return s;
}
