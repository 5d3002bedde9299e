#include "rules/consent.h"
#include "base/limits.h"
#include "rules/parts.h"

#include <stdio.h>
#include <string.h>

static const struct consent_fact *consent_at(const struct dossier *d, size_t index)
{
	return (const void *)shelf_at(&d->agenda.consents, index);
}

/* The host's records on the shelf that are not later than `day`: from..end - 1; one more follows if
 * `ret_more`. */
static void until(const struct dossier *d, const char *host, int32_t day, size_t *ret_from,
		  size_t *ret_end, bool *ret_more)
{
	char prefix[KEY_TEXT_MAX + 1];
	size_t low, end, all;

	snprintf(prefix, sizeof prefix, "%s:%s:", d->name, host);
	shelf_range(&d->agenda.consents, prefix, ret_from, &all);
	low = *ret_from;
	end = all;
	while (low < end) {
		size_t half = low + (end - low) / 2;

		if (consent_at(d, half)->day <= day)
			low = half + 1;
		else
			end = half;
	}
	*ret_end = low;
	*ret_more = low < all;
}

const struct consent_fact *consent_ruling(const struct dossier *d, const char *host, int32_t day,
					  struct span *span)
{
	size_t from, end;
	bool more;

	until(d, host, day, &from, &end, &more);
	if (more)
		span_end(span, consent_at(d, end)->day - 1);
	if (from == end)
		return NULL;
	span_begin(span, consent_at(d, end - 1)->day);
	return consent_at(d, end - 1);
}

bool consent_on(const struct dossier *d, const char *host, int32_t day,
		struct consent_day *ret_consent)
{
	const struct consent_fact *c;
	size_t from, end, first;
	bool more;

	until(d, host, day, &from, &end, &more);
	if (from == end)
		return false;
	c = consent_at(d, end - 1);
	for (first = end - 1; first > from && consent_at(d, first - 1)->state == c->state; first--)
		;
	*ret_consent = (struct consent_day){.state = c->state,
					    .day = c->day,
					    .since = consent_at(d, first)->day,
					    .document = c->document};
	return true;
}

Mandate__ConsentState consent_least(const struct dossier *d, int32_t day)
{
	Mandate__ConsentState least = 0;

	for (size_t i = 0; i < d->agenda.hosts.count; i++) {
		struct span span = SPAN_ALL;
		const struct consent_fact *c = consent_ruling(
			d, ITEMS(d->agenda.hosts, struct consent_host)[i].code, day, &span);

		if (c && c->state > least)
			least = c->state;
	}
	return least;
}
