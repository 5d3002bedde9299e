/* Arrangements, forces, money, priorities, consent. */
#include "twin_alert.h"
const struct twin_rule twin_rules_partners[] = {
	{0, NULL, NULL},
};
const struct twin_rule twin_rules_forces[] = {
	{0, NULL, NULL},
};
const struct twin_rule twin_rules_agenda[] = {
	{0, NULL, NULL},
};
