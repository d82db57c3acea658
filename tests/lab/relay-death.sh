#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# However the relay ends, nothing of the lab stays, and the next up works.
. "$(dirname "$0")/lab.sh"

for signal in KILL TERM INT HUP SEGV; do
	expect 0 "" amp up
	remember_processes
	kill -s "$signal" "$(relay_pid)"
	expect_nothing_left
done
expect 0 "" amp up
expect_echo
