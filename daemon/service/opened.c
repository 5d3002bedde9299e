#include "service/opened.h"

#include <stdlib.h>
#include <string.h>

static struct open_alert *at(const struct opened *o, size_t index)
{
	return ((struct open_alert *const *)o->alerts.at)[index];
}

const struct open_alert *opened_at(const struct opened *o, size_t index)
{
	return at(o, index);
}

int opened_compare(const struct open_alert *open, const Mandate__Alert *alert)
{
	if (open->code != alert->code)
		return open->code < alert->code ? -1 : 1;
	return strcmp(open->key, alert->key);
}

/* Its index, or where it belongs. */
static bool find(const struct opened *o, const Mandate__Alert *alert, size_t *ret_index)
{
	size_t low = 0, count = o->alerts.count;

	while (count > 0) {
		size_t half = count / 2;
		int order = opened_compare(at(o, low + half), alert);

		if (order == 0) {
			*ret_index = low + half;
			return true;
		}
		if (order < 0) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	*ret_index = low;
	return false;
}

static size_t bytes_of_alert(const struct open_alert *open)
{
	return sizeof *open + open->len + strlen(open->key) + 1;
}

static void drop(struct opened *o, size_t index)
{
	o->bytes -= bytes_of_alert(at(o, index));
	free(at(o, index));
	array_remove(&o->alerts, sizeof(struct open_alert *), index);
}

enum status opened_put(struct opened *o, const Mandate__Alert *alert)
{
	size_t len = mandate__alert__get_packed_size(alert), index;
	struct open_alert *open = malloc(sizeof *open + len + strlen(alert->key) + 1);

	if (!open)
		return STATUS_NO_MEMORY;
	open->code = alert->code;
	open->len = mandate__alert__pack(alert, open->packed);
	open->key = strcpy((char *)open->packed + len, alert->key);
	if (find(o, alert, &index))
		drop(o, index);
	enum status s = array_insert(&o->alerts, sizeof open, index, &open);
	if (s != STATUS_OK) {
		free(open);
		return s;
	}
	o->bytes += bytes_of_alert(open);
	return STATUS_OK;
}

void opened_drop(struct opened *o, const Mandate__Alert *alert)
{
	size_t index;

	if (find(o, alert, &index))
		drop(o, index);
}

void opened_fini(struct opened *o)
{
	for (size_t i = 0; i < o->alerts.count; i++)
		free(at(o, i));
	array_fini(&o->alerts);
	o->bytes = 0;
}

size_t opened_bytes(const struct opened *o)
{
	return o->bytes + o->alerts.room * sizeof(struct open_alert *);
}
