/* Shared by homes.c and homes_bring.c only. */
#ifndef MANDATED_SERVICE_HOMES_IMPL_H
#define MANDATED_SERVICE_HOMES_IMPL_H

#include "service/homes.h"

/* Names, each once. */
struct homes_list {
	const char **at;
	size_t count, room;
};

bool homes_list_has(const struct homes_list *l, const char *name);
/* `name` must live as long as the list; NULL is taken as no memory. */
MUST_USE enum status homes_list_add(struct homes *h, struct homes_list *l, const char *name);

MUST_USE enum status homes_entry_add(struct homes *h, enum store_attribute attribute,
				     const char *value, Mandate__Kind kind, const char *key);
/* The keys of an attribute's value, with those not written yet. */
MUST_USE enum status homes_entries(struct homes *h, enum store_attribute attribute,
				   const char *value, struct homes_list *l);

MUST_USE enum status homes_put_add(struct homes *h, const struct home_put *put);
/* `put` belongs to a home that its record does not name. */
MUST_USE enum status homes_link(struct homes *h, const struct home_put *put);

/* What is on record already comes to belong to `home`: one record; the acceptances of `a`; the
 * steps of a pledge; all units and transfers of `name`, of which `operations` had some. */
MUST_USE enum status homes_bring(struct homes *h, const char *home, Mandate__Kind kind,
				 const char *key);
MUST_USE enum status homes_bring_acceptances(struct homes *h, const char *home,
					     const Mandate__Arrangement *a);
MUST_USE enum status homes_bring_steps(struct homes *h, const char *home, const char *pledge);
MUST_USE enum status homes_bring_unit_name(struct homes *h, const char *home, const char *name,
					   const struct homes_list *operations);
/* The home of a function judges by the mandate of `operation` (NULL: of none) from now on. */
MUST_USE enum status homes_bring_mandate(struct homes *h, const char *home, const char *operation);

bool homes_is_hybrid(const Mandate__Record *arrangement);

#endif
