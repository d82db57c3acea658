// SPDX-License-Identifier: BSD-3-Clause
/*
 * Interrupts: file descriptors that one thread polls.
 *
 * The thread starts with the first handler, so that a program without interrupts has no thread. It holds irq_lock while
 * a handler runs; everybody who changes handlers holds it too, which is what "the handler does not run any more" means
 * after metal_irq_unregister().
 */
#include <errno.h>
#include <metal/irq_controller.h>
#include <metal/utilities.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "irq_thread.h"

/* Calls in a row without anything handled, after which a descriptor is taken for stuck and disabled. */
#define UNHANDLED_MAX 10000

#define EVENTS 16

static void set_enable(struct metal_irq_controller *cntr, int irq, unsigned int state);
static int register_handler(struct metal_irq_controller *cntr, int irq, metal_irq_handler hd, void *arg);

static struct metal_irq irqs[AMP_LINUX_IRQ_FDS];
static METAL_IRQ_CONTROLLER_DECLARE(controller, 0, AMP_LINUX_IRQ_FDS, NULL, set_enable, register_handler, irqs);

/* All of this is protected by irq_lock, except the thread's own use of the two descriptors, which do not change
 * meanwhile. */
static pthread_mutex_t irq_lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static bool enabled[AMP_LINUX_IRQ_FDS];
static unsigned int unhandled[AMP_LINUX_IRQ_FDS];
static bool running;
static pthread_t thread;
static int epoll_fd = -1;
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

static int watch(int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
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
		ret = watch(irq);
		if (ret) {
			metal_log(METAL_LOG_ERROR, "metal: descriptor %d cannot be an interrupt: %s\n", irq,
			          strerror(-ret));
			return;
		}
		unhandled[irq] = 0;
	} else {
		/* It fails if the descriptor was closed already, which did the same. */
		epoll_ctl(epoll_fd, EPOLL_CTL_DEL, irq, NULL);
	}
	enabled[irq] = enable;
}

/* One event; the descriptor may have been disabled since epoll saw it. */
static void dispatch(int fd, uint32_t events)
{
	pthread_mutex_lock(&irq_lock);
	if (!enabled[fd])
		goto unlock;
	if (metal_irq_handle(&irqs[fd], fd) == METAL_IRQ_HANDLED) {
		unhandled[fd] = 0;
	} else if (++unhandled[fd] == UNHANDLED_MAX) {
		metal_log(METAL_LOG_ERROR, "metal: nobody handles descriptor %d (events 0x%x), disabled\n", fd, events);
		set_enable(&controller, fd, METAL_IRQ_DISABLE);
	}
unlock:
	pthread_mutex_unlock(&irq_lock);
}

static void *dispatcher(void *arg)
{
	struct epoll_event events[EVENTS];
	int i, n;

	metal_unused(arg);
	for (;;) {
		n = epoll_wait(epoll_fd, events, EVENTS, -1);
		for (i = 0; i < n; i++) {
			if (events[i].data.fd == stop_fd)
				return NULL;
			dispatch(events[i].data.fd, events[i].events);
		}
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

/* irq_lock is held. */
static int start(void)
{
	int ret;

	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0)
		return -errno;
	stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stop_fd < 0) {
		ret = -errno;
		goto close_epoll;
	}
	ret = watch(stop_fd);
	if (ret)
		goto close_stop;
	ret = start_thread();
	if (ret)
		goto close_stop;
	running = true;
	return 0;

close_stop:
	close(stop_fd);
close_epoll:
	close(epoll_fd);
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
	pthread_mutex_unlock(&irq_lock);
	if (!stop)
		return;
	/* The lock is free here: the thread may need it once more. The write cannot fail: the counter is 0. */
	if (write(stop_fd, &one, sizeof(one)) == sizeof(one))
		pthread_join(thread, NULL);
	close(stop_fd);
	close(epoll_fd);
}
