/* Options of the command line, a row each. */
#ifndef MANDATED_CLIENTS_CTL_OPTIONS_H
#define MANDATED_CLIENTS_CTL_OPTIONS_H

#include "ctl.h"

/* Bit 0 is one that every command takes. Where a command has one of the same name, that one is
 * meant: `office add --key` is the office's, not ours. */
struct ctl_option_row {
	const char *name, *argument; /* NULL: it has none */
	uint64_t bit;		     /* CTL_... */
	/* False: it needs something else; c->wrong may say what. NULL: the bit says it all. */
	bool (*take)(struct ctl *c, char *text);
	const char *help;
};

extern const struct ctl_option_row ctl_options_rows[];
extern const size_t ctl_options_count;

#endif
