// SPDX-License-Identifier: GPL-2.0-only
/*
 * multi-services: the five demonstrations of the multi-service sample that this field knows, with the unmodified
 * drivers of Linux. What is typed and what comes back is shown, and each line is checked.
 */
#include <stdio.h>

#include "demo.h"

#define SAMPLE_LOG "\\[*\\] rpmsg_client_sample virtio*.rpmsg-client-sample.-1.1024: "
#define BUS_LOG    "\\[*\\] virtio_rpmsg_bus virtio*: "

static const struct demo_typed announcements[] = {
	{"dmesg | grep 'host is online'", {BUS_LOG "rpmsg host is online"}},
	{"dmesg | grep 'creating channel rpmsg-'",
         {BUS_LOG "creating channel rpmsg-client-sample addr 0x400", BUS_LOG "creating channel rpmsg-tty addr 0x401",
          BUS_LOG "creating channel rpmsg-raw addr 0x402"}},
	{0},
};

/* Linux' sample driver sends 100 messages, one after the other, and the core ends the channel after the last answer. */
static const struct demo_typed client_sample[] = {
	{"dmesg | grep 'client-sample.*new channel'", {SAMPLE_LOG "new channel: 0x4?? -> 0x400!"}},
	{"dmesg | grep 'incoming msg' | sed '3,98d'",
         {SAMPLE_LOG "incoming msg 1 (src: 0x400)", SAMPLE_LOG "incoming msg 2 (src: 0x400)",
          SAMPLE_LOG "incoming msg 99 (src: 0x400)", SAMPLE_LOG "incoming msg 100 (src: 0x400)"}},
	{"seq 100 >/tmp/hundred", {0}},
	{"dmesg | sed -n 's/.*incoming msg \\(.*\\) (src: 0x400)/\\1/p' | cmp - "
         "/tmp/hundred && echo 1 to 100, each once, in order",
         {"1 to 100, each once, in order"}},
	{"dmesg | grep -e goodbye -e 'destroying channel' -e 'is removed'",
         {SAMPLE_LOG "goodbye!", BUS_LOG "destroying channel rpmsg-client-sample addr 0x400",
          SAMPLE_LOG "rpmsg sample client driver is removed"}},
	{0},
};

/*
 * Descriptor 3 has the terminal open before the first message is sent, so that nothing of the answer is missed. Not
 * cat: that of busybox has Linux copy, and Linux keeps the pipe that it writes to locked while it waits for the
 * terminal; who reads that pipe then waits, too.
 */
static const struct demo_typed tty[] = {
	{"ls /dev/ttyRPMSG*", {"/dev/ttyRPMSG0"}},
	{"exec 3<>/dev/ttyRPMSG0", {0}},
	{"tee <&3 &", {0}},
	{"echo ' hello Zephyr' >/dev/ttyRPMSG0", {"TTY 0:  hello Zephyr"}},
	{"echo ' goodbye Zephyr' >/dev/ttyRPMSG0", {"TTY 0:  goodbye Zephyr"}},
	{0},
};

static const struct demo_typed dynamic_tty[] = {
	{"exec 3<>/dev/ttyRPMSG0", {0}},
	{"tee <&3 &", {0}},
	{"echo ' hello Zephyr' >/dev/ttyRPMSG0", {"TTY 0:  hello Zephyr"}},
	/* the bus' own trace of each message */
	{"echo -n 'file virtio_rpmsg_bus.c +p' >/sys/kernel/debug/dynamic_debug/control", {0}},
	{"dmesg -c >/dev/null", {0}},
	{"rpmsg_export_dev /dev/rpmsg_ctrl0 rpmsg-tty 257 1024", {"/dev/ttyRPMSG1"}},
	{"ls /dev/ttyRPMSG*", {"/dev/ttyRPMSG0", "/dev/ttyRPMSG1"}},
	{"timeout 5 grep -m1 -o 'RX: .*bound' /dev/kmsg",
         {"RX: 62 6f 75 6e 64 00                                bound"}},
	{"dmesg | grep -e rpmsg_tty -e _virtio -e From",
         {"\\[*\\] rpmsg_tty virtio*.rpmsg-tty.257.1024: TX From 0x101, To 0x35, Len 40, Flags 0, Reserved 0",
          "\\[*\\] rpmsg_virtio TX: 01 01 00 00 35 00 00 00 00 00 00 00 28 00 00 00  ....5.......(...",
          "\\[*\\] rpmsg_virtio TX: 72 70 6d 73 67 2d 74 74 79 00 00 00 00 00 00 00  rpmsg-tty.......",
          "\\[*\\] rpmsg_virtio TX: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................",
          "\\[*\\] rpmsg_virtio TX: 01 01 00 00 00 00 00 00                          ........",
          BUS_LOG "From: 0x400, To: 0x101, Len: 6, Flags: 0, Reserved: 0",
          "\\[*\\] rpmsg_virtio RX: 00 04 00 00 01 01 00 00 00 00 00 00 06 00 00 00  ................",
          "\\[*\\] rpmsg_virtio RX: 62 6f 75 6e 64 00                                bound."}},
	{"echo -n 'file virtio_rpmsg_bus.c -p' >/sys/kernel/debug/dynamic_debug/control", {0}},
	{"exec 4<>/dev/ttyRPMSG1", {0}},
	{"tee <&4 &", {0}},
	{"echo hello dev0 >/dev/ttyRPMSG0", {"TTY 0: hello dev0"}},
	{"echo hello dev1 >/dev/ttyRPMSG1", {"bound^@TTY 1: hello dev1"}},
	{"rpmsg_export_dev /dev/rpmsg_ctrl0 -d rpmsg-tty 257 -1", {0}},
	{"ls /dev/ttyRPMSG*", {"/dev/ttyRPMSG0"}},
	{"cat /sys/bus/rpmsg/devices/virtio*.rpmsg-tty.-1.*/src", {"0x401"}},
	{"rpmsg_export_dev /dev/rpmsg_ctrl0 -d rpmsg-tty 1025 -1", {0}},
	{"ls /dev/ttyRPMSG*", {"ls: /dev/ttyRPMSG*: No such file or directory"}},
	{0},
};

static const struct demo_typed raw[] = {
	{"ls /dev/rpmsg?", {"/dev/rpmsg0"}},
	{"rpmsg_ping /dev/rpmsg0", {"message for /dev/rpmsg0: \"from ept 0x0402: ping /dev/rpmsg0\""}},
	{0},
};

static const struct demo_typed endpoints[] = {
	{"ls -d /dev/rpmsg?*", {"/dev/rpmsg0", "/dev/rpmsg_ctrl0"}},
	{"rpmsg_export_ept /dev/rpmsg_ctrl0 my_endpoint1 100 1", {"/dev/rpmsg1"}},
	{"rpmsg_export_ept /dev/rpmsg_ctrl0 my_endpoint2 101 1", {"/dev/rpmsg2"}},
	{"rpmsg_export_ept /dev/rpmsg_ctrl0 my_endpoint2 103 1", {"/dev/rpmsg3"}},
	{"ls /dev/rpmsg?", {"/dev/rpmsg0", "/dev/rpmsg1", "/dev/rpmsg2", "/dev/rpmsg3"}},
	{"rpmsg_ping /dev/rpmsg0", {"message for /dev/rpmsg0: \"from ept 0x0402: ping /dev/rpmsg0\""}},
	{"rpmsg_ping /dev/rpmsg1", {"message for /dev/rpmsg1: \"from ept 0x0001: ping /dev/rpmsg1\""}},
	{"rpmsg_ping /dev/rpmsg2", {"message for /dev/rpmsg2: \"from ept 0x0001: ping /dev/rpmsg2\""}},
	{"rpmsg_ping /dev/rpmsg3", {"message for /dev/rpmsg3: \"from ept 0x0001: ping /dev/rpmsg3\""}},
	{"rpmsg_destroy_ept /dev/rpmsg1", {0}},
	{"rpmsg_destroy_ept /dev/rpmsg2", {0}},
	{"rpmsg_destroy_ept /dev/rpmsg3", {0}},
	{"ls /dev/rpmsg?", {"/dev/rpmsg0"}},
	{0},
};

static void show(struct demo *d, const char *title, const struct demo_typed *typed, const char *what)
{
	double start = amp_demo_now_ms();
	bool ok;

	if (!amp_demo_goes_on(d))
		return;
	printf("\n");
	ok = amp_demo_type(d, typed);
	if (!d->interrupted)
		amp_demo_step(d, title, ok, amp_demo_now_ms() - start, "%s", what);
}

static void play_services(struct demo *d)
{
	amp_demo_show_boot(d);
	show(d, "the core announces its services", announcements, "three for drivers of Linux");
	show(d, "demo 1: rpmsg-client-sample", client_sample, "100 messages, then the core ends the channel");
	show(d, "demo 2: rpmsg-tty", tty, "each line came back behind 'TTY 0: '");
	show(d, "demo 3: a second rpmsg-tty", dynamic_tty, "made and released by Linux; 'bound', then 'TTY 1: '");
	show(d, "demo 4: rpmsg-raw", raw, "one message, there and back");
	show(d, "demo 5: several endpoints", endpoints, "three of Linux on one of the core, each with its own answers");
}

const struct demo_kind demo_multi_services = {
	.name = "multi-services",
	.soc = "m3",
	.title =
		"Five demonstrations with Linux's own drivers: client sample, tty, dynamic tty, raw, several endpoints",
	.cores = {{"m3", "the Cortex-M3"}},
	.any_soc = true,
	.play = play_services,
};
