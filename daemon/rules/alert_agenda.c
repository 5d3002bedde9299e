#include "rules/evaluate.h"

void alert_agenda_evaluate(struct evaluation *e)
{
	(void)e;
}

Mandate__CloseReason alert_agenda_close(const struct dossier *d, const struct alert_parameters *p,
					int32_t day, const Mandate__Alert *was)
{
	(void)d;
	(void)p;
	(void)day;
	(void)was;
	return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
}
