#include "net/feed.h"

#include "model/record.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	TOPIC_BYTES = CODE_TEXT_MAX + 32,
	BUCKETS = 2 * TOPICS_MAX, /* a power of two */
	READS_PER_TURN_MAX = 64,
};

struct topic {
	uint64_t previous;
	char name[TOPIC_BYTES]; /* "": free */
};

struct feed {
	struct endpoint endpoint;
	size_t subscriptions; /* topics that somebody wants */
	size_t topics;
	struct topic *buckets; /* open addressing */
	struct arena arena;    /* one event */
};

enum status feed_open(void *zmq, const char *name, struct error *err, struct feed **ret_feed)
{
	struct feed *f = calloc(1, sizeof *f);

	if (f)
		f->buckets = calloc(BUCKETS, sizeof(struct topic));
	if (!f || !f->buckets) {
		free(f);
		return error_set(err, STATUS_NO_MEMORY, "no memory for the feed");
	}
	arena_init(&f->arena, DECODE_BYTES_MAX);
	struct endpoint_options options = {.type = ZMQ_XPUB, .name = name};
	enum status s = endpoint_open(zmq, &options, &f->endpoint, err);
	if (s != STATUS_OK) {
		feed_close(f);
		return s;
	}
	*ret_feed = f;
	return STATUS_OK;
}

void feed_close(struct feed *f)
{
	if (!f)
		return;
	endpoint_close(&f->endpoint, 0);
	arena_fini(&f->arena);
	free(f->buckets);
	free(f);
}

void *feed_socket(struct feed *f)
{
	return f->endpoint.socket;
}

void feed_read(struct feed *f)
{
	char first;

	/* 1 and a topic that nobody had, 0 and one that nobody has any more. */
	for (int i = 0; i < READS_PER_TURN_MAX; i++) {
		if (zmq_recv(f->endpoint.socket, &first, 1, ZMQ_DONTWAIT) < 1)
			return;
		if (first == 1)
			f->subscriptions++;
		else if (first == 0 && f->subscriptions)
			f->subscriptions--;
	}
}

/* Exchanges the topic's previous revision for `revision`. When the table is full new topics have
 * none. */
static uint64_t exchange(struct feed *f, const char *name, size_t len, uint64_t revision)
{
	size_t at = (size_t)hash_value(0, bytes_of(name, len), (struct bytes){0});

	for (;; at++) {
		struct topic *t = &f->buckets[at & (BUCKETS - 1)];
		if (t->name[0] && strcmp(t->name, name) != 0)
			continue;
		if (!t->name[0]) {
			if (f->topics == TOPICS_MAX)
				return 0;
			f->topics++;
			memcpy(t->name, name, len + 1);
		}
		uint64_t previous = t->previous;
		t->previous = revision;
		return previous;
	}
}

static void publish_under(struct feed *f, const struct published *event, const char *operation)
{
	char topic[TOPIC_BYTES];
	uint8_t revisions[16];
	const char *kind = record_kind_name(event->tags->kind);
	int len = snprintf(topic, sizeof topic, "%s/%s/", operation, kind ? kind : "-");

	if (len <= 0 || len >= (int)sizeof topic)
		return;
	put_u64(revisions, event->revision);
	put_u64(revisions + 8, exchange(f, topic, (size_t)len, event->revision));
	if (f->subscriptions == 0)
		return;
	/* Best effort: whoever is slow loses some, and sees it by the previous revision. */
	if (zmq_send(f->endpoint.socket, topic, (size_t)len, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return;
	if (zmq_send(f->endpoint.socket, revisions, sizeof revisions, ZMQ_SNDMORE | ZMQ_DONTWAIT) <
	    0)
		return;
	IGNORE_RESULT(zmq_send(f->endpoint.socket, event->event.data, event->event.len,
			       ZMQ_DONTWAIT)); /* best effort */
}

/* The operations under which `who` is shown the event; false: it is not shown. Without memory it is
 * lost, as the feed may lose any. */
static bool find_topics(struct feed *f, const struct reader_of *who, const struct published *event,
			struct grants_list *ret_operations)
{
	const Mandate__EventTags *tags = event->tags;
	struct grants_names after;
	struct readable r;

	if (who->office && readable_tags(&f->arena, tags, event->event, &tags) != STATUS_OK)
		return false;
	if (readable_event(who, &f->arena, tags, &r) != STATUS_OK || !r.after)
		return false;
	*ret_operations =
		(struct grants_list){(const char *const *)tags->operations, tags->n_operations};
	if (r.before)
		return true;
	if (readable_names(&f->arena, tags, false, &after) != STATUS_OK)
		return false;
	*ret_operations = after.operations;
	return true;
}

void feed_publish(struct feed *f, const struct reader_of *who, const struct published *events,
		  size_t count)
{
	struct grants_list operations;

	for (size_t i = 0; i < count; i++) {
		if (find_topics(f, who, &events[i], &operations)) {
			for (size_t k = 0; k < operations.count; k++)
				publish_under(f, &events[i], operations.names[k]);
			if (operations.count == 0)
				publish_under(f, &events[i], "-");
		}
		if (f->arena.used_bytes)
			arena_reset(&f->arena);
	}
}
