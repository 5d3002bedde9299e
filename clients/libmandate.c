#include "libmandate.h"
#include "base/clock.h"
#include "client.h"
#include "model/codec.h"
#include "model/encode.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

enum {
	STEP_MS = 1000,
	PING_RETRY_MS = 5,	 /* longest wait without looking at deadlines */
	MESSAGES_PER_STEP = 512, /* then sending gets its turn */
	PONG_BYTES_MAX = 16 * 1024,
	HANDSHAKES_MAX = 3, /* that fail in a row: the keys do not fit */
};

static char *copy_text(const char *text, bool *failed)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		*failed = true;
	return copy;
}

/* A file of keys that cannot be used is no mistake in how we are called. */
static enum status file_failed(enum status s, struct error *err)
{
	if (s == STATUS_OK)
		return s;
	if (err)
		err->status = STATUS_IO;
	return STATUS_IO;
}

static enum status read_keys(const struct mandate_options *o, struct client_keys *keys,
			     struct error *err)
{
	uint8_t key[PUBLIC_KEY_BYTES];
	enum status s = STATUS_OK;

	keys->curve = strncmp(o->endpoint, "tcp:", 4) == 0;
	if (!keys->curve)
		return STATUS_OK;
	if (!o->server_key || !o->key_file)
		return error_set(err, STATUS_INVALID,
				 "%s needs %s%s%s: see server_key and key_file of a profile",
				 o->endpoint, o->server_key ? "" : "the daemon's public key",
				 o->server_key || o->key_file ? "" : " and ",
				 o->key_file ? "" : "a key pair of yours (mandatectl keygen)");
	if (keyfile_decode(key, o->server_key))
		memcpy(keys->server, o->server_key, sizeof keys->server);
	else
		s = keyfile_read_public(o->server_key, keys->server, err);
	if (s == STATUS_OK)
		s = keyfile_read_secret(o->key_file, false, &keys->own, err);
	return file_failed(s, err);
}

enum status mandate_open(struct mandate **ret_mandate, const struct mandate_options *options,
			 struct error *err)
{
	uint32_t window = options->window ? options->window : MANDATE_WINDOW_DEFAULT;
	bool failed = false;
	enum status s;

	if (!options->endpoint || window > MANDATE_WINDOW_MAX)
		return error_set(err, STATUS_INVALID, "a window has 1 to %d submissions",
				 MANDATE_WINDOW_MAX);
	if ((options->office && strlen(options->office) > OFFICE_TEXT_MAX) ||
	    (options->device && strlen(options->device) > OFFICE_TEXT_MAX))
		return error_set(err, STATUS_INVALID, "a name of more than %d bytes",
				 OFFICE_TEXT_MAX);
	if (hash_init() != STATUS_OK)
		return error_set(err, STATUS_IO, "no random numbers");
	struct mandate *m = calloc(1, sizeof *m);
	if (!m)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	arena_init(&m->arena, DECODE_BYTES_MAX);
	arena_init(&m->scratch, DECODE_BYTES_MAX);
	arena_init(&m->pong_arena, PONG_BYTES_MAX);
	m->office = copy_text(options->office, &failed);
	m->device = copy_text(options->device, &failed);
	m->answer_ms = options->answer_ms ? options->answer_ms : MANDATE_ANSWER_MS_DEFAULT;
	m->context = options->context;
	m->on_outcome = options->on_outcome;
	m->on_link = options->on_link;
	m->wait.longest_ms = options->no_wait	? 0
			     : options->wait_ms ? options->wait_ms
						: MANDATE_WAIT_MS_DEFAULT;
	s = client_submit_init(&m->submit, window, options->lane, options->sequence);
	if (s != STATUS_OK || failed) {
		s = error_set(err, STATUS_NO_MEMORY, "out of memory");
		goto fail;
	}
	struct client_keys keys = {.curve = false};
	s = read_keys(options, &keys, err);
	if (s == STATUS_OK)
		s = client_link_init(&m->link, options->endpoint, &keys, options->zmq_context, err);
	keyfile_wipe(&keys.own);
	if (s != STATUS_OK)
		goto fail;
	*ret_mandate = m;
	return STATUS_OK;

fail:
	mandate_close(m);
	return s;
}

void mandate_close(struct mandate *m)
{
	if (!m)
		return;
	client_stream_sweep(m, true);
	client_link_fini(&m->link);
	client_submit_fini(&m->submit);
	client_wait_fini(&m->wait);
	arena_fini(&m->pong_arena);
	arena_fini(&m->scratch);
	arena_fini(&m->arena);
	free(m->office);
	free(m->device);
	free(m);
}

void client_envelope(struct mandate *m, Mandate__Envelope *ret_envelope)
{
	mandate__envelope__init(ret_envelope);
	ret_envelope->version = CLIENT_VERSION;
	ret_envelope->has_correlation = true;
	ret_envelope->correlation = ++m->correlation;
	ret_envelope->office = m->office;
	ret_envelope->device = m->device;
}

enum status client_send(struct mandate *m, const Mandate__Envelope *envelope)
{
	zmq_msg_t message;
	struct encode e;

	if (m->link.state != CLIENT_LINK_UP)
		return STATUS_AGAIN;
	encode_message(&e, &envelope->base);
	if (zmq_msg_init_size(&message, e.len) != 0)
		return STATUS_NO_MEMORY;
	encode_put(&e, zmq_msg_data(&message));
	if (zmq_msg_send(&message, m->link.socket, ZMQ_DONTWAIT) >= 0)
		return STATUS_OK;
	zmq_msg_close(&message);
	return STATUS_AGAIN;
}

static void send_ping(struct mandate *m)
{
	Mandate__Envelope envelope;
	Mandate__Ping ping = MANDATE__PING__INIT;

	client_envelope(m, &envelope);
	envelope.body_case = MANDATE__ENVELOPE__BODY_PING;
	envelope.ping = &ping;
	ping.has_version = true;
	ping.version = CLIENT_VERSION;
	/* A connection that has just come up may not take a message yet: step tries again. */
	m->ping_owed = client_send(m, &envelope) != STATUS_OK;
	m->ping_sent = m->correlation;
}

static void keep_pong(struct mandate *m, const Mandate__Pong *pong)
{
	arena_reset(&m->pong_arena);
	m->pong = codec_copy(&m->pong_arena, &pong->base);
	client_link_proven(&m->link);
}

bool client_head(const Mandate__Head *head, struct mandate_head *ret_head)
{
	if (!head || head->event_hash.len != HASH_BYTES)
		return false;
	*ret_head = (struct mandate_head){.revision = head->revision};
	memcpy(ret_head->event_hash, head->event_hash.data, HASH_BYTES);
	if (head->has_index && head->has_input_hash && head->input_hash.len == HASH_BYTES) {
		ret_head->index = head->index;
		memcpy(ret_head->input_hash, head->input_hash.data, HASH_BYTES);
	}
	return true;
}

static void keep_head(struct mandate *m, const Mandate__Head *told)
{
	struct mandate_head head;

	if (client_head(told, &head) && (!m->has_head || head.revision >= m->head.revision)) {
		m->has_head = true;
		m->head = head;
	}
}

static void handle(struct mandate *m, const Mandate__Envelope *envelope, size_t bytes,
		   uint64_t now_ms)
{
	keep_head(m, envelope->head);
	if (m->request.correlation && envelope->has_correlation &&
	    envelope->correlation == m->request.correlation) {
		m->request.reply(m, envelope);
		return;
	}
	if (envelope->body_case == MANDATE__ENVELOPE__BODY_OUTCOME)
		client_submit_outcome(m, envelope, now_ms);
	else if (envelope->body_case == MANDATE__ENVELOPE__BODY_FRAME ||
		 envelope->body_case == MANDATE__ENVELOPE__BODY_END)
		client_stream_message(m, envelope, bytes);
	else if (envelope->body_case == MANDATE__ENVELOPE__BODY_PONG)
		keep_pong(m, envelope->pong);
	else if (envelope->body_case == MANDATE__ENVELOPE__BODY_REFUSAL &&
		 envelope->has_correlation && envelope->correlation == m->ping_sent)
		snprintf(m->ping_refusal, sizeof m->ping_refusal, "%s: %s", m->link.endpoint,
			 envelope->refusal->text ? envelope->refusal->text : "refused");
	else if (envelope->body_case == MANDATE__ENVELOPE__BODY_REFUSAL)
		/* One that names nothing of ours answers something given up meanwhile. */
		IGNORE_RESULT(client_submit_refusal(m, envelope, now_ms) ||
			      client_stream_refusal(m, envelope));
}

/* Handles what has arrived; returns how many messages that was. */
static unsigned receive(struct mandate *m)
{
	unsigned count = 0;

	while (m->link.socket && count < MESSAGES_PER_STEP) {
		zmq_msg_t message;

		zmq_msg_init(&message);
		if (zmq_msg_recv(&message, m->link.socket, ZMQ_DONTWAIT) < 0) {
			zmq_msg_close(&message);
			break;
		}
		size_t len = zmq_msg_size(&message);
		arena_reset(&m->arena);
		arena_reset(&m->scratch);
		const Mandate__Envelope *envelope =
			codec_decode(&m->arena, &mandate__envelope__descriptor,
				     bytes_of(zmq_msg_data(&message), len));
		zmq_msg_close(&message);
		count++;
		/* What cannot be read is not for us; what was asked is asked again in time. */
		if (envelope)
			handle(m, envelope, len, clock_mono_ms());
	}
	m->received += count;
	return count;
}

/* Whatever the connection has become since the last look: it may have been lost and made again. */
static void look_at_link(struct mandate *m)
{
	bool up = m->link.state == CLIENT_LINK_UP;

	if (up == m->up && m->link.generation == m->generation)
		return;
	m->up = up;
	m->generation = m->link.generation;
	client_resend_lost(m);
	if (up) {
		m->has_head = false; /* of this connection: history may have been restored */
		send_ping(m);
		client_stream_up(m);
	}
	if (m->on_link)
		m->on_link(m->context, up);
}

/* What is received goes before what the connection tells: a lost one may have left answers. Returns
 * the number of messages, and in how many milliseconds something is due. */
static unsigned step(struct mandate *m, uint64_t *ret_wait_ms)
{
	unsigned count = receive(m);
	uint64_t now_ms = clock_mono_ms();
	uint64_t due_ms = now_ms + STEP_MS, other_ms;

	client_link_step(&m->link, now_ms);
	look_at_link(m);
	if (m->ping_owed && m->up) {
		send_ping(m);
		if (m->ping_owed)
			due_ms = now_ms + PING_RETRY_MS;
	}
	if (m->link.state != CLIENT_LINK_UP && m->link.due_ms < due_ms)
		due_ms = m->link.due_ms;
	other_ms = client_wait_step(m, now_ms);
	due_ms = other_ms < due_ms ? other_ms : due_ms;
	other_ms = client_submit_step(m, now_ms);
	due_ms = other_ms < due_ms ? other_ms : due_ms;
	other_ms = client_stream_step(m, now_ms);
	due_ms = other_ms < due_ms ? other_ms : due_ms;
	*ret_wait_ms = due_ms > now_ms ? due_ms - now_ms : 0;
	return count;
}

enum status mandate_run(struct mandate *m, uint32_t timeout_ms, struct error *err)
{
	uint64_t wait_ms;
	unsigned count = step(m, &wait_ms);

	if (count == 0 && timeout_ms > 0) {
		client_link_wait(&m->link, wait_ms < timeout_ms ? wait_ms : timeout_ms);
		step(m, &wait_ms);
	}
	client_stream_sweep(m, false);
	if (m->failed)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	return STATUS_OK;
}

/* Why no connection came about, if somebody was there. */
static enum status tell_failure(const struct mandate *m, struct error *err)
{
	const char *endpoint = m->link.endpoint;

	switch (m->link.failure) {
	case CLIENT_LINK_FINE:
		break;
	case CLIENT_LINK_UNKNOWN_KEY:
		return error_set(
			err, STATUS_REFUSED,
			"%s does not admit our key %s: an administrator has to accredit it",
			endpoint, m->link.keys.own.public_key);
	case CLIENT_LINK_NO_HANDSHAKE:
		return error_set(err, STATUS_UNREACHABLE,
				 "%s hangs up: its key is not %s, or it is no daemon of ours",
				 endpoint,
				 m->link.keys.curve ? m->link.keys.server : "needed here");
	case CLIENT_LINK_OTHER_PROTOCOL:
		return error_set(err, STATUS_UNREACHABLE,
				 "%s does not speak as a daemon of ours does", endpoint);
	}
	return error_set(err, STATUS_UNREACHABLE, "no daemon answers at %s", endpoint);
}

/* Again and again the same: waiting does not help. */
static bool is_hopeless(const struct client_link *l)
{
	return l->failure == CLIENT_LINK_UNKNOWN_KEY || l->failures >= HANDSHAKES_MAX;
}

enum status mandate_ping(struct mandate *m, uint32_t timeout_ms, struct error *err)
{
	uint64_t end_ms = clock_mono_ms() + timeout_ms, now_ms, generation = m->link.generation;
	bool up = mandate_is_up(m);

	arena_reset(&m->pong_arena);
	m->pong = NULL;
	if (up)
		send_ping(m); /* a new connection begins with one anyway */
	m->ping_refusal[0] = '\0';
	m->link.failures = 0;
	m->link.failure = CLIENT_LINK_FINE;
	while (!m->pong && !m->ping_refusal[0] && !is_hopeless(&m->link) &&
	       (now_ms = clock_mono_ms()) < end_ms) {
		enum status s = mandate_run(m, (uint32_t)(end_ms - now_ms), err);

		if (s != STATUS_OK)
			return s;
	}
	if (m->pong)
		return STATUS_OK;
	if (m->ping_refusal[0])
		return error_set(err, STATUS_REFUSED, "%s", m->ping_refusal);
	if (m->link.generation != generation || up)
		return error_set(err, STATUS_UNREACHABLE,
				 "%s takes connections but does not answer", m->link.endpoint);
	return tell_failure(m, err);
}

const Mandate__Pong *mandate_pong(const struct mandate *m)
{
	return m->pong;
}

bool mandate_is_up(const struct mandate *m)
{
	return m->link.state == CLIENT_LINK_UP;
}

bool mandate_head(const struct mandate *m, struct mandate_head *ret_head)
{
	if (m->has_head)
		*ret_head = m->head;
	return m->has_head;
}

void *mandate_decode(struct mandate *m, const ProtobufCMessageDescriptor *type, struct bytes bytes)
{
	return codec_decode(&m->scratch, type, bytes);
}
