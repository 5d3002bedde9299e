#include "rules/budget.h"
#include "rules/parts.h"

enum status budget_put(struct dossier *d, Mandate__Kind kind, const char *key,
		       const Mandate__Record *record)
{
	(void)d;
	(void)kind;
	(void)key;
	(void)record;
	return STATUS_OK;
}

void budget_settle(struct dossier *d)
{
	(void)d;
}

void budget_fini(struct dossier *d)
{
	shelf_fini(&d->budget.amounts);
	shelf_fini(&d->budget.payments);
	array_fini(&d->budget.periods);
	array_fini(&d->budget.phases);
}

size_t budget_bytes(const struct dossier *d)
{
	(void)d;
	return 0;
}
