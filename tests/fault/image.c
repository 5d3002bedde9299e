#include "tests/fault/image.h"

#include "tests/fault/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, NAME_BYTES = 64, FILES_MAX = 256, NAMES_MAX = 64, SYNCS_MAX = 64 };

/* A change that no completed sync covers. */
struct change {
	uint64_t number; /* of the event */
	struct trace_event event;
	const uint8_t *payload; /* of the trace */
	struct node *node;	/* a name's */
};

/* A file, or a directory of names. */
struct node {
	uint64_t inode;
	bool directory;
	uint8_t *bytes; /* that are there; zero from `used` on */
	size_t size, used, room;
	struct names {
		struct {
			char text[NAME_BYTES];
			struct node *node;
		} list[NAMES_MAX];
		size_t count;
	} there, live; /* for certain; and as the living process sees them */
	struct change *changes;
	size_t change_count, change_room;
};

struct image {
	struct node *nodes[FILES_MAX];
	size_t node_count;
	struct node *root;
	uint64_t played;
	struct {
		uint64_t number, at;
	} syncs[SYNCS_MAX]; /* that have begun and not ended */
	size_t sync_count;
};

/* --- names -------------------------------------------------------------------------------------
 */

static struct node *find_name(const struct names *names, const char *text)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->list[i].text, text) == 0)
			return names->list[i].node;
	return NULL;
}

static void remove_name(struct names *names, const char *text)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->list[i].text, text) == 0) {
			names->list[i] = names->list[--names->count];
			return;
		}
}

static void set_name(struct names *names, const char *text, struct node *node)
{
	remove_name(names, text);
	if (names->count == NAMES_MAX)
		fault_fail("too many names");
	snprintf(names->list[names->count].text, NAME_BYTES, "%s", text);
	names->list[names->count++].node = node;
}

/* The node is the one that the change was about, wherever its name now points. */
static void change_names(struct names *names, const struct change *c, const char *text)
{
	switch ((enum trace_kind)c->event.kind) {
	case TRACE_CREATE:
	case TRACE_MKDIR:
		set_name(names, text, c->node);
		break;
	case TRACE_RENAME:
		if (find_name(names, text) == c->node)
			remove_name(names, text);
		set_name(names, text + strlen(text) + 1, c->node);
		break;
	case TRACE_UNLINK:
		if (find_name(names, text) == c->node)
			remove_name(names, text);
		break;
	case TRACE_RUN:
	case TRACE_TRUNCATE:
	case TRACE_WRITE:
	case TRACE_ZEROS:
	case TRACE_SYNC_BEGIN:
	case TRACE_SYNC_END:
	case TRACE_SENT:
	case TRACE_FAILED:
		break;
	}
}

/* --- bytes -------------------------------------------------------------------------------------
 */

static void reserve(struct node *n, size_t size)
{
	if (size <= n->room)
		return;
	size_t room = n->room ? n->room : 4096;
	while (room < size)
		room *= 2;
	n->bytes = realloc(n->bytes, room);
	if (!n->bytes)
		fault_fail("out of memory");
	memset(n->bytes + n->room, 0, room - n->room);
	n->room = room;
}

static void set_size(struct node *n, size_t size)
{
	if (size < n->used) {
		memset(n->bytes + size, 0, n->used - size);
		n->used = size;
	}
	n->size = size;
}

static void put(struct node *n, size_t at, const uint8_t *bytes, size_t len)
{
	if (!bytes) { /* zeros */
		size_t end = at + len < n->used ? at + len : n->used;
		if (at < end)
			memset(n->bytes + at, 0, end - at);
		return;
	}
	reserve(n, at + len);
	memcpy(n->bytes + at, bytes, len);
	if (at + len > n->used)
		n->used = at + len;
}

static size_t length_of(const struct change *c)
{
	return c->event.kind == TRACE_WRITE ? c->event.len : (size_t)c->event.b;
}

static void change_bytes(struct node *n, const struct change *c)
{
	if (c->event.kind == TRACE_TRUNCATE) {
		set_size(n, c->event.a);
		return;
	}
	size_t end = c->event.a + length_of(c);
	put(n, c->event.a, c->event.kind == TRACE_WRITE ? c->payload : NULL, length_of(c));
	if (end > n->size)
		n->size = end;
}

/* --- playing -----------------------------------------------------------------------------------
 */

static struct node *node_new(struct image *m, uint64_t inode, bool directory)
{
	struct node *n = calloc(1, sizeof *n);

	if (!n || m->node_count == FILES_MAX)
		fault_fail("too many files");
	n->inode = inode;
	n->directory = directory;
	return m->nodes[m->node_count++] = n;
}

/* The newest with this number: an inode may be used again. */
static struct node *node_of(const struct image *m, uint64_t inode)
{
	for (size_t i = m->node_count; i-- > 0;)
		if (m->nodes[i]->inode == inode)
			return m->nodes[i];
	fault_fail("the trace names inode %llu, which is not known", (unsigned long long)inode);
}

static void add_change(struct node *n, const struct change *c)
{
	if (n->change_count == n->change_room) {
		n->change_room = n->change_room ? n->change_room * 2 : 16;
		n->changes = realloc(n->changes, n->change_room * sizeof *n->changes);
		if (!n->changes)
			fault_fail("out of memory");
	}
	n->changes[n->change_count++] = *c;
}

/* What happened before the sync began is there for good. */
static void settle(struct node *n, uint64_t began)
{
	size_t done = 0;

	while (done < n->change_count && n->changes[done].number < began) {
		const struct change *c = &n->changes[done++];
		if (n->directory)
			change_names(&n->there, c, (const char *)c->payload);
		else
			change_bytes(n, c);
	}
	n->change_count -= done;
	if (done)
		memmove(n->changes, n->changes + done, n->change_count * sizeof *n->changes);
}

static void end_sync(struct image *m, const struct trace_event *event)
{
	for (size_t i = 0; i < m->sync_count; i++)
		if (m->syncs[i].number == event->a) {
			settle(node_of(m, event->file), m->syncs[i].at);
			m->syncs[i] = m->syncs[--m->sync_count];
			return;
		}
	fault_fail("the trace ends a sync that has not begun");
}

void image_play(struct image *m, const struct trace_event *event, const uint8_t *payload)
{
	struct change c = {.number = ++m->played, .event = *event, .payload = payload};
	struct node *n;

	switch ((enum trace_kind)event->kind) {
	case TRACE_RUN:
		m->sync_count = 0; /* what the last process had under way proves nothing */
		return;
	case TRACE_SENT:
	case TRACE_FAILED:
		return;
	case TRACE_SYNC_BEGIN:
		if (m->sync_count == SYNCS_MAX)
			fault_fail("too many syncs at once");
		m->syncs[m->sync_count].number = event->a;
		m->syncs[m->sync_count++].at = m->played;
		return;
	case TRACE_SYNC_END:
		end_sync(m, event);
		return;
	case TRACE_TRUNCATE:
	case TRACE_WRITE:
	case TRACE_ZEROS:
		add_change(node_of(m, event->file), &c);
		return;
	case TRACE_CREATE:
	case TRACE_MKDIR:
		c.node = node_new(m, event->a, event->kind == TRACE_MKDIR);
		break;
	case TRACE_RENAME:
	case TRACE_UNLINK:
		c.node = find_name(&node_of(m, event->file)->live, (const char *)payload);
		if (!c.node)
			fault_fail("the trace names %s, which is not known", (const char *)payload);
		break;
	}
	n = node_of(m, event->file);
	add_change(n, &c);
	change_names(&n->live, &c, (const char *)payload);
}

bool image_is_open(const struct image *m)
{
	for (size_t i = 0; i < m->node_count; i++)
		if (m->nodes[i]->change_count)
			return true;
	return false;
}

/* --- what is there at first ----------------------------------------------------------------------
 */

static void load_file(struct node *n, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		fault_fail("stat: %s", strerror(errno));
	n->size = (size_t)st.st_size;
	reserve(n, n->size + 1);
	if (pread(fd, n->bytes, n->size, 0) != st.st_size)
		fault_fail("read: %s", strerror(errno));
	for (n->used = n->size; n->used > 0 && n->bytes[n->used - 1] == 0;)
		n->used--;
}

static struct node *load(struct image *m, int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		fault_fail("cannot be loaded: %s", strerror(errno));
	struct node *n = node_new(m, st.st_ino, S_ISDIR(st.st_mode));
	if (!n->directory) {
		load_file(n, fd);
		close(fd);
		return n;
	}
	DIR *dir = fdopendir(fd);
	for (struct dirent *e; dir && (e = readdir(dir));) {
		if (e->d_name[0] == '.')
			continue;
		struct node *inner = load(m, openat(fd, e->d_name, O_RDONLY | O_CLOEXEC));
		set_name(&n->there, e->d_name, inner);
		set_name(&n->live, e->d_name, inner);
	}
	closedir(dir);
	return n;
}

struct image *image_new(const char *directory)
{
	struct image *m = calloc(1, sizeof *m);

	if (!m)
		fault_fail("out of memory");
	m->root = load(m, open(directory, O_RDONLY | O_CLOEXEC));
	return m;
}

void image_free(struct image *m)
{
	for (size_t i = 0; i < m->node_count; i++) {
		free(m->nodes[i]->bytes);
		free(m->nodes[i]->changes);
		free(m->nodes[i]);
	}
	free(m);
}

/* --- making an image ---------------------------------------------------------------------------
 */

struct draw {
	uint64_t *seed;
	unsigned percent;
};

static bool happens(const struct draw *d)
{
	return d->percent == 100 || (d->percent && next_random(d->seed) % 100 < d->percent);
}

static void write_at(int fd, const uint8_t *bytes, size_t len, size_t at)
{
	if (pwrite(fd, bytes, len, (off_t)at) != (ssize_t)len)
		fault_fail("an image cannot be written: %s", strerror(errno));
}

/* Sector by sector. */
static void make_write(int fd, const struct change *c, const struct draw *d)
{
	static const uint8_t zeros[SECTOR];
	size_t end = c->event.a + length_of(c);

	for (size_t at = c->event.a, to; at < end; at = to) {
		to = (at / SECTOR + 1) * SECTOR < end ? (at / SECTOR + 1) * SECTOR : end;
		if (happens(d))
			write_at(fd,
				 c->event.kind == TRACE_WRITE ? c->payload + (at - c->event.a)
							      : zeros,
				 to - at, at);
	}
}

static void make_file(const struct node *n, const struct draw *d, int fd)
{
	size_t size = n->size, now = n->size;

	write_at(fd, n->bytes, n->used, 0);
	if (ftruncate(fd, (off_t)n->size) != 0)
		fault_fail("an image cannot be written: %s", strerror(errno));
	for (size_t i = 0; i < n->change_count; i++) {
		const struct change *c = &n->changes[i];
		size_t end = c->event.a + length_of(c);
		bool sized = happens(d);

		if (c->event.kind != TRACE_TRUNCATE) {
			make_write(fd, c, d);
			now = end > now ? end : now;
		} else {
			/* What it cuts off does not come back when the file grows again. */
			if (sized && ftruncate(fd, (off_t)c->event.a) != 0)
				fault_fail("an image cannot be written: %s", strerror(errno));
			now = c->event.a;
		}
		if (sized)
			size = now;
	}
	if (ftruncate(fd, (off_t)size) != 0)
		fault_fail("an image cannot be written: %s", strerror(errno));
}

static void make_directory(const struct node *n, struct draw *d, int fd);

static void make_node(const struct node *n, struct draw *d, int dir_fd, const char *name)
{
	if (n->directory && mkdirat(dir_fd, name, 0750) != 0)
		fault_fail("%s: %s", name, strerror(errno));
	int fd = n->directory ? openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
			      : openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0)
		fault_fail("%s: %s", name, strerror(errno));
	if (n->directory)
		make_directory(n, d, fd);
	else
		make_file(n, d, fd);
	close(fd);
}

static void make_directory(const struct node *n, struct draw *d, int fd)
{
	struct names names = n->there;

	for (size_t i = 0; i < n->change_count; i++)
		if (happens(d))
			change_names(&names, &n->changes[i], (const char *)n->changes[i].payload);
	for (size_t i = 0; i < names.count; i++) {
		/* A file under two names, by a rename without its removal: one is as good. */
		make_node(names.list[i].node, d, fd, names.list[i].text);
	}
}

void image_make(const struct image *m, enum image_choice choice, uint64_t *seed,
		const char *directory)
{
	static const unsigned percents[] = {3, 20, 50, 50, 80, 97};
	struct draw d = {.seed = seed};
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		fault_fail("%s: %s", directory, strerror(errno));
	switch (choice) {
	case IMAGE_NOTHING:
		break;
	case IMAGE_ALL:
		d.percent = 100;
		break;
	case IMAGE_SOME:
		d.percent = percents[next_random(seed) % 6];
		break;
	}
	make_directory(m->root, &d, fd);
	close(fd);
}
