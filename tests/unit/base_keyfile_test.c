/* Keys as text and in files: what is refused, with which file and why. */
#include "base/keyfile.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>
#include <cmocka.h>

static char folder[64], path[128], public_path[160];

static int enter_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/mandated-keys-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/desk", folder);
	snprintf(public_path, sizeof public_path, "%s.pub", path);
	return 0;
}

static int leave_folder(void **state)
{
	(void)state;
	unlink(path);
	unlink(public_path);
	return rmdir(folder);
}

static void put(const char *content, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(content, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* The refusal names the file and holds `why`. */
static void assert_refused(enum status s, const struct error *err, const char *why)
{
	assert_int_equal(s, STATUS_INVALID);
	if (strncmp(err->text, path, strlen(path)) != 0 || !strstr(err->text, why))
		fail_msg("\"%s\" does not say %s", err->text, why);
}

static void assert_secret_refused(const char *why)
{
	struct keyfile_pair pair = {.secret_key = "as it was"};
	struct error err;

	assert_refused(keyfile_read_secret(path, false, &pair, &err), &err, why);
	assert_string_equal(pair.secret_key, "as it was");
}

/* Another implementation of Z85 says the same. */
static void text_is_the_z85_of_the_library(void **state)
{
	uint8_t key[PUBLIC_KEY_BYTES], back[PUBLIC_KEY_BYTES];
	char ours[KEYFILE_TEXT_BYTES], theirs[KEYFILE_TEXT_BYTES];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		randombytes_buf(key, sizeof key);
		keyfile_encode(ours, key);
		assert_non_null(zmq_z85_encode(theirs, key, sizeof key));
		assert_string_equal(ours, theirs);
		assert_true(keyfile_decode(back, ours));
		assert_memory_equal(back, key, sizeof key);
	}
	memset(key, 0xff, sizeof key);
	keyfile_encode(ours, key);
	assert_true(keyfile_decode(back, ours));
	assert_memory_equal(back, key, sizeof key);
}

static void other_text_is_no_key(void **state)
{
	static const char *const wrong[] = {
		"",
		"000000000000000000000000000000000000000",
		"00000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000 00",
		"0000000000000000000000000000000000000000\n",
		"000000000000000000000000000000000000000~",
		"000000000000000000000000000000000000000\xc3",
		"#000000000000000000000000000000000000000", /* more than 32 bits */
		"%nSc100000000000000000000000000000000000", /* 2^32 */
	};
	uint8_t key[PUBLIC_KEY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (keyfile_decode(key, wrong[i]))
			fail_msg("%s", wrong[i]);
	assert_true(keyfile_decode(key, "%nSc000000000000000000000000000000000000"));
	assert_int_equal(key[0] & key[1] & key[2] & key[3], 0xff);
}

static void a_pair_is_made_once_and_read_back(void **state)
{
	char made[KEYFILE_TEXT_BYTES], public[KEYFILE_TEXT_BYTES], derived[KEYFILE_TEXT_BYTES];
	struct keyfile_pair pair;
	struct error err;
	struct stat st;

	(void)state;
	assert_int_equal(keyfile_create(path, made, &err), STATUS_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(keyfile_read_secret(path, false, &pair, &err), STATUS_OK);
	assert_string_equal(pair.public_key, made);
	assert_int_equal(zmq_curve_public(derived, pair.secret_key), 0);
	assert_string_equal(derived, made);
	assert_int_equal(keyfile_read_public(public_path, public, &err), STATUS_OK);
	assert_string_equal(public, made);
	assert_int_equal(keyfile_create(path, public, &err), STATUS_EXISTS);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(keyfile_create(path, public, &err), STATUS_EXISTS);
	assert_non_null(strstr(err.text, public_path));
	assert_int_equal(access(path, F_OK), -1);
	keyfile_wipe(&pair);
	assert_string_equal(pair.secret_key, "");
}

/* The comment tells whoever opens the file what it is, whose, and the public key; not the secret.
 */
static void the_file_says_what_it_is(void **state)
{
	char made[KEYFILE_TEXT_BYTES], line[512];
	struct error err;

	(void)state;
	assert_int_equal(keyfile_create(path, made, &err), STATUS_OK);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	assert_ptr_equal(strstr(line, "# mandated secret key of desk,"), line);
	assert_non_null(strstr(line, made));
	assert_non_null(fgets(line, sizeof line, f));
	assert_int_equal(strlen(line), PUBLIC_KEY_TEXT + 1);
	assert_null(fgets(line, sizeof line, f));
	fclose(f);
}

static void a_secret_that_others_may_touch_is_refused(void **state)
{
	static const mode_t modes[] = {0644, 0640, 0604, 0660, 0610, 0601, 0777};
	char made[KEYFILE_TEXT_BYTES], text[16];
	struct keyfile_pair pair;
	struct error err;

	(void)state;
	assert_int_equal(keyfile_create(path, made, &err), STATUS_OK);
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		assert_int_equal(chmod(path, modes[i]), 0);
		snprintf(text, sizeof text, "mode %04o", (unsigned)modes[i]);
		assert_secret_refused(text);
	}
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(keyfile_read_secret(path, false, &pair, &err), STATUS_OK);
	/* Of a credential of root's the group's rights are an access list's mask. */
	assert_int_equal(chmod(path, 0440), 0);
	assert_int_equal(keyfile_read_secret(path, true, &pair, &err),
			 geteuid() == 0 ? STATUS_OK : STATUS_INVALID);
	assert_int_equal(chmod(path, 0444), 0);
	assert_refused(keyfile_read_secret(path, true, &pair, &err), &err, "mode 0444");
	if (geteuid() == 0) {
		assert_int_equal(chmod(path, 0600), 0);
		assert_int_equal(chown(path, 65534, 0), 0);
		assert_secret_refused("belongs to user 65534");
	}
}

static void what_is_no_file_is_refused(void **state)
{
	struct keyfile_pair pair;
	struct error err;

	(void)state;
	assert_int_equal(keyfile_read_secret(path, false, &pair, &err), STATUS_NOT_FOUND);
	assert_ptr_equal(strstr(err.text, path), err.text);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_secret_refused("regular file");
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_secret_refused("regular file");
	rmdir(path);
}

static void wrong_content_is_named(void **state)
{
	static const char KEY[] = "0000000000000000000000000000000000000001";
	static const struct {
		const char *content, *why;
	} wrong[] = {
		{"", "no key in it"},
		{"# mandated secret key of desk\n", "no key in it"},
		{"000000000000000000000000000000000000001\n", "has 40 characters, here are 39"},
		{"00000000000000000000000000000000000000001\n", "here are 41"},
		{"0000000000000000000000000000000000000001 \n", "here are 41"},
		{"000000000000000000000000000000000000000~\n", "not Z85"},
		{"$00000000000000000000000000000000000000\n", "here are 39"},
		{"$000000000000000000000000000000000000000\n", "too large a number"},
		{"0000000000000000000000000000000000000001\n"
		 "0000000000000000000000000000000000000001\n",
		 "more lines than one key"},
		{"# mandated public key of desk\n0000000000000000000000000000000000000001\n",
		 "holds a public key, no secret one"},
	};
	char large[8192], public[KEYFILE_TEXT_BYTES];
	struct keyfile_pair pair;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		put(wrong[i].content, 0600);
		assert_secret_refused(wrong[i].why);
	}
	memset(large, '\n', sizeof large - 1);
	large[sizeof large - 1] = '\0';
	put(large, 0600);
	assert_secret_refused("no file of a key");
	put("# ours\r\n\r\n0000000000000000000000000000000000000001\r\n#\n", 0600);
	assert_int_equal(keyfile_read_secret(path, false, &pair, &err), STATUS_OK);
	assert_string_equal(pair.secret_key, KEY);
	/* Whoever takes the wrong one of the two files for the server's key. */
	put("# mandated secret key of desk\n0000000000000000000000000000000000000001\n", 0644);
	assert_refused(keyfile_read_public(path, public, &err), &err, "holds a secret key");
}

static void the_mark_of_comments_may_stand_in_a_key(void **state)
{
	static const char KEY[] = "0#0#00000000000000000000000000000000000#";
	char public[KEYFILE_TEXT_BYTES];
	struct error err;

	(void)state;
	put("#ours\n0#0#00000000000000000000000000000000000#\n", 0644);
	assert_int_equal(keyfile_read_public(path, public, &err), STATUS_OK);
	assert_string_equal(public, KEY);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_the_z85_of_the_library),
		cmocka_unit_test(other_text_is_no_key),
		IN_FOLDER(a_pair_is_made_once_and_read_back),
		IN_FOLDER(the_file_says_what_it_is),
		IN_FOLDER(a_secret_that_others_may_touch_is_refused),
		IN_FOLDER(what_is_no_file_is_refused),
		IN_FOLDER(wrong_content_is_named),
		IN_FOLDER(the_mark_of_comments_may_stand_in_a_key),
	};

	umask(022);
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
