/* Subscribers by hand: the frames are taken apart without unpacking messages, so that the daemon is
 * measured and not the reader. Bare PUB subscribers get the same check. */
#include "tests/bench/bench.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

enum {
	CREDIT = 1024 * 1024,
	STREAM_CORRELATION = 1,
	SILENCE_MS_MAX = 30000,
	CHAIN_EVERY = 100, /* one subscriber in so many checks the chain too */
	FIELD_FRAME = 22,
	FIELD_HEAD = 30,
	FIELD_END = 23,
};

/* --- taking messages apart
 * ------------------------------------------------------------------------- */

struct cursor {
	const uint8_t *at, *end;
};

static uint64_t varint(struct cursor *c)
{
	uint64_t value = 0;

	for (int shift = 0; c->at < c->end && shift < 64; shift += 7) {
		uint8_t byte = *c->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	bench_fail("a message that cannot be read");
}

/* The next field: its number, and its bytes or its value. 0 at the end. */
static uint32_t field(struct cursor *c, struct cursor *ret_bytes, uint64_t *ret_value)
{
	if (c->at >= c->end)
		return 0;
	uint64_t tag = varint(c);
	switch (tag & 7) {
	case 0:
		*ret_value = varint(c);
		break;
	case 1:
		c->at += 8;
		break;
	case 2: {
		uint64_t len = varint(c);

		if (len > (uint64_t)(c->end - c->at))
			bench_fail("a message that is cut off");
		*ret_bytes = (struct cursor){c->at, c->at + len};
		c->at += len;
		break;
	}
	default:
		bench_fail("a field of an unknown type");
	}
	return (uint32_t)(tag >> 3);
}

uint64_t stream_event_revision(struct bytes event)
{
	struct cursor c = {event.data, event.data + event.len}, bytes;
	uint64_t value;

	if (field(&c, &bytes, &value) != 1)
		bench_fail("an event without its revision");
	return value;
}

/* --- subscribers
 * ------------------------------------------------------------------------------------ */

struct subscriber {
	void *socket;
	const char *office;
	uint64_t revision; /* the newest received */
	uint64_t events;
	uint64_t owed; /* bytes received and not given back as credit */
	bool check_chain;
	uint8_t chain[HASH_BYTES];
};

/* What the process of the subscribers tells: in shared memory. */
struct shared {
	volatile uint64_t target; /* the revision to reach; 0: not known yet */
	volatile int ready, done;
	volatile uint64_t events;
	volatile double finished_at;
};

static void send_envelope(struct subscriber *s, Mandate__Envelope *envelope)
{
	uint8_t packed[512];

	envelope->version = 1;
	envelope->has_correlation = true;
	envelope->correlation = STREAM_CORRELATION;
	envelope->office = (char *)(uintptr_t)s->office;
	size_t len = mandate__envelope__get_packed_size(envelope);
	if (len > sizeof packed)
		bench_fail("an envelope that is too large");
	mandate__envelope__pack(envelope, packed);
	if (zmq_send(s->socket, packed, len, 0) < 0)
		bench_fail("send: %s", zmq_strerror(errno));
}

static void subscribe(struct subscriber *s)
{
	Mandate__Envelope envelope;
	Mandate__Subscribe request = MANDATE__SUBSCRIBE__INIT;

	mandate__envelope__init(&envelope);
	request.after_revision = s->revision;
	request.credit_bytes = CREDIT;
	envelope.body_case = MANDATE__ENVELOPE__BODY_SUBSCRIBE;
	envelope.subscribe = &request;
	send_envelope(s, &envelope);
}

static void give_credit(struct subscriber *s)
{
	Mandate__Envelope envelope;
	Mandate__Credit credit = MANDATE__CREDIT__INIT;

	mandate__envelope__init(&envelope);
	credit.bytes = s->owed;
	s->owed = 0;
	envelope.body_case = MANDATE__ENVELOPE__BODY_CREDIT;
	envelope.credit = &credit;
	send_envelope(s, &envelope);
}

static void take_event(struct subscriber *s, struct cursor stream_event)
{
	struct cursor bytes = {0}, event = {0}, salt = {0};
	uint64_t value;
	uint32_t number;

	while ((number = field(&stream_event, &bytes, &value)) != 0) {
		if (number == 1)
			event = bytes;
		if (number == 2)
			salt = bytes;
	}
	struct bytes view = bytes_of(event.at, (size_t)(event.end - event.at));
	uint64_t revision = stream_event_revision(view);
	if (revision != s->revision + 1)
		bench_fail("revision %llu after %llu", (unsigned long long)revision,
			   (unsigned long long)s->revision);
	s->revision = revision;
	s->events++;
	if (s->check_chain) {
		uint8_t digest[HASH_BYTES];

		if (salt.end - salt.at != SALT_BYTES)
			bench_fail("an event without its salt");
		hash_event(digest, salt.at, view);
		hash_chain_event(s->chain, revision, digest);
	}
}

static void check_head(struct subscriber *s, struct cursor head)
{
	struct cursor bytes = {0};
	uint64_t value = 0, revision = 0;
	uint32_t number;

	while ((number = field(&head, &bytes, &value)) != 0) {
		if (number == 1)
			revision = value;
		if (number == 2 && s->check_chain && revision == s->revision &&
		    memcmp(bytes.at, s->chain, HASH_BYTES) != 0)
			bench_fail("the chain does not check at revision %llu",
				   (unsigned long long)revision);
	}
}

static void take_message(struct subscriber *s, const uint8_t *data, size_t len)
{
	struct cursor c = {data, data + len}, bytes = {0}, frame = {0}, head = {0};
	uint64_t value;
	uint32_t number;

	while ((number = field(&c, &bytes, &value)) != 0) {
		if (number == FIELD_FRAME)
			frame = bytes;
		if (number == FIELD_HEAD)
			head = bytes;
		if (number == FIELD_END)
			bench_fail("the stream ended");
	}
	if (!frame.at)
		return;
	while ((number = field(&frame, &bytes, &value)) != 0)
		if (number == 1)
			take_event(s, bytes);
	if (head.at)
		check_head(s, head);
	s->owed += len;
	if (s->owed >= CREDIT / 4)
		give_credit(s);
}

static void *connect_one(void *context, const struct daemon *d, const char *office)
{
	void *socket = zmq_socket(context, ZMQ_DEALER);
	int linger = 0, hwm = 100000;

	if (!socket || zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
	    zmq_setsockopt(socket, ZMQ_RCVHWM, &hwm, sizeof hwm) != 0)
		bench_fail("a socket: %s", zmq_strerror(errno));
	office_secure(d, office, socket);
	if (zmq_connect(socket, office_endpoint(d, office)) != 0)
		bench_fail("connect: %s", zmq_strerror(errno));
	return socket;
}

static bool receive_all(struct subscriber *s)
{
	zmq_msg_t message;
	bool any = false;

	zmq_msg_init(&message);
	while (zmq_msg_recv(&message, s->socket, ZMQ_DONTWAIT) >= 0) {
		take_message(s, zmq_msg_data(&message), zmq_msg_size(&message));
		any = true;
	}
	zmq_msg_close(&message);
	return any;
}

/* The process of the subscribers: until each has the target revision. */
static void follow(const struct daemon *d, const char *office, int count, uint64_t from,
		   bool chain_for_all, struct shared *shared)
{
	void *context = zmq_ctx_new();
	struct subscriber *all = calloc((size_t)count, sizeof *all);
	zmq_pollitem_t *items = calloc((size_t)count, sizeof *items);
	int reached = 0;

	zmq_ctx_set(context, ZMQ_MAX_SOCKETS, count + 16);
	for (int i = 0; i < count; i++) {
		all[i].socket = connect_one(context, d, office);
		all[i].office = office ? office : "watcher";
		all[i].revision = from;
		all[i].check_chain =
			chain_for_all || (from == 0 && count > 1 && i % CHAIN_EVERY == 0);
		items[i] = (zmq_pollitem_t){.socket = all[i].socket, .events = ZMQ_POLLIN};
		subscribe(&all[i]);
	}
	shared->ready = 1;
	while (reached < count) {
		if (zmq_poll(items, count, SILENCE_MS_MAX) == 0)
			bench_fail("a stream fell silent");
		reached = 0;
		for (int i = 0; i < count; i++) {
			if (items[i].revents)
				receive_all(&all[i]);
			reached += shared->target && all[i].revision >= shared->target;
		}
	}
	shared->finished_at = bench_now();
	uint64_t events = 0;
	for (int i = 0; i < count; i++)
		events += all[i].events;
	shared->events = events;
	shared->done = 1;
	_exit(0);
}

static struct shared *share(void)
{
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		bench_fail("no shared memory");
	return shared;
}

static pid_t fork_followers(const struct daemon *d, const char *office, int count, uint64_t from,
			    bool chain, struct shared *shared)
{
	pid_t child = fork();

	if (child < 0)
		bench_fail("fork: %s", strerror(errno));
	if (child == 0)
		follow(d, office, count, from, chain, shared);
	while (!shared->ready)
		usleep(1000);
	return child;
}

static void await(pid_t child)
{
	int how;

	if (waitpid(child, &how, 0) != child || how != 0)
		bench_fail("the subscribers failed");
}

struct stream_result stream_live(const struct daemon *d, const char *office, int subscribers,
				 double seconds)
{
	struct shared *shared = share();
	struct stream_result result;
	Mandate__Status status;

	daemon_status(d, &status);
	pid_t child = fork_followers(d, office, subscribers, status.revision, false, shared);
	usleep(200000); /* every subscription has begun: load before it would be catching up */
	double began = bench_now();
	load_run(d, NULL, 1024, seconds, 0);
	daemon_status(d, &status);
	shared->target = status.revision;
	/* One more revision wakes whoever waits for a message that has come already. */
	load_run(d, NULL, 1, 0, 1);
	await(child);
	result.events = shared->events;
	result.events_per_s = (double)shared->events / (shared->finished_at - began);
	munmap(shared, sizeof *shared);
	return result;
}

struct stream_result stream_catch_up(const struct daemon *d, bool verify_chain)
{
	struct shared *shared = share();
	struct stream_result result;
	Mandate__Status status;

	daemon_status(d, &status);
	shared->target = status.revision;
	double began = bench_now();
	await(fork_followers(d, NULL, 1, 0, verify_chain, shared));
	result.events = shared->events;
	result.events_per_s = (double)shared->events / (shared->finished_at - began);
	munmap(shared, sizeof *shared);
	return result;
}
