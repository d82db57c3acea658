#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a core writes over in the control block costs it its life, and no other: after the recovery all is there again.
. "$(dirname "$0")/lab.sh"

# scribble OFFSET COUNT: as the core can, who sees the same memory: COUNT bytes of 0xff.
scribble() {
	head -c "$(($2))" /dev/zero | tr '\0' '\377' |
		dd of="$memory" bs=1 seek="$(($1))" conv=notrunc status=none
}

expect 0 "" amp up
expect_echo
relay=$(relay_pid)
memory=$(find "/proc/$relay/fd" -lname '/memfd:amprelay-m3*' | head -n 1)
[ -n "$memory" ] || fail "the core's memory is not found"

# the description of the SoC, which a driver needs when it binds, where the host sees the memory and all else that the
# host says, what the relay says, and all of it at once
life=1
for place in "0 1024" "0x400 8" "0x400 96" "0x800 400" "0 0x1000"; do
	mark
	# shellcheck disable=SC2086
	scribble $place
	expect 0 "" amp fault m3 kill
	life=$((life + 1))
	expect_event "ev=core.recovered,core=m3,epoch=$life,link=up"
	expect_echo
done

# and a driver can bind anew
expect 0 "" guest sh -c 'cd /sys/bus/pci/drivers/amprelay_rproc && d=$(basename $(ls -d 0000:*)) && echo $d >unbind && echo $d >bind'
expect_echo

# A core whose link does not come up is not said to have recovered: Linux does not bring its device up.
expect 0 "" guest sh -c 'echo 0 >/sys/bus/virtio/drivers_autoprobe'
mark
expect 0 "" amp fault m3 kill
expect_event "ev=core.recovered,core=m3,link=down"
expect 0 "its RPMsg link is down" amp status
expect 7 "has not brought its RPMsg device up" amp restart m3
expect 0 "" guest sh -c 'echo 1 >/sys/bus/virtio/drivers_autoprobe'
expect 0 "" amp restart m3
expect_echo
