/* What every layer asks of a record: its kind, its key, what it names. One table has a row a kind.
 */
#ifndef MANDATED_MODEL_RECORD_H
#define MANDATED_MODEL_RECORD_H

#include "base/arena.h"
#include "base/limits.h"
#include "record.pb-c.h"

/* The kind, or 0 if no content is set. */
Mandate__Kind record_kind(const Mandate__Record *record);

/* The natural key as one text, its parts joined by ':', days as YYYY-MM-DD, enum values by name:
 * "UNMIL", "UNMIL:UNSC:S/RES/1626", "UNAMID:S/RES/2363:military:2018-01-01", "MONUC:2004-12-31",
 * "MONUC:2004-12-09:troops", "MINUSCA:GAB:Gabon Battalion:2014-09-15",
 * "MINUSCA:2020-10-31:contributor", "GAB:P-7:3". STATUS_INVALID without content, or longer than
 * KEY_TEXT_MAX. */
MUST_USE enum status record_key(const Mandate__Record *record, char ret_key[KEY_TEXT_MAX + 1]);

/* The operation that the record is about (its own acronym for an operation; where two are named,
 * the one that gives), or NULL: a partner, an act on what names one, a pledge to no operation. */
const char *record_operation(const Mandate__Record *record);

/* Both operations that a record may name, in the order of its fields; NULL where it names none. */
void record_operations_named(const Mandate__Record *record, const char **ret_first,
			     const char **ret_second);

/* The document it is about, or NULL; also where the key says "-", for none known. */
const char *record_document(const Mandate__Record *record);

/* The party, where one field holds it, or NULL. */
const char *record_party(const Mandate__Record *record);

/* Acts are refused when what they act on does not allow them; all other kinds are facts. */
bool record_is_act(Mandate__Kind kind);

/* What an act acts on: an acceptance on its arrangement, a step on its pledge, an endorsement on
 * its list. STATUS_NOT_FOUND for facts, and for an arrangement, which begins something. */
MUST_USE enum status record_subject(const Mandate__Record *record, Mandate__Kind *ret_kind,
				    char ret_key[KEY_TEXT_MAX + 1]);

/* All that a record names: operations, parties (partners), owners of priorities (each a partner or
 * an operation), contributors. Each once, sorted; pointers into `record`, the list in `a`.
 * `ret_names` is NULL when there are none. STATUS_NO_MEMORY. */
MUST_USE enum status record_operations(struct arena *a, const Mandate__Record *record,
				       const char *const **ret_names, size_t *ret_count);
MUST_USE enum status record_parties(struct arena *a, const Mandate__Record *record,
				    const char *const **ret_names, size_t *ret_count);
MUST_USE enum status record_owners(struct arena *a, const Mandate__Record *record,
				   const char *const **ret_names, size_t *ret_count);
MUST_USE enum status record_contributors(struct arena *a, const Mandate__Record *record,
					 const char *const **ret_names, size_t *ret_count);

/* May two editions of one record name different contributors? Where they are part of the key, no.
 */
bool record_contributors_vary(Mandate__Kind kind);

/* Where they are: the contributor within a key of the kind, `ret_len` bytes of it. NULL: no key of
 * the kind names one. */
const char *record_key_contributor(Mandate__Kind kind, const char *key, size_t *ret_len);

/* A copy with the key fields only, as a retraction carries it; NULL on no memory. */
Mandate__Record *record_key_only(struct arena *a, const Mandate__Record *record);

/* True if nothing but key fields is set. */
bool record_is_key_only(struct arena *scratch, const Mandate__Record *record);

/* "instrument" <-> KIND_INSTRUMENT; "alert" too. NULL, 0 if there is none. */
const char *record_kind_name(Mandate__Kind kind);
Mandate__Kind record_kind_of_name(const char *name);

#endif
