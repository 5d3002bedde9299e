#include "ctl_grant.h"

#include "base/day.h"
#include "base/limits.h"
#include "model/record.h"

#include <stdlib.h>
#include <string.h>

static enum status no_memory(struct error *err)
{
	return error_set(err, STATUS_NO_MEMORY, "out of memory");
}

/* --- reading ------------------------------------------------------------------------------- */

/* The next name at *p, which stops behind it, at one of `ends` or the end. `to` has room for all.
 */
static enum status next_name(const char **p, const char *ends, char *to, struct error *err)
{
	const char *begin = *p;
	bool quoted = **p == '"';
	size_t len = 0;

	*p += quoted;
	while (**p && (quoted ? **p != '"' : !strchr(ends, **p))) {
		if (quoted && **p == '\\')
			++*p;
		if (!quoted && **p == '"')
			return error_set(err, STATUS_INVALID, "a quote in the middle of %s", begin);
		if (**p)
			to[len++] = *(*p)++;
	}
	if (quoted && *(*p)++ != '"')
		return error_set(err, STATUS_INVALID, "a quote is not closed: %s", begin);
	to[len] = '\0';
	if (len == 0 || len > CODE_TEXT_MAX)
		return error_set(err, STATUS_INVALID, "a name has 1 to %d bytes: %s", CODE_TEXT_MAX,
				 begin);
	return **p == '\0' || strchr(ends, **p)
		       ? STATUS_OK
		       : error_set(err, STATUS_INVALID, "something stands behind a quote: %s",
				   begin);
}

static int compare_names(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

/* Sorted, each once; how many are left. */
static size_t canonical(char **names, size_t count)
{
	size_t kept = 0;

	qsort(names, count, sizeof *names, compare_names);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(names[i], names[kept - 1]) != 0)
			names[kept++] = names[i];
	return kept;
}

/* Names up to a space or the end. */
static enum status read_names(struct arena *a, const char **p, char ***ret_names, size_t *ret_count,
			      struct error *err)
{
	size_t room = 1, count = 0;
	char **names;

	for (const char *c = *p; *c; c++)
		room += *c == ',';
	names = arena_calloc(a, room, sizeof *names);
	for (bool more = true; names && more; more = **p == ',') {
		*p += count > 0;
		names[count] = arena_alloc(a, strlen(*p) + 1);
		if (!names[count])
			return no_memory(err);
		enum status s = next_name(p, ", ", names[count++], err);
		if (s != STATUS_OK)
			return s;
	}
	if (!names)
		return no_memory(err);
	*ret_count = canonical(names, count);
	*ret_names = names;
	return STATUS_OK;
}

enum status ctl_grant_names(struct arena *a, const char *text, char ***ret_names, size_t *ret_count,
			    struct error *err)
{
	enum status s = read_names(a, &text, ret_names, ret_count, err);

	if (s == STATUS_OK && *text)
		return error_set(err, STATUS_INVALID, "a space outside of quotes: %s", text);
	return s;
}

static int compare_kinds(const void *x, const void *y)
{
	Mandate__Kind a = *(const Mandate__Kind *)x, b = *(const Mandate__Kind *)y;

	return (a > b) - (a < b);
}

static enum status take_kinds(struct arena *a, char **names, size_t count, Mandate__Grant *g,
			      struct error *err)
{
	g->kinds = arena_calloc(a, count, sizeof *g->kinds);
	if (!g->kinds)
		return no_memory(err);
	for (size_t i = 0; i < count; i++) {
		g->kinds[i] = record_kind_of_name(names[i]);
		if (g->kinds[i] == MANDATE__KIND__KIND_OFFICE)
			return error_set(err, STATUS_INVALID,
					 "offices are an administrator's (--administrator), by no "
					 "grant");
		if (!g->kinds[i])
			return error_set(err, STATUS_INVALID,
					 "no kind of record is called \"%s\" (`mandatectl help "
					 "list` names them)",
					 names[i]);
	}
	g->n_kinds = count;
	qsort(g->kinds, count, sizeof *g->kinds, compare_kinds);
	return STATUS_OK;
}

static const char FORM[] = "a grant is read or write, then what it is limited to: kinds=, "
			   "operations=, contributors=, parties=, until=DATE, acknowledge";

static enum status take_list(struct arena *a, const char *key, size_t len, const char **p,
			     Mandate__Grant *g, struct error *err)
{
	const struct {
		const char *key;
		char ***names;
		size_t *count;
	} lists[] = {{"kinds", NULL, &g->n_kinds},
		     {"operations", &g->operations, &g->n_operations},
		     {"contributors", &g->contributors, &g->n_contributors},
		     {"parties", &g->parties, &g->n_parties}};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		char **names;
		size_t count;

		if (strlen(lists[i].key) != len || memcmp(lists[i].key, key, len) != 0)
			continue;
		if (*lists[i].count)
			return error_set(err, STATUS_INVALID, "%s= stands twice", lists[i].key);
		enum status s = read_names(a, p, &names, &count, err);
		if (s != STATUS_OK || !lists[i].names)
			return s == STATUS_OK ? take_kinds(a, names, count, g, err) : s;
		*lists[i].names = names;
		*lists[i].count = count;
		return STATUS_OK;
	}
	return error_set(err, STATUS_INVALID, "what is \"%.*s=\"? %s", (int)len, key, FORM);
}

static enum status take_until(const char **p, Mandate__Grant *g, struct error *err)
{
	char day[DAY_TEXT_BYTES] = "";
	size_t len = strcspn(*p, " ");

	if (len < sizeof day)
		memcpy(day, *p, len);
	if (day_parse(&g->until, day) != STATUS_OK)
		return error_set(err, STATUS_INVALID,
				 "until=%.*s is no day; they look like 2027-06-30", (int)len, *p);
	g->has_until = true;
	*p += len;
	return STATUS_OK;
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(word, text, len) == 0;
}

/* The word at *p, which moves behind it. */
static enum status take_word(struct arena *a, const char **p, Mandate__Grant *g, struct error *err)
{
	const char *word = *p;
	size_t len = strcspn(word, " =");

	*p += len;
	if (**p != '=' && is_word(word, len, "acknowledge")) {
		g->has_must_acknowledge = g->must_acknowledge = true;
		return STATUS_OK;
	}
	if (**p != '=')
		return error_set(err, STATUS_INVALID, "\"%.*s\": %s", (int)len, word, FORM);
	++*p;
	return is_word(word, len, "until") ? take_until(p, g, err)
					   : take_list(a, word, len, p, g, err);
}

enum status ctl_grant_parse(struct arena *a, const char *text, Mandate__Grant **ret_grant,
			    struct error *err)
{
	Mandate__Grant *g = arena_alloc(a, sizeof *g);
	const char *p = text + strspn(text, " ");
	size_t len = strcspn(p, " ");
	enum status s = STATUS_OK;

	if (!g)
		return no_memory(err);
	mandate__grant__init(g);
	if (is_word(p, len, "write"))
		g->access = MANDATE__ACCESS__ACCESS_WRITE;
	else if (is_word(p, len, "read"))
		g->access = MANDATE__ACCESS__ACCESS_READ;
	else
		return error_set(err, STATUS_INVALID, "\"%.*s\": %s", (int)len, p, FORM);
	p += len;
	while (s == STATUS_OK && *(p += strspn(p, " ")))
		s = take_word(a, &p, g, err);
	if (s == STATUS_OK)
		*ret_grant = g;
	return s;
}

/* --- writing ------------------------------------------------------------------------------- */

/* Text that grows in an arena; `a` NULL: there was no memory. */
struct text {
	struct arena *a;
	char *at;
	size_t len, room;
};

static void put(struct text *t, const char *bytes, size_t len)
{
	if (t->a && t->len + len + 1 > t->room) {
		size_t room = 2 * (t->room + len) + 64;
		char *grown = arena_alloc(t->a, room);

		if (!grown) {
			t->a = NULL;
			return;
		}
		if (t->len)
			memcpy(grown, t->at, t->len);
		t->at = grown;
		t->room = room;
	}
	if (!t->a)
		return;
	memcpy(t->at + t->len, bytes, len);
	t->len += len;
	t->at[t->len] = '\0';
}

static void put_text(struct text *t, const char *text)
{
	put(t, text, strlen(text));
}

static void put_name(struct text *t, const char *name)
{
	if (!name[strcspn(name, " ,\"\\")]) {
		put_text(t, name);
		return;
	}
	put(t, "\"", 1);
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			put(t, "\\", 1);
		put(t, name, 1);
	}
	put(t, "\"", 1);
}

static void put_names(struct text *t, const char *key, char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put_text(t, i ? "," : key);
		put_name(t, names[i]);
	}
}

char *ctl_grant_list(struct arena *a, char *const *names, size_t count)
{
	struct text t = {.a = a};

	put_names(&t, "", names, count);
	return t.a ? t.at : NULL;
}

char *ctl_grant_text(struct arena *a, const Mandate__Grant *g)
{
	struct text t = {.a = a};
	char day[DAY_TEXT_BYTES];

	put_text(&t, g->access == MANDATE__ACCESS__ACCESS_WRITE ? "write" : "read");
	for (size_t i = 0; i < g->n_kinds; i++) {
		const char *name = record_kind_name(g->kinds[i]);

		put_text(&t, i ? "," : " kinds=");
		put_text(&t, name ? name : "?"); /* a newer daemon's */
	}
	put_names(&t, " operations=", g->operations, g->n_operations);
	put_names(&t, " contributors=", g->contributors, g->n_contributors);
	put_names(&t, " parties=", g->parties, g->n_parties);
	if (g->has_until) {
		day_format(day, g->until);
		put_text(&t, " until=");
		put_text(&t, day);
	}
	if (g->has_must_acknowledge && g->must_acknowledge)
		put_text(&t, " acknowledge");
	return t.a ? t.at : NULL;
}
