/* Every alert of DEFINITIONS section 7 but EDITION_CLASH, which is a record's. */
#ifndef TESTS_TWIN_ALERT_H
#define TESTS_TWIN_ALERT_H

#include "twin.h"

#include "base/limits.h"

enum { TWIN_ALERTS_MAX = 512 };

/* What a rule is asked about; of each field only those that its code needs. */
struct twin_subject {
	const char *op;
	Mandate__Component component;
	const char *name, *other;
	int32_t start, end;
	const Mandate__Record *record;
};

struct twin_alert {
	Mandate__AlertCode code;
	char key[KEY_TEXT_MAX + 1];
	const char *by; /* the operation that tells it, where that may change: another condition */
	Mandate__Severity severity;
	int32_t since;
	/* Numbers that prove it, where the rule has such; -1: it has not. */
	int64_t persons, ceiling, required, pledged, amount;
	int32_t valid_until; /* DAY_NEVER: it has none */
};

/* Is it open on `day`? Fills key, severity and numbers if so. `since` DAY_NEVER: not known, the
 * severity is not asked for. */
typedef bool twin_condition(const struct twin *w, const struct twin_subject *s, int32_t day,
			    int32_t since, struct twin_alert *to);

struct twin_subjects {
	size_t count;
	struct twin_subject at[TWIN_LIST_MAX];
};

struct twin_rule {
	Mandate__AlertCode code;
	void (*subjects)(const struct twin *w, struct twin_subjects *to);
	twin_condition *open;
};

extern const struct twin_rule twin_rules_1[], twin_rules_mandates[], twin_rules_partners[],
	twin_rules_forces[], twin_rules_agenda[],
	twin_rules_money[]; /* each up to a row with code 0 */

/* Every alert that is open on `day`, sorted by code and key. */
size_t twin_alerts_on(const struct twin *w, int32_t day, struct twin_alert list[TWIN_ALERTS_MAX]);

/* For rules: */
struct twin_subject *twin_subject_add(struct twin_subjects *to, const char *op);
void twin_each_operation(const struct twin *w, struct twin_subjects *to);
__attribute__((format(printf, 2, 3))) void twin_key(struct twin_alert *to, const char *format, ...);
const char *twin_component_name(Mandate__Component c);

#endif
