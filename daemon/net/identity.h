/* Who speaks: at the control endpoint `local`, by TCP the office whose key the client has. */
#ifndef MANDATED_NET_IDENTITY_H
#define MANDATED_NET_IDENTITY_H

#include "net/server_impl.h"

/* Lets the gate admit the keys of the roll that stand on the state's day, and no others. */
void identity_admit(struct server *s);

/* The office and the device of a message, before anything of it is read; no office: nobody's.
 * `key` NULL: nobody's whom the gate let in. */
struct speaker identity_find(const struct server *s, bool control, const char *key);

/* May it speak now? `named` (or NULL): the office that the envelope names, which must be the key's.
 * False: refused by *ret_fault. */
bool identity_check(const struct server *s, const struct speaker *from, bool control,
		    const char *named, struct wire_fault *ret_fault);

#endif
