#include "base/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILE_BYTES_MAX = 4096,
	PATH_BYTES = 4096,
	SECRET_MODE = 0600,
	PUBLIC_MODE = 0644,
	DIGITS = 85,
	GROUP_BYTES = 4, /* become 5 characters */
	GROUP_TEXT = 5,
};

static const char ALPHABET[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       ".-:+=^!/*?&<>()[]{}@%$#";
static const char SECRET_MARK[] = "# mandated secret key", PUBLIC_MARK[] = "# mandated public key";

/* --- text ----------------------------------------------------------------------------------- */

void keyfile_encode(char ret_text[KEYFILE_TEXT_BYTES], const uint8_t key[PUBLIC_KEY_BYTES])
{
	char *to = ret_text;

	for (size_t i = 0; i < PUBLIC_KEY_BYTES; i += GROUP_BYTES, to += GROUP_TEXT) {
		uint32_t value = (uint32_t)key[i] << 24 | (uint32_t)key[i + 1] << 16 |
				 (uint32_t)key[i + 2] << 8 | key[i + 3];

		for (int k = GROUP_TEXT - 1; k >= 0; k--, value /= DIGITS)
			to[k] = ALPHABET[value % DIGITS];
	}
	*to = '\0';
}

bool keyfile_decode(uint8_t ret_key[PUBLIC_KEY_BYTES], const char *text)
{
	uint8_t key[PUBLIC_KEY_BYTES], *to = key;

	if (strlen(text) != PUBLIC_KEY_TEXT)
		return false;
	for (const char *p = text; *p; p += GROUP_TEXT) {
		uint64_t value = 0;

		for (int k = 0; k < GROUP_TEXT; k++) {
			const char *digit = strchr(ALPHABET, p[k]);
			if (!digit)
				return false;
			value = value * DIGITS + (uint64_t)(digit - ALPHABET);
		}
		if (value > UINT32_MAX)
			return false;
		for (int shift = 24; shift >= 0; shift -= 8)
			*to++ = (uint8_t)(value >> shift);
	}
	memcpy(ret_key, key, sizeof key);
	sodium_memzero(key, sizeof key);
	return true;
}

void keyfile_wipe(struct keyfile_pair *pair)
{
	sodium_memzero(pair, sizeof *pair);
}

/* --- reading -------------------------------------------------------------------------------- */

static enum status check_private(const char *path, int fd, bool by_systemd, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return error_set(err, status_of_errno(errno), "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set(err, STATUS_INVALID, "%s: a secret key is kept in a regular file",
				 path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return error_set(err, STATUS_INVALID,
				 "%s: belongs to user %u; a secret key must be ours or root's",
				 path, (unsigned)st.st_uid);
	/* The mask of an access list shows as the group's rights. */
	mode_t foreign = S_IRWXO | (by_systemd && st.st_uid == 0 ? S_IWGRP | S_IXGRP : S_IRWXG);
	if (st.st_mode & foreign)
		return error_set(err, STATUS_INVALID,
				 "%s: mode %04o lets others at a secret key; at most 0600 may be "
				 "(chmod 600)",
				 path, (unsigned)st.st_mode & 07777);
	return STATUS_OK;
}

static bool begins_with(const char *line, const char *mark)
{
	return strncmp(line, mark, strlen(mark)) == 0;
}

/* The one line of `text` that is not blank or a comment. `text` is taken apart. */
static enum status find_key(const char *path, char *text, bool secret, const char **ret_key,
			    struct error *err)
{
	const char *wanted = secret ? "secret" : "public", *key = NULL;
	const char *other_mark = secret ? PUBLIC_MARK : SECRET_MARK;
	uint8_t bytes[PUBLIC_KEY_BYTES];
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		line[strcspn(line, "\r")] = '\0';
		if (begins_with(line, other_mark))
			return error_set(err, STATUS_INVALID, "%s: holds a %s key, no %s one", path,
					 secret ? "public" : "secret", wanted);
		if (!*line || *line == '#')
			continue;
		if (key)
			return error_set(err, STATUS_INVALID, "%s: has more lines than one key",
					 path);
		key = line;
	}
	if (!key)
		return error_set(err, STATUS_INVALID, "%s: there is no key in it", path);
	if (strlen(key) != PUBLIC_KEY_TEXT)
		return error_set(err, STATUS_INVALID,
				 "%s: a %s key has %d characters, here are %zu", path, wanted,
				 PUBLIC_KEY_TEXT, strlen(key));
	if (!keyfile_decode(bytes, key))
		return error_set(err, STATUS_INVALID,
				 "%s: what stands there is no %s key: not Z85, or too large a "
				 "number",
				 path, wanted);
	sodium_memzero(bytes, sizeof bytes);
	*ret_key = key;
	return STATUS_OK;
}

/* The whole file as text; FILE_BYTES_MAX at most. */
static enum status read_text(const char *path, int fd, char ret_text[FILE_BYTES_MAX + 1],
			     struct error *err)
{
	size_t len = 0;

	while (len < FILE_BYTES_MAX) {
		ssize_t got = read(fd, ret_text + len, FILE_BYTES_MAX - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set(err, status_of_errno(errno), "%s: %s", path,
					 strerror(errno));
		if (got == 0)
			break;
		len += (size_t)got;
	}
	ret_text[len] = '\0';
	if (len == FILE_BYTES_MAX || strlen(ret_text) != len)
		return error_set(err, STATUS_INVALID, "%s: is no file of a key", path);
	return STATUS_OK;
}

static enum status read_key(const char *path, bool secret, bool by_systemd,
			    char ret_key[KEYFILE_TEXT_BYTES], struct error *err)
{
	char text[FILE_BYTES_MAX + 1];
	const char *key = "";
	/* Without waiting: it may be a pipe, which nobody writes. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return error_set(err, status_of_errno(errno), "%s: %s", path, strerror(errno));
	enum status s = secret ? check_private(path, fd, by_systemd, err) : STATUS_OK;
	if (s == STATUS_OK)
		s = read_text(path, fd, text, err);
	if (s == STATUS_OK)
		s = find_key(path, text, secret, &key, err);
	if (s == STATUS_OK)
		memcpy(ret_key, key, KEYFILE_TEXT_BYTES);
	sodium_memzero(text, sizeof text);
	close(fd);
	return s;
}

enum status keyfile_read_public(const char *path, char ret_key[KEYFILE_TEXT_BYTES],
				struct error *err)
{
	return read_key(path, false, false, ret_key, err);
}

enum status keyfile_read_secret(const char *path, bool by_systemd, struct keyfile_pair *ret_pair,
				struct error *err)
{
	uint8_t secret[PUBLIC_KEY_BYTES], public[PUBLIC_KEY_BYTES];
	struct keyfile_pair pair;
	enum status s = read_key(path, true, by_systemd, pair.secret_key, err);

	if (s != STATUS_OK)
		return s;
	if (sodium_init() >= 0 && keyfile_decode(secret, pair.secret_key) &&
	    crypto_scalarmult_base(public, secret) == 0) {
		keyfile_encode(pair.public_key, public);
		*ret_pair = pair;
	} else {
		s = error_set(err, STATUS_INVALID, "%s: no public key belongs to it", path);
	}
	sodium_memzero(secret, sizeof secret);
	keyfile_wipe(&pair);
	return s;
}

/* --- making one ----------------------------------------------------------------------------- */

static enum status write_new(const char *path, mode_t mode, const char *text, struct error *err)
{
	size_t len = strlen(text);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return error_set(err, status_of_errno(errno), "%s: %s", path, strerror(errno));
	ssize_t written = write(fd, text, len);
	int why = written == (ssize_t)len ? 0 : written < 0 ? errno : ENOSPC;
	if (why == 0 && fsync(fd) != 0)
		why = errno;
	close(fd);
	if (why == 0)
		return STATUS_OK;
	unlink(path);
	return error_set(err, status_of_errno(why), "%s: %s", path, strerror(why));
}

/* A key that others know already must not go with the power. */
static void sync_folder_of(const char *path)
{
	char folder[PATH_BYTES];
	const char *slash = strrchr(path, '/');

	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1,
		 slash ? path : ".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	IGNORE_RESULT(fsync(fd)); /* not every file system can */
	close(fd);
}

/* Names for comments: of a path what follows the last slash, without what could end the line. */
static void name_of(const char *path, char *ret_name, size_t size)
{
	const char *slash = strrchr(path, '/');

	snprintf(ret_name, size, "%s", slash ? slash + 1 : path);
	for (char *p = ret_name; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
}

enum status keyfile_create(const char *path, char ret_public_key[KEYFILE_TEXT_BYTES],
			   struct error *err)
{
	uint8_t secret[PUBLIC_KEY_BYTES], public[PUBLIC_KEY_BYTES];
	char public_path[PATH_BYTES], name[128], text[512];
	struct keyfile_pair pair;

	if (snprintf(public_path, sizeof public_path, "%s.pub", path) >= (int)sizeof public_path)
		return error_set(err, STATUS_INVALID, "the path is too long");
	if (sodium_init() < 0 || crypto_box_keypair(public, secret) != 0)
		return error_set(err, STATUS_IO, "no random numbers");
	keyfile_encode(pair.public_key, public);
	keyfile_encode(pair.secret_key, secret);
	sodium_memzero(secret, sizeof secret);
	name_of(path, name, sizeof name);
	snprintf(text, sizeof text, "%s of %s, to be shown to nobody; its public key is %s\n%s\n",
		 SECRET_MARK, name, pair.public_key, pair.secret_key);
	enum status s = write_new(path, SECRET_MODE, text, err);
	if (s == STATUS_OK) {
		snprintf(text, sizeof text, "%s of %s\n%s\n", PUBLIC_MARK, name, pair.public_key);
		s = write_new(public_path, PUBLIC_MODE, text, err);
		if (s != STATUS_OK)
			unlink(path);
		sync_folder_of(path);
	}
	if (s == STATUS_OK)
		memcpy(ret_public_key, pair.public_key, sizeof pair.public_key);
	sodium_memzero(text, sizeof text);
	keyfile_wipe(&pair);
	return s;
}
