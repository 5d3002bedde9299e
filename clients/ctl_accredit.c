/* Who may connect, and what it may do: the commands that change an office. */
#include "base/day.h"
#include "base/keyfile.h"
#include "ctl_grant.h"
#include "ctl_office.h"
#include "ctl_roles.h"

#include <stdlib.h>

enum { PATH_BYTES = 4096, DONE_BYTES = CTL_OFFICE_DONE_BYTES };

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* --- parts that several commands have ------------------------------------------------------ */

static enum ctl_exit no_memory(struct ctl_office *o)
{
	return ctl_fail(o->c, STATUS_NO_MEMORY, "out of memory");
}

/* A text that can be used, or the reason why not. */
static enum ctl_exit wrong(const struct ctl_office *o, const struct error *err)
{
	return err->status == STATUS_NO_MEMORY ? ctl_fail(o->c, err->status, err->text)
					       : ctl_usage("%s", err->text);
}

static enum ctl_exit add_roles(struct ctl_office *o, const struct ctl_values *roles)
{
	struct ctl_roles file = {.count = 0};
	struct error err = {.status = STATUS_OK};
	char path[PATH_BYTES];
	enum ctl_exit status = CTL_DONE;

	if (!roles->count)
		return CTL_DONE;
	if (ctl_roles_path(path, sizeof path, &err) != STATUS_OK)
		return wrong(o, &err);
	if (ctl_roles_read(&file, path, &err) != STATUS_OK)
		status = ctl_fail(o->c, STATUS_IO, err.text);
	for (size_t i = 0; status == CTL_DONE && i < roles->count; i++) {
		Mandate__Grant **grants;
		size_t count;

		if (ctl_roles_grants(&file, &o->arena, roles->items[i], &grants, &count, &err) !=
		    STATUS_OK)
			status = wrong(o, &err);
		else if (!ctl_office_more_grants(o, count))
			status = no_memory(o);
		for (size_t k = 0; status == CTL_DONE && k < count; k++)
			o->record->grants[o->record->n_grants++] = grants[k];
	}
	ctl_roles_free(&file);
	return status;
}

static enum ctl_exit add_grants(struct ctl_office *o, char *const *texts, size_t count)
{
	struct error err = {.status = STATUS_OK};

	if (!ctl_office_more_grants(o, count))
		return no_memory(o);
	for (size_t i = 0; i < count; i++) {
		if (ctl_grant_parse(&o->arena, texts[i], &o->record->grants[o->record->n_grants],
				    &err) != STATUS_OK)
			return wrong(o, &err);
		o->record->n_grants++;
	}
	return CTL_DONE;
}

static enum ctl_exit add_device(struct ctl_office *o, const char *name, const char *path)
{
	Mandate__Device *device = arena_alloc(&o->arena, sizeof *device);
	char key[KEYFILE_TEXT_BYTES];
	struct error err = {.status = STATUS_OK};

	for (size_t i = 0; i < o->record->n_devices; i++)
		if (strcmp(o->record->devices[i]->name, name) == 0)
			return ctl_usage("office %s has a device %s: a new key is a new device",
					 o->name, name);
	if (!device || !ctl_office_more_devices(o, 1))
		return no_memory(o);
	if (keyfile_read_public(path, key, &err) != STATUS_OK)
		return ctl_fail(o->c, err.status, err.text);
	mandate__device__init(device);
	device->name = arena_text(&o->arena, name);
	device->key = arena_text(&o->arena, key);
	o->record->devices[o->record->n_devices++] = device;
	return device->name && device->key ? CTL_DONE : no_memory(o);
}

/* "--device laptop=FILE" */
static enum ctl_exit add_devices(struct ctl_office *o)
{
	const struct ctl_values *keys = &o->c->keys, *devices = &o->c->devices;
	enum ctl_exit status = CTL_DONE;

	if (keys->count > 1)
		return ctl_usage("more than one key: name each with --device NAME=FILE");
	if (keys->count)
		status = add_device(o, "first", keys->items[0]);
	for (size_t i = 0; status == CTL_DONE && i < devices->count; i++) {
		const char *equals = strchr(devices->items[i], '=');
		char *name = arena_copy(&o->arena, devices->items[i],
					(size_t)(equals - devices->items[i]));

		status = name ? add_device(o, name, equals + 1) : no_memory(o);
	}
	return status;
}

static enum ctl_exit set_particulars(struct ctl_office *o)
{
	const struct ctl *c = o->c;

	if (c->given & CTL_TITLE)
		o->record->title = c->title;
	if (c->given & CTL_ADMINISTRATOR)
		o->record->has_administrator = o->record->administrator = true;
	if (!(c->given & CTL_UNTIL))
		return CTL_DONE;
	o->record->has_until = true;
	return day_parse(&o->record->until, c->until) == STATUS_OK
		       ? CTL_DONE
		       : ctl_usage("--until %s is no day; they look like 2027-06-30", c->until);
}

static enum ctl_exit must_exist(const struct ctl_office *o)
{
	return o->exists ? CTL_DONE
			 : ctl_fail(o->c, STATUS_REFUSED,
				    "there is no such office; `mandatectl office list` names them");
}

/* Reads the office that the first argument names, changes it, sends it. What `change` does not do
 * it has said. */
static enum ctl_exit edit(struct ctl *c, bool exists,
			  enum ctl_exit (*change)(struct ctl_office *o, char *ret_done))
{
	struct ctl_office o;
	char done[DONE_BYTES] = "";
	enum ctl_exit status = ctl_office_open(&o, c, c->arguments[0]);

	if (status == CTL_DONE && exists)
		status = must_exist(&o);
	if (status == CTL_DONE)
		status = change(&o, done);
	if (status == CTL_DONE)
		status = ctl_office_send(&o, done);
	ctl_office_close(&o);
	return status;
}

/* --- accreditation ------------------------------------------------------------------------- */

/* What it still needs before it can do anything. */
static void say_next(const struct ctl_office *o, char *ret_done)
{
	const Mandate__Office *r = o->record;
	int len = snprintf(ret_done, DONE_BYTES, " is accredited: %zu device%s, %zu grant%s",
			   r->n_devices, plural(r->n_devices), r->n_grants, plural(r->n_grants));

	if (!r->n_devices)
		len += snprintf(ret_done + len, DONE_BYTES - (size_t)len,
				"\nnobody can speak for it yet: `mandatectl office device add %s "
				"DEVICE FILE.pub`",
				o->name);
	if (!r->n_grants && !r->administrator)
		snprintf(ret_done + len, DONE_BYTES - (size_t)len,
			 "\nit may do nothing yet: `mandatectl office grant %s \"read\"`, or a "
			 "--role",
			 o->name);
}

static enum ctl_exit change_add(struct ctl_office *o, char *ret_done)
{
	const struct ctl *c = o->c;

	if (o->exists)
		return ctl_fail(c, STATUS_REFUSED,
				"this office is accredited already: `mandatectl office show` tells "
				"what it may do, `office grant`, `office device add` add to it");
	enum ctl_exit status = set_particulars(o);
	if (status == CTL_DONE)
		status = add_devices(o);
	if (status == CTL_DONE)
		status = add_roles(o, &c->roles);
	if (status == CTL_DONE)
		status = add_grants(o, c->grants.items, c->grants.count);
	say_next(o, ret_done);
	return status;
}

enum ctl_exit ctl_accredit_add(struct ctl *c)
{
	return edit(c, false, change_add);
}

static enum ctl_exit change_change(struct ctl_office *o, char *ret_done)
{
	if (!o->c->given)
		return ctl_usage("nothing to change: --title, --until, --administrator");
	snprintf(ret_done, DONE_BYTES, " is changed");
	return set_particulars(o);
}

enum ctl_exit ctl_accredit_change(struct ctl *c)
{
	return edit(c, true, change_change);
}

/* --- grants -------------------------------------------------------------------------------- */

static enum ctl_exit change_grant(struct ctl_office *o, char *ret_done)
{
	size_t before = o->record->n_grants;
	enum ctl_exit status = add_roles(o, &o->c->roles);

	if (status == CTL_DONE)
		status = add_grants(o, o->c->arguments + 1, (size_t)o->c->argument_count - 1);
	if (status == CTL_DONE && o->record->n_grants == before)
		return ctl_usage("nothing is granted: \"write kinds=return operations=MONUC\", or "
				 "--role");
	snprintf(ret_done, DONE_BYTES, " has %zu grant%s more, %zu in all",
		 o->record->n_grants - before, plural(o->record->n_grants - before),
		 o->record->n_grants);
	return status;
}

enum ctl_exit ctl_accredit_grant(struct ctl *c)
{
	return edit(c, true, change_grant);
}

static enum ctl_exit change_ungrant(struct ctl_office *o, char *ret_done)
{
	Mandate__Office *r = o->record;
	const char *text = o->c->arguments[1];
	char *rest;
	unsigned long number = strtoul(text, &rest, 10);

	if (*text < '1' || *text > '9' || *rest || number > r->n_grants)
		return ctl_usage("%s is none of its %zu grant%s; `mandatectl office show` numbers "
				 "them",
				 text, r->n_grants, plural(r->n_grants));
	char *was = ctl_grant_text(&o->arena, r->grants[number - 1]);
	if (!was)
		return no_memory(o);
	snprintf(ret_done, DONE_BYTES, " may no longer: %s", was);
	r->n_grants--;
	memmove(r->grants + number - 1, r->grants + number,
		(r->n_grants - number + 1) * sizeof(Mandate__Grant *));
	return CTL_DONE;
}

enum ctl_exit ctl_accredit_ungrant(struct ctl *c)
{
	return edit(c, true, change_ungrant);
}

/* --- devices ------------------------------------------------------------------------------- */

static enum ctl_exit change_device_add(struct ctl_office *o, char *ret_done)
{
	snprintf(ret_done, DONE_BYTES, " may speak from %s", o->c->arguments[1]);
	return add_device(o, o->c->arguments[1], o->c->arguments[2]);
}

enum ctl_exit ctl_accredit_device_add(struct ctl *c)
{
	return edit(c, true, change_device_add);
}

static const char AT_ONCE[] = ": its messages are refused from now on, its streams end within 5 s";

static enum ctl_exit change_device_revoke(struct ctl_office *o, char *ret_done)
{
	const char *name = o->c->arguments[1];

	for (size_t i = 0; i < o->record->n_devices; i++) {
		Mandate__Device *device = o->record->devices[i];

		if (strcmp(device->name, name) != 0)
			continue;
		device->has_revoked = device->revoked = true;
		snprintf(ret_done, DONE_BYTES, ", device %s is revoked%s", name, AT_ONCE);
		return CTL_DONE;
	}
	return ctl_fail(o->c, STATUS_REFUSED,
			"it has no such device; `mandatectl office show` names them");
}

enum ctl_exit ctl_accredit_device_revoke(struct ctl *c)
{
	return edit(c, true, change_device_revoke);
}

/* --- its state ----------------------------------------------------------------------------- */

static Mandate__OfficeState state_of(const Mandate__Office *r)
{
	return r->has_state ? r->state : MANDATE__OFFICE_STATE__OFFICE_STATE_ACTIVE;
}

static void set_state(struct ctl_office *o, Mandate__OfficeState state)
{
	/* The default is not written: so it stays as it was before it was suspended. */
	o->record->has_state = state != MANDATE__OFFICE_STATE__OFFICE_STATE_ACTIVE;
	o->record->state = state;
}

static enum ctl_exit is_revoked(const struct ctl_office *o)
{
	return state_of(o->record) != MANDATE__OFFICE_STATE__OFFICE_STATE_REVOKED
		       ? CTL_DONE
		       : ctl_fail(o->c, STATUS_REFUSED,
				  "this office is revoked, and stays so: accredit another");
}

static enum ctl_exit change_suspend(struct ctl_office *o, char *ret_done)
{
	snprintf(ret_done, DONE_BYTES,
		 " is suspended%s; `mandatectl office resume %s` lets it in again", AT_ONCE,
		 o->name);
	enum ctl_exit status = is_revoked(o);
	set_state(o, MANDATE__OFFICE_STATE__OFFICE_STATE_SUSPENDED);
	return status;
}

enum ctl_exit ctl_accredit_suspend(struct ctl *c)
{
	return edit(c, true, change_suspend);
}

static enum ctl_exit change_resume(struct ctl_office *o, char *ret_done)
{
	enum ctl_exit status = is_revoked(o);

	snprintf(ret_done, DONE_BYTES, " may speak again");
	set_state(o, MANDATE__OFFICE_STATE__OFFICE_STATE_ACTIVE);
	return status;
}

enum ctl_exit ctl_accredit_resume(struct ctl *c)
{
	return edit(c, true, change_resume);
}

static enum ctl_exit change_revoke(struct ctl_office *o, char *ret_done)
{
	snprintf(ret_done, DONE_BYTES,
		 " is revoked%s; `mandatectl office kick --all` closes idle connections, too",
		 AT_ONCE);
	set_state(o, MANDATE__OFFICE_STATE__OFFICE_STATE_REVOKED);
	return CTL_DONE;
}

enum ctl_exit ctl_accredit_revoke(struct ctl *c)
{
	return edit(c, true, change_revoke);
}
