#include "engine/prepare.h"

static void *run(void *arg)
{
	struct prepare *p = arg;

	pthread_mutex_lock(&p->mutex);
	while (!p->stop) {
		if (p->state != PREPARE_WANTED) {
			pthread_cond_wait(&p->changed, &p->mutex);
			continue;
		}
		struct journal_segment segment;
		struct error error = {.status = STATUS_OK};
		uint64_t number = p->number;

		pthread_mutex_unlock(&p->mutex);
		enum status s = journal_make_segment(p->journal, number, p->segment_bytes, &p->stop,
						     &segment, &error);
		pthread_mutex_lock(&p->mutex);
		if (s == STATUS_OK) {
			p->segment = segment;
			p->state = PREPARE_READY;
		} else {
			p->error = error;
			p->error.status = s;
			p->state = PREPARE_FAILED;
		}
		pthread_cond_broadcast(&p->changed);
	}
	pthread_mutex_unlock(&p->mutex);
	return NULL;
}

enum status prepare_start(struct prepare *p, struct journal *j, uint64_t segment_bytes)
{
	*p = (struct prepare){.journal = j,
			      .segment_bytes = segment_bytes,
			      .state = PREPARE_IDLE,
			      .segment = JOURNAL_NO_SEGMENT};
	/* Default mutexes and conditions do not fail on Linux. */
	pthread_mutex_init(&p->mutex, NULL);
	pthread_cond_init(&p->changed, NULL);
	int failure = pthread_create(&p->thread, NULL, run, p);
	if (failure == 0)
		return STATUS_OK;
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->mutex);
	return status_of_errno(failure);
}

void prepare_stop(struct prepare *p)
{
	pthread_mutex_lock(&p->mutex);
	p->stop = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->mutex);
	pthread_join(p->thread, NULL);
	journal_close_segment(&p->segment);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->mutex);
}

void prepare_ahead(struct prepare *p, uint64_t number)
{
	pthread_mutex_lock(&p->mutex);
	p->number = number;
	p->state = PREPARE_WANTED;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->mutex);
}

enum status prepare_take(struct prepare *p, struct journal_segment *ret_segment, struct error *err)
{
	enum status s = STATUS_OK;

	pthread_mutex_lock(&p->mutex);
	if (p->state == PREPARE_FAILED) {
		p->state = PREPARE_WANTED;
		pthread_cond_broadcast(&p->changed);
	}
	while (p->state == PREPARE_WANTED)
		pthread_cond_wait(&p->changed, &p->mutex);
	if (p->state == PREPARE_READY) {
		*ret_segment = p->segment;
		p->segment = JOURNAL_NO_SEGMENT;
		p->state = PREPARE_IDLE;
	} else {
		s = p->error.status;
		if (err)
			*err = p->error;
	}
	pthread_mutex_unlock(&p->mutex);
	return s;
}
