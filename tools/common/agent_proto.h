/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames between the relay and the agent in the Linux guest, over the virtio-serial port AMP_AGENT_PORT.
 *
 * A frame is struct amp_frame and `len` bytes of payload. Numbers are little-endian. A channel is one command that runs
 * in the guest; the relay numbers channels 1 … 65535 and reuses a number only after AMP_FRAME_EXIT. Channel 0 is the
 * agent itself.
 *
 * Flow control: on each channel, and in each direction, at most AMP_AGENT_WINDOW bytes of stream data (STDIN; STDOUT
 * and STDERR together) may be under way. The receiver returns credit with AMP_FRAME_WINDOW once it has passed the data
 * on.
 */
#ifndef AMPRELAY_AGENT_PROTO_H
#define AMPRELAY_AGENT_PROTO_H

#include <stdint.h>

#define AMP_AGENT_PORT        "org.amprelay.agent"
#define AMP_AGENT_VERSION     1u
#define AMP_AGENT_PAYLOAD_MAX 16384u
#define AMP_AGENT_WINDOW      262144u
#define AMP_AGENT_BOOT_ID     36u /* of /proc/sys/kernel/random/boot_id */

enum amp_frame_type {
	/* relay → agent */
	AMP_FRAME_EXEC = 1,   /**< argv, NUL-terminated strings; runs in /, found by PATH, with little environment */
	AMP_FRAME_STDIN = 2,  /**< data; empty = end of file */
	AMP_FRAME_SIGNAL = 3, /**< le32 signal number, to the command's process group */
	AMP_FRAME_CLOSE = 4,  /**< the client has gone: SIGKILL the process group; EXIT still follows */
	/* agent → relay */
	AMP_FRAME_HELLO = 16, /**< le32 AMP_AGENT_VERSION; first frame, channel 0 */
	AMP_FRAME_STDOUT = 17,
	AMP_FRAME_STDERR = 18,
	AMP_FRAME_EXIT = 19,      /**< le32 status, after all output: exit code, or 128 + signal; 126, 127: not run */
	AMP_FRAME_KMSG = 20,      /**< channel 0: one or more whole lines of the kernel log, "[    1.234567] text\n" */
	AMP_FRAME_DUMP = 21,      /**< channel 0: a devcoredump begins: name of its core, 1 to 31 bytes */
	AMP_FRAME_DUMP_DATA = 22, /**< channel 0: the next bytes of it */
	AMP_FRAME_DUMP_END = 23,  /**< channel 0: le32, 0 = that was all of it, else Linux's errno */
	AMP_FRAME_BOOT = 24,      /**< channel 0: which boot it is, AMP_AGENT_BOOT_ID characters; follows HELLO */
	/* both */
	AMP_FRAME_WINDOW = 32, /**< le32 number of bytes passed on */
};

struct amp_frame {
	uint32_t len; /**< bytes of payload, at most AMP_AGENT_PAYLOAD_MAX */
	uint8_t type; /**< enum amp_frame_type */
	uint8_t reserved;
	uint16_t channel;
};

#endif
