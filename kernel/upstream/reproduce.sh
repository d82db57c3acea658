#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: reproduce.sh [KIND...]: do to the lab's Linux what each patch of this folder is about, and see whether it
# stays sound. Each kind gets a lab of its own. Exit status 0: sound in all; 1: broken in some. Needs `make lab`; the
# kernel is the one that is there: unmodified, or with the patches after `make lab FIXES=yes`.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
export AMPRELAY="${AMPRELAY:-$top/build/bin/amprelay}" AMPRELAY_LAB="${AMPRELAY_LAB:-$top/build/lab}"

if [ "${1:-}" != --one ]; then
	broken=0
	for kind in ${*:-signal ns-destroy ctrl-destroy ns-flood used-length poll buffer-sizes}; do
		if output=$("$0" --one "$kind" 2>&1); then
			printf '%-14s sound    %s\n' "$kind" "$(printf '%s\n' "$output" | tail -n 1)"
		else
			broken=1
			printf '%-14s BROKEN   %s\n' "$kind" "$(printf '%s\n' "$output" | sed -n 's/^not ok - //p' | head -n 1)"
			[ -z "${VERBOSE:-}" ] || printf '%s\n' "$output"
		fi
	done
	exit $broken
fi

kind=$2
# In a lab of its own, with a firmware that asks for them.
[ "$kind" != buffer-sizes ] || exec "$top/tests/lab/buffer-sizes.sh" "$top/build/cortex-m3/applications" taken
. "$top/tests/lab/lab.sh"
# What is waited for takes well below a second on a sound kernel.
TIMEOUT=20

bounded() {
	timeout "$TIMEOUT" "$AMPRELAY" --name "$NAME" exec -- "$@" 9>&-
}

answers() {
	bounded rpmsg ping amp-echo -c 3 -s 16 --wait 10 >/dev/null || fail "messages from the core are not received any more"
}

expect 0 "" amp up
expect_echo
case $kind in
signal)
	# Fill all buffers of a core whose main loop has stopped, and kill the writer that waits for one. The watchdog
	# tells of the core after a second; until then nobody gives a buffer back.
	mark
	bounded sh -c '
		dd if=/dev/zero of=/dev/rpmsg0 bs=16 count=100000 2>/dev/null & writer=$!
		rpmsg send amp-command "crash starve" >/dev/null
		usleep 200000
		grep -q rpmsg_send_offchannel_raw /proc/$writer/wchan || exit 0
		kill -9 $writer
		usleep 200000
		! [ -d /proc/$writer ]' || fail "a killed writer does not end: it loops in rpmsg_send_offchannel_raw()"
	expect_event ev=core.recovered
	answers
	;;
ns-destroy)
	bounded rpmsg send amp-command 'misbehave ns-destroy' >/dev/null
	answers
	bounded sh -c 'ls -d /sys/bus/rpmsg/devices/*.rpmsg_ns.*' || fail "the name service is gone: no channel comes or goes any more"
	;;
ctrl-destroy)
	bounded rpmsg send amp-command 'misbehave ctrl-destroy' >/dev/null
	answers
	bounded sh -c 'ls /dev/rpmsg_ctrl*' >/dev/null || fail "the control device is gone"
	;;
ns-flood)
	bounded rpmsg send amp-command 'misbehave ns-flood 3000' >/dev/null
	answers
	bounded sh -c 'until dmesg | grep -q "0x10bb7"; do
		[ $(ls /sys/bus/rpmsg/devices | wc -l) -le 1100 ] || exit 1
		dmesg | grep -q "too many channels" && exit 0
	done; [ $(ls /sys/bus/rpmsg/devices | wc -l) -le 1100 ]' || fail "a device for each of its announcements"
	;;
used-length)
	bounded rpmsg send amp-command 'misbehave used-length' >/dev/null
	answers
	! bounded dmesg | grep "malformed ns msg (65535)" || fail "an endpoint was given 65535 bytes of a buffer of 512"
	;;
poll)
	aarch64-linux-gnu-gcc -static -Wall -Wextra -Werror -O2 -o "$AMPRELAY_STATE/poll_race" "$top/kernel/upstream/poll_race.c"
	guest sh -c 'cat >/tmp/poll_race; chmod +x /tmp/poll_race' <"$AMPRELAY_STATE/poll_race"
	# Most tries miss the moment: the guest has one CPU.
	TIMEOUT=300 bounded sh -c 'for i in $(seq 150); do
		/tmp/poll_race "$(rpmsg export-ept race -1 5000)" || exit
		! dmesg | grep -q "WARNING:.* rpmsg_poll+" || break
	done' || fail "the race was not run"
	! bounded dmesg | grep "WARNING:.* rpmsg_poll+" || fail "rpmsg_poll() was called without an endpoint, and warns"
	answers
	;;
*)
	fail "no kind '$kind'; there are: signal, ns-destroy, ctrl-destroy, ns-flood, used-length, poll, buffer-sizes"
	;;
esac
ok "Linux answers as before"
trap - EXIT
amp down >/dev/null 2>&1 || true
rm -rf "$AMPRELAY_STATE"
