#include "service/settings.h"

#include <stdio.h>

enum status settings_get(struct store_txn *t, const char *name, struct bytes *ret_value)
{
	char key[sizeof SETTINGS_META_PREFIX + CODE_TEXT_MAX];
	int len = snprintf(key, sizeof key, SETTINGS_META_PREFIX "%s", name);

	if (len < 0 || (size_t)len >= sizeof key)
		return STATUS_NOT_FOUND;
	return store_meta_get(t, key, ret_value);
}

const struct alert_setting *settings_find(const char *name)
{
	for (size_t i = 0; i < alert_settings_count; i++)
		if (strcmp(alert_settings[i].name, name) == 0)
			return &alert_settings[i];
	return NULL;
}

bool settings_parse(const struct alert_setting *setting, struct bytes value, int32_t *ret_number)
{
	bool negative = value.len > 1 && value.data[0] == '-';
	int64_t number = 0;

	if (value.len == 0 || value.len > 11)
		return false;
	for (size_t i = negative; i < value.len; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return false;
		number = 10 * number + (value.data[i] - '0');
	}
	if (negative)
		number = -number;
	if (number < setting->least || number > setting->most)
		return false;
	*ret_number = (int32_t)number;
	return true;
}

enum status settings_parameters(struct store_txn *t, struct alert_parameters *ret_parameters)
{
	struct alert_parameters parameters = ALERT_DEFAULTS;

	for (size_t i = 0; i < alert_settings_count; i++) {
		const struct alert_setting *setting = &alert_settings[i];
		struct bytes value;
		int32_t number;
		enum status s = settings_get(t, setting->name, &value);

		if (s == STATUS_NOT_FOUND)
			continue;
		if (s != STATUS_OK)
			return s;
		if (settings_parse(setting, value, &number))
			memcpy((char *)&parameters + setting->offset, &number, sizeof number);
	}
	struct bytes rules;
	enum status s = store_meta_get(t, SETTINGS_META_RULES, &rules);
	if (s != STATUS_OK && s != STATUS_NOT_FOUND)
		return s;
	if (s == STATUS_OK && rules.len != 4)
		return STATUS_CORRUPT;
	parameters.rules = s == STATUS_OK ? get_u32(rules.data) : 0;
	*ret_parameters = parameters;
	return STATUS_OK;
}
