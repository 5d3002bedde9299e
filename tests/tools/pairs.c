/* Writes every pair of a state: what LMDB itself reads, without a line of ours. For tests that
 * change bytes of the file and must know whether that changed any pair.
 *
 *   pairs DIRECTORY
 *
 * Of each table in order: its name and 0; of each pair the two lengths (size_t), key and value.
 * Exit status 1 if LMDB finds the file damaged; it may also kill the process. */
#include <lmdb.h>
#include <stdio.h>
#include <string.h>

enum { TABLES_MAX = 32 };

static int write_table(MDB_txn *txn, const char *name)
{
	MDB_val key, value;
	MDB_cursor *at;
	MDB_dbi table;
	int rc = mdb_dbi_open(txn, name, 0, &table);

	if (!rc)
		rc = mdb_cursor_open(txn, table, &at);
	if (rc)
		return rc;
	fwrite(name, 1, strlen(name) + 1, stdout);
	for (rc = mdb_cursor_get(at, &key, &value, MDB_FIRST); rc == 0;
	     rc = mdb_cursor_get(at, &key, &value, MDB_NEXT)) {
		fwrite(&key.mv_size, sizeof key.mv_size, 1, stdout);
		fwrite(&value.mv_size, sizeof value.mv_size, 1, stdout);
		fwrite(key.mv_data, 1, key.mv_size, stdout);
		fwrite(value.mv_data, 1, value.mv_size, stdout);
	}
	mdb_cursor_close(at);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

/* The names of the tables are the keys of the unnamed one. */
static int write_all(MDB_txn *txn)
{
	char name[512];
	MDB_val key;
	MDB_cursor *at;
	MDB_dbi root;
	int rc = mdb_dbi_open(txn, NULL, 0, &root);

	if (!rc)
		rc = mdb_cursor_open(txn, root, &at);
	if (rc)
		return rc;
	for (rc = mdb_cursor_get(at, &key, NULL, MDB_FIRST); rc == 0;
	     rc = mdb_cursor_get(at, &key, NULL, MDB_NEXT)) {
		if (key.mv_size >= sizeof name)
			return MDB_CORRUPTED;
		memcpy(name, key.mv_data, key.mv_size);
		name[key.mv_size] = '\0';
		rc = write_table(txn, name);
		if (rc)
			return rc;
	}
	mdb_cursor_close(at);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

int main(int argc, char **argv)
{
	MDB_env *env;
	MDB_txn *txn;

	if (argc != 2)
		return 2;
	int rc = mdb_env_create(&env);
	if (!rc)
		rc = mdb_env_set_maxdbs(env, TABLES_MAX);
	if (!rc)
		rc = mdb_env_open(env, argv[1], MDB_RDONLY, 0);
	if (!rc)
		rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
	if (!rc)
		rc = write_all(txn);
	if (rc)
		fprintf(stderr, "%s\n", mdb_strerror(rc));
	return rc || fflush(stdout) ? 1 : 0;
}
