#include "rules/forces.h"
#include "rules/parts.h"

enum status forces_put(struct dossier *d, Mandate__Kind kind, const char *key,
		       const Mandate__Record *record)
{
	(void)d;
	(void)kind;
	(void)key;
	(void)record;
	return STATUS_OK;
}

void forces_settle(struct dossier *d)
{
	(void)d;
}

void forces_fini(struct dossier *d)
{
	array_fini(&d->forces.facts);
}

size_t forces_bytes(const struct dossier *d)
{
	(void)d;
	return 0;
}
