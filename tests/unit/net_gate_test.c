/* Who comes in by TCP: questions of libzmq, tokens, endpoints that speak nothing but CURVE. */
#include "gate_fixture.h"
#include "net/zap.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

/* --- questions ------------------------------------------------------------------------------ */

enum part { VERSION, ID, DOMAIN, ADDRESS, ROUTING_ID, MECHANISM, CREDENTIALS, PARTS };

static const char KEY_BYTES[] = "0123456789abcdef0123456789abcdef";

/* A right question but for one part, cut or continued to `count` parts. */
static enum zap_form form_with(enum part part, const char *text, size_t count,
			       struct zap_request *ret_request)
{
	const char *parts[PARTS + 2] = {"1.0",	 "7",	    "mandated", "::1",	   "",
					"CURVE", KEY_BYTES, "more",	"and more"};
	struct bytes frames[PARTS + 2];

	parts[part] = text;
	for (size_t i = 0; i < PARTS + 2; i++)
		frames[i] = bytes_of_text(parts[i]);
	return zap_parse(frames, count, ret_request);
}

static void questions_are_taken_apart(void **state)
{
	static const struct {
		enum part part;
		const char *text;
		size_t count;
		enum zap_form form;
	} wrong[] = {
		{VERSION, "1.0", 0, ZAP_NONSENSE},
		{VERSION, "1.0", 1, ZAP_NONSENSE},
		{VERSION, "1.0", 2, ZAP_MALFORMED},
		{VERSION, "1.0", 3, ZAP_MALFORMED},
		{VERSION, "1.0", 4, ZAP_MALFORMED},
		{VERSION, "1.0", 5, ZAP_MALFORMED},
		{VERSION, "1.0", 6, ZAP_MALFORMED},
		{VERSION, "1.0", 8, ZAP_MALFORMED},
		{VERSION, "1.0", 9, ZAP_MALFORMED},
		{VERSION, "1.1", PARTS, ZAP_NONSENSE},
		{VERSION, "", PARTS, ZAP_NONSENSE},
		{DOMAIN, "other", PARTS, ZAP_FOREIGN},
		{DOMAIN, "", PARTS, ZAP_FOREIGN},
		{MECHANISM, "NULL", PARTS, ZAP_FOREIGN},
		{MECHANISM, "NULL", 6, ZAP_FOREIGN},
		{MECHANISM, "PLAIN", 8, ZAP_FOREIGN},
		{MECHANISM, "CURVE ", PARTS, ZAP_FOREIGN},
		{CREDENTIALS, "", PARTS, ZAP_MALFORMED},
		{CREDENTIALS, "0123456789abcdef0123456789abcde", PARTS, ZAP_MALFORMED},
		{CREDENTIALS, "0123456789abcdef0123456789abcdef0", PARTS, ZAP_MALFORMED},
	};
	struct zap_request r;
	char long_text[300];

	(void)state;
	assert_int_equal(form_with(VERSION, "1.0", PARTS, &r), ZAP_CURVE);
	assert_memory_equal(r.key, KEY_BYTES, PUBLIC_KEY_BYTES);
	assert_true(bytes_equal(r.id, bytes_of_text("7")));
	assert_string_equal(r.address, "::1");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (form_with(wrong[i].part, wrong[i].text, wrong[i].count, &r) != wrong[i].form)
			fail_msg("%zu: %s", i, wrong[i].text);
	memset(long_text, 'x', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	assert_int_equal(form_with(ID, long_text, PARTS, &r), ZAP_NONSENSE);
	assert_int_equal(form_with(ADDRESS, long_text, PARTS, &r), ZAP_CURVE);
	assert_int_equal(strlen(r.address), ZAP_ADDRESS_BYTES - 1);
}

/* Asks as libzmq does; the code of the answer, "" if there is none. */
static void ask(const struct bytes *frames, size_t count, char ret_code[4], char ret_user_id[256])
{
	void *asker = zmq_socket(zmq, ZMQ_DEALER);
	int wait_ms = SILENCE_MS;
	char text[8][256] = {{0}};
	int more = 1;
	size_t size = sizeof more;

	ret_code[0] = ret_user_id[0] = '\0';
	assert_int_equal(zmq_setsockopt(asker, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms), 0);
	assert_int_equal(zmq_connect(asker, ZAP_ENDPOINT), 0);
	for (size_t i = 0; i < count; i++)
		assert_true(zmq_send(asker, frames[i].data, frames[i].len,
				     i + 1 < count ? ZMQ_SNDMORE : 0) >= 0);
	for (size_t i = 0; more && zmq_recv(asker, text[i], sizeof text[0] - 1, 0) >= 0; i++) {
		assert_in_range(i, 0, 6);
		assert_int_equal(zmq_getsockopt(asker, ZMQ_RCVMORE, &more, &size), 0);
	}
	/* Empty, version, id, code, text, user id, metadata. */
	if (text[1][0]) {
		assert_string_equal(text[1], "1.0");
		assert_string_equal(text[2], "7");
		snprintf(ret_code, 4, "%.3s", text[3]);
		snprintf(ret_user_id, 256, "%s", text[5]);
	}
	zmq_close(asker);
}

static void ask_about(const struct keyfile_pair *who, char ret_code[4], char ret_user_id[256])
{
	uint8_t key[PUBLIC_KEY_BYTES];

	assert_true(keyfile_decode(key, who->public_key));
	const struct bytes frames[] = {bytes_of(NULL, 0),	   bytes_of_text("1.0"),
				       bytes_of_text("7"),	   bytes_of_text(ZAP_DOMAIN),
				       bytes_of_text("192.0.2.1"), bytes_of_text(""),
				       bytes_of_text("CURVE"),	   bytes_of(key, sizeof key)};
	ask(frames, 8, ret_code, ret_user_id);
}

static void only_keys_of_the_table_are_let_in(void **state)
{
	char code[4], user_id[256], key[KEYFILE_TEXT_BYTES];
	const struct gate_key both[] = {{stranger.public_key, "HQ"}, {client.public_key, "FIELD"}};

	(void)state;
	ask_about(&client, code, user_id);
	assert_string_equal(code, "200");
	assert_true(gate_identify(gate, user_id, key));
	assert_string_equal(key, client.public_key);
	ask_about(&stranger, code, user_id);
	assert_string_equal(code, "400");
	assert_string_equal(user_id, "");
	assert_int_equal(gate_set_keys(gate, both, 2, 0), STATUS_OK);
	ask_about(&stranger, code, user_id);
	assert_string_equal(code, "200");
	assert_int_equal(gate_set_keys(gate, both, 0, 0), STATUS_OK);
	ask_about(&client, code, user_id);
	assert_string_equal(code, "400");
}

/* Whatever comes, the next honest question is answered. */
static void bad_questions_do_no_harm(void **state)
{
	static const size_t counts[] = {1, 2, 3, 7, 8, 9, 40};
	struct bytes frames[40];
	char code[4], user_id[256], long_text[1000];

	(void)state;
	memset(long_text, 'x', sizeof long_text);
	for (size_t i = 0; i < 40; i++)
		frames[i] = bytes_of_text("7");
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		ask(frames, counts[i], code, user_id);
		assert_string_equal(code, "");
	}
	for (size_t i = 0; i < 40; i++)
		frames[i] = bytes_of(long_text, i == 0 ? 0 : sizeof long_text);
	ask(frames, 40, code, user_id);
	assert_string_equal(code, "");
	frames[1] = bytes_of_text("1.0");
	frames[2] = bytes_of_text("7");
	ask(frames, 3, code, user_id);
	assert_string_equal(code, "500");
	ask(frames, 9, code, user_id);
	assert_string_equal(code, "400");
	ask_about(&client, code, user_id);
	assert_string_equal(code, "200");
}

static void only_this_gates_token_counts(void **state)
{
	char code[4], user_id[256], other[260], key[KEYFILE_TEXT_BYTES] = "as it was";

	(void)state;
	ask_about(&client, code, user_id);
	assert_int_equal(strlen(user_id), 32 + 1 + 16 + 1 + PUBLIC_KEY_TEXT);
	assert_false(gate_identify(gate, NULL, key));
	assert_false(gate_identify(gate, "", key));
	assert_false(gate_identify(gate, client.public_key, key));
	for (size_t i = 0; i <= 32; i++) {
		memcpy(other, user_id, sizeof user_id);
		other[i] = other[i] == 'a' ? 'b' : 'a';
		assert_false(gate_identify(gate, other, key));
	}
	memcpy(other, user_id, sizeof user_id);
	other[strlen(other) - 1] = '\0';
	assert_false(gate_identify(gate, other, key));
	snprintf(other, sizeof other, "%s0", user_id);
	assert_false(gate_identify(gate, other, key));
	assert_string_equal(key, "as it was");
	close_gate(state);
	open_gate(state);
	assert_false(gate_identify(gate, user_id, key));
}

/* A burst, then so many a second; a key's alone, and it keeps its count when the keys change. */
static void too_many_handshakes_wait(void **state)
{
	enum { TRIES = HANDSHAKES_BURST + 3 * HANDSHAKES_PER_SECOND };
	const struct gate_key both[] = {{stranger.public_key, "FIELD"},
					{client.public_key, "FIELD"}};
	char code[4], user_id[256];
	int admitted = 0;

	(void)state;
	for (int i = 0; i < TRIES; i++) {
		ask_about(&client, code, user_id);
		if (strcmp(code, "200") == 0)
			admitted++;
		else
			assert_string_equal(code, "300");
	}
	assert_in_range(admitted, HANDSHAKES_BURST, TRIES - 1);
	assert_int_equal(gate_set_keys(gate, both, 2, clock_mono_ms()), STATUS_OK);
	ask_about(&client, code, user_id);
	assert_string_equal(code, "300");
	assert_string_equal(user_id, "");
	ask_about(&stranger, code, user_id);
	assert_string_equal(code, "200");
	usleep((HANDSHAKES_BURST / 10 / HANDSHAKES_PER_SECOND + 1) * 1000 * 1000);
	ask_about(&client, code, user_id);
	assert_string_equal(code, "200");
}

/* --- endpoints ------------------------------------------------------------------------------ */

/* libzmq's own names are numbers that go up: it aborts the process where the next one is taken. We
 * know here where they begin. */
static void claimed_names_are_not_given(void **state)
{
	enum { AHEAD = 2, SOCKETS = 3, CLAIMS = AHEAD * SOCKETS, SEED = 7 };
	uint32_t firsts[SOCKETS];
	void *claimers[CLAIMS];

	(void)state;
	srand(SEED);
	for (size_t i = 0; i < SOCKETS; i++) {
		firsts[i] = (uint32_t)rand();
		firsts[i] |= (uint32_t)rand() << 31;
	}
	srand(SEED);
	struct endpoint e = listen_at("tcp://127.0.0.1:*");
	for (size_t i = 0; i < CLAIMS; i++) {
		uint32_t number = htonl(firsts[i / AHEAD] + (uint32_t)(i % AHEAD));
		uint8_t claim[1 + sizeof number] = {0};

		memcpy(claim + 1, &number, sizeof number);
		claimers[i] =
			dial_as(&e, &client, server.public_key, -1, bytes_of(claim, sizeof claim));
		assert_heard(&e, claimers[i], &client);
		zmq_close(dial(&e, &client, server.public_key));
		void *next = dial(&e, &client, server.public_key);
		assert_heard(&e, next, &client);
		zmq_close(next);
		if (i >= 2)
			zmq_close(claimers[i - 2]);
	}
	zmq_close(claimers[CLAIMS - 2]);
	zmq_close(claimers[CLAIMS - 1]);
	endpoint_close(&e, 0);
}

static void by_tcp_only_with_a_key_and_a_gate(void **state)
{
	struct endpoint_options options = {.type = ZMQ_ROUTER, .name = "tcp://127.0.0.1:*"};
	struct endpoint e;
	struct error err;

	(void)state;
	assert_int_equal(endpoint_open(zmq, &options, &e, &err), STATUS_INVALID);
	options.gate = gate;
	assert_int_equal(endpoint_open(zmq, &options, &e, &err), STATUS_INVALID);
	options.secret_key = "";
	assert_int_equal(endpoint_open(zmq, &options, &e, &err), STATUS_INVALID);
	options.secret_key = "too short";
	assert_int_equal(endpoint_open(zmq, &options, &e, &err), STATUS_INVALID);
	options.secret_key = server.secret_key;
	options.gate = NULL;
	assert_int_equal(endpoint_open(zmq, &options, &e, &err), STATUS_INVALID);
	options.gate = gate;
	options.name = "inproc://x";
	assert_int_equal(endpoint_open(zmq, &options, &e, &err), STATUS_INVALID);
}

static void only_known_keys_are_heard(void **state)
{
	struct endpoint e = listen_at("tcp://127.0.0.1:*");
	void *good = dial(&e, &client, server.public_key);

	(void)state;
	assert_heard(&e, good, &client);
	assert_not_heard(&e, dial(&e, &stranger, server.public_key));
	assert_not_heard(&e, dial(&e, &client, stranger.public_key));
	assert_not_heard(&e, dial(&e, NULL, NULL));
	assert_heard(&e, good, &client);
	zmq_close(good);
	endpoint_close(&e, 0);
}

/* Where nobody answers its questions libzmq lets everybody in: no token comes with the message. */
static void without_a_gate_nobody_is_known(void **state)
{
	void *other = zmq_ctx_new(), *socket = zmq_socket(other, ZMQ_ROUTER), *before = zmq;
	struct endpoint e = {.socket = socket, .lock_fd = -1, .listen_fd = -1};
	size_t len = sizeof e.name;
	int server_side = 1;
	char key[KEYFILE_TEXT_BYTES];
	zmq_msg_t message;

	(void)state;
	zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &server_side, sizeof server_side);
	zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, server.secret_key, KEYFILE_TEXT_BYTES);
	zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, sizeof ZAP_DOMAIN - 1);
	assert_int_equal(zmq_bind(socket, "tcp://127.0.0.1:*"), 0);
	assert_int_equal(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, e.name, &len), 0);
	zmq = other;
	void *intruder = dial(&e, &stranger, server.public_key);
	zmq = before;
	say(intruder);
	assert_true(receive(&e, WAIT_MS, &message));
	assert_false(gate_identify(gate, zmq_msg_gets(&message, "User-Id"), key));
	assert_false(endpoint_identify(&e, &message, key));
	zmq_msg_close(&message);
	zmq_close(intruder);
	endpoint_close(&e, 0);
	zmq_ctx_term(other);
}

static void a_kick_ends_connections_and_those_who_may_come_back(void **state)
{
	struct endpoint e = listen_at("tcp://127.0.0.1:*");
	char name[ENDPOINT_NAME_BYTES];
	struct error err;
	void *socket = dial(&e, &client, server.public_key);

	(void)state;
	memcpy(name, e.name, sizeof name);
	for (int i = 0; i < 3; i++) {
		assert_heard(&e, socket, &client);
		assert_int_equal(endpoint_kick(&e, &err), STATUS_OK);
		assert_string_equal(e.name, name);
		assert_comes_back(&e, socket);
	}
	assert_int_equal(gate_set_keys(gate, NULL, 0, 0), STATUS_OK);
	assert_heard(&e, socket, &client); /* who is inside stays */
	assert_int_equal(endpoint_kick(&e, &err), STATUS_OK);
	assert_not_heard(&e, socket);
	await_connections(0);
	endpoint_close(&e, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_taken_apart),
		GATED(only_keys_of_the_table_are_let_in),
		GATED(bad_questions_do_no_harm),
		GATED(only_this_gates_token_counts),
		GATED(too_many_handshakes_wait),
		GATED(claimed_names_are_not_given),
		GATED(by_tcp_only_with_a_key_and_a_gate),
		GATED(only_known_keys_are_heard),
		GATED(without_a_gate_nobody_is_known),
		GATED(a_kick_ends_connections_and_those_who_may_come_back),
	};

	return cmocka_run_group_tests(tests, draw_keys, NULL);
}
