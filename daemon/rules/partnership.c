#include "rules/partnership.h"
#include "rules/parts.h"

enum status partnership_put(struct dossier *d, Mandate__Kind kind, const char *key,
			    const Mandate__Record *record)
{
	(void)d;
	(void)kind;
	(void)key;
	(void)record;
	return STATUS_OK;
}

void partnership_settle(struct dossier *d)
{
	(void)d;
}

void partnership_fini(struct dossier *d)
{
	(void)d;
}

size_t partnership_bytes(const struct dossier *d)
{
	(void)d;
	return 0;
}
