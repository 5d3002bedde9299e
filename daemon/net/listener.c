#include "net/listener.h"

#include "base/limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_BYTES = 256 };

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t length_of(const union address *a)
{
	return a->any.sa_family == AF_INET6 ? sizeof a->v6 : sizeof a->v4;
}

/* The configuration has been checked for its form; this still refuses what it cannot read. */
static bool parse(const char *name, union address *ret_address)
{
	static const char prefix[] = "tcp://";
	const char *begin = name + sizeof prefix - 1, *colon = strrchr(name, ':');
	char host[HOST_BYTES];
	union address a = {.v6 = {0}};

	if (strncmp(name, prefix, sizeof prefix - 1) != 0 || colon < begin ||
	    colon - begin >= HOST_BYTES)
		return false;
	uint16_t port = htons((uint16_t)strtoul(colon + 1, NULL, 10)); /* of "*" it is 0 */
	size_t len = (size_t)(colon - begin);
	memcpy(host, begin, len);
	host[len] = '\0';
	if (host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		a.v6.sin6_family = AF_INET6;
		a.v6.sin6_port = port;
		if (inet_pton(AF_INET6, host + 1, &a.v6.sin6_addr) != 1)
			return false;
	} else {
		const char *numbers = strcmp(host, "*") == 0	       ? "0.0.0.0"
				      : strcmp(host, "localhost") == 0 ? "127.0.0.1"
								       : host;
		a.v4.sin_family = AF_INET;
		a.v4.sin_port = port;
		if (inet_pton(AF_INET, numbers, &a.v4.sin_addr) != 1)
			return false;
	}
	*ret_address = a;
	return true;
}

static bool set_on(int fd, int level, int option)
{
	int on = 1;

	return setsockopt(fd, level, option, &on, sizeof on) == 0;
}

enum status listener_open(const char *name, int *ret_fd, struct error *err)
{
	union address a;

	if (!parse(name, &a))
		return error_set(err, STATUS_INVALID, "%s is no TCP endpoint", name);
	int fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && set_on(fd, SOL_SOCKET, SO_REUSEADDR) &&
	    (a.any.sa_family == AF_INET || set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY)) &&
	    bind(fd, &a.any, length_of(&a)) == 0 && listen(fd, ACCEPT_BACKLOG) == 0) {
		*ret_fd = fd;
		return STATUS_OK;
	}
	enum status s = error_set(err, STATUS_IO, "cannot bind %s: %s", name, strerror(errno));
	if (fd >= 0)
		close(fd);
	return s;
}

enum status listener_shut(int fd, bool shut)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = {.len = 1, .filter = &drop};
	int unused = 0;

	if (shut ? setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0
		 : setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused) == 0)
		return STATUS_OK;
	return errno == ENOENT ? STATUS_OK : STATUS_IO; /* there was no filter to detach */
}
