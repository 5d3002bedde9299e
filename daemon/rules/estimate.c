#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t list_contingents(const Mandate__Estimate *e, const char **names,
			       uint64_t *ret_persons)
{
	size_t count = 0;

	for (size_t i = 0; i < e->n_places; i++) {
		for (size_t n = 0; n < e->places[i]->n_contingents; n++) {
			const Mandate__ContributorEstimate *one = e->places[i]->contingents[n];

			if (names)
				names[count] = one->contributor;
			count++;
			*ret_persons += one->has_persons ? one->persons : 0;
		}
	}
	return count;
}

/* Persons at all places, and how many different contributors have them. */
static enum status read_places(const Mandate__Estimate *e, uint64_t *ret_persons,
			       uint32_t *ret_contributors)
{
	uint64_t persons = 0, again = 0;
	size_t count = list_contingents(e, NULL, &persons);
	const char **names = calloc(count + 1, sizeof *names);
	uint32_t different = 0;

	if (!names)
		return STATUS_NO_MEMORY;
	list_contingents(e, names, &again);
	qsort(names, count, sizeof *names, compare_names);
	for (size_t i = 0; i < count; i++)
		different += i == 0 || strcmp(names[i], names[i - 1]) != 0;
	free(names);
	*ret_persons = persons;
	*ret_contributors = different;
	return STATUS_OK;
}

static enum status read_estimate(struct estimate_row *row, Mandate__Detail detail,
				 const Mandate__Estimate *e)
{
	uint64_t persons = 0;

	if (detail == MANDATE__DETAIL__DETAIL_PLACE)
		return read_places(e, &row->persons[detail], &row->contributors[detail]);
	for (size_t i = 0; i < e->n_contributors; i++)
		persons += e->contributors[i]->has_persons ? e->contributors[i]->persons : 0;
	row->persons[detail] = persons;
	row->contributors[detail] = (uint32_t)e->n_contributors;
	return STATUS_OK;
}

enum status estimate_put(struct dossier *d, int32_t as_of, Mandate__Detail detail,
			 const Mandate__Estimate *e)
{
	struct estimate_row row = {.as_of = as_of};
	enum status s;
	size_t at;

	if (array_find_day(&d->estimates, sizeof row, as_of, &at))
		row = ITEMS(d->estimates, struct estimate_row)[at];
	row.has[detail] = e != NULL;
	if (e) {
		s = read_estimate(&row, detail, e);
		if (s != STATUS_OK)
			return s;
	}
	return array_put_day(&d->estimates, sizeof row, as_of,
			     row.has[MANDATE__DETAIL__DETAIL_CONTRIBUTOR] ||
					     row.has[MANDATE__DETAIL__DETAIL_PLACE]
				     ? &row
				     : NULL);
}
