/* Offices: their devices and grants. */
#include "base/limits.h"
#include "wire/facts_parts.h"

#include <string.h>
#include <zmq.h>

/* Names that the daemon gives itself: no record may take them. */
static const char *const reserved[] = {"local", "admin"};

/* One text for one key: who speaks is found by comparing texts. */
static bool is_key(const char *text)
{
	uint8_t key[PUBLIC_KEY_BYTES];
	char again[PUBLIC_KEY_TEXT + 1];

	return strlen(text) == PUBLIC_KEY_TEXT && zmq_z85_decode(key, text) &&
	       zmq_z85_encode(again, key, sizeof key) && strcmp(text, again) == 0;
}

static bool check_devices(const struct facts_place *at, const Mandate__Office *o)
{
	for (size_t i = 0; i < o->n_devices; i++) {
		const Mandate__Device *d = o->devices[i];

		if (!is_key(d->key))
			return facts_fail_item(at, MANDATE__CODE__CODE_TEXT, "devices", i, "key",
					       "a CURVE public key is 40 characters of Z85");
		for (size_t k = 0; k < i; k++) {
			if (strcmp(o->devices[k]->name, d->name) == 0)
				return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL,
						       "devices", i, "name", "each stands once");
			if (strcmp(o->devices[k]->key, d->key) == 0)
				return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL,
						       "devices", i, "key", "each stands once");
		}
	}
	return true;
}

static bool is_sorted(char *const *names, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (strcmp(names[i - 1], names[i]) >= 0)
			return false;
	return true;
}

static bool check_kinds(const struct facts_place *at, const Mandate__Grant *g, size_t i)
{
	for (size_t k = 0; k < g->n_kinds; k++) {
		if (k > 0 && g->kinds[k - 1] >= g->kinds[k])
			return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL, "grants", i,
					       "kinds", "sorted, each once");
		if (g->kinds[k] == MANDATE__KIND__KIND_OFFICE)
			return facts_fail_item(at, MANDATE__CODE__CODE_RANGE, "grants", i, "kinds",
					       "offices are an administrator's, by no grant");
	}
	return true;
}

static bool check_grants(const struct facts_place *at, const Mandate__Office *o)
{
	for (size_t i = 0; i < o->n_grants; i++) {
		const Mandate__Grant *g = o->grants[i];
		const struct {
			const char *name;
			char *const *names;
			size_t count;
		} lists[] = {{"operations", g->operations, g->n_operations},
			     {"contributors", g->contributors, g->n_contributors},
			     {"parties", g->parties, g->n_parties}};

		if (!check_kinds(at, g, i))
			return false;
		for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
			if (!is_sorted(lists[k].names, lists[k].count))
				return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL,
						       "grants", i, lists[k].name,
						       "sorted, each once");
	}
	return true;
}

bool facts_office(const struct facts_place *at, const Mandate__Office *o)
{
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (strcmp(o->office, reserved[i]) == 0)
			return facts_fail(at, MANDATE__CODE__CODE_TEXT, "office",
					  "this name is the daemon's own");
	return check_devices(at, o) && check_grants(at, o);
}
