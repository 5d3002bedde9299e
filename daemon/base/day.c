#include "base/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Era arithmetic: years counted from 1 March, so that the leap day comes last; an era has 400. */
int32_t day_from_civil(int year, int month, int day_of_month)
{
	year -= month <= 2;
	int era = (year >= 0 ? year : year - 399) / 400;
	int year_of_era = year - era * 400;
	int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

void day_to_civil(int32_t day, int *ret_year, int *ret_month, int *ret_day_of_month)
{
	int shifted = day + 719468;
	int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int day_of_era = shifted - era * 146097;
	int year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month_from_march = (5 * day_of_year + 2) / 153;

	*ret_day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
	*ret_month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	*ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

bool day_valid(int32_t day)
{
	return day >= DAY_FIRST && day <= DAY_LAST;
}

/* By hand: days are parts of keys, and many are made. */
static void put_digits(char *to, size_t count, int number)
{
	for (; count-- > 0; number /= 10)
		to[count] = (char)('0' + number % 10);
}

void day_format(char ret_text[DAY_TEXT_BYTES], int32_t day)
{
	int year, month, day_of_month;

	if (!day_valid(day)) {
		strcpy(ret_text, "-");
		return;
	}
	day_to_civil(day, &year, &month, &day_of_month);
	put_digits(ret_text, 4, year);
	put_digits(ret_text + 5, 2, month);
	put_digits(ret_text + 8, 2, day_of_month);
	ret_text[4] = ret_text[7] = '-';
	ret_text[10] = '\0';
}

static bool digits(const char *text, size_t count, int *ret_number)
{
	int number = 0;

	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = number * 10 + (text[i] - '0');
	}
	*ret_number = number;
	return true;
}

enum status day_parse(int32_t *ret_day, const char *text)
{
	int year, month, day_of_month, y, m, d;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || !digits(text, 4, &year) ||
	    !digits(text + 5, 2, &month) || !digits(text + 8, 2, &day_of_month) || month < 1 ||
	    month > 12 || day_of_month < 1 || day_of_month > 31)
		return STATUS_INVALID;
	int32_t day = day_from_civil(year, month, day_of_month);
	day_to_civil(day, &y, &m, &d);
	if (d != day_of_month || !day_valid(day))
		return STATUS_INVALID;
	*ret_day = day;
	return STATUS_OK;
}

enum status day_parse_month(int32_t *ret_last_day, const char *text)
{
	int year, month;

	if (strlen(text) != 7 || text[4] != '-' || !digits(text, 4, &year) ||
	    !digits(text + 5, 2, &month) || month < 1 || month > 12)
		return STATUS_INVALID;
	int32_t day = month == 12 ? day_from_civil(year + 1, 1, 1) - 1
				  : day_from_civil(year, month + 1, 1) - 1;
	if (!day_valid(day))
		return STATUS_INVALID;
	*ret_last_day = day;
	return STATUS_OK;
}

enum status day_in_zone(int32_t *ret_day, int64_t unix_seconds, const char *timezone)
{
	char path[256];
	struct tm local;
	time_t seconds = (time_t)unix_seconds;
	enum status s = STATUS_OK;

	/* glibc takes an unknown zone for UTC without a word; the file tells. */
	if (strcmp(timezone, "UTC") != 0) {
		int len = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", timezone);
		if (len < 0 || (size_t)len >= sizeof path || strstr(timezone, "..") ||
		    access(path, R_OK) != 0)
			return STATUS_NOT_FOUND;
	}
	const char *before = getenv("TZ");
	char *saved = before ? strdup(before) : NULL;
	if (setenv("TZ", timezone, 1) != 0) {
		free(saved);
		return STATUS_NO_MEMORY;
	}
	tzset();
	if (!localtime_r(&seconds, &local))
		s = STATUS_INVALID;
	if (saved)
		IGNORE_RESULT(setenv("TZ", saved, 1)); /* it was set before: room is there */
	else
		IGNORE_RESULT(unsetenv("TZ")); /* fails for an empty name only */
	tzset();
	free(saved);
	if (s == STATUS_OK)
		*ret_day = day_from_civil(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
	return s;
}
