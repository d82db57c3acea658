/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The doorbells of one core: Linux's interrupt vectors on one side, bytes of a UART on the other.
 *
 * A kick says "look", not how often: kicks that cannot be passed on at once become one pending bit. So nothing grows,
 * nothing is allocated, and nothing blocks, however fast a guest rings. A kick costs one system call on the receiving
 * side at most, and one on the sending side.
 */
#ifndef AMPRELAY_RELAY_BELLS_H
#define AMPRELAY_RELAY_BELLS_H

#include <stdbool.h>
#include <stdint.h>

#include <amprelay/wire.h>

#define BELL_VECTORS (1 + AMP_DB_NOTIFY_MAX) /**< most vectors of a core: control and one for each notify id */

/** What becomes of the next kick, for tests of those who rely on it. */
enum bell_fault {
	BELL_SOUND,
	BELL_LOSE,
	BELL_DOUBLE,
	BELL_CROSS, /**< it is for the other queue of its device */
};

struct bells {
	uint32_t notify_ids;
	bool linux_hears;                            /**< Linux is the host: kicks of the core interrupt it */
	int to_host[BELL_VECTORS];                   /**< eventfds: we write, Linux gets an interrupt. -1 = none */
	int from_host[BELL_VECTORS];                 /**< eventfds: Linux writes */
	int uart;                                    /**< our end of the UART's socketpair; -1 while the core is off */
	uint64_t pending_notify;                     /**< bit n: byte n waits until the UART takes more */
	uint64_t pending_control;                    /**< bit n: byte 0x80 + n waits */
	uint64_t to_remote_count[AMP_DB_NOTIFY_MAX]; /**< kicks passed to the core in this life */
	uint64_t to_host_count[AMP_DB_NOTIFY_MAX];   /**< kicks passed to the host in this life */
	enum bell_fault to_remote_fault;             /**< of the next kick; then it is sound again */
	enum bell_fault to_host_fault;
	uint64_t coalesced; /**< kicks that joined a pending one */
	uint64_t invalid;   /**< bytes that mean nothing */
};

/** What one reception brought. */
struct bell_news {
	uint64_t notify;  /**< bit n: notify id n was kicked; Linux, if it is the host, has been interrupted already */
	uint64_t control; /**< bit n: byte 0xc0 + n arrived */
	uint32_t bytes;   /**< that were read */
	uint32_t invalid; /**< number of bytes that mean nothing … */
	uint8_t example;  /**< … and one of them */
	bool closed;      /**< the other end is gone */
	bool more;        /**< there may be more to read */
};

/** Makes the structure safe to close; the first call. */
void amp_bells_prepare(struct bells *bells);
/** @return 0 or a negative errno; on failure nothing is left open. */
int amp_bells_init(struct bells *bells, uint32_t notify_ids);
void amp_bells_close(struct bells *bells);

/** A life begins. @param uart  a non-blocking stream socket, ours from now on. Counters and pending kicks start at 0 */
void amp_bells_power_on(struct bells *bells, int uart);
/** … and ends. */
void amp_bells_power_off(struct bells *bells);

/**
 * Sends a byte to the core, or leaves it pending. Does nothing while the core is off.
 *
 * @return true if bytes are pending: call amp_bells_flush() when the UART can be written
 */
bool amp_bells_ring_remote(struct bells *bells, uint8_t byte);

/** Sends what is pending, control bytes first. @return true if there is still something pending */
bool amp_bells_flush(struct bells *bells);

/** Interrupts Linux. A kick, AMP_VECTOR_NOTIFY(id), only if it is the host; AMP_VECTOR_CONTROL in any case. */
void amp_bells_ring_host(struct bells *bells, uint32_t vector);

/** Reads some bytes from the core, interrupts Linux once for each notify id among them, and tells the rest. */
void amp_bells_receive(struct bells *bells, struct bell_news *news);

#define BELL_NEWS(byte) (UINT64_C(1) << ((byte)-AMP_DB_BOOT)) /**< bit of struct bell_news.control */

#endif /* AMPRELAY_RELAY_BELLS_H */
