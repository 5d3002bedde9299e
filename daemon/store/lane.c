#include "store/walk.h"

#include "model/codec.h"

enum { SEQUENCE_BYTES = 8 };

/* A packed StoredOutcome begins with its field 1, the digest: tag, length, 32 bytes. That is read
 * where only the digest is wanted. */
static const uint8_t digest_head[] = {1 << 3 | 2, HASH_BYTES};

static bool has_digest(struct bytes stored_outcome)
{
	return stored_outcome.len >= sizeof digest_head + HASH_BYTES &&
	       memcmp(stored_outcome.data, digest_head, sizeof digest_head) == 0;
}

/* True if `row` is of the lane of `key`. */
static bool same_lane(struct row row, const struct key *key)
{
	return key_begins(row.key, key, key->len - SEQUENCE_BYTES);
}

enum status store_lane_last(struct store_txn *t, const char *office, uint64_t lane,
			    uint64_t *ret_sequence, uint8_t ret_digest[HASH_BYTES])
{
	struct key k = key_lane(office, lane, UINT64_MAX);
	uint64_t sequence;
	struct row row;
	enum status s = value_seek_back(t, STORE_LANE, &k, &row);

	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !same_lane(row, &k))) {
		*ret_sequence = 0;
		return STATUS_OK;
	}
	if (s == STATUS_OK)
		s = key_number(row.key, &sequence);
	if (s == STATUS_OK && (sequence == 0 || !has_digest(row.rest)))
		s = STATUS_CORRUPT;
	if (s == STATUS_OK) {
		*ret_sequence = sequence;
		memcpy(ret_digest, row.rest.data + sizeof digest_head, HASH_BYTES);
	}
	return txn_fail(t, s);
}

enum status store_lane_get(struct store_txn *t, struct arena *a, const char *office, uint64_t lane,
			   uint64_t sequence, const Mandate__StoredOutcome **ret_outcome)
{
	struct key k = key_lane(office, lane, sequence);
	const Mandate__StoredOutcome *outcome;
	uint64_t found = 0;
	struct row row;
	enum status s = value_seek(t, STORE_LANE, &k, &row);

	if (s == STATUS_OK && !same_lane(row, &k))
		s = STATUS_NOT_FOUND; /* above the lane's last */
	if (s == STATUS_OK)
		s = key_number(row.key, &found);
	if (s == STATUS_OK && found != sequence)
		s = STATUS_CORRUPT; /* there are later ones, so this one is missing */
	if (s == STATUS_OK) {
		outcome = codec_decode(a, &mandate__stored_outcome__descriptor, row.rest);
		if (outcome)
			*ret_outcome = outcome;
		else
			s = a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	}
	return txn_fail(t, s);
}

enum status store_lane_put(struct store_txn *t, const char *office, uint64_t lane,
			   uint64_t sequence, struct bytes stored_outcome)
{
	struct key k = key_lane(office, lane, sequence);

	if (!has_digest(stored_outcome))
		return txn_fail(t, STATUS_INVALID);
	return value_put(t, STORE_LANE, &k, VALUE_NEW, &stored_outcome, 1);
}
