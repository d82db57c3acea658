// SPDX-License-Identifier: GPL-2.0-only
/*
 * make_run DIR MESSAGES: the records of a run as a lab leaves them, made up, always the same: two cores, nearly
 * MESSAGES messages on four channels, thirteen faults of which one is noticed by nobody and one is not recovered from,
 * texts of an attacker.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define START     UINT64_C(50000000000)         /* ns, the host's monotonic clock */
#define WALL      UINT64_C(1790000000000000000) /* the time of day then */
#define MS        UINT64_C(1000000)
#define HOSTILE   "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>"
#define LIFE_MS   1500 /* from one fault to the next */
#define NUM_CORES 2

static FILE *events, *trace[NUM_CORES], *kernel;
static uint64_t seq;
static const char *const cores[NUM_CORES] = {"m3", "rv32"};

static FILE *make(const char *dir, const char *name)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "we");
	if (!file) {
		perror(path);
		exit(1);
	}
	return file;
}

__attribute__((format(printf, 4, 5))) static void event(uint64_t t, const char *ev, const char *core,
                                                        const char *format, ...)
{
	va_list args;

	fprintf(events, "{\"t\":%" PRIu64 ",\"seq\":%" PRIu64 ",\"ev\":\"%s\"", t, seq++, ev);
	if (core)
		fprintf(events, ",\"core\":\"%s\"", core);
	va_start(args, format);
	vfprintf(events, format, args);
	va_end(args);
	fputs("}\n", events);
}

/* ------------------------------------------------------------------ lives */

struct fault {
	const char *kind, *detector, *cause, *text, *pc_sym;
	unsigned int detect_us;
};

static const struct fault faults[] = {
	{"undef", "fault-handler", "undefined", "undefined instruction", "inject_undef+0x0 (inject.c:23)", 3300},
	{"stack", "fault-handler", "stack", "stack overflow: the guard was hit", "recurse+0x14 (inject.c:41)", 2700},
	{"kill", "exit", "none", "the core lost power: its process was killed by signal 9 (Killed)", "", 4300},
	{"hang", "heartbeat", "none", "no heartbeat for 505 ms", "hang+0x6 (inject.c:65)", 491700},
	{"undef", "fault-handler", "undefined", HOSTILE, "inject_undef+0x0 (inject.c:23)", 3100},
	{"starve", "watchdog", "none", "watchdog not fed in time", "main+0xd8 (main.c:91)", 1004300},
};

#define NUM_FAULTS (sizeof(faults) / sizeof(faults[0]))

static void state(uint64_t t, const char *core, const char *from, const char *to, unsigned int epoch, const char *why)
{
	event(t, "core.state", core, ",\"from\":\"%s\",\"to\":\"%s\",\"epoch\":%u,\"why\":\"%s\"", from, to, epoch,
	      why);
}

static void start(uint64_t t, unsigned int core, unsigned int epoch)
{
	event(t, "core.request", cores[core],
	      ",\"op\":\"start\",\"request\":%u,\"firmware\":\"amprelay-%s.elf\",\"suppressed\":0", 2 * epoch,
	      cores[core]);
	state(t + MS / 5, cores[core], "off", "starting", epoch, "Linux asked for it");
	event(t + 30 * MS, "core.boot", cores[core], ",\"epoch\":%u,\"ms\":29.8", epoch);
	state(t + 31 * MS, cores[core], "starting", "running", epoch, "the boot ROM answers");
	event(t + 38 * MS, "core.ready", cores[core], ",\"epoch\":%u,\"ms\":37.8", epoch);
	fprintf(trace[core], "[ %12.6f] [    0.002114] %s: amprelay firmware, life %u\n", (double)(t + 36 * MS) / 1e9,
	        cores[core], epoch);
}

static void end_life(uint64_t t, unsigned int core, unsigned int epoch, bool recovers)
{
	event(t + 8 * MS, "core.request", cores[core],
	      ",\"op\":\"stop\",\"request\":%u,\"firmware\":\"\",\"suppressed\":0", 2 * epoch + 1);
	state(t + 9 * MS, cores[core], "crashed", "stopping", epoch, "Linux asked for it");
	event(t + 15 * MS, "core.doorbells", cores[core],
	      ",\"epoch\":%u,\"to_remote\":[1,100],\"to_host\":[104,0],\"coalesced\":0,\"invalid\":0", epoch);
	state(t + 15 * MS, cores[core], "stopping", "off", epoch, "its process has ended");
	event(t + 21 * MS, "core.dump", cores[core], ",\"file\":\"dumps/%s-%u.core\",\"epoch\":%u,\"by\":\"relay\"",
	      cores[core], epoch, epoch);
	if (!recovers)
		return;
	start(t + 28 * MS, core, epoch + 1);
	event(t + 82 * MS, "core.recovered", cores[core], ",\"epoch\":%u,\"link\":\"up\",\"ms\":82.0", epoch + 1);
}

static void write_report(const char *dir, const struct fault *f, unsigned int core, unsigned int epoch)
{
	char name[64];
	FILE *file;

	snprintf(name, sizeof(name), "dumps/%s-%u.txt", cores[core], epoch);
	file = make(dir, name);
	fprintf(file,
	        "core         %s, life %u\nwhat         %s\ndetected by  %s\nfirmware     /nowhere/amprelay.elf\n\n"
	        "registers (from the core's fault handler)\n         r0 00000000         r1 00000001         pc "
	        "21101460\n",
	        cores[core], epoch, f->text, f->detector);
	fclose(file);
}

/* The second core's last life is not recovered from, and in its third, something happens that nobody notices. */
static void break_core(const char *dir, uint64_t t, unsigned int core, unsigned int epoch, const struct fault *f)
{
	uint64_t detected = t + f->detect_us * UINT64_C(1000);
	bool lost = core == 1 && epoch == NUM_FAULTS;

	if (core == 1 && epoch == 3)
		event(t - 400 * MS, "core.fault", cores[core], ",\"kind\":\"flip\",\"injected\":true,\"epoch\":%u",
		      epoch);
	event(t, "core.fault", cores[core], ",\"kind\":\"%s\",\"injected\":true,\"epoch\":%u", f->kind, epoch);
	fprintf(trace[core], "[ %12.6f] [    1.425630] committing fault '%s'\n", (double)t / 1e9, f->kind);
	state(detected, cores[core], "running", "crashed", epoch, f->detector);
	event(detected + 2 * MS, "core.crash", cores[core],
	      ",\"detector\":\"%s\",\"cause\":\"%s\",\"type\":\"fatal\",\"pc\":\"0x21101460\",\"pc_sym\":\"%s\",\"lr\":"
	      "\"0x21101461\","
	      "\"lr_sym\":\"main+0xd8 (main.c:91)\",\"text\":\"%s\",\"epoch\":%u",
	      f->detector, f->cause, f->pc_sym, f->text, epoch);
	fprintf(kernel, "[ %12.6f] remoteproc remoteproc%u: crash detected in %s: type fatal error\n",
	        (double)(detected + 3 * MS - START) / 1e9 - 0.01, core, cores[core]);
	write_report(dir, f, core, epoch);
	end_life(detected + 2 * MS, core, epoch, !lost);
}

static uint64_t write_events(const char *dir)
{
	uint64_t t = START, end = t + 700 * MS + (NUM_FAULTS + 1) * 2 * LIFE_MS * MS;

	event(t, "lab.up", NULL, ",\"lab\":\"made-up\",\"soc\":\"star\",\"pid\":1000,\"time\":%" PRIu64, WALL);
	event(t + 10 * MS, "host.start", NULL, ",\"pid\":1001");
	event(t + 550 * MS, "agent.up", NULL, ",\"ms\":550.0");
	for (unsigned int core = 0; core < NUM_CORES; core++) {
		start(t + (600 + 20 * core) * MS, core, 1);
		for (unsigned int i = 0; i < NUM_FAULTS; i++)
			break_core(dir, t + (1500 + 2 * LIFE_MS * i + LIFE_MS * core) * MS, core, i + 1, &faults[i]);
	}
	event(end, "host.exit", NULL,
	      ",\"text\":\"Linux's process ended with status 0\",\"panic\":\"\",\"expected\":true");
	event(end + MS, "agent.down", NULL, ",\"why\":\"the lab goes down\"");
	event(end + 2 * MS, "lab.down", NULL, ",\"why\":\"'amprelay down' asked for it\",\"exit\":0");
	return end;
}

/* ------------------------------------------------------------------ messages */

static void put32(FILE *file, uint32_t value)
{
	fwrite(&value, sizeof(value), 1, file);
}

static void put16(FILE *file, uint16_t value)
{
	fwrite(&value, sizeof(value), 1, file);
}

static void put_interface(FILE *file, uint16_t type, const char *core)
{
	char name[4] = "";
	uint32_t size = 20 + 8 + 8 + 4;

	memcpy(name, core, strlen(core));
	put32(file, 1);
	put32(file, size);
	put16(file, type);
	put16(file, 0);
	put32(file, 0);
	put16(file, 2); /* if_name */
	put16(file, (uint16_t)strlen(core));
	fwrite(name, sizeof(name), 1, file);
	put16(file, 9); /* if_tsresol */
	put16(file, 1);
	put32(file, 9);
	put32(file, 0);
	put32(file, size);
}

static void put_message(FILE *file, uint32_t link, uint64_t t, bool to_host, uint32_t src, uint32_t dst,
                        const void *payload, uint16_t len)
{
	uint32_t captured = 16u + len, padded = (captured + 3) & ~3u, size = 32 + padded + 12;
	uint64_t wall = t - START + WALL;

	put32(file, 6);
	put32(file, size);
	put32(file, link);
	put32(file, (uint32_t)(wall >> 32));
	put32(file, (uint32_t)wall);
	put32(file, captured);
	put32(file, captured);
	put32(file, src);
	put32(file, dst);
	put32(file, 0);
	put16(file, len);
	put16(file, 0);
	fwrite(payload, len, 1, file);
	fwrite("\0\0\0", padded - captured, 1, file);
	put16(file, 2); /* epb_flags: inbound is to the host */
	put16(file, 4);
	put32(file, to_host ? 1 : 2);
	put32(file, 0);
	put32(file, size);
}

/* A record of the listener's own. */
static void put_record(FILE *file, uint64_t t, const char *text)
{
	uint32_t len = (uint32_t)strlen(text), padded = (len + 3) & ~3u, size = 32 + padded;
	uint64_t wall = t - START + WALL;

	put32(file, 6);
	put32(file, size);
	put32(file, NUM_CORES);
	put32(file, (uint32_t)(wall >> 32));
	put32(file, (uint32_t)wall);
	put32(file, len);
	put32(file, len);
	fwrite(text, len, 1, file);
	fwrite("\0\0\0", padded - len, 1, file);
	put32(file, size);
}

static void announce(FILE *file, uint32_t link, uint64_t t, const char *name, uint32_t addr)
{
	uint8_t payload[40] = {0};

	memcpy(payload, name, strlen(name));
	memcpy(payload + 32, &addr, sizeof(addr));
	put_message(file, link, t, true, addr, 0x35, payload, sizeof(payload));
}

/* From a fault to its recovery a core says nothing. */
static bool is_dead(unsigned int core, uint64_t t)
{
	for (unsigned int i = 0; i < NUM_FAULTS; i++) {
		uint64_t from = START + (1500 + 2 * LIFE_MS * i + LIFE_MS * core) * MS;

		if (t > from && t < from + faults[i].detect_us * UINT64_C(1000) + 86 * MS)
			return true;
	}
	return false;
}

static void write_capture(const char *dir, unsigned int count, uint64_t end)
{
	static const char *const channels[] = {"amp-echo", "amp-telemetry", "rpmsg-raw", "rpmsg-tty"};
	uint64_t begin = START + 700 * MS, step = (end - begin) / (count / 2);
	FILE *file = make(dir, "messages.pcapng");
	char text[64];

	put32(file, 0x0a0d0d0a);
	put32(file, 28);
	put32(file, 0x1a2b3c4d);
	put32(file, 1);
	put32(file, UINT32_MAX);
	put32(file, UINT32_MAX);
	put32(file, 28);
	for (unsigned int core = 0; core < NUM_CORES; core++)
		put_interface(file, 147, cores[core]);
	put_interface(file, 148, "lab");
	put_record(
		file, START + 640 * MS,
		"{\"ev\":\"wire.channel\",\"core\":\"m3\",\"addr\":1027,\"name\":\"rpmsg-tty\",\"side\":\"remote\"}");
	put_record(file, START + 900 * MS,
	           "{\"ev\":\"wire.gap\",\"core\":\"m3\",\"direction\":\"to-host\",\"count\":17}");
	for (unsigned int core = 0; core < NUM_CORES; core++) {
		for (unsigned int i = 0; i < 4 - (core == 0); i++)
			announce(file, core, START + (645 + 20 * core) * MS + i * 100000, channels[i], 0x400 + i);
	}
	for (unsigned int i = 0; i < (count - 8) / 2; i++) {
		unsigned int core = i % 3 == 0, channel = i % 7 % 4;
		int n = snprintf(text, sizeof(text), i % 100 ? "message %u" : "message %u " HOSTILE, i);

		if (is_dead(core, begin + i * step))
			continue;
		n = n < (int)sizeof(text) ? n : (int)sizeof(text) - 1;
		put_message(file, core, begin + i * step, false, 0x400, 0x400 + channel, text, (uint16_t)n);
		put_message(file, core, begin + i * step + 180000, true, 0x400 + channel, 0x400, text, (uint16_t)n);
	}
	fclose(file);
}

int main(int argc, char **argv)
{
	char dumps[4096];
	uint64_t end;

	if (argc != 3) {
		fprintf(stderr, "usage: make_run DIR MESSAGES\n");
		return 2;
	}
	snprintf(dumps, sizeof(dumps), "%s/dumps", argv[1]);
	mkdir(argv[1], 0755);
	mkdir(dumps, 0755);
	events = make(argv[1], "events.jsonl");
	trace[0] = make(argv[1], "m3.log");
	trace[1] = make(argv[1], "rv32.log");
	kernel = make(argv[1], "kernel.log");
	fprintf(kernel, "[    0.000000] Booting Linux on physical CPU 0x0000000000\n[    0.400000] " HOSTILE "\n");
	end = write_events(argv[1]);
	write_capture(argv[1], (unsigned int)atoi(argv[2]), end);
	fclose(events);
	fclose(trace[0]);
	fclose(trace[1]);
	fclose(kernel);
	return 0;
}
