#include "base/mailbox.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum status mailbox_init(struct mailbox *box, int pollable)
{
	pthread_condattr_t attributes;

	*box = (struct mailbox){.event_fd = -1};
	box->last = &box->first;
	if (pollable) {
		box->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (box->event_fd < 0)
			return STATUS_IO;
	}
	/* Default mutexes and a monotonic condition: these do not fail on Linux. */
	pthread_mutex_init(&box->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&box->arrived, &attributes);
	pthread_condattr_destroy(&attributes);
	return STATUS_OK;
}

void mailbox_fini(struct mailbox *box)
{
	if (box->event_fd >= 0)
		close(box->event_fd);
	pthread_cond_destroy(&box->arrived);
	pthread_mutex_destroy(&box->mutex);
}

void mailbox_post(struct mailbox *box, struct mail *m)
{
	m->next = NULL;
	pthread_mutex_lock(&box->mutex);
	int was_empty = !box->first;
	*box->last = m;
	box->last = &m->next;
	if (was_empty)
		pthread_cond_signal(&box->arrived);
	/* Under the lock, as is the draining: otherwise a wake-up could be drained with its mail.
	 */
	if (was_empty && box->event_fd >= 0) {
		uint64_t one = 1;
		/* The counter cannot overflow: it is drained by the receiver. */
		IGNORE_RESULT(write(box->event_fd, &one, sizeof one));
	}
	pthread_mutex_unlock(&box->mutex);
}

struct mail *mailbox_take(struct mailbox *box, int timeout_ms)
{
	struct timespec until;

	if (timeout_ms > 0) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += timeout_ms / 1000;
		until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000;
		}
	}
	pthread_mutex_lock(&box->mutex);
	while (!box->first && timeout_ms != 0) {
		if (timeout_ms < 0)
			pthread_cond_wait(&box->arrived, &box->mutex);
		else if (pthread_cond_timedwait(&box->arrived, &box->mutex, &until) != 0)
			break;
	}
	struct mail *m = box->first;
	if (m) {
		box->first = m->next;
		if (!box->first)
			box->last = &box->first;
	}
	/* Posting into an empty box has written once; taking the last reads it. */
	if (m && !box->first && box->event_fd >= 0) {
		uint64_t count;
		IGNORE_RESULT(read(box->event_fd, &count, sizeof count));
	}
	pthread_mutex_unlock(&box->mutex);
	return m;
}
