#include "twin_agenda.h"
#include "twin_partners.h"

const Mandate__Priorities *twin_list_on(const struct twin *w, const char *op, int32_t day,
					uint32_t *ret_version, int32_t *ret_version_since)
{
	const Mandate__Priorities *best = NULL;

	for (size_t n = 0; n < w->count; n++) {
		const Mandate__Priorities *p;

		if (w->at[n].kind != TKIND(PRIORITIES) || !w->at[n].record)
			continue;
		p = w->at[n].record->priorities;
		if (strcmp(p->operation, op) != 0 || p->date > day ||
		    (best && (p->date < best->date ||
			      (p->date == best->date &&
			       twin_symbol_compare(p->document, best->document) < 0))))
			continue;
		best = p;
		*ret_version = w->at[n].edition;
	}
	if (!best)
		return NULL;
	/* While somebody still endorsed an earlier version, this one was not there. */
	*ret_version_since = best->date;
	for (size_t n = 0; n < w->count; n++) {
		const Mandate__Endorsement *e;

		if (w->at[n].kind != TKIND(ENDORSEMENT) || !w->at[n].record)
			continue;
		e = w->at[n].record->endorsement;
		if (strcmp(e->operation, op) == 0 && strcmp(e->document, best->document) == 0 &&
		    e->version < *ret_version)
			*ret_version_since = twin_max(*ret_version_since, e->day);
	}
	return best;
}

bool twin_endorsed(const struct twin *w, const Mandate__Priorities *p, uint32_t version,
		   const char *owner, int32_t day)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(ENDORSEMENT), &n));) {
		const Mandate__Endorsement *e = r->endorsement;

		if (strcmp(e->operation, p->operation) == 0 &&
		    strcmp(e->document, p->document) == 0 && strcmp(e->owner, owner) == 0 &&
		    e->version == version && e->day <= day)
			return true;
	}
	return false;
}

size_t twin_silent(const struct twin *w, const Mandate__Priorities *p, uint32_t version,
		   int32_t day, const char *names[TWIN_NAMES_MAX])
{
	size_t count = 0;

	for (size_t n = 0; n < p->n_items; n++) {
		const Mandate__Priority *item = p->items[n];

		if (item->lead && !twin_endorsed(w, p, version, item->lead, day))
			count = twin_name_add(names, count, item->lead);
		for (size_t k = 0; k < item->n_supporting; k++)
			if (!twin_endorsed(w, p, version, item->supporting[k], day))
				count = twin_name_add(names, count, item->supporting[k]);
	}
	return count;
}

Mandate__ConsentState twin_consent_on(const struct twin *w, const char *op, const char *host,
				      int32_t day)
{
	const Mandate__Consent *best = NULL;
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(CONSENT), &n));) {
		const Mandate__Consent *m = r->consent;

		if (strcmp(m->operation, op) == 0 && strcmp(m->host, host) == 0 && m->day <= day &&
		    (!best || m->day > best->day))
			best = m;
	}
	return best ? best->state : 0;
}
