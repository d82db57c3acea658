/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control protocol between the `amprelay` commands and a lab's relay.
 *
 * Transport: an AF_UNIX SOCK_SEQPACKET socket in the abstract name space (it leaves no file behind, however the relay
 * dies), named "\0amprelay/<uid>/<lab>". Both ends check with SO_PEERCRED that the other runs as the same user or root.
 *
 * A packet is one type byte and a payload of at most AMP_CONTROL_MAX bytes:
 *   'J'  JSON object
 *   'I'  client → relay: bytes for standard input; empty = end of file
 *   'O'  relay → client: bytes of standard output (or of the console)
 *   'E'  relay → client: bytes of standard error
 *   'F'  relay → client: records of what passes between the cores, whole ones (common/sniffed.h)
 *
 * One connection carries one request. The client's first packet is 'J' {"cmd": NAME, ...}. The relay answers with any
 * number of 'O', 'E' and 'J' {"progress": TEXT} packets and then exactly one 'J' {"done": true, "exit": N, ...}, where
 * N is an enum amp_exit (for exec: the command's own status), "error" the text for people when N is not 0; "unheard" is
 * there if the relay had no place to even read the request. A client
 * that closes its end cancels what it asked for. A client that asks for nothing, or has read its answer and stays, is
 * hung up on after a few seconds. A client that finds its connection reset reads on: an answer may still be there.
 *
 *   cmd      arguments                               answer, besides "exit" and "error"
 *   status   -                                       "lab": name, state, host, cores[] (see docs/reference/status.md)
 *   down     -                                       after everything has ended
 *   wait     "for": "agent" | "running" | "steady"   - ("steady": it runs, and did not die at once the last time;
 *            | "scripts", "core", "timeout_ms"         "scripts": those in the shared folder have ended)
 *   start, stop, restart   "core"; start: "loader":   -
 *            "linux" (default) | "relay";
 *            "params": object of strings, which hold
 *            until the next start
 *   attach, detach,        "core"                    -
 *   suspend, resume
 *   swap     "core", "file": absolute name           "epoch", "gap_ms", "firmware", "linux_loads"
 *   reboot   "reset": true: without asking Linux     when its agent answers again
 *   talk     "core", "channel", "text"               "text": the answer, printable ASCII and line ends
 *   fault    "core", "kind"                          when the core has died of it, if it does
 *   exec     "argv": [..]; client may send 'I' and   "exit" is the command's status; 'J' {"signal": N} comes back
 *            'J' {"signal": N}                        as soon as the signal is on its way
 *   console  "core", or Linux; client sends 'I'      'O' packets, what was said before first, until the client sends
 *                                                    an empty 'I'
 *   sniff    "core", or all                          'J' {"progress": "listening"} and 'F' packets until the client
 *                                                    sends 'J' {"signal": N}
 *   debug    "core", or Linux; client sends 'I' in   'J' {"progress": "open"} and 'O' packets until the client sends
 *            gdb's remote protocol                   an empty 'I'; "apart_us": between the machines' clocks
 *
 * Logs and events are files in the lab's state directory, and clients read them there: this works after the relay's
 * death as well.
 */
#ifndef AMPRELAY_CONTROL_H
#define AMPRELAY_CONTROL_H

#define AMP_CONTROL_MAX 65536 /**< largest payload of a packet, bytes */

/** Longest lab name; letters, digits, '-', '_' and '.', not starting with '.' or '-'. */
#define AMP_LAB_NAME_MAX 32

/*
 * The state directory of lab NAME is $AMPRELAY_STATE/NAME, else $XDG_STATE_HOME/amprelay/NAME, else
 * ~/.local/state/amprelay/NAME:
 *   lock           held (flock) by the relay while it lives
 *   events.jsonl   the flight record
 *   linux.log      the guest's console, as received
 *   kernel.log     the guest's kernel log, one record a line
 *   relay.log      the relay's own messages
 *   CORE.log       the trace buffer of each core
 *   CORE.console.log  what each core that has a console says there, as received
 *   dumps/         post-mortems: CORE-EPOCH.core (ELF core), CORE-EPOCH.txt (readable), from outside;
 *                  CORE-EPOCH.devcoredump, from Linux
 *   events.1.jsonl, dumps.1/   the same of the flight before
 */

#endif
