#include "rules/priorities.h"
#include "base/limits.h"
#include "rules/parts.h"

#include <stdio.h>
#include <string.h>

/* What `owner` said to the version that holds, whenever; NULL: nothing. */
static const struct endorsement_fact *
endorsement_of(const struct dossier *d, const struct priorities_list *list, const char *owner)
{
	char key[KEY_TEXT_MAX + 1];
	size_t at;

	snprintf(key, sizeof key, "%s:%s:%u", list->fact.key, owner, list->version);
	if (!shelf_find(&d->agenda.endorsements, key, &at))
		return NULL;
	return (const void *)shelf_at(&d->agenda.endorsements, at);
}

const struct priorities_list *priorities_ruling(const struct dossier *d, int32_t day,
						struct span *span)
{
	const struct array *places = &d->agenda.by_date;
	size_t n = array_until(places, sizeof(struct list_place), day);

	if (n < places->count)
		span_end(span, ITEMS(*places, struct list_place)[n].date - 1);
	if (n == 0)
		return NULL;
	span_begin(span, ITEMS(*places, struct list_place)[n - 1].date);
	return ITEMS(*places, struct list_place)[n - 1].list;
}

const struct priorities_list *priorities_in_effect(const struct dossier *d, int32_t day)
{
	struct span span = SPAN_ALL;

	return priorities_ruling(d, day, &span);
}

bool priorities_silent(const struct dossier *d, const struct priorities_list *list, int32_t day,
		       struct span *span)
{
	bool silent = false;

	for (size_t i = 0; i < list->owner_count; i++) {
		const struct endorsement_fact *e = endorsement_of(d, list, list->owners[i]);

		if (e && e->day <= day)
			continue;
		silent = true;
		if (e)
			span_end(span, e->day - 1);
	}
	return silent;
}

void priorities_on(const struct dossier *d, const struct priorities_list *list, int32_t day,
		   struct priorities_day *ret_day)
{
	*ret_day = (struct priorities_day){
		.key = list->fact.key,
		.document = list->document,
		.version = list->version,
		.date = list->date,
		.version_since = list->version_since,
		.items = list->item_count,
		.endorsed = list->owner_count > 0,
		.endorsed_on = DAY_NEVER,
	};
	for (size_t i = 0; i < list->owner_count; i++) {
		const struct endorsement_fact *e = endorsement_of(d, list, list->owners[i]);

		if (!e || e->day > day) {
			ret_day->endorsed = false;
			continue;
		}
		ret_day->inferred |= e->inferred;
		ret_day->endorsed_on = day_greatest(ret_day->endorsed_on, e->day);
	}
	if (!ret_day->endorsed)
		ret_day->endorsed_on = DAY_NEVER;
}

bool priorities_endorsed_by(const struct dossier *d, const struct priorities_list *list,
			    const char *owner, int32_t day, int32_t *ret_on, bool *ret_inferred)
{
	const struct endorsement_fact *e = endorsement_of(d, list, owner);

	if (!e || e->day > day)
		return false;
	*ret_on = e->day;
	*ret_inferred = e->inferred;
	return true;
}

size_t priorities_owners(const struct priorities_list *list, const char *const **ret_owners)
{
	*ret_owners = list->owners;
	return list->owner_count;
}

Mandate__PriorityState priorities_item(const struct dossier *d, const struct priorities_list *list,
				       size_t item, int32_t day, const char **ret_silent,
				       size_t *ret_count)
{
	const struct priority_item *at = &list->items[item];
	size_t count = 0;

	for (size_t i = 0; i < at->count; i++) {
		const char *owner = list->owners[list->owner_of[at->first + i]];
		const struct endorsement_fact *e = endorsement_of(d, list, owner);

		if (!e || e->day > day)
			ret_silent[count++] = owner;
	}
	*ret_count = count;
	if (count == 0 && at->count > 0 &&
	    at->state < MANDATE__PRIORITY_STATE__PRIORITY_STATE_ENDORSED)
		return MANDATE__PRIORITY_STATE__PRIORITY_STATE_ENDORSED;
	return at->state;
}
