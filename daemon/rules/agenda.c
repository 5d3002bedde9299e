#include "rules/agenda.h"
#include "rules/parts.h"

enum status agenda_put(struct dossier *d, Mandate__Kind kind, const char *key,
		       const Mandate__Record *record)
{
	(void)d;
	(void)kind;
	(void)key;
	(void)record;
	return STATUS_OK;
}

enum status agenda_put_list(struct dossier *d, const char *key, uint32_t edition,
			    const Mandate__Record *record)
{
	(void)d;
	(void)key;
	(void)edition;
	(void)record;
	return STATUS_OK;
}

void agenda_settle(struct dossier *d)
{
	(void)d;
}

void agenda_fini(struct dossier *d)
{
	shelf_fini(&d->agenda.lists);
	shelf_fini(&d->agenda.endorsements);
	shelf_fini(&d->agenda.consents);
	array_fini(&d->agenda.by_date);
	array_fini(&d->agenda.hosts);
}

size_t agenda_bytes(const struct dossier *d)
{
	(void)d;
	return 0;
}
