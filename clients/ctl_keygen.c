/* A pair of keys, into files. */
#include "base/keyfile.h"
#include "ctl.h"

enum ctl_exit ctl_keygen(struct ctl *c)
{
	char public_key[KEYFILE_TEXT_BYTES];
	struct error err = {0};

	if (keyfile_create(c->arguments[0], public_key, &err) != STATUS_OK)
		return ctl_fail(c, err.status == STATUS_EXISTS ? STATUS_EXISTS : STATUS_IO,
				err.text);
	puts(public_key);
	return CTL_DONE;
}
