// SPDX-License-Identifier: GPL-2.0-only
#include "sim_board.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <amprelay/image_store.h>
#include <amprelay/wire.h>

#include "common/clock.h"
#include "common/platform.h"
#include "common/text.h"
#include "relay/base/child.h"
#include "relay/base/flight_record.h"

#define CHANNELS_MAX 32
#define DEATHS_MAX   3 /* lives in a row that announced nothing: there is no point in another */

/* SIM_CORE is the path of the image at build time. */
extern const uint8_t amp_sim_image[], amp_sim_image_end[];
__asm__(".pushsection .rodata\n"
        ".global amp_sim_image, amp_sim_image_end\n"
        "amp_sim_image: .incbin \"" SIM_CORE "\"\n"
        "amp_sim_image_end: .byte 0\n"
        ".popsection\n");

struct sim_channel {
	char name[RPMSG_NAME_SIZE];
	uint32_t addr;
};

/* One message and its answer. */
struct exchange {
	struct rpmsg_endpoint ept;
	uint8_t answer[RPMSG_BUFFER_SIZE];
	int len; /* as amp_sim_answer() */
};

struct ledger {
	struct rpmsg_endpoint ept;
	char channel[RPMSG_NAME_SIZE]; /* empty: there is none */
	bool sending, open;
	uint32_t next;               /* number of the message that is sent next */
	bool under_way[SIM_WINDOW];  /* by number % SIM_WINDOW */
	uint32_t number[SIM_WINDOW]; /* … and which of them that is, or was last */
	struct sim_account account;
};

struct sim {
	struct platform board;
	struct flight_record record;
	char core[AMP_NAME_LEN];
	const char *state; /* "off", "running" or "crashed" */
	uint32_t epoch, crashes, recoveries, fruitless;
	uint64_t crashed; /* ns; 0: recovered from */
	struct sim_channel channel[CHANNELS_MAX];
	size_t channels;
	struct exchange exchange;
	struct ledger ledger;
};

/* ------------------------------------------------------------------ records */

static void set_state(struct sim *sim, const char *state, const char *why)
{
	amp_record(&sim->record, "core.state", sim->core, "{s:s, s:s, s:I, s:s}", "from", sim->state, "to", state,
	           "epoch", (json_int_t)sim->epoch, "why", why);
	sim->state = state;
}

void amp_sim_tell_fault(struct sim *sim, const char *kind)
{
	amp_record(&sim->record, "core.fault", sim->core, "{s:s, s:b, s:I}", "kind", kind, "injected", 1, "epoch",
	           (json_int_t)sim->epoch);
}

/* ------------------------------------------------------------------ channels */

static void on_channel(struct rpmsg_device *rdev, const char *name, uint32_t addr)
{
	struct rpmsg_virtio_device *link = metal_container_of(rdev, struct rpmsg_virtio_device, rdev);
	struct sim *sim = metal_container_of(metal_container_of(link, struct platform, link), struct sim, board);

	sim->fruitless = 0;
	if (sim->channels == CHANNELS_MAX)
		return;
	amp_text(sim->channel[sim->channels].name, RPMSG_NAME_SIZE, "%s", name);
	sim->channel[sim->channels++].addr = addr;
}

static const struct sim_channel *find_channel(const struct sim *sim, const char *name)
{
	for (size_t i = 0; i < sim->channels; i++) {
		if (strcmp(sim->channel[i].name, name) == 0)
			return &sim->channel[i];
	}
	return NULL;
}

bool amp_sim_has_channel(const struct sim *sim, const char *channel)
{
	return find_channel(sim, channel) != NULL;
}

/* An endpoint without a name, whose counterpart is known. */
static bool open_endpoint(struct sim *sim, struct rpmsg_endpoint *ept, const char *channel, rpmsg_ept_cb on_message)
{
	const struct sim_channel *there = find_channel(sim, channel);

	memset(ept, 0, sizeof(*ept));
	ept->priv = sim;
	return there && rpmsg_create_ept(ept, rpmsg_virtio_get_rpmsg_device(&sim->board.link), "", RPMSG_ADDR_ANY,
	                                 there->addr, on_message, NULL) == RPMSG_SUCCESS;
}

/* ------------------------------------------------------------------ one message */

static int on_answer(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct sim *sim = priv;

	(void)ept;
	(void)src;
	if (len > sizeof(sim->exchange.answer) || sim->exchange.len != -1) {
		sim->exchange.len = -3;
		return RPMSG_SUCCESS;
	}
	memcpy(sim->exchange.answer, data, len);
	sim->exchange.len = (int)len;
	return RPMSG_SUCCESS;
}

bool amp_sim_send(struct sim *sim, const char *channel, const void *data, size_t len)
{
	struct exchange *exchange = &sim->exchange;

	if (exchange->ept.rdev)
		rpmsg_destroy_ept(&exchange->ept);
	exchange->len = -1;
	return open_endpoint(sim, &exchange->ept, channel, on_answer) &&
	       rpmsg_send(&exchange->ept, data, (int)len) >= 0;
}

int amp_sim_answer(const struct sim *sim, const uint8_t **data)
{
	*data = sim->exchange.answer;
	return sim->exchange.len;
}

/* ------------------------------------------------------------------ the ledger */

struct numbered {
	uint32_t number, rest[3];
};

static struct numbered message_of(uint32_t number)
{
	return (struct numbered){number, {number * 2654435761u, ~number, 0x616d7000u}};
}

static int on_return(struct rpmsg_endpoint *ept, void *data, size_t len, uint32_t src, void *priv)
{
	struct ledger *ledger = &((struct sim *)priv)->ledger;
	struct numbered message, wanted;

	(void)ept;
	(void)src;
	memcpy(&message, data, len < sizeof(message) ? len : sizeof(message));
	wanted = message_of(len == sizeof(message) ? message.number : 0);
	if (len != sizeof(message) || memcmp(&message, &wanted, sizeof(wanted)) != 0 ||
	    ledger->number[message.number % SIM_WINDOW] != message.number) {
		ledger->account.corrupted++;
	} else if (!ledger->under_way[message.number % SIM_WINDOW]) {
		ledger->account.doubled++;
	} else {
		ledger->under_way[message.number % SIM_WINDOW] = false;
		ledger->account.delivered++;
	}
	return RPMSG_SUCCESS;
}

static void send_more(struct sim *sim)
{
	struct ledger *ledger = &sim->ledger;

	if (!ledger->sending || strcmp(sim->state, "running") != 0)
		return;
	if (!ledger->open)
		ledger->open = open_endpoint(sim, &ledger->ept, ledger->channel, on_return);
	while (ledger->open && !ledger->under_way[ledger->next % SIM_WINDOW]) {
		const struct numbered message = message_of(ledger->next);
		uint32_t place = ledger->next % SIM_WINDOW;

		if (rpmsg_trysend(&ledger->ept, &message, sizeof(message)) < 0)
			return;
		ledger->under_way[place] = true;
		ledger->number[place] = ledger->next++;
		ledger->account.sent++;
	}
}

/* What is under way is lost, and its sender knows. */
static void report_lost(struct ledger *ledger)
{
	for (size_t i = 0; i < SIM_WINDOW; i++) {
		ledger->account.reported += ledger->under_way[i];
		ledger->under_way[i] = false;
	}
	ledger->open = false;
}

void amp_sim_begin_ledger(struct sim *sim, const char *channel)
{
	sim->ledger = (struct ledger){.sending = true};
	amp_text(sim->ledger.channel, sizeof(sim->ledger.channel), "%s", channel);
	for (size_t i = 0; i < SIM_WINDOW; i++)
		sim->ledger.number[i] = UINT32_MAX;
	send_more(sim);
}

void amp_sim_end_ledger(struct sim *sim)
{
	sim->ledger.sending = false;
}

bool amp_sim_awaits(const struct sim *sim)
{
	for (size_t i = 0; i < SIM_WINDOW; i++) {
		if (sim->ledger.under_way[i])
			return true;
	}
	return false;
}

const struct sim_account *amp_sim_account(const struct sim *sim)
{
	return &sim->ledger.account;
}

/* ------------------------------------------------------------------ lives */

/* The link goes, and all that knew it. */
static void power_off(struct sim *sim)
{
	report_lost(&sim->ledger);
	if (sim->exchange.len == -1)
		sim->exchange.len = -2;
	platform_off(&sim->board);
	memset(&sim->exchange.ept, 0, sizeof(sim->exchange.ept));
	sim->channels = 0;
}

static bool boot(struct sim *sim)
{
	struct amp_mem_store store = {.image = amp_sim_image, .size = (size_t)(amp_sim_image_end - amp_sim_image)};
	struct remoteproc *rproc = &sim->board.rproc;

	return remoteproc_config(rproc, NULL) == 0 &&
	       remoteproc_load(rproc, NULL, &store, &amp_mem_store_ops, NULL) == 0 && remoteproc_start(rproc) == 0 &&
	       platform_link_up(&sim->board, on_channel) != NULL;
}

bool amp_sim_start(struct sim *sim)
{
	sim->epoch++;
	if (!boot(sim)) {
		power_off(sim);
		return false;
	}
	set_state(sim, "running", "it was started");
	return true;
}

void amp_sim_stop(struct sim *sim)
{
	power_off(sim);
	sim->fruitless = 0;
	set_state(sim, "off", "it was stopped");
}

bool amp_sim_is_running(const struct sim *sim)
{
	return strcmp(sim->state, "running") == 0;
}

void amp_sim_kill(struct sim *sim, const char *kind, int signal)
{
	amp_sim_tell_fault(sim, kind);
	kill(sim->board.process, signal);
}

/* Its process has ended by itself: what Linux does then, without the dump. */
static void recover(struct sim *sim)
{
	siginfo_t info = {0};
	char ending[64], text[96];

	waitid(P_PID, (id_t)sim->board.process, &info, WEXITED | WNOWAIT);
	amp_child_ending(&info, ending, sizeof(ending));
	amp_text(text, sizeof(text), "its process %s", ending);
	sim->crashed = now_ns();
	sim->crashes++;
	set_state(sim, "crashed", text);
	amp_record(&sim->record, "core.crash", sim->core, "{s:s, s:s, s:s, s:s, s:I}", "detector", "exit", "cause",
	           "none", "type", "fatal", "text", text, "epoch", (json_int_t)sim->epoch);
	power_off(sim);
	if (++sim->fruitless <= DEATHS_MAX)
		amp_sim_start(sim);
}

/* The services have been announced: now it can be talked to. */
static void look_for_link(struct sim *sim)
{
	if (!sim->crashed || !amp_sim_is_running(sim) || sim->channels == 0)
		return;
	sim->recoveries++;
	amp_record(&sim->record, "core.recovered", sim->core, "{s:I, s:s, s:f}", "epoch", (json_int_t)sim->epoch,
	           "link", "up", "ms", ms_between(sim->crashed, now_ns()));
	sim->crashed = 0;
}

void amp_sim_turn(struct sim *sim, int ms)
{
	send_more(sim);
	if (!amp_sim_is_running(sim)) {
		usleep((useconds_t)ms * 1000); /* nothing can come */
	} else if (platform_wait(&sim->board, ms) == RPMSG_ERR_DEV_STATE) {
		recover(sim);
	} else {
		look_for_link(sim);
	}
	send_more(sim);
}

/* ------------------------------------------------------------------ all of it */

struct sim *amp_sim_create(const char *state_dir, const char *core)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	char log[PATH_MAX];
	int err;

	if (!sim)
		return NULL;
	amp_text(sim->core, sizeof(sim->core), "%s", core);
	sim->state = "off";
	sim->exchange.len = -2;
	sim->record.fd = -1;
	amp_text(log, sizeof(log), "%s/%s.log", state_dir, core);
	setenv("AMPRELAY_SIM_CORE", core, 1);
	setenv("AMPRELAY_SIM_LOG", log, 1);
	err = amp_record_open(&sim->record, state_dir);
	if (err == 0 && platform_open(&sim->board, VIRTIO_DEV_DRIVER) == 0) {
		amp_record(&sim->record, "lab.up", NULL, "{s:s, s:i}", "soc", "simulator", "pid", (int)getpid());
		return sim;
	}
	amp_record_close(&sim->record);
	free(sim);
	errno = err ? -err : ENOMEM;
	return NULL;
}

void amp_sim_destroy(struct sim *sim)
{
	if (!sim)
		return;
	platform_close(&sim->board);
	amp_record_close(&sim->record);
	free(sim);
}

json_t *amp_sim_status(const struct sim *sim)
{
	return json_pack("{s:[{s:s, s:s, s:I, s:I, s:I, s:s}]}", "cores", "name", sim->core, "state", sim->state,
	                 "epoch", (json_int_t)sim->epoch, "crashes", (json_int_t)sim->crashes, "recoveries",
	                 (json_int_t)sim->recoveries, "link", sim->channels ? "up" : "down");
}
