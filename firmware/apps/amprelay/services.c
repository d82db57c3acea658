// SPDX-License-Identifier: BSD-3-Clause
#include "services.h"

#include "app.h"
#include "trace.h"

#include <amprelay/link.h>

#include <string.h>

/* The services, in the order in which they are announced. */
static const struct service *const services[] = {
	&service_client_sample, &service_tty,       &service_raw,  &service_fixed,     &service_hoard,  &service_echo,
	&service_command,       &service_telemetry, &service_sink, &service_misbehave, &service_urgent,
};

#define SERVICES (sizeof(services) / sizeof(services[0]))

/* Addresses that service_bind() tries: more than there can be endpoints. */
#define BIND_ADDRESSES 32u

enum state {
	NOT_ANNOUNCED,
	OPEN,
	CLOSED, /* by the service itself */
};

static struct rpmsg_endpoint endpoints[SERVICES];
static enum state states[SERVICES];
static struct rpmsg_device *device; /* NULL: down */
static bool complained;             /* that a service could not be announced: once per link */
static bool refusal_told;           /* that a channel of Linux got no endpoint: once per link */

static int receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	const struct service *service = priv;

	app_stats.rx++;
	service->receive(ept, data, len, src);
	return RPMSG_SUCCESS;
}

/* ------------------------------------------------------------------ sending */

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

int service_send_prefixed(struct rpmsg_endpoint *ept, const char *prefix, const void *data, size_t len, uint32_t dst)
{
	uint32_t room = 0;
	char *message = rpmsg_get_tx_payload_buffer(ept, &room, false);
	size_t before = strlen(prefix);
	int sent = RPMSG_ERR_NO_BUFF;

	if (message) {
		before = before < room ? before : room;
		len = len < room - before ? len : room - before;
		/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): a message is no string */
		memcpy(message, prefix, before);
		memcpy(message + before, data, len);
		sent = rpmsg_sendto_nocopy(ept, message, (int)(before + len), dst);
		if (sent < 0)
			rpmsg_release_tx_buffer(ept, message);
	}
	if (sent < 0) {
		app_stats.dropped++;
		return sent;
	}
	app_stats.tx++;
	return (int)len;
}

/* ------------------------------------------------------------------ channels that we announce */

static void announce(unsigned i)
{
	const struct service *service = services[i];
	int error;

	endpoints[i].priv = (void *)(uintptr_t)service;
	error = rpmsg_create_ept(&endpoints[i], device, service->name, service->addr, RPMSG_ADDR_ANY, receive, NULL);
	if (error) {
		if (!complained)
			amp_trace("%s is not announced yet: %s\n", service->name ? service->name : "a service",
			          amp_strerror(error));
		complained = true;
		return;
	}
	/*
	 * A service answers everyone and has no counterpart. If it seemed to wait for one, the library would take the
	 * first channel of this name that Linux announces for its counterpart, and not call services_bind().
	 */
	endpoints[i].dest_addr = endpoints[i].addr;
	states[i] = OPEN;
	if (service->link_up)
		service->link_up(&endpoints[i]);
}

void service_close(struct rpmsg_endpoint *ept)
{
	rpmsg_destroy_ept(ept);
	states[ept - endpoints] = CLOSED;
}

void services_link_down(void)
{
	device = NULL;
	for (unsigned i = 0; i < SERVICES; i++) {
		if (states[i] != NOT_ANNOUNCED && services[i]->link_down)
			services[i]->link_down();
		states[i] = NOT_ANNOUNCED;
	}
}

void services_turn(uint64_t now_ms)
{
	for (unsigned i = 0; device && i < SERVICES; i++) {
		if (states[i] == NOT_ANNOUNCED)
			announce(i);
		else if (states[i] == OPEN && services[i]->turn)
			services[i]->turn(&endpoints[i], now_ms);
	}
}

/* ------------------------------------------------------------------ channels that Linux announces */

static const struct service *by_name(const char *name)
{
	for (unsigned i = 0; i < SERVICES; i++) {
		if (services[i]->name && strcmp(services[i]->name, name) == 0)
			return services[i];
	}
	return NULL;
}

void services_bind(struct rpmsg_device *rdev, const char *name, uint32_t peer)
{
	const struct service *service = by_name(name);

	if (service && (!service->bind || service->bind(rdev, peer)))
		return;
	app_stats.refused++;
	if (!refusal_told)
		amp_trace("Linux announced '%s' at 0x%x: %s\n", name, (unsigned)peer,
		          service ? "there is no room for more of these" : "there is no such service");
	refusal_told = true;
}

static void unbind(struct rpmsg_device *rdev, const char *name, uint32_t peer)
{
	const struct service *service = by_name(name);

	(void)rdev;
	if (service && service->unbind)
		service->unbind(peer);
}

int service_bind(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const struct service *service, uint32_t peer)
{
	int error = RPMSG_ERR_ADDR;

	ept->priv = (void *)(uintptr_t)service;
	/* Without a name, so that its end is not announced: it is Linux that ends such a channel. */
	for (uint32_t i = 0; error == RPMSG_ERR_ADDR && i < BIND_ADDRESSES; i++)
		error = rpmsg_create_ept(ept, rdev, NULL, RPMSG_RESERVED_ADDRESSES + i, peer, receive, NULL);
	return error;
}

void services_link_up(struct rpmsg_device *rdev)
{
	device = rdev;
	device->ns_unbind_cb = unbind;
	complained = refusal_told = false;
	for (unsigned i = 0; i < SERVICES; i++)
		announce(i);
}

/* ------------------------------------------------------------------ hot swap */

static uint32_t taken_over; /* bit n: endpoint n of the record */

_Static_assert(AMP_HAND_OVER_ENDPOINTS <= 32, "a bit for each");

static uint32_t by_address(const struct amp_hand_over *record, uint32_t addr)
{
	uint32_t i = 0;

	while (i < record->endpoints && record->endpoint[i].addr != addr)
		i++;
	return i;
}

void service_take_over(struct rpmsg_endpoint *ept, struct rpmsg_device *rdev, const struct service *service,
                       const struct amp_hand_over *record, uint32_t addr)
{
	uint32_t i = by_address(record, addr);

	ept->priv = (void *)(uintptr_t)service;
	if (i < record->endpoints &&
	    amp_rpmsg_take_over_ept(ept, rdev, &record->endpoint[i], receive, NULL) == RPMSG_SUCCESS)
		taken_over |= 1u << i;
}

void services_keep(struct amp_hand_over *record)
{
	uint8_t closed[SERVICES];

	for (unsigned i = 0; i < SERVICES; i++)
		closed[i] = states[i] == CLOSED;
	(void)amp_hand_over_put(record, "closed", closed, sizeof(closed));
	for (unsigned i = 0; i < SERVICES; i++) {
		if (services[i]->keep)
			services[i]->keep(record);
	}
}

/* One that was not there is announced in the next turn, unless it had been closed. */
static void take_over(unsigned i, const struct amp_hand_over *record, bool closed)
{
	const struct service *service = services[i];
	uint32_t k = by_address(record, service->addr);

	if (k < record->endpoints && strcmp(record->endpoint[k].name, service->name ? service->name : "") == 0) {
		service_take_over(&endpoints[i], device, service, record, service->addr);
		states[i] = OPEN;
	} else if (closed) {
		states[i] = CLOSED;
	}
}

uint32_t services_take_over(struct rpmsg_device *rdev, const struct amp_hand_over *record)
{
	const uint8_t *closed = amp_hand_over_get(record, "closed", SERVICES);

	device = rdev;
	device->ns_unbind_cb = unbind;
	taken_over = 0;
	for (unsigned i = 0; i < SERVICES; i++) {
		take_over(i, record, closed && closed[i]);
		if (services[i]->resume)
			services[i]->resume(rdev, record);
	}
	for (uint32_t i = 0; i < record->endpoints; i++) {
		if (!(taken_over & 1u << i))
			return record->endpoint[i].addr;
	}
	return RPMSG_ADDR_ANY;
}
