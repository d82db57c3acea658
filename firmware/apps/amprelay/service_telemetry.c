// SPDX-License-Identifier: BSD-3-Clause
/*
 * Periodic records for one subscriber: whoever sent the last message. Linux does not tell us the address of an endpoint
 * that it opens, so it must send something first.
 */
#include "app.h"
#include "board.h"
#include "control.h"
#include "services.h"
#include "telemetry.h"

#include <string.h>

static uint32_t subscriber = RPMSG_ADDR_ANY;
static uint32_t period_ms = TELEMETRY_DEFAULT_MS;
static uint32_t seq;
static struct telemetry_timer timer;

struct kept {
	uint32_t subscriber, period_ms, seq;
};

void telemetry_set_period(uint32_t period)
{
	period_ms = period;
	timer.due_ms = 0;
}

static void receive(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src)
{
	char text[5] = {0};

	(void)ept;
	memcpy(text, data, len < 4 ? len : 4);
	if (strcmp(text, "stop") == 0) {
		subscriber = RPMSG_ADDR_ANY;
		return;
	}
	subscriber = src;
	timer.due_ms = 0;
}

static void turn(struct rpmsg_endpoint *ept, uint64_t now_ms)
{
	struct telemetry_record record;
	char text[TELEMETRY_TEXT_MAX];

	if (subscriber == RPMSG_ADDR_ANY || !telemetry_due(&timer, period_ms, now_ms))
		return;
	record = (struct telemetry_record){
		.seq = seq++,
		.uptime_ms = now_ms,
		.heartbeat = amp_control_heartbeat(),
		.load_permille = app_load_permille(),
		.rx = app_stats.rx,
		.tx = app_stats.tx,
		.dropped = app_stats.dropped,
	};
	service_send(ept, text, telemetry_format(text, &record), subscriber);
}

static void link_down(void)
{
	subscriber = RPMSG_ADDR_ANY;
}

static void keep(struct amp_hand_over *record)
{
	const struct kept kept = {subscriber, period_ms, seq};

	(void)amp_hand_over_put(record, service_telemetry.name, &kept, sizeof(kept));
}

static void resume(struct rpmsg_device *rdev, const struct amp_hand_over *record)
{
	const struct kept *kept = amp_hand_over_get(record, service_telemetry.name, sizeof(*kept));

	(void)rdev;
	if (!kept)
		return;
	subscriber = kept->subscriber;
	period_ms = kept->period_ms;
	seq = kept->seq;
}

const struct service service_telemetry = {
	.name = "amp-telemetry",
	.addr = 0x102,
	.receive = receive,
	.turn = turn,
	.link_down = link_down,
	.keep = keep,
	.resume = resume,
};
