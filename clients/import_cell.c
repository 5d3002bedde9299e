/* Cells: strictly what their column says, or a problem of the line. */
#include "clients/import_parts.h"

#include "base/day.h"
#include "base/limits.h"
#include "model/names.h"
#include "wire/text.h"

#include <string.h>
#include <strings.h>

enum { DEGREE = 100000, DEGREE_DECIMALS = 5 };

/* What the daemon would not take, NULL if it would. */
static const char *text_fault(const char *text, enum import_cell cell)
{
	struct bytes bytes = bytes_of_text(text);

	if (bytes.len > (cell == IMPORT_CODE ? CODE_TEXT_MAX : TEXT_MAX))
		return "is too long";
	if (!text_is_clean(bytes))
		return "is not UTF-8, or has control characters";
	if (cell == IMPORT_CODE && !text_is_code(bytes))
		return "is part of a key and has a colon";
	if (cell == IMPORT_ISO3 && !text_is_iso3(bytes))
		return "is no code of three capital letters";
	return NULL;
}

static bool parse_count(const char *text, uint32_t *ret_count)
{
	uint32_t count = 0;

	for (const char *c = text; *c; c++) {
		if (*c < '0' || *c > '9')
			return false;
		count = count * 10 + (uint32_t)(*c - '0');
		if (count > PERSONS_MAX)
			return false;
	}
	*ret_count = count;
	return true;
}

static bool parse_money(const char *text, int64_t *ret_amount)
{
	bool negative = *text == '-';
	int64_t amount = 0;

	if (text[negative] == '\0')
		return false;
	for (const char *c = text + negative; *c; c++) {
		if (*c < '0' || *c > '9')
			return false;
		amount = amount * 10 + (*c - '0');
		if (amount > MONEY_MAX)
			return false;
	}
	*ret_amount = negative ? -amount : amount;
	return true;
}

/* Decimal degrees without floating point: what lies behind the fifth decimal is rounded by its
 * first digit. */
static bool parse_degrees(const char *text, int32_t limit_degrees, int32_t *ret_value)
{
	bool negative = *text == '-';
	int32_t value = 0;
	int decimals = -1; /* before the decimal point */
	bool round_up = false;
	const char *c = text + negative;

	if (*c < '0' || *c > '9')
		return false;
	for (; *c; c++) {
		if ((*c == '.' || *c == ',') && decimals < 0 && c[1] != '\0') {
			decimals = 0;
			continue;
		}
		if (*c < '0' || *c > '9')
			return false;
		if (decimals < DEGREE_DECIMALS) {
			value = value * 10 + (*c - '0');
			if (decimals < 0 && value > limit_degrees)
				return false;
		} else if (decimals == DEGREE_DECIMALS) {
			round_up = *c >= '5';
		}
		if (decimals >= 0 && decimals <= DEGREE_DECIMALS)
			decimals++;
	}
	for (int i = decimals < 0 ? 0 : decimals; i < DEGREE_DECIMALS; i++)
		value *= 10;
	value += round_up;
	if (value > limit_degrees * DEGREE)
		return false;
	*ret_value = negative ? -value : value;
	return true;
}

static bool parse_flag(const char *text, protobuf_c_boolean *ret_flag)
{
	bool yes = strcasecmp(text, "yes") == 0 || strcmp(text, "1") == 0;

	if (!yes && strcasecmp(text, "no") != 0 && strcmp(text, "0") != 0)
		return false;
	*ret_flag = yes;
	return true;
}

bool import_cell_component(const char *name, Mandate__Component *ret_component)
{
	int value;

	if (strcmp(name, "troops_and_observers") == 0)
		value = MANDATE__COMPONENT__COMPONENT_MILITARY;
	else if (strcmp(name, "liaison_officers") == 0)
		value = MANDATE__COMPONENT__COMPONENT_OBSERVERS;
	else if (names_value(&mandate__component__descriptor, name, &value) != STATUS_OK)
		return false;
	*ret_component = (Mandate__Component)value;
	return true;
}

/* The code of what is wrong with `text`, or NULL; only then `field` is set. */
static const char *read_field(const struct import_column *column, const char *text, void *field)
{
	switch (column->cell) {
	case IMPORT_TEXT:
	case IMPORT_CODE:
	case IMPORT_ISO3:
		*(const char **)field = text;
		return NULL; /* checked before */
	case IMPORT_DAY:
		return day_parse(field, text) == STATUS_OK ? NULL : "bad_date";
	case IMPORT_MONTH:
		return day_parse_month(field, text) == STATUS_OK ? NULL : "bad_date";
	case IMPORT_COUNT:
		return parse_count(text, field) ? NULL : "bad_number";
	case IMPORT_MONEY:
		return parse_money(text, field) ? NULL : "bad_number";
	case IMPORT_LATITUDE:
		return parse_degrees(text, 90, field) ? NULL : "bad_number";
	case IMPORT_LONGITUDE:
		return parse_degrees(text, 180, field) ? NULL : "bad_number";
	case IMPORT_FLAG:
		return parse_flag(text, field) ? NULL : "bad_value";
	case IMPORT_NAME:
		return names_value(column->names, text, field) == STATUS_OK ? NULL : "bad_value";
	}
	return "bad_value";
}

bool import_cell_read(struct import_run *run, const struct import_column *column, const char *text,
		      struct import_row *row)
{
	const char *fault, *code;

	if (*text == '\0') {
		if (column->need != IMPORT_FILLED)
			return true;
		import_problem(run, row->line, "missing_value",
			       "the cell of column \"%s\" is empty", column->name);
		return false;
	}
	fault = text_fault(text, column->cell);
	if (fault) {
		import_problem(run, row->line, "bad_text", "the cell of column \"%s\" %s",
			       column->name, fault);
		return false;
	}
	code = read_field(column, text, (char *)row + column->offset);
	if (code) {
		import_problem(run, row->line, code, "column \"%s\" cannot take \"%s\"",
			       column->name, text);
		return false;
	}
	if (column->has_offset != IMPORT_NO_HAS)
		*(protobuf_c_boolean *)((char *)row + column->has_offset) = true;
	return true;
}
