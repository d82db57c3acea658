// SPDX-License-Identifier: GPL-2.0-only
/* When a core is said to have recovered, and how often it may ring. No QEMU. */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <openamp/remoteproc.h>

#include "../remoteproc/table2.h"
#include "common/clock.h"
#include "relay/lab.h"

#ifndef MEM_DA /* above 4 GiB, too */
#define MEM_DA 0x21000000u
#endif
#define MEM_SIZE 0x10000u
#define RING0    0x2000u
#define RING1    0x3000u
#define FIRMWARE 0x8000u
#define TABLE    (FIRMWARE + 0x40u)
#define NUM      8u
#define ALIGN    256u
#define USED     256u /* of a ring of 8: the descriptors and the avail ring end at 150 */

static struct amp_relay_options options = {.lab = "test", .lock_fd = -1};
static struct lab *lab;
static struct core *core;
static struct core_config *config;
static char dir[] = "/tmp/core_link_test.XXXXXX";
static int theirs; /* the core's end of its UART */

struct table {
	struct resource_table head;
	uint32_t offset[1];
	struct fw_rsc_vdev vdev;
	struct fw_rsc_vdev_vring ring[2];
};

static void add_region(const char *name, enum amp_region_kind kind, uint32_t offset, uint32_t size)
{
	struct amp_region *region = &config->region[config->num_regions++];

	*region = (struct amp_region){.kind = kind, .offset = offset, .size = size};
	snprintf(region->name, sizeof(region->name), "%s", name);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(strrchr(dir, '.') + 1, "XXXXXX");
	lab = calloc(1, sizeof(*lab));
	if (!lab || sd_event_new(&lab->loop) < 0 || !mkdtemp(dir))
		return -1;
	options.state_dir = options.firmware_dir = dir;
	lab->options = &options;
	if (amp_record_open(&lab->record, dir) < 0)
		return -1;
	lab->soc.num_cores = 1;
	config = &lab->soc.core[0];
	strcpy(config->name, "m3");
	config->mem_da = MEM_DA;
	config->mem_size = MEM_SIZE;
	config->notify_ids = 2;
	config->heartbeat_ms = 25;
	config->heartbeat_timeout_ms = 60000;
	add_region("control", AMP_REGION_CONTROL, 0, AMP_CTRL_SIZE);
	add_region("firmware", AMP_REGION_FIRMWARE, FIRMWARE, MEM_SIZE - FIRMWARE);
	core = &lab->core[0];
	amp_core_prepare(core, lab);
	return amp_core_init(core, config);
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	if (theirs > 0)
		close(theirs);
	theirs = 0;
	amp_core_destroy(core);
	amp_record_close(&lab->record);
	sd_event_unref(lab->loop);
	free(lab);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

/* The newest record with that text; NULL if there is none. */
static json_t *record_with(const char *text)
{
	char path[128], line[4096];
	json_t *found = NULL;
	FILE *file;

	snprintf(path, sizeof(path), "%s/events.jsonl", dir);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (!strstr(line, text))
			continue;
		json_decref(found);
		found = json_loads(line, 0, NULL);
	}
	fclose(file);
	return found;
}

static bool recorded(const char *text)
{
	json_t *record = record_with(text);

	json_decref(record);
	return record != NULL;
}

static void says_recovered(const char *link)
{
	json_t *record = record_with("\"core.recovered\"");

	assert_non_null(record);
	assert_string_equal(json_string_value(json_object_get(record, "link")), link);
	json_decref(record);
}

/* ------------------------------------------------------------------ firmware, its table, its rings */

static void write_firmware(uint64_t table_da, uint32_t table_size, uint32_t type)
{
	static const char names[] = "\0.shstrtab\0.resource_table";
	struct {
		Elf64_Ehdr header;
		Elf64_Shdr section[3];
		char names[sizeof(names)];
		struct table table;
	} image = {
		.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
	                   .e_type = ET_EXEC,
	                   .e_machine = EM_ARM,
	                   .e_version = EV_CURRENT,
	                   .e_shoff = sizeof(Elf64_Ehdr),
	                   .e_ehsize = sizeof(Elf64_Ehdr),
	                   .e_shentsize = sizeof(Elf64_Shdr),
	                   .e_shnum = 3,
	                   .e_shstrndx = 1},
	};
	char path[128];
	FILE *file;

	image.section[1] = (Elf64_Shdr){.sh_name = 1,
	                                .sh_type = SHT_STRTAB,
	                                .sh_offset = offsetof(typeof(image), names),
	                                .sh_size = sizeof(names)};
	image.section[2] = (Elf64_Shdr){.sh_name = 11,
	                                .sh_type = type,
	                                .sh_addr = table_da,
	                                .sh_offset = offsetof(typeof(image), table),
	                                .sh_size = table_size};
	memcpy(image.names, names, sizeof(names));
	strcpy(core->firmware, "fw.elf");
	snprintf(path, sizeof(path), "%s/fw.elf", dir);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(&image, sizeof(image), 1, file), 1);
	fclose(file);
}

static struct table *live_table(void)
{
	struct table *table = (struct table *)(core->shm.base + TABLE);

	*table = (struct table){
		.head = {.ver = 1, .num = 1},
		.offset = {offsetof(struct table, vdev)},
		.vdev = {.type = RSC_VDEV, .id = 7, .num_of_vrings = 2},
		.ring = {{.da = MEM_DA + RING0, .align = ALIGN, .num = NUM},
	                 {.da = MEM_DA + RING1, .align = ALIGN, .num = NUM, .notifyid = 1}},
	};
	return table;
}

static void set_word(uint32_t offset, uint16_t value)
{
	memcpy(core->shm.base + offset, &value, sizeof(value));
}

static void core_uses_a_buffer(uint32_t ring)
{
	set_word(ring + USED + 2, 1);
}

/* The core crashed, and its next life has got as far as its boot ROM. */
static void next_life(void)
{
	core->crashed_at = now_ns();
	core->wire.epoch = 2;
	amp_core_link_begin(core);
	amp_core_set_host(core, AMP_CORE_HOST_DRIVER, "test");
	amp_core_set_phase(core, PHASE_RUNNING, "test");
	amp_core_link_find(core);
}

static void is_ready(void)
{
	core->ready = true;
	amp_core_link_wait(core);
}

static void time_is_over(void)
{
	assert_non_null(core->link.limit);
	sd_event_source_set_time(core->link.limit, 0);
	while (sd_event_run(lab->loop, 0) > 0)
		;
}

static void a_core_has_recovered_when_it_has_used_a_buffer_of_its_host(void **state)
{
	struct table *table = live_table();

	(void)state;
	write_firmware(MEM_DA + TABLE, sizeof(*table), SHT_PROGBITS);
	next_life();
	is_ready();
	assert_false(recorded("core.recovered"));
	table->vdev.status = 7;
	amp_core_link_look(core); /* it kicks, but has done nothing yet */
	assert_false(recorded("core.recovered"));
	core_uses_a_buffer(RING0);
	amp_core_link_look(core);
	says_recovered("up");
	assert_int_equal(core->recoveries, 1);
	assert_null(core->link.limit);
}

static void a_link_that_was_up_before_the_core_was_ready_counts(void **state)
{
	struct table *table = live_table();

	(void)state;
	write_firmware(MEM_DA + TABLE, sizeof(*table), SHT_PROGBITS);
	next_life();
	table->vdev.status = 7;
	core_uses_a_buffer(RING1);
	amp_core_link_look(core);
	assert_false(recorded("core.recovered"));
	is_ready();
	says_recovered("up");
}

static void a_link_that_the_core_let_go_is_said_to_be_lost(void **state)
{
	struct table *table = live_table();

	(void)state;
	write_firmware(MEM_DA + TABLE, sizeof(*table), SHT_PROGBITS);
	next_life();
	is_ready();
	table->vdev.status = 7;
	core_uses_a_buffer(RING1);
	set_word(RING0 + USED + 4 + 8 * NUM, 0xa302);
	amp_core_link_look(core);
	assert_false(recorded("core.recovered"));
	time_is_over();
	says_recovered("lost");
	assert_true(recorded("it has lost its RPMsg link"));
	assert_string_equal(amp_core_link_name(core), "lost");
}

static void a_device_that_linux_has_not_brought_up_is_said_to_be_down(void **state)
{
	(void)state;
	live_table();
	write_firmware(MEM_DA + TABLE, sizeof(struct table), SHT_PROGBITS);
	next_life();
	is_ready();
	time_is_over();
	says_recovered("down");
	/* and if it comes later, that is said, too */
	((struct table *)(core->shm.base + TABLE))->vdev.status = 4;
	core_uses_a_buffer(RING0);
	amp_core_link_look(core);
	assert_true(recorded("\"core.link\""));
	assert_int_equal(core->recoveries, 1);
}

static void a_core_that_says_nothing_is_quiet_not_broken(void **state)
{
	(void)state;
	live_table()->vdev.status = 4;
	write_firmware(MEM_DA + TABLE, sizeof(struct table), SHT_PROGBITS);
	next_life();
	is_ready();
	time_is_over();
	says_recovered("quiet");
	assert_false(recorded("relay.warning"));
}

static void a_core_that_should_announce_something_and_does_not_is_said_to_be_silent(void **state)
{
	struct table *table = live_table();

	(void)state;
	table->vdev.dfeatures = table->vdev.gfeatures = 1;
	table->vdev.status = 4;
	write_firmware(MEM_DA + TABLE, sizeof(struct table), SHT_PROGBITS);
	next_life();
	is_ready();
	time_is_over();
	says_recovered("silent");
	assert_true(recorded("announced nothing"));
	assert_true(amp_core_link_is_bad(core));
}

static void a_firmware_without_a_device_has_recovered_when_it_is_ready(void **state)
{
	static const struct {
		uint32_t size, type;
	} none[] = {{0, SHT_PROGBITS}, {sizeof(struct table), SHT_NOBITS}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		write_firmware(MEM_DA + TABLE, none[i].size, none[i].type);
		next_life();
		assert_int_equal(core->link.state, LINK_NONE);
		is_ready();
		says_recovered("none");
	}
	live_table()->vdev.id = 3; /* a console */
	write_firmware(MEM_DA + TABLE, sizeof(struct table), SHT_PROGBITS);
	next_life();
	assert_int_equal(core->link.state, LINK_NONE);
}

static void without_the_firmware_file_nothing_is_claimed_and_nothing_waited_for(void **state)
{
	static const uint32_t elsewhere[] = {0, MEM_DA, MEM_DA + FIRMWARE - 4, MEM_DA + MEM_SIZE - 4, 0xfffffff0};

	(void)state;
	next_life();
	is_ready();
	says_recovered("unknown");
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
		write_firmware(elsewhere[i], sizeof(struct table), SHT_PROGBITS);
		next_life();
		assert_int_equal(core->link.state, LINK_UNKNOWN);
	}
}

/* @return what the relay answers to Linux, which wants to attach */
static const char *attach(uint32_t expected)
{
	static struct amp_relay relay;
	struct amp_host host = {.req_seq = core->mailbox.taken + 1, .op = AMP_REQ_ATTACH};

	memcpy(core->shm.base + AMP_HOST_OFFSET, &host, sizeof(host));
	amp_core_on_vector(NULL, core->bells.from_host[AMP_VECTOR_CONTROL], 0, core);
	memcpy(&relay, core->shm.base + AMP_RELAY_OFFSET, sizeof(relay));
	assert_int_equal(relay.resp_seq, host.req_seq);
	assert_int_equal(relay.resp_status, expected);
	return relay.resp_text;
}

static void nobody_attaches_to_a_core_whose_table_is_not_known_or_not_in_its_memory(void **state)
{
	(void)state;
	next_life();
	amp_core_set_host(core, AMP_CORE_HOST_NONE, "test");
	assert_non_null(strstr(attach(AMP_EIO), "cannot be read"));
	write_firmware(MEM_DA + MEM_SIZE - 4, sizeof(struct table), SHT_PROGBITS);
	assert_non_null(strstr(attach(AMP_EIO), "outside its firmware memory"));
	assert_int_equal(core->wire.host, AMP_CORE_HOST_NONE);
	assert_int_equal(core->phase, PHASE_RUNNING);
	live_table();
	write_firmware(MEM_DA + TABLE, sizeof(struct table), SHT_PROGBITS);
	assert_string_equal(attach(AMP_OK), "");
	assert_int_equal(core->wire.host, AMP_CORE_HOST_DRIVER);
}

static void nothing_is_said_of_a_life_that_has_ended(void **state)
{
	(void)state;
	live_table();
	write_firmware(MEM_DA + TABLE, sizeof(struct table), SHT_PROGBITS);
	next_life();
	is_ready();
	amp_core_kill(core, "test");
	assert_null(core->link.limit);
	assert_false(recorded("core.recovered"));
}

/* As Linux does it that says 'crashed' once more while it recovers the core. */
static void a_core_that_is_stopped_in_its_recovery_has_recovered_in_the_life_after_that(void **state)
{
	uint64_t crashed_at;

	(void)state;
	live_table();
	write_firmware(MEM_DA + TABLE, sizeof(struct table), SHT_PROGBITS);
	next_life();
	is_ready();
	crashed_at = core->crashed_at;
	core->ready = false; /* there is nobody to ask for an end in order */
	amp_core_stop(core, "test");
	assert_false(recorded("core.recovered"));
	assert_int_equal(core->crashed_at, crashed_at);
	amp_core_link_begin(core);
	amp_core_set_host(core, AMP_CORE_HOST_DRIVER, "test");
	amp_core_set_phase(core, PHASE_RUNNING, "test");
	amp_core_link_find(core);
	((struct table *)(core->shm.base + TABLE))->vdev.status = 4;
	core_uses_a_buffer(RING0);
	amp_core_link_look(core);
	is_ready();
	says_recovered("up");
	assert_int_equal(core->recoveries, 1);
}

static void no_table_and_no_ring_of_a_mad_core_is_read_outside_its_memory(void **state)
{
	unsigned int seed = (unsigned int)getpid();

	(void)state;
	print_message("seed %u\n", seed);
	live_table();
	write_firmware(MEM_DA + TABLE, sizeof(struct table), SHT_PROGBITS);
	for (int round = 0; round < 20000; round++) {
		uint32_t *word = (uint32_t *)live_table();

		((struct table *)word)->vdev.status = 4;
		next_life();
		for (int i = 0; i < 3; i++)
			word[(unsigned int)rand_r(&seed) % (sizeof(struct table) / 4)] =
				rand_r(&seed) % 2 ? (uint32_t)rand_r(&seed) * 2
						  : UINT32_MAX - (uint32_t)(rand_r(&seed) % 8);
		amp_core_link_look(core);
		core->crashed_at = 0;
	}
}

/* ------------------------------------------------------------------ babbling */

static void connect_uart(void)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	theirs = pair[1];
	amp_bells_power_on(&core->bells, pair[0]);
	amp_core_babble_begin(core);
	core->uart_events = EPOLLIN;
	assert_true(sd_event_add_io(lab->loop, &core->uart, pair[0], EPOLLIN, amp_core_on_uart, core) >= 0);
	amp_core_set_host(core, AMP_CORE_HOST_DRIVER, "test");
	amp_core_set_phase(core, PHASE_RUNNING, "test");
}

static uint64_t interrupts(void)
{
	uint64_t count = 0;

	if (read(core->bells.to_host[AMP_VECTOR_NOTIFY(0)], &count, sizeof(count)) < 0)
		return 0;
	return count;
}

/* One kick of the core at a time, each looked at, if it is. */
static void kicks(int count, bool answered)
{
	for (int i = 0; i < count; i++) {
		if (answered)
			amp_core_on_vector(NULL, core->bells.from_host[AMP_VECTOR_NOTIFY(1)], 0, core);
		if (send(theirs, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) != 1)
			return;
		sd_event_run(lab->loop, 0);
	}
}

/* It rings without end: more at each look than it may, however slow this machine is. */
static void babbles(void)
{
	static const uint8_t many[256];

	while (!core->babble.paused) {
		assert_true(send(theirs, many, sizeof(many), MSG_DONTWAIT | MSG_NOSIGNAL) > 0);
		sd_event_run(lab->loop, 0);
	}
}

/* Linux has been reset: nobody has told the core, so the relay does, in the place of the driver that has gone. */
static void a_core_whose_linux_has_gone_is_told_and_is_nobodys(void **state)
{
	struct table *table = live_table();
	uint8_t heard[8];
	uint64_t one = 1;

	(void)state;
	write_firmware(MEM_DA + TABLE, sizeof(*table), SHT_PROGBITS);
	connect_uart();
	amp_core_link_find(core);
	assert_int_equal(core->wire.table_da, MEM_DA + TABLE);
	assert_int_equal(core->wire.table_size, sizeof(*table));
	table->vdev.status = 7;
	core_uses_a_buffer(RING0);
	amp_core_link_look(core);
	assert_string_equal(amp_core_link_name(core), "up");

	amp_core_host_gone(core, "test");
	assert_int_equal(table->vdev.status, 0);
	assert_int_equal(recv(theirs, heard, sizeof(heard), MSG_DONTWAIT), core->config->notify_ids);
	assert_string_equal(amp_core_host_name(core), "nobody");
	assert_string_equal(amp_core_link_name(core), "down");
	assert_int_equal(core->phase, PHASE_RUNNING);

	/* kicks pass in neither direction */
	assert_int_equal(write(core->bells.from_host[AMP_VECTOR_NOTIFY(1)], &one, sizeof(one)), sizeof(one));
	amp_core_on_vector(NULL, core->bells.from_host[AMP_VECTOR_NOTIFY(1)], 0, core);
	assert_true(recv(theirs, heard, sizeof(heard), MSG_DONTWAIT) < 0);
	kicks(1, false);
	assert_int_equal(interrupts(), 0);

	/* once: whoever attaches has set the status by then */
	table->vdev.status = 7;
	amp_core_host_gone(core, "test");
	assert_int_equal(table->vdev.status, 7);
}

static void a_core_that_rings_without_end_is_heard_less_often(void **state)
{
	uint64_t begin = now_ns(), ms;

	(void)state;
	connect_uart();
	kicks(50000, false);
	ms = (now_ns() - begin) / NS_PER_MS;
	/* what was saved up, what each millisecond brings, and no more */
	assert_true(interrupts() <= 8000 + 8 * (ms + 1));
	babbles();
	assert_true(core->babble.pauses > 0);
	assert_true(recorded("\"core.babble\""));
	assert_true(recorded("\"on\":true"));
	assert_false(recorded("\"on\":false"));
}

static void the_last_kick_of_a_babbling_core_arrives(void **state)
{
	(void)state;
	connect_uart();
	babbles();
	interrupts();
	while (core->babble.paused)
		sd_event_run(lab->loop, UINT64_MAX);
	while (sd_event_run(lab->loop, 0) > 0)
		;
	kicks(1, false);
	while (core->babble.paused)
		sd_event_run(lab->loop, UINT64_MAX);
	while (sd_event_run(lab->loop, 0) > 0)
		;
	assert_true(interrupts() > 0);
}

static void a_core_that_answers_its_host_is_never_held_back(void **state)
{
	(void)state;
	connect_uart();
	kicks(50000, true);
	assert_int_equal(core->babble.pauses, 0);
	assert_int_equal(interrupts(), 50000);
	assert_false(recorded("\"core.babble\""));
}

static void the_end_of_the_babbling_is_told_with_its_measure(void **state)
{
	json_t *record;

	(void)state;
	connect_uart();
	babbles();
	amp_core_kill(core, "test");
	record = record_with("\"on\":false");
	assert_non_null(record);
	assert_true(json_integer_value(json_object_get(record, "pauses")) > 0);
	json_decref(record);
	assert_null(core->babble.timer);
}

/* ------------------------------------------------------------------ parameters of the application */

static const struct both both = BOTH(0ull);

static bool take_params(const char *text, char *error)
{
	json_t *params = json_loads(text, 0, NULL);
	bool taken;

	assert_non_null(params);
	taken = amp_core_params_take(core, params, error, 256);
	json_decref(params);
	return taken;
}

static struct both *live_both(void)
{
	struct both *live = (struct both *)(void *)(core->shm.base + TABLE);

	memcpy(live, &both, sizeof(both));
	write_firmware(MEM_DA + TABLE, sizeof(both), SHT_PROGBITS);
	core->phase = PHASE_OFF;
	amp_core_link_begin(core);
	return live;
}

static void parameters_are_in_the_table_of_what_starts(void **state)
{
	struct both *live = live_both();
	char text[256];

	(void)state;
	assert_true(amp_core_params_put(core, text, sizeof(text))); /* none */
	assert_memory_equal(live, &both, sizeof(both));
	assert_true(take_params("{\"greeting\": \"1234567\", \"rate\": \"\"}", text));
	assert_true(amp_core_params_put(core, text, sizeof(text)));
	assert_string_equal(live->greeting.value, "1234567");
	assert_string_equal(live->rate.value, "");
	/* The next life has them as well; another start has others, or none. */
	live_both();
	assert_true(amp_core_params_put(core, text, sizeof(text)));
	assert_string_equal(live->greeting.value, "1234567");
	assert_true(take_params("{\"greeting\": \"1\"}", text));
	assert_true(amp_core_params_put(core, text, sizeof(text)));
	assert_memory_equal(live->greeting.value, "1\0\0\0\0\0\0", 8);
	assert_true(take_params("{}", text));
	live_both();
	assert_true(amp_core_params_put(core, text, sizeof(text)));
	assert_memory_equal(live, &both, sizeof(both));
}

static void parameters_that_cannot_be_are_refused(void **state)
{
	char text[256];

	(void)state;
	live_both();
	assert_true(take_params("{\"rate\": \"1\"}", text));
	assert_false(take_params("{\"\": \"1\"}", text));
	assert_false(take_params("{\"sixteen letters!\": \"1\"}", text));
	assert_false(take_params("{\"rate\": 1}", text));
	assert_false(take_params("{\"1\":\"\", \"2\":\"\", \"3\":\"\", \"4\":\"\", \"5\":\"\", \"6\":\"\", \"7\":\"\", "
	                         "\"8\":\"\", \"9\":\"\"}",
	                         text));
	assert_int_equal(core->params.num, 1); /* as before */
	core->phase = PHASE_RUNNING;
	assert_false(take_params("{\"rate\": \"1\"}", text));
	assert_non_null(strstr(text, "first"));
	assert_true(take_params("{}", text));
	core->phase = PHASE_OFF;
}

static void a_start_says_what_the_firmware_does_not_have(void **state)
{
	struct both *live = live_both();
	char text[256];

	(void)state;
	assert_true(take_params("{\"colour\": \"red\"}", text));
	assert_false(amp_core_params_put(core, text, sizeof(text)));
	assert_string_equal(text, "it has no parameter colour; it has greeting, rate");
	assert_true(take_params("{\"rate\": \"1234\"}", text));
	assert_false(amp_core_params_put(core, text, sizeof(text)));
	assert_string_equal(text, "its parameter rate has room for 3 bytes, and 4 were given");
	assert_memory_equal(live, &both, sizeof(both));
	assert_true(take_params("{\"rate\": \"1\"}", text));
	live->carveout.head.size = 0;
	assert_false(amp_core_params_put(core, text, sizeof(text)));
	assert_non_null(strstr(text, "wrong at offset"));
	live->table2.version = 3;
	assert_false(amp_core_params_put(core, text, sizeof(text)));
	assert_non_null(strstr(text, "takes no parameters"));
	live->header.ver = 2;
	assert_false(amp_core_params_put(core, text, sizeof(text)));
	assert_non_null(strstr(text, "wrong at offset 0x0"));
	write_firmware(MEM_DA + TABLE, sizeof(both), SHT_NOBITS);
	amp_core_link_begin(core);
	assert_false(amp_core_params_put(core, text, sizeof(text)));
	assert_non_null(strstr(text, "takes no parameters"));
}

int main(void)
{
#define TEST(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_core_has_recovered_when_it_has_used_a_buffer_of_its_host),
		TEST(a_link_that_was_up_before_the_core_was_ready_counts),
		TEST(a_link_that_the_core_let_go_is_said_to_be_lost),
		TEST(a_device_that_linux_has_not_brought_up_is_said_to_be_down),
		TEST(a_core_that_says_nothing_is_quiet_not_broken),
		TEST(a_core_that_should_announce_something_and_does_not_is_said_to_be_silent),
		TEST(a_firmware_without_a_device_has_recovered_when_it_is_ready),
		TEST(without_the_firmware_file_nothing_is_claimed_and_nothing_waited_for),
		TEST(nobody_attaches_to_a_core_whose_table_is_not_known_or_not_in_its_memory),
		TEST(nothing_is_said_of_a_life_that_has_ended),
		TEST(a_core_that_is_stopped_in_its_recovery_has_recovered_in_the_life_after_that),
		TEST(no_table_and_no_ring_of_a_mad_core_is_read_outside_its_memory),
		TEST(a_core_whose_linux_has_gone_is_told_and_is_nobodys),
		TEST(a_core_that_rings_without_end_is_heard_less_often),
		TEST(the_last_kick_of_a_babbling_core_arrives),
		TEST(a_core_that_answers_its_host_is_never_held_back),
		TEST(the_end_of_the_babbling_is_told_with_its_measure),
		TEST(parameters_are_in_the_table_of_what_starts),
		TEST(parameters_that_cannot_be_are_refused),
		TEST(a_start_says_what_the_firmware_does_not_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
