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

bool partnership_is_hybrid(const struct dossier *d, int32_t day, struct span *span)
{
	(void)d;
	(void)day;
	(void)span;
	return false;
}

bool partnership_hybrid_names(const struct dossier *d, const char *party, int32_t day)
{
	(void)d;
	(void)day;
	(void)party;
	return false;
}

const struct arrangement_fact *partnership_hybrid(const struct dossier *d, int32_t day)
{
	(void)d;
	(void)day;
	return NULL;
}

bool partnership_succeeded(const struct dossier *d, int32_t day, struct span *span)
{
	(void)d;
	(void)day;
	(void)span;
	return false;
}
