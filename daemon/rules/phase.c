#include "rules/phase.h"

static void set_text(const char **text, const char *by_phase)
{
	if (by_phase)
		*text = by_phase;
}

static void begin(struct phase_day *to, const Mandate__Phase *phase)
{
	to->from = phase->from;
	set_text(&to->full_name, phase->full_name);
	set_text(&to->lead, phase->lead);
	set_text(&to->headquarters, phase->headquarters);
	to->document = phase->document;
	if (phase->has_financing)
		to->financing = phase->financing;
	if (phase->n_hosts == 0)
		return;
	to->hosts = (const char *const *)phase->hosts;
	to->host_count = phase->n_hosts;
}

struct phase_day phase_on(const Mandate__Operation *o, int32_t day)
{
	struct phase_day to = {
		.full_name = o->full_name,
		.lead = o->lead,
		.headquarters = o->headquarters,
		.hosts = (const char *const *)o->hosts,
		.host_count = o->n_hosts,
		.financing = o->has_financing ? o->financing : 0,
		.from = DAY_NEVER,
		.to = DAY_INFINITE,
	};

	for (size_t i = 0; i < o->n_phases; i++) {
		if (o->phases[i]->from > day) {
			to.to = o->phases[i]->from - 1;
			break;
		}
		begin(&to, o->phases[i]);
	}
	return to;
}
