#include "service/audit.h"

#include "model/codec.h"

#include <stdarg.h>
#include <stdio.h>

static enum status put(struct machine *m, const struct circumstance *c, size_t number,
		       Mandate__AuditRow *row)
{
	if (m->state.rules < RULES_WITH_AUTHORITY)
		return STATUS_OK;
	row->index = c->index;
	row->time_ms = c->time_ms;
	row->office = codec_borrow(c->office);
	row->device = codec_borrow(c->device);
	return store_audit_put(m->txn, c->index * STORE_AUDIT_PER_INPUT + number, row);
}

/* --- offices ------------------------------------------------------------------------------- */

enum { SUMMARY_BYTES = 512 };

/* What an edition of an office changes, for a person; and the gravest of it. */
struct difference {
	char text[SUMMARY_BYTES];
	size_t len;
	Mandate__AuditAct act;
};

static void PRINTF_LIKE(2, 3) say(struct difference *d, const char *format, ...)
{
	size_t room = sizeof d->text - d->len;
	va_list args;

	va_start(args, format);
	int len = vsnprintf(d->text + d->len, room, format, args);
	va_end(args);
	if (len > 0)
		d->len += (size_t)len < room ? (size_t)len : room - 1;
}

static void grave(struct difference *d, Mandate__AuditAct act)
{
	if (act > d->act)
		d->act = act;
}

static bool is_revoked(const Mandate__Device *d)
{
	return d->has_revoked && d->revoked;
}

static const Mandate__Device *find_device(const Mandate__Office *o, const Mandate__Device *like)
{
	for (size_t i = 0; o && i < o->n_devices; i++)
		if (strcmp(o->devices[i]->name, like->name) == 0)
			return o->devices[i];
	return NULL;
}

static void compare_devices(struct difference *d, const Mandate__Office *before,
			    const Mandate__Office *now)
{
	for (size_t i = 0; i < now->n_devices; i++) {
		const Mandate__Device *device = now->devices[i], *was = find_device(before, device);

		if (!was)
			say(d, ", device %s", device->name);
		else if (strcmp(was->key, device->key) != 0)
			say(d, ", new key of device %s", device->name);
		if (is_revoked(device) && !(was && is_revoked(was))) {
			say(d, ", device %s revoked", device->name);
			grave(d, MANDATE__AUDIT_ACT__AUDIT_ACT_REVOKED);
		}
	}
	for (size_t i = 0; before && i < before->n_devices; i++)
		if (!find_device(now, before->devices[i])) {
			say(d, ", device %s taken away", before->devices[i]->name);
			grave(d, MANDATE__AUDIT_ACT__AUDIT_ACT_REVOKED);
		}
}

static Mandate__OfficeState state_of(const Mandate__Office *o)
{
	return o && o->has_state ? o->state : MANDATE__OFFICE_STATE__OFFICE_STATE_ACTIVE;
}

static void compare_grants(struct difference *d, struct arena *a, const Mandate__Office *before,
			   const Mandate__Office *now)
{
	bool same = before && before->n_grants == now->n_grants;

	for (size_t i = 0; same && i < now->n_grants; i++)
		same = codec_equal(a, &before->grants[i]->base, &now->grants[i]->base);
	if (!same)
		say(d, ", %zu grants", now->n_grants);
}

static void compare(struct difference *d, struct arena *a, const Mandate__Office *before,
		    const Mandate__Office *now)
{
	*d = (struct difference){.act = MANDATE__AUDIT_ACT__AUDIT_ACT_ACCREDITED};
	if (!now) {
		say(d, "taken off the roll");
		grave(d, MANDATE__AUDIT_ACT__AUDIT_ACT_REVOKED);
		return;
	}
	say(d, before ? "changed" : "recorded");
	if (state_of(now) != state_of(before)) {
		static const char *const words[] = {"", "active", "suspended", "revoked"};

		say(d, ", %s", words[state_of(now)]);
	}
	if (state_of(now) == MANDATE__OFFICE_STATE__OFFICE_STATE_SUSPENDED)
		grave(d, MANDATE__AUDIT_ACT__AUDIT_ACT_SUSPENDED);
	if (state_of(now) == MANDATE__OFFICE_STATE__OFFICE_STATE_REVOKED)
		grave(d, MANDATE__AUDIT_ACT__AUDIT_ACT_REVOKED);
	if ((now->has_administrator && now->administrator) !=
	    (before && before->has_administrator && before->administrator))
		say(d, now->administrator ? ", administrator" : ", administrator no more");
	compare_devices(d, before, now);
	compare_grants(d, a, before, now);
}

enum status audit_offices(struct apply *ap)
{
	struct machine *m = ap->m;
	struct difference d;
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < ap->planned; i++) {
		const struct plan *p = &ap->plans[i];
		Mandate__AuditRow row = MANDATE__AUDIT_ROW__INIT;

		if (p->kind != MANDATE__KIND__KIND_OFFICE || p->unchanged)
			continue;
		const struct office *before = roll_find(m->roll, p->key);
		compare(&d, &m->scratch, before ? before->record : NULL,
			p->content.len ? p->change->record->office : NULL);
		row.act = d.act;
		row.key = codec_borrow(p->key);
		row.has_revision = row.has_edition = true;
		row.revision = p->revision;
		row.edition = p->edition;
		row.text = d.text;
		s = put(m, ap->c, i, &row);
	}
	return s;
}

enum status audit_refusal(struct apply *ap)
{
	Mandate__AuditRow row = MANDATE__AUDIT_ROW__INIT;

	if (ap->refusal.code != MANDATE__CODE__CODE_AUTH_SCOPE)
		return STATUS_OK;
	row.act = MANDATE__AUDIT_ACT__AUDIT_ACT_REFUSED;
	row.refusal = &ap->refusal;
	return put(ap->m, ap->c, 0, &row);
}

enum status audit_input(struct machine *m, const struct circumstance *c, Mandate__AuditAct act,
			const char *key, const char *text)
{
	Mandate__AuditRow row = MANDATE__AUDIT_ROW__INIT;

	row.act = act;
	row.key = codec_borrow(key);
	row.text = codec_borrow(text);
	return put(m, c, 0, &row);
}
