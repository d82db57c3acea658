#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The terminal in which `up` ran dies (its emulator is killed): the lab goes with it. With --keep it stays.
. "$(dirname "$0")/lab.sh"

# `script` is the terminal emulator; the shell in it brings the lab up and stays.
in_terminal() {
	rm -f "$AMPRELAY_STATE/up"
	mkfifo "$AMPRELAY_STATE/up"
	script -qfc "'$AMPRELAY' --name '$NAME' up $1 && echo up >'$AMPRELAY_STATE/up' && exec sleep 600" /dev/null \
		>/dev/null 2>&1 </dev/null 9>&- &
	terminal=$!
	timeout "$TIMEOUT" grep -q up "$AMPRELAY_STATE/up" || fail "the lab did not come up"
}

in_terminal ""
remember_processes
kill -9 "$terminal"
expect_nothing_left

in_terminal --keep
expect_echo
kill -9 "$terminal"
expect_echo
