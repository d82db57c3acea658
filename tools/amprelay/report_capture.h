/* SPDX-License-Identifier: GPL-2.0-only */
/* The messages of a run, out of a capture in its folder: pcapng files, as `amprelay sniff -w` writes them. */
#ifndef AMPRELAY_REPORT_CAPTURE_H
#define AMPRELAY_REPORT_CAPTURE_H

#include <jansson.h>

/**
 * Reads all *.pcapng of a folder. An interface is a core's link, a packet an RPMsg message with its header; channels
 * have the names that were announced in the capture.
 *
 * @param up     the record "lab.up" of the run, which relates the two clocks; NULL: packets have the host's monotonic
 * one
 * @param notes  array of texts; what has been left out, or is damaged, is appended
 * @return {"messages": [[t, core, to host, source, destination, channel, length, payload in hex], …]}, where a
 * ninth member "gap" tells that it is `length` messages that the listener could not read; NULL if there is no capture
 */
json_t *amp_report_capture(const char *dir, const json_t *up, json_t *notes);

#endif
