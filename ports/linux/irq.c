// SPDX-License-Identifier: BSD-3-Clause
/*
 * Interrupts: file descriptors that one thread polls.
 *
 * The thread starts with the first handler, so that a program without interrupts has no thread. It holds irq_lock while
 * a handler runs; everybody who changes handlers holds it too, which is what "the handler does not run any more" means
 * after metal_irq_unregister().
 *
 * Nothing that a handler returns, and no number of calls, turns its interrupt off: many handlers return 0 whatever they
 * did. What remains to be prevented is a descriptor that stays readable for ever (the other end is closed, or the
 * handler does not read) and takes a whole CPU. A handler that reads, of a backlog or of what comes as fast as it
 * reads, looks the same from here, except that something new comes now and then. So a descriptor through many calls of
 * which nothing new came is rested for a moment after each further call. That costs about one percent of a CPU, loses
 * nothing, and ends once it is drained or something new comes.
 */
#include <errno.h>
#include <metal/irq_controller.h>
#include <metal/time.h>
#include <metal/utilities.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "irq_thread.h"

/* A descriptor is suspected after this many calls in a row, and rested after as many more as STUCK without news. */
#define SUSPECT 10000
#define STUCK   100
#define REST_MS 1

#define EVENTS 16

static void set_enable(struct metal_irq_controller *cntr, int irq, unsigned int state);
static int register_handler(struct metal_irq_controller *cntr, int irq, metal_irq_handler hd, void *arg);

static struct metal_irq irqs[AMP_LINUX_IRQ_FDS];
static METAL_IRQ_CONTROLLER_DECLARE(controller, 0, AMP_LINUX_IRQ_FDS, NULL, set_enable, register_handler, irqs);

/* All of this is protected by irq_lock, except the thread's own use of the two descriptors, which do not change
 * meanwhile. */
static pthread_mutex_t irq_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static bool enabled[AMP_LINUX_IRQ_FDS];
static unsigned int undrained[AMP_LINUX_IRQ_FDS]; /* calls since it was last seen drained, or something new came */
static bool resting[AMP_LINUX_IRQ_FDS];
static int rests; /* how many are */
static unsigned long long rest_end;
static bool running;
static pthread_t thread;
static int epoll_fd = -1;
static int news_fd = -1; /* edge-triggered: suspected descriptors to which something new came */
static int stop_fd = -1;

unsigned int metal_irq_save_disable(void)
{
	pthread_mutex_lock(&irq_lock);
	return 0;
}

void metal_irq_restore_enable(unsigned int flags)
{
	metal_unused(flags);
	pthread_mutex_unlock(&irq_lock);
}

static int watch(int poller, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};

	return epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static void suspect_no_more(int fd)
{
	undrained[fd] = 0;
	epoll_ctl(news_fd, EPOLL_CTL_DEL, fd, NULL);
}

static void set_enable(struct metal_irq_controller *cntr, int irq, unsigned int state)
{
	bool enable = state == METAL_IRQ_ENABLE;
	int ret;

	if (!cntr->irqs[irq].hd) {
		if (enable)
			metal_log(METAL_LOG_ERROR,
			          "metal: descriptor %d cannot be enabled: register its handler first\n", irq);
		return;
	}
	if (enabled[irq] == enable)
		return;
	if (enable) {
		ret = watch(epoll_fd, irq, EPOLLIN);
		if (ret) {
			metal_log(METAL_LOG_ERROR, "metal: descriptor %d cannot be an interrupt: %s\n", irq,
			          strerror(-ret));
			return;
		}
		undrained[irq] = 0;
	} else {
		if (undrained[irq] >= SUSPECT)
			suspect_no_more(irq);
		rests -= resting[irq];
		/* This fails while it rests, and if it was closed already, which did the same. */
		epoll_ctl(epoll_fd, EPOLL_CTL_DEL, irq, NULL);
		resting[irq] = false;
	}
	enabled[irq] = enable;
}

/* Is there still something to read, or only the end of it? */
static bool readable(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, 0) > 0;
}

/* Take those off the suspects to which something new came; that the one just added is readable is no news. */
static void look_for_news(int added)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(news_fd, events, EVENTS, 0);

	for (int i = 0; i < n; i++) {
		if (events[i].data.fd != added)
			suspect_no_more(events[i].data.fd);
	}
}

static void rest(int fd)
{
	if (undrained[fd] == SUSPECT + STUCK)
		metal_log(
			METAL_LOG_ERROR,
			"metal: descriptor %d stays readable, whatever its handler does; called every %d ms from now\n",
			fd, REST_MS);
	epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	resting[fd] = true;
	if (rests++ == 0)
		rest_end = metal_get_timestamp() + REST_MS * 1000000ULL;
}

/* After a call of its handler. */
static void look_at(int fd)
{
	if (undrained[fd] <= SUSPECT + STUCK)
		undrained[fd]++;
	if (undrained[fd] < SUSPECT)
		return;
	if (undrained[fd] == SUSPECT)
		watch(news_fd, fd, EPOLLIN | EPOLLET);
	look_for_news(undrained[fd] == SUSPECT ? fd : -1);
	if (undrained[fd] >= SUSPECT && !readable(fd))
		suspect_no_more(fd);
	if (undrained[fd] >= SUSPECT + STUCK)
		rest(fd);
}

/* When it is time, all that rest go on. One that was closed in the meantime cannot, and needs not. Returns whether one
 * still rests. */
static bool end_rests(void)
{
	bool some_rest;

	pthread_mutex_lock(&irq_lock);
	if (rests && metal_get_timestamp() >= rest_end) {
		for (int fd = 0; fd < AMP_LINUX_IRQ_FDS && rests; fd++) {
			if (!resting[fd])
				continue;
			resting[fd] = false;
			rests--;
			if (watch(epoll_fd, fd, EPOLLIN))
				enabled[fd] = false;
		}
	}
	some_rest = rests > 0;
	pthread_mutex_unlock(&irq_lock);
	return some_rest;
}

/* One event; the descriptor may have been disabled since epoll saw it, or by its handler. Returns whether one rests. */
static bool dispatch(int fd)
{
	bool some_rest;

	pthread_mutex_lock(&irq_lock);
	if (enabled[fd] && !resting[fd]) {
		(void)metal_irq_handle(&irqs[fd], fd);
		if (enabled[fd])
			look_at(fd);
	}
	some_rest = rests > 0;
	pthread_mutex_unlock(&irq_lock);
	return some_rest;
}

static void *dispatcher(void *arg)
{
	struct epoll_event events[EVENTS];
	bool some_rest = false;
	int n;

	metal_unused(arg);
	for (;;) {
		n = epoll_wait(epoll_fd, events, EVENTS, some_rest ? REST_MS : -1);
		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == stop_fd)
				return NULL;
			some_rest = dispatch(events[i].data.fd);
		}
		if (some_rest)
			some_rest = end_rests();
	}
}

static int start_thread(void)
{
	sigset_t all, before;
	int ret;

	/* Signals are the program's business: the thread inherits a mask without any. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ret = pthread_create(&thread, NULL, dispatcher, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (ret == 0)
		pthread_setname_np(thread, "metal-irq");
	return -ret;
}

static void close_all(void)
{
	close(epoll_fd);
	if (news_fd >= 0)
		close(news_fd);
	if (stop_fd >= 0)
		close(stop_fd);
}

/* irq_lock is held. */
static int start(void)
{
	int ret;

	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0)
		return -errno;
	news_fd = epoll_create1(EPOLL_CLOEXEC);
	stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (news_fd < 0 || stop_fd < 0) {
		ret = -errno;
		goto close;
	}
	ret = watch(epoll_fd, stop_fd, EPOLLIN);
	if (ret)
		goto close;
	ret = start_thread();
	if (ret)
		goto close;
	running = true;
	return 0;

close:
	close_all();
	return ret;
}

static int register_handler(struct metal_irq_controller *cntr, int irq, metal_irq_handler hd, void *arg)
{
	struct metal_irq *entry = &cntr->irqs[irq];
	int ret;

	if (hd && entry->hd && entry->hd != hd)
		return -EBUSY;
	if (hd && !running) {
		ret = start();
		if (ret)
			return ret;
	}
	entry->hd = hd;
	entry->arg = arg;
	return 0;
}

int amp_linux_irq_init(void)
{
	return metal_irq_register_controller(&controller);
}

void amp_linux_irq_finish(void)
{
	const uint64_t one = 1;
	bool stop;

	pthread_mutex_lock(&irq_lock);
	stop = running;
	running = false;
	memset(irqs, 0, sizeof(irqs));
	memset(enabled, 0, sizeof(enabled));
	memset(resting, 0, sizeof(resting));
	rests = 0;
	pthread_mutex_unlock(&irq_lock);
	if (!stop)
		return;
	/* The lock is free here: the thread may need it once more. The write cannot fail: the counter is 0. */
	if (write(stop_fd, &one, sizeof(one)) == sizeof(one))
		pthread_join(thread, NULL);
	close_all();
}
