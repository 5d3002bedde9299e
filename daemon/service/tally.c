#include "service/tally.h"

#include "base/day.h"
#include "base/log.h"
#include "model/codec.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Lines: what it is, day, index and position; bytes and name of each office; the end. */
static const char FIRST[] = "mandated tally 1\n", LAST[] = "end\n";

enum {
	PATH_BYTES = 4096 + 16,
	LINE_BYTES = 256,
	DECODE_BYTES = DECODE_BYTES_MAX,
	POSITION_TEXT = 2 * ENGINE_POSITION_BYTES,
};

static void count_input(struct tally *t, struct quotas *all, const Mandate__JournalInput *input,
			size_t bytes, uint64_t now_ms)
{
	if (input->what_case == MANDATE__JOURNAL_INPUT__WHAT_DAY && input->day->day > t->day)
		t->day = input->day->day;
	if (input->what_case != MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION)
		return;
	struct quota *q = quota_of(all, input->submission->office, now_ms);
	if (q)
		quota_durable(q, t->day, bytes);
}

void tally_batch(struct tally *t, struct quotas *all, const struct batch *b, uint64_t now_ms)
{
	for (uint32_t i = 0; i < b->count; i++)
		if (b->inputs[i].decoded)
			count_input(t, all, b->inputs[i].decoded, b->inputs[i].payload.len, now_ms);
	t->index = b->head.index;
	t->position = b->journal.position;
}

/* --- the file ------------------------------------------------------------------------------- */

static enum status failed(struct error *err, const char *what, const char *path)
{
	return error_set(err, status_of_errno(errno), "cannot %s %s: %s", what, path,
			 strerror(errno));
}

char *tally_text(const struct tally *t, struct quotas *all)
{
	char position[POSITION_TEXT + 1], *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	hash_hex(position, t->position.bytes, ENGINE_POSITION_BYTES);
	fprintf(f, "%s%" PRId32 " %" PRIu64 " %s\n", FIRST, t->day, t->index, position);
	for (struct quota *q = quota_next(all, NULL); q; q = quota_next(all, q))
		if (q->durable_day == t->day && q->durable_bytes)
			fprintf(f, "%" PRIu64 " %s\n", q->durable_bytes, q->office);
	fputs(LAST, f);
	bool bad = ferror(f) != 0;
	if (fclose(f) == 0 && !bad)
		return text;
	free(text);
	return NULL;
}

/* Not synced: what a power cut leaves is an older one, or none. */
enum status tally_write(const char *text, const char *state_dir, struct error *err)
{
	char path[PATH_BYTES], making[PATH_BYTES];

	if (snprintf(path, sizeof path, "%s/tally", state_dir) >= (int)sizeof path ||
	    snprintf(making, sizeof making, "%s/tally.new", state_dir) >= (int)sizeof making)
		return error_set(err, STATUS_LIMIT, "the path %s is too long", state_dir);
	FILE *f = fopen(making, "we");
	if (!f)
		return failed(err, "make", making);
	bool bad = fputs(text, f) < 0;
	if (fclose(f) != 0 || bad)
		return failed(err, "write", making);
	return rename(making, path) == 0 ? STATUS_OK : failed(err, "rename", making);
}

static bool parse_head(const char *line, struct tally *t)
{
	char position[POSITION_TEXT + 1];
	int end = 0;

	if (sscanf(line, "%" SCNd32 " %" SCNu64 " %48[0-9a-f]%n", &t->day, &t->index, position,
		   &end) != 3 ||
	    strcmp(line + end, "\n") != 0 || strlen(position) != POSITION_TEXT || t->index == 0)
		return false;
	for (size_t i = 0; i < ENGINE_POSITION_BYTES; i++)
		if (sscanf(position + 2 * i, "%2hhx", &t->position.bytes[i]) != 1)
			return false;
	return true;
}

static bool parse_office(char *line, const struct tally *t, struct quotas *all, uint64_t now_ms)
{
	uint64_t bytes;
	int at = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%" SCNu64 " %n", &bytes, &at) != 1 || at == 0 || !line[at] ||
	    strlen(line + at) > OFFICE_TEXT_MAX)
		return false;
	struct quota *q = quota_of(all, line + at, now_ms);
	if (q)
		quota_durable(q, t->day, bytes);
	return true;
}

static enum status parse(FILE *f, struct tally *t, struct quotas *all, uint64_t now_ms,
			 struct error *err)
{
	char line[LINE_BYTES];

	if (!fgets(line, sizeof line, f) || strcmp(line, FIRST) != 0 ||
	    !fgets(line, sizeof line, f) || !parse_head(line, t))
		return error_set(err, STATUS_CORRUPT, "the file tally is none");
	while (fgets(line, sizeof line, f)) {
		if (strcmp(line, LAST) == 0)
			return STATUS_OK;
		if (!parse_office(line, t, all, now_ms))
			break;
	}
	return error_set(err, STATUS_CORRUPT, "the file tally has no good end");
}

/* --- at a start ----------------------------------------------------------------------------- */

struct reading {
	struct tally *tally;
	struct quotas *all;
	uint64_t now_ms;
	struct arena arena; /* one input */
};

static enum status count_batch(void *ctx, const struct engine_read_batch *batch)
{
	struct reading *r = ctx;

	for (uint32_t i = 0; i < batch->count; i++) {
		if (batch->first_index + i <= r->tally->index)
			continue;
		const Mandate__JournalInput *input = codec_decode(
			&r->arena, &mandate__journal_input__descriptor, batch->payloads[i]);
		if (input)
			count_input(r->tally, r->all, input, batch->payloads[i].len, r->now_ms);
		arena_reset(&r->arena);
	}
	r->tally->index = batch->first_index + batch->count - 1;
	r->tally->position = batch->position;
	return STATUS_OK;
}

static enum status count_since(struct reading *r, struct engine *e, struct error *err)
{
	struct engine_position from = r->tally->position;
	struct engine_status journal;
	bool all = r->tally->index == 0;

	engine_status(e, &journal);
	if (r->tally->index > journal.durable_index)
		return error_set(err, STATUS_CORRUPT, "the file tally is of another journal");
	if (journal.durable_index == 0)
		return STATUS_OK;
	arena_init(&r->arena, DECODE_BYTES);
	enum status s =
		engine_read(e, all ? 1 : r->tally->index, all ? NULL : &from, count_batch, r, err);
	arena_fini(&r->arena);
	return s;
}

static enum status read_file(struct reading *r, const char *state_dir, struct error *err)
{
	char path[PATH_BYTES];

	if (snprintf(path, sizeof path, "%s/tally", state_dir) >= (int)sizeof path)
		return error_set(err, STATUS_LIMIT, "the path %s is too long", state_dir);
	FILE *f = fopen(path, "re");
	if (!f)
		return failed(err, "open", path);
	enum status s = parse(f, r->tally, r->all, r->now_ms, err);
	fclose(f);
	return s;
}

static void forget(struct reading *r)
{
	*r->tally = (struct tally){.day = DAY_NEVER};
	for (struct quota *q = quota_next(r->all, NULL); q; q = quota_next(r->all, q))
		q->durable_bytes = 0;
}

enum status tally_read(struct tally *ret_tally, struct quotas *all, const char *state_dir,
		       struct engine *e, uint64_t now_ms, struct error *err)
{
	struct reading r = {.tally = ret_tally, .all = all, .now_ms = now_ms};

	forget(&r);
	enum status s = read_file(&r, state_dir, err);
	if (s == STATUS_OK)
		s = count_since(&r, e, err);
	if (s != STATUS_OK) {
		forget(&r);
		log_line(LOG_NOTICE, "tally.recount", "reason=%s", log_quote(err->text));
		s = count_since(&r, e, err);
	}
	for (struct quota *q = quota_next(all, NULL); q; q = quota_next(all, q))
		if (q->durable_day == ret_tally->day)
			quota_journal(q, ret_tally->day, q->durable_bytes);
	return s;
}
