/* Settings: values that decide something and therefore entered the state by an input. In the meta
 * table, under "setting:NAME". */
#ifndef MANDATED_SERVICE_SETTINGS_H
#define MANDATED_SERVICE_SETTINGS_H

#include "rules/alert.h"
#include "store/store.h"

#define SETTINGS_META_PREFIX "setting:"
/* The key of the events' salts: never sent to anybody. */
#define SETTINGS_SECRET "instance.secret"
/* In the meta table, u32: the version of the rules that decides. */
#define SETTINGS_META_RULES "rules"

/* The value of `name` as the state holds it, in the map; STATUS_NOT_FOUND. */
MUST_USE enum status settings_get(struct store_txn *t, const char *name, struct bytes *ret_value);

/* The parameters of alerts: what was set, otherwise ALERT_DEFAULTS; and the version of the rules
 * (0: none entered), as committed or as written by this transaction. A value that is no decimal
 * number within its bounds counts as not set, so that no input can make a state unreadable. */
MUST_USE enum status settings_parameters(struct store_txn *t,
					 struct alert_parameters *ret_parameters);

/* The setting of this name; NULL if rules know none. */
const struct alert_setting *settings_find(const char *name);

/* Is `value` the decimal text of a number that `setting` may have? */
bool settings_parse(const struct alert_setting *setting, struct bytes value, int32_t *ret_number);

#endif
