#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Two labs side by side: a fault in one is none in the other.
. "$(dirname "$0")/lab.sh"
other() {
	NAME=$NAME-b amp "$@"
}
trap 'other down >/dev/null 2>&1 || true; finish' EXIT

expect 0 "" amp up
expect 0 "" other up
mark
expect 0 "" amp fault m3 undef
expect_event ev=core.recovered
expect_echo
! other events --json | grep -q core.crash || fail "the other lab saw a crash"
expect 0 "" other exec -- rpmsg ping amp-echo -c 10
expect 0 "" other down
expect_echo
