/* What the machine can do without us: the same bytes, in the same run. */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

enum { FILE_BYTES = 64 * 1024 * 1024, BLOCK = 512, SAMPLES_MAX = 100000 };

static void check(int result, const char *what)
{
	if (result < 0)
		bench_fail("%s: %s", what, zmq_strerror(errno));
}

/* Of both ends: nobody is told apart here. */
struct keys {
	bool curve;
	char public_key[41], secret_key[41];
};

static struct keys draw(bool curve)
{
	struct keys keys = {.curve = curve};

	if (curve)
		check(zmq_curve_keypair(keys.public_key, keys.secret_key), "keys");
	return keys;
}

static void secure(void *socket, const struct keys *keys, bool server)
{
	int yes = 1;

	if (!keys->curve)
		return;
	check(zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, keys->public_key, 41), "keys");
	check(zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys->secret_key, 41), "keys");
	if (server)
		check(zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &yes, sizeof yes), "keys");
	else
		check(zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, keys->public_key, 41), "keys");
}

static void *bound(void *context, int type, const struct keys *keys, char endpoint[64])
{
	void *socket = zmq_socket(context, type);
	int hwm = 100000, linger = 0;
	size_t len = 64;
	char local[64]; /* abstract: it leaves no file behind */

	snprintf(local, sizeof local, "ipc://@mandated-bench-bare-%ld", (long)getpid());
	check(zmq_setsockopt(socket, ZMQ_SNDHWM, &hwm, sizeof hwm), "hwm");
	check(zmq_setsockopt(socket, ZMQ_RCVHWM, &hwm, sizeof hwm), "hwm");
	check(zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger), "linger");
	secure(socket, keys, true);
	check(zmq_bind(socket, keys->curve ? "tcp://127.0.0.1:*" : local), "bind");
	check(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &len), "endpoint");
	return socket;
}

/* --- round trips
 * ----------------------------------------------------------------------------------- */

static void echo(int pipe_fd, const struct keys *keys, size_t answer)
{
	void *context = zmq_ctx_new();
	char endpoint[64];
	void *socket = bound(context, ZMQ_ROUTER, keys, endpoint);
	uint8_t *bytes = calloc(1, answer);
	zmq_msg_t id, body;

	if (write(pipe_fd, endpoint, sizeof endpoint) != sizeof endpoint)
		_exit(1);
	zmq_msg_init(&id);
	zmq_msg_init(&body);
	for (;;) {
		check(zmq_msg_recv(&id, socket, 0), "recv");
		check(zmq_msg_recv(&body, socket, 0), "recv");
		check(zmq_msg_send(&id, socket, ZMQ_SNDMORE), "send");
		check(zmq_send(socket, bytes, answer, 0), "send");
	}
}

double bare_round_trips(bool curve, uint32_t in_flight, size_t request, size_t answer,
			double seconds)
{
	int fds[2];
	char endpoint[64];
	uint8_t *bytes = calloc(1, request);
	uint64_t received = 0;
	struct keys keys = draw(curve);
	zmq_msg_t body;

	if (!bytes || pipe(fds) != 0)
		bench_fail("no pipe");
	pid_t child = fork();
	if (child == 0)
		echo(fds[1], &keys, answer);
	if (child < 0 || read(fds[0], endpoint, sizeof endpoint) != sizeof endpoint)
		bench_fail("no echo");
	void *context = zmq_ctx_new();
	void *socket = zmq_socket(context, ZMQ_DEALER);
	int hwm = 100000, linger = 0;
	check(zmq_setsockopt(socket, ZMQ_SNDHWM, &hwm, sizeof hwm), "hwm");
	check(zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger), "linger");
	secure(socket, &keys, false);
	check(zmq_connect(socket, endpoint), "connect");
	for (uint32_t i = 0; i < in_flight; i++)
		check(zmq_send(socket, bytes, request, 0), "send");
	zmq_msg_init(&body);
	double began = bench_now(), now = began;
	while (now < began + seconds) {
		for (int i = 0; i < 64; i++) {
			check(zmq_msg_recv(&body, socket, 0), "recv");
			check(zmq_send(socket, bytes, request, 0), "send");
			received++;
		}
		now = bench_now();
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	zmq_msg_close(&body);
	zmq_close(socket);
	zmq_ctx_term(context);
	close(fds[0]);
	close(fds[1]);
	free(bytes);
	return (double)received / (now - began);
}

/* --- the disk
 * --------------------------------------------------------------------------------------- */

static int open_file(const char *directory, char path[4300])
{
	uint8_t *zeros = calloc(1, 1 << 20);

	snprintf(path, 4300, "%s/append", directory);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	for (int i = 0; fd >= 0 && zeros && i < FILE_BYTES >> 20; i++)
		if (pwrite(fd, zeros, 1 << 20, (off_t)i << 20) < 0)
			bench_fail("%s: %s", path, strerror(errno));
	if (fd < 0 || fsync(fd) != 0)
		bench_fail("%s: %s", path, strerror(errno));
	free(zeros);
	return fd;
}

static double append(int fd, const uint8_t *bytes, size_t len, off_t *offset)
{
	double began = bench_now();

	if (*offset + (off_t)len > FILE_BYTES)
		*offset = 0;
	if (pwrite(fd, bytes, len, *offset) != (ssize_t)len || fdatasync(fd) != 0)
		bench_fail("append: %s", strerror(errno));
	*offset += (off_t)len;
	return bench_now() - began;
}

double bare_appends(const char *directory, double batch, size_t bytes, double seconds)
{
	char path[4300];
	size_t len = ((size_t)(batch * (double)bytes) + BLOCK - 1) / BLOCK * BLOCK;
	uint8_t *data = malloc(len);
	uint64_t appends = 0;
	off_t offset = 0;
	int fd = open_file(directory, path);

	if (!data)
		bench_fail("no memory");
	hash_random(data, len);
	double began = bench_now(), now = began;
	for (; now < began + seconds; now = bench_now(), appends++)
		append(fd, data, len, &offset);
	close(fd);
	unlink(path);
	free(data);
	return (double)appends * batch / (now - began);
}

double bare_sync_ms(const char *directory, double seconds)
{
	char path[4300];
	static double samples[SAMPLES_MAX];
	uint8_t data[4096] = {1};
	int count = 0;
	off_t offset = 0;
	int fd = open_file(directory, path);

	double began = bench_now();
	while (bench_now() < began + seconds && count < SAMPLES_MAX)
		samples[count++] = append(fd, data, sizeof data, &offset) * 1000;
	close(fd);
	unlink(path);
	return bench_median(samples, count);
}

/* --- PUB
 * -------------------------------------------------------------------------------------------- */

struct shared {
	volatile int ready, stop;
	volatile uint64_t received;
};

static void subscribe_all(const char *endpoint, const struct keys *keys, int count,
			  struct shared *shared)
{
	void *context = zmq_ctx_new();
	zmq_pollitem_t *items = calloc((size_t)count, sizeof *items);
	uint64_t *newest = calloc((size_t)count, sizeof *newest);
	int hwm = 100000, heard = 0;
	zmq_msg_t message;

	zmq_ctx_set(context, ZMQ_MAX_SOCKETS, count + 16);
	for (int i = 0; i < count; i++) {
		items[i] = (zmq_pollitem_t){.socket = zmq_socket(context, ZMQ_SUB),
					    .events = ZMQ_POLLIN};
		check(zmq_setsockopt(items[i].socket, ZMQ_RCVHWM, &hwm, sizeof hwm), "hwm");
		check(zmq_setsockopt(items[i].socket, ZMQ_SUBSCRIBE, "", 0), "subscribe");
		secure(items[i].socket, keys, false);
		check(zmq_connect(items[i].socket, endpoint), "connect");
	}
	zmq_msg_init(&message);
	while (!shared->stop) {
		zmq_poll(items, count, 100);
		for (int i = 0; i < count; i++) {
			if (!items[i].revents)
				continue;
			while (zmq_msg_recv(&message, items[i].socket, ZMQ_DONTWAIT) >= 0) {
				uint64_t revision = stream_event_revision(
					bytes_of(zmq_msg_data(&message), zmq_msg_size(&message)));

				/* Bare PUB drops silently; what arrives must be in order. */
				if (revision <= newest[i])
					bench_fail("out of order");
				heard += newest[i] == 0;
				newest[i] = revision;
				shared->received++;
			}
		}
		if (heard == count)
			shared->ready = 1;
	}
	_exit(0);
}

double bare_publish(bool curve, int subscribers, size_t bytes, double seconds)
{
	void *context = zmq_ctx_new();
	char endpoint[64];
	uint8_t *event = calloc(1, bytes);
	uint64_t revision = 0;
	struct keys keys = draw(curve);
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (!event || shared == MAP_FAILED)
		bench_fail("no memory");
	/* The child is made before this process has threads of its own. */
	int fds[2];
	if (pipe(fds) != 0)
		bench_fail("no pipe");
	pid_t child = fork();
	if (child == 0) {
		if (read(fds[0], endpoint, sizeof endpoint) != sizeof endpoint)
			_exit(1);
		subscribe_all(endpoint, &keys, subscribers, shared);
	}
	void *socket = bound(context, ZMQ_PUB, &keys, endpoint);
	int no_drop = 1; /* as fast as all can take it, and nothing lost */
	check(zmq_setsockopt(socket, ZMQ_XPUB_NODROP, &no_drop, sizeof no_drop), "nodrop");
	if (write(fds[1], endpoint, sizeof endpoint) != sizeof endpoint)
		bench_fail("no pipe");
	event[0] = 1 << 3; /* field 1, a number of ten bytes */
	double began = 0, now = 0;
	uint64_t received = 0;
	while (began == 0 || now < began + seconds) {
		revision++;
		for (int i = 0; i < 9; i++)
			event[1 + i] = (uint8_t)(revision >> 7 * i) | 0x80;
		event[10] = (uint8_t)(revision >> 63);
		check(zmq_send(socket, event, bytes, 0), "publish");
		if (began == 0) {
			usleep(1000);
			if (shared->ready) {
				began = bench_now();
				received = shared->received;
			}
		}
		if (revision % 64 == 0)
			now = bench_now();
	}
	double rate = (double)(shared->received - received) / (now - began);
	shared->stop = 1;
	waitpid(child, NULL, 0);
	zmq_close(socket);
	zmq_ctx_term(context);
	munmap(shared, sizeof *shared);
	close(fds[0]);
	close(fds[1]);
	free(event);
	return rate;
}
