#include "net/identity.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/reply.h"

#include <stdio.h>
#include <stdlib.h>

void identity_admit(struct server *s)
{
	size_t count = 0, room = 0;

	if (!s->gate)
		return;
	for (size_t i = 0; i < roll_count(s->roll); i++)
		room += roll_at(s->roll, i)->record->n_devices;
	struct gate_key *keys = calloc(room + 1, sizeof *keys);
	for (size_t i = 0; keys && i < roll_count(s->roll); i++) {
		const Mandate__Office *o = roll_at(s->roll, i)->record;

		for (size_t k = 0; k < o->n_devices; k++)
			if (grants_office_stands(o, o->devices[k], s->day))
				keys[count++] = (struct gate_key){o->devices[k]->key, o->office};
	}
	/* Who comes in by the old keys is still refused, message by message. */
	if (!keys || gate_set_keys(s->gate, keys, count, clock_mono_ms()) != STATUS_OK)
		log_line(LOG_ERROR, "gate.keys", "reason=\"out of memory\"");
	free(keys);
}

static bool refuse(struct wire_fault *fault, const char *text)
{
	reply_fault_set(fault, MANDATE__CODE__CODE_UNACCREDITED, "office", text);
	return false;
}

struct speaker identity_find(const struct server *s, bool control, const char *key)
{
	struct speaker from = {.office = NULL};

	if (control)
		from.office = roll_find(s->roll, ROLL_LOCAL);
	else if (key && !roll_find_key(s->roll, key, &from))
		from.office = NULL;
	return from;
}

bool identity_check(const struct server *s, const struct speaker *from, bool control,
		    const char *named, struct wire_fault *ret_fault)
{
	char text[2 * OFFICE_TEXT_MAX + 64];

	if (!from->office)
		return refuse(ret_fault, "no accredited office speaks here");
	const Mandate__Office *o = from->office->record;
	if (!grants_office_stands(o, from->device, s->day))
		return refuse(ret_fault, "this office, or this key of it, is not accredited now");
	if (!control && named && strcmp(named, o->office) != 0) {
		snprintf(text, sizeof text, "named as %s, but the key is that of %s", named,
			 o->office);
		return refuse(ret_fault, text);
	}
	return true;
}
