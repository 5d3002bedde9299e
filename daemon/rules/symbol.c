#include "rules/symbol.h"

#include <stddef.h>
#include <string.h>

static const char digits[] = "0123456789";

/* Compares the digit runs at *a and *b as numbers of any length and moves past them. */
static int compare_runs(const char **a, const char **b)
{
	const char *x = *a + strspn(*a, "0"), *y = *b + strspn(*b, "0");
	size_t x_len = strspn(x, digits), y_len = strspn(y, digits);

	*a = x + x_len;
	*b = y + y_len;
	if (x_len != y_len)
		return x_len < y_len ? -1 : 1;
	return memcmp(x, y, x_len);
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int symbol_compare(const char *a, const char *b)
{
	const char *x = a, *y = b;

	while (*x && *y) {
		if (is_digit(*x) && is_digit(*y)) {
			int order = compare_runs(&x, &y);

			if (order != 0)
				return order;
		} else if (*x == *y) {
			x++;
			y++;
		} else {
			break;
		}
	}
	if (*x != *y)
		return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
	return strcmp(a, b); /* "07" and "7" */
}
