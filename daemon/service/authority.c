/* May this office record, or suppose, this? Decided where the change is planned, from the roll at
 * its index. Named for people by what is missing; the code is AUTH_SCOPE. */
#include "service/apply_impl.h"

#include "model/codec.h"
#include "model/record.h"
#include "service/readable.h"

static enum status beyond(struct apply *ap, const struct plan *p)
{
	const struct authority *by = &ap->authority;
	Mandate__Refusal *r = &ap->refusal;

	r->code = MANDATE__CODE__CODE_AUTH_SCOPE;
	r->has_change = true;
	r->change = (uint32_t)ap->planned;
	r->field = codec_borrow("record");
	r->has_kind = true;
	r->kind = p->kind;
	r->key = codec_borrow(p->key);
	r->text = arena_printf(ap->a, "no grant of office %s lets it %s %s %s", by->office->office,
			       by->writes ? "record" : "see", record_kind_name(p->kind), p->key);
	return r->text ? STATUS_REFUSED : STATUS_NO_MEMORY;
}

/* For whom a record speaks. An arrangement is its proposer's word; the others answer in records of
 * their own. */
static enum status parties_of(struct arena *a, const Mandate__Record *record,
			      struct grants_list *ret_parties)
{
	const char *one = NULL;

	switch ((unsigned)record_kind(record)) {
	case MANDATE__KIND__KIND_PARTNER:
		one = record->partner->code;
		break;
	case MANDATE__KIND__KIND_ARRANGEMENT:
		one = record->arrangement->proposed_by;
		break;
	case MANDATE__KIND__KIND_ENDORSEMENT:
		one = record->endorsement->owner;
		break;
	case MANDATE__KIND__KIND_CONSENT:
		one = record->consent->host;
		break;
	}
	if (!one)
		return record_parties(a, record, &ret_parties->names, &ret_parties->count);
	const char **names = arena_calloc(a, 1, sizeof *names);
	if (!names)
		return STATUS_NO_MEMORY;
	names[0] = one;
	*ret_parties = (struct grants_list){names, 1};
	return STATUS_OK;
}

/* `acted_on`: with what an act acts on, which must have been read. */
static enum status allows(struct apply *ap, const struct plan *p, const Mandate__Record *record,
			  bool acted_on, bool *ret_allowed)
{
	const struct authority *by = &ap->authority;
	struct grants_names names = {.kind = p->kind};
	enum status s;

	if (acted_on)
		s = homes_operations(&ap->homes, record, NULL, &names.operations.names,
				     &names.operations.count);
	else
		s = record_operations(ap->a, record, &names.operations.names,
				      &names.operations.count);
	names.operations_unknown = names.operations.count == 0 && record_is_act(p->kind);
	if (s == STATUS_OK)
		s = record_contributors(ap->a, record, &names.contributors.names,
					&names.contributors.count);
	if (s == STATUS_OK && by->writes)
		s = parties_of(ap->a, record, &names.parties);
	if (s == STATUS_OK)
		*ret_allowed = by->writes ? grants_may_write(by->office, &names, by->day)
					  : grants_may_read(by->office, &names, by->day);
	return s;
}

enum status authority_sees(struct apply *ap, Mandate__Kind kind, const char *key,
			   const struct store_version *version, bool *ret_sees)
{
	struct reader_of who = {.office = ap->authority.office, .day = ap->authority.day};

	if (ap->authority.writes)
		who.office = NULL;
	return readable_version(&who, ap->txn, ap->a, kind, key, version, ret_sees);
}

enum status authority_named(struct apply *ap, const struct plan *p)
{
	bool allowed = true;

	/* A retraction names the key alone: what it takes away is looked at. */
	if (!ap->authority.office ||
	    p->change->action == MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT)
		return STATUS_OK;
	enum status s = allows(ap, p, p->change->record, false, &allowed);
	return s == STATUS_OK && !allowed ? beyond(ap, p) : s;
}

/* What is on record before the change: by what it says, or to see it, by whether it is seen. */
static enum status allows_before(struct apply *ap, const struct plan *p, bool *ret_allowed)
{
	const Mandate__StoredVersion *stored = p->previous.stored;

	if (!ap->authority.writes) {
		/* What is supposed before was looked at there. */
		return p->previous.revision > ap->revision
			       ? STATUS_OK
			       : authority_sees(ap, p->kind, p->key, &p->previous, ret_allowed);
	}
	const Mandate__Record *before =
		codec_decode(ap->a, &mandate__record__descriptor,
			     bytes_of(stored->record.data, stored->record.len));
	if (!before)
		return ap->a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	return allows(ap, p, before, true, ret_allowed);
}

enum status authority_planned(struct apply *ap, const struct plan *p)
{
	bool retracts = p->change->action == MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT;
	bool has_before =
		p->has_previous && (!ap->authority.writes || p->previous.stored->has_record);
	bool allowed = true;
	enum status s = STATUS_OK;

	if (!ap->authority.office)
		return STATUS_OK;
	if (has_before)
		s = allows_before(ap, p, &allowed);
	if (s == STATUS_OK && allowed && (record_is_act(p->kind) || (retracts && !has_before)))
		s = allows(ap, p, p->change->record, true, &allowed);
	return s == STATUS_OK && !allowed ? beyond(ap, p) : s;
}

/* --- offices ------------------------------------------------------------------------------- */

static enum status refuse_office(struct apply *ap, const struct plan *p, Mandate__Code code,
				 const char *field, const char *text)
{
	Mandate__Refusal *r = &ap->refusal;

	if (!text)
		return STATUS_NO_MEMORY;
	r->code = code;
	r->has_change = true;
	r->change = (uint32_t)ap->planned;
	r->field = codec_borrow(field);
	r->text = codec_borrow(text);
	r->has_kind = true;
	r->kind = p->kind;
	r->key = codec_borrow(p->key);
	return STATUS_REFUSED;
}

enum status authority_office(struct apply *ap, const struct plan *p)
{
	const Mandate__Office *office = p->change->record->office;
	bool retracts = p->content.len == 0;
	struct roll *next;

	if (p->kind != MANDATE__KIND__KIND_OFFICE || ap->rules < RULES_WITH_AUTHORITY)
		return STATUS_OK;
	if (p->has_previous && p->edition <= p->previous.stored->edition)
		return refuse_office(ap, p, MANDATE__CODE__CODE_CONFLICT, "edition",
				     "an edition of an office replaces the one before it: a higher "
				     "number is needed");
	for (size_t i = 0; ap->roll && !retracts && i < office->n_devices; i++) {
		struct speaker other;

		if (roll_find_key(ap->roll, office->devices[i]->key, &other) &&
		    strcmp(other.office->record->office, p->key) != 0)
			return refuse_office(ap, p, MANDATE__CODE__CODE_CONFLICT,
					     "record.office.devices.key",
					     arena_printf(ap->a, "this key is that of office %s",
							  other.office->record->office));
	}
	if (!ap->roll)
		return STATUS_OK;
	enum status s = roll_with(ap->roll, p->key, retracts ? NULL : office, p->revision, &next);
	if (s == STATUS_LIMIT)
		return refuse_office(ap, p, MANDATE__CODE__CODE_LIMIT, "record.office",
				     "there are as many offices as there may be");
	if (s != STATUS_OK)
		return s;
	roll_release(ap->roll);
	ap->roll = next;
	return STATUS_OK;
}
