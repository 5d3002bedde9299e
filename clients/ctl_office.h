/* Offices as administrators change them: read, changed, sent as the next edition if nobody else has
 * sent one meanwhile. */
#ifndef MANDATED_CLIENTS_CTL_OFFICE_H
#define MANDATED_CLIENTS_CTL_OFFICE_H

#include "base/arena.h"
#include "ctl.h"

enum { CTL_OFFICE_DONE_BYTES = 512 };

/* An office on its way. */
struct ctl_office {
	struct ctl *c;
	const char *name;
	struct arena arena; /* holds what is below */
	bool exists;	    /* its record is on record and was not taken back */
	uint64_t revision;  /* of its newest version; 0: there never was one */
	Mandate__Office *record;
	const Mandate__Office *before; /* as it is on record, if it exists */
	/* While it is sent. */
	const char *done;
	enum ctl_exit ended;
};

/* Connects and reads it. On failure it has been said. Call ctl_office_close in any case. */
enum ctl_exit ctl_office_open(struct ctl_office *o, struct ctl *c, const char *name);
void ctl_office_close(struct ctl_office *o);

/* Sends the record as it is now, unless that is no change, and says how it ended. `done` is for
 * people: it stands behind the office's name, further lines of it alone. */
enum ctl_exit ctl_office_send(struct ctl_office *o, const char *done);

/* Its grants and devices with more room, NULL on no memory; the counts are the record's. */
Mandate__Grant **ctl_office_more_grants(struct ctl_office *o, size_t more);
Mandate__Device **ctl_office_more_devices(struct ctl_office *o, size_t more);

#endif
