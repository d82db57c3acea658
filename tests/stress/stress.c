// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both sides of the library at full speed on two CPUs, as two threads or two processes: see side.c for what each does.
 * Prints one row; with --report FILE also appends a JSON object. Exit status: 0 all messages came, in order and whole;
 * 1 they did not, with the reason; 2 wrong arguments.
 */
#define _GNU_SOURCE
#include "message.h"
#include "samples.h"
#include "side.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct options {
	uint64_t count, seed;
	unsigned int ring;
	bool processes, progress;
	const char *label, *report;
};

/* What both see. */
static struct both {
	struct side host, remote;
} * both;

static int done; /* eventfd: a side has ended */

static void tell_done(void)
{
	uint64_t one = 1;

	if (write(done, &one, sizeof(one)) != sizeof(one))
		die("eventfd", -errno);
}

static void *run_side(void *side)
{
	side_run(side);
	tell_done();
	return NULL;
}

static void __attribute__((__noreturn__)) run_child(void *memory)
{
	side_open(&both->remote, VIRTIO_DEV_DEVICE, memory);
	run_side(&both->remote);
	_exit(0);
}

static void show_progress(const struct options *options, uint64_t start)
{
	uint64_t messages = atomic_load(&both->host.received) + atomic_load(&both->remote.received);
	double seconds = (double)(now_ns() - start) / 1e9;

	fprintf(stderr, "\r  %-28s %5.1f %% %12" PRIu64 " messages %6.2f million/s ", options->label,
	        100.0 * (double)messages / (2.0 * (double)options->count), messages, (double)messages / seconds / 1e6);
}

/* Until both sides have ended; a process that dies has ended too. */
static void await_both(const struct options *options, int pidfd, uint64_t start)
{
	struct pollfd fds[2] = {{.fd = done, .events = POLLIN}, {.fd = pidfd, .events = POLLIN}};
	uint64_t ended = 0, n, one = 1;

	while (ended < 2) {
		if (poll(fds, 2, options->progress ? 1000 : -1) < 0 && errno != EINTR)
			die("poll", -errno);
		if (fds[0].revents && read(done, &n, sizeof(n)) == sizeof(n))
			ended += n;
		else if (fds[1].revents && ended < 2) {
			fds[1].fd = -1;
			if (atomic_load(&both->remote.received) == options->count &&
			    atomic_load(&both->remote.sent) == options->count)
				continue; /* its word is still in `done` */
			snprintf(both->remote.failure, sizeof(both->remote.failure), "its process died");
			atomic_store(&both->remote.failed, true);
			ended++;
			if (write(both->host.kicked, &one, sizeof(one)) != sizeof(one))
				die("eventfd", -errno);
		}
		if (options->progress)
			show_progress(options, start);
	}
	if (options->progress)
		fputs("\r\033[K", stderr);
}

static bool all_came(const struct side *side)
{
	return !side->failed && side->sent == side->count && side->received == side->count;
}

static void tell_failure(const struct options *options, const struct side *side)
{
	if (side->failure[0])
		printf("FAILED %s: %s: %s\n  again with: --seed %" PRIu64 " --ring %u --count %" PRIu64 "%s\n",
		       options->label, side->name, side->failure, options->seed, options->ring, options->count,
		       options->processes ? " --processes" : "");
}

static void write_report(const struct options *options, double seconds, uint64_t sleeps, bool ok)
{
	FILE *f = fopen(options->report, "a");

	if (!f ||
	    fprintf(f,
	            "{\"name\": \"%s\", \"processes\": %s, \"ring\": %u, \"seed\": %" PRIu64 ", \"messages\": %" PRIu64
	            ", \"seconds\": %.3f, \"sleeps\": %" PRIu64 ", \"ok\": %s}\n",
	            options->label, options->processes ? "true" : "false", options->ring, options->seed,
	            (uint64_t)(both->host.received + both->remote.received), seconds, sleeps,
	            ok ? "true" : "false") < 0 ||
	    fclose(f))
		die(options->report, -errno);
}

static bool report_all(const struct options *options, uint64_t start)
{
	double seconds = (double)(now_ns() - start) / 1e9;
	uint64_t sleeps = both->host.sleeps + both->remote.sleeps;
	uint64_t messages = both->host.received + both->remote.received;
	bool ok = all_came(&both->host) && all_came(&both->remote);

	printf("  %-28s %11" PRIu64 " messages %8.1f s %7.2f million/s %9" PRIu64 " sleeps  %s\n", options->label,
	       messages, seconds, (double)messages / seconds / 1e6, sleeps, ok ? "ok" : "FAILED");
	tell_failure(options, &both->host);
	tell_failure(options, &both->remote);
	if (options->report)
		write_report(options, seconds, sleeps, ok);
	return ok;
}

static bool stress(const struct options *options)
{
	void *memory = pair_memory(options->ring, 512);
	pthread_t threads[2];
	pid_t child = 0;
	int pidfd = -1;
	uint64_t start;

	side_open(&both->host, VIRTIO_DEV_DRIVER, memory);
	start = now_ns();
	if (options->processes) {
		fflush(stdout);
		child = fork();
		if (child == 0)
			run_child(memory);
		pidfd = child > 0 ? pidfd_open(child, 0) : -1;
		if (pidfd < 0)
			die("no process", -errno);
	} else {
		side_open(&both->remote, VIRTIO_DEV_DEVICE, memory);
		if (pthread_create(&threads[1], NULL, run_side, &both->remote))
			die("no thread", -1);
	}
	if (pthread_create(&threads[0], NULL, run_side, &both->host))
		die("no thread", -1);
	await_both(options, pidfd, start);
	pthread_join(threads[0], NULL);
	if (child) {
		waitpid(child, NULL, 0);
		close(pidfd);
	} else {
		pthread_join(threads[1], NULL);
		side_close(&both->remote);
	}
	side_close(&both->host);
	return report_all(options, start);
}

static uint64_t number(const char *text, const char *option, uint64_t least)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (*end || end == text || errno || value < least) {
		fprintf(stderr, "stress: --%s %s: must be a number, at least %" PRIu64 "\n", option, text, least);
		exit(2);
	}
	return value;
}

static void parse(struct options *options, int argc, char **argv)
{
	static const struct option longs[] = {
		{"count", 1, NULL, 'c'},     {"seed", 1, NULL, 's'},     {"ring", 1, NULL, 'r'},
		{"processes", 0, NULL, 'p'}, {"progress", 0, NULL, 'v'}, {"label", 1, NULL, 'l'},
		{"report", 1, NULL, 'o'},    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) >= 0) {
		switch (c) {
		case 'c':
			options->count = number(optarg, "count", 1);
			break;
		case 's':
			options->seed = number(optarg, "seed", 0);
			break;
		case 'r':
			options->ring = (unsigned int)number(optarg, "ring", 4);
			break;
		case 'p':
			options->processes = true;
			break;
		case 'v':
			options->progress = isatty(STDERR_FILENO);
			break;
		case 'l':
			options->label = optarg;
			break;
		case 'o':
			options->report = optarg;
			break;
		default:
			exit(2);
		}
	}
	if (optind < argc || options->ring > PAIR_DESCRIPTORS || options->ring & (options->ring - 1)) {
		fprintf(stderr,
		        "stress: [--count N] [--seed N] [--ring 4 … %d, a power of two] [--processes] [--progress]\n",
		        PAIR_DESCRIPTORS);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct options options = {.count = 1000000, .seed = 1, .ring = PAIR_DESCRIPTORS};
	bool two = allowed_cpu(0) != allowed_cpu(1);

	parse(&options, argc, argv);
	if (!options.label)
		options.label = options.processes ? "processes" : "threads";
	both = mmap(NULL, sizeof(*both), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	done = eventfd(0, EFD_CLOEXEC);
	if (both == MAP_FAILED || done < 0)
		die("no shared memory", -errno);
	side_init(&both->host, &both->remote, "host", message_hash(options.seed, 1), options.count,
	          two ? allowed_cpu(0) : -1);
	side_init(&both->remote, &both->host, "remote", message_hash(options.seed, 2), options.count,
	          two ? allowed_cpu(1) : -1);
	return stress(&options) ? 0 : 1;
}
