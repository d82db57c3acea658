/* SPDX-License-Identifier: BSD-3-Clause */
#include "services.h"

#include "app.h"
#include "trace.h"

#include <amprelay/link.h>

/* The services, in the order in which they are announced. */
static const struct service *const services[] = {
	&service_echo,
	&service_command,
	&service_telemetry,
	&service_client_sample,
};

#define SERVICES (sizeof(services) / sizeof(services[0]))

static struct rpmsg_endpoint endpoints[SERVICES];
static bool announced[SERVICES];
static struct rpmsg_device *link; /* NULL: down */
static bool complained;           /* that a service could not be announced; once per link */

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	const struct service *service = priv;

	app_stats.rx++;
	service->receive(ept, data, len, src);
	return RPMSG_SUCCESS;
}

int service_try_send(struct rpmsg_endpoint *ept, const void *data, size_t len, uint32_t dst)
{
	int sent = rpmsg_trysendto(ept, data, (int)len, dst);

	if (sent < 0)
		return sent;
	app_stats.tx++;
	return RPMSG_SUCCESS;
}

int service_send(struct rpmsg_endpoint *ept, const void *data, size_t len, uint32_t dst)
{
	int error = service_try_send(ept, data, len, dst);

	if (error)
		app_stats.dropped++;
	return error;
}

static void announce(unsigned i)
{
	const struct service *service = services[i];
	int error;

	endpoints[i].priv = (void *)(uintptr_t)service;
	error = rpmsg_create_ept(&endpoints[i], link, service->name, service->addr, RPMSG_ADDR_ANY, receive, NULL);
	announced[i] = !error;
	if (error && !complained)
		amp_trace("%s is not announced yet: %s\n", service->name, amp_strerror(error));
	complained |= !announced[i];
}

void services_link_up(struct rpmsg_device *rdev)
{
	link = rdev;
	complained = false;
	for (unsigned i = 0; i < SERVICES; i++)
		announce(i);
}

void services_link_down(void)
{
	link = NULL;
	for (unsigned i = 0; i < SERVICES; i++) {
		if (announced[i] && services[i]->link_down)
			services[i]->link_down();
		announced[i] = false;
	}
}

void services_turn(uint64_t now_ms)
{
	for (unsigned i = 0; link && i < SERVICES; i++) {
		if (!announced[i])
			announce(i);
		else if (services[i]->turn)
			services[i]->turn(&endpoints[i], now_ms);
	}
}
