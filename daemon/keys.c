#include "keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char NAME[] = "secret_key";

/* Where the key is, if not configured: a credential of systemd's, or in state_dir. */
static void choose(const struct config *c, char ret_path[CONFIG_PATH_BYTES], bool *ret_by_systemd)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	*ret_by_systemd =
		folder &&
		snprintf(ret_path, CONFIG_PATH_BYTES, "%s/%s", folder, NAME) < CONFIG_PATH_BYTES &&
		access(ret_path, F_OK) == 0;
	if (!*ret_by_systemd)
		snprintf(ret_path, CONFIG_PATH_BYTES, "%.*s/%s",
			 (int)(CONFIG_PATH_BYTES - sizeof NAME - 1), c->state_dir, NAME);
}

static enum status read_default(const struct config *c, struct keys *keys, struct error *err)
{
	char path[CONFIG_PATH_BYTES];
	bool by_systemd;

	choose(c, path, &by_systemd);
	enum status s = keyfile_read_secret(path, by_systemd, &keys->now, err);
	if (s == STATUS_NOT_FOUND && !by_systemd) {
		memcpy(keys->to_draw, path, sizeof path);
		return STATUS_OK;
	}
	return s;
}

enum status keys_read(const struct config *c, struct keys *ret_keys, struct error *err)
{
	struct keys keys = {.to_draw = ""};
	enum status s = STATUS_OK;

	if (c->listen.count && c->secret_key_file[0])
		s = keyfile_read_secret(c->secret_key_file, false, &keys.now, err);
	else if (c->listen.count)
		s = read_default(c, &keys, err);
	if (s == STATUS_OK && c->listen_next.count)
		s = keyfile_read_secret(c->secret_key_file_next, false, &keys.next, err);
	if (s == STATUS_OK)
		*ret_keys = keys;
	keys_wipe(&keys);
	return s;
}

enum status keys_draw(struct keys *keys, struct error *err)
{
	char public_key[KEYFILE_TEXT_BYTES];

	if (!keys->to_draw[0])
		return STATUS_OK;
	enum status s = keyfile_create(keys->to_draw, public_key, err);
	if (s == STATUS_OK)
		s = keyfile_read_secret(keys->to_draw, false, &keys->now, err);
	if (s != STATUS_OK)
		return s;
	log_line(LOG_NOTICE, "key.drawn", "file=%s public_key=%s", log_quote(keys->to_draw),
		 log_quote(public_key));
	keys->to_draw[0] = '\0';
	return STATUS_OK;
}

void keys_wipe(struct keys *keys)
{
	keyfile_wipe(&keys->now);
	keyfile_wipe(&keys->next);
}
