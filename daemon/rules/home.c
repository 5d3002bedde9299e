#include "rules/home.h"

#include <string.h>

enum home_kind home_kind_of(const char *home)
{
	const char *colon = strchr(home, ':');

	if (!colon)
		return HOME_OPERATION;
	return colon == home ? HOME_PARTNER : HOME_FUNCTION;
}

const char *home_of_partner(struct arena *a, const char *partner)
{
	return arena_printf(a, ":%s", partner);
}

const char *home_of_function(struct arena *a, const char *function, const char *area)
{
	return arena_printf(a, "%s:%s", function, area);
}

enum status home_function_parts(struct arena *a, const char *home, const char **ret_function,
				const char **ret_area)
{
	const char *colon = strchr(home, ':');
	const char *function, *area;

	if (home_kind_of(home) != HOME_FUNCTION)
		return STATUS_INVALID;
	function = arena_printf(a, "%.*s", (int)(colon - home), home);
	area = arena_text(a, colon + 1);
	if (!function || !area)
		return STATUS_NO_MEMORY;
	*ret_function = function;
	*ret_area = area;
	return STATUS_OK;
}
