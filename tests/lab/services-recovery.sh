#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A core crashes while terminals, channels and endpoints of Linux are in use: programs are told, and after the
# recovery everything is there again, and works from the start.
. "$(dirname "$0")/lab.sh"

ctrl=/dev/rpmsg_ctrl0

# A terminal that Linux makes answers as the first one.
expect_terminal() {
	tty=$(guest rpmsg_export_dev $ctrl rpmsg-tty 257 1024) || fail "Linux cannot make a terminal"
	expect 0 "TTY 1: hello" guest sh -c "exec 3<>$tty; echo hello >&3; timeout 10 head -n1 <&3"
}

expect 0 "" amp up
for life in 1 2 3; do
	expect_terminal
	guest rpmsg export-ept $ctrl mine 100 1 >/dev/null || fail "making an endpoint"
	raw=$(guest rpmsg list | sed -n 's/.* rpmsg-raw .*\(\/dev\/rpmsg[0-9]*\).*/\1/p')
	expect 0 "from ept 0x0402: ping $raw" guest rpmsg_ping "$raw"

	# two programs that have them open, and say how that ends
	guest sh -c "exec 3<>$raw; echo open; dd bs=496 count=1 <&3" >"$AMPRELAY_STATE/raw" 2>&1 &
	reader=$!
	guest sh -c "exec 3<>$tty; echo open; dd bs=496 <&3" >"$AMPRELAY_STATE/tty" 2>&1 &
	terminal=$!
	for log in raw tty; do
		timeout "$TIMEOUT" tail -n +1 -f "$AMPRELAY_STATE/$log" | grep -m1 -q open || fail "the program did not start"
	done

	mark
	expect 0 "" amp fault m3 undef
	wait "$reader" && fail "reading from a core that has crashed succeeds"
	expect 0 "Broken pipe" cat "$AMPRELAY_STATE/raw"
	wait "$terminal" || true # a terminal just ends, with or without an error
	ok "the programs have ended"
	expect_event ev=core.ready

	expect_echo
	# the sample's channel was there again, had its hundred messages, and went
	guest sh -c "timeout $TIMEOUT grep -m$((life + 1)) 'rpmsg_client_sample.*is removed' /dev/kmsg | wc -l" >"$AMPRELAY_STATE/removed"
	expect 0 "$((life + 1))" cat "$AMPRELAY_STATE/removed"
done
expect_terminal
expect_sound_kernel
ok "no complaint of the kernel"
