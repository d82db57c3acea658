#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: buffer-sizes.sh DIRECTORY [taken]: a core asks Linux for buffers of 2048 bytes to it and of 4096 to Linux, with
# 32 of each (app-sizes of tests/applications). A Linux that knows nothing of that has buffers of 512 bytes each way,
# and does not accept. With the patch of kernel/upstream ("taken") it has those, refuses offers that make no sense, and
# has 512 bytes then.
. "$(dirname "$0")/lab.sh"
program=$1/app-sizes.elf
fw=$AMPRELAY_STATE/firmware/amprelay-m3.elf

# answered BYTES: what the core says to a message of so many; the whole answer is in /tmp/answer.
answered() {
	guest sh -c "exec 3<>\$(rpmsg export-ept app-sizes); head -c $1 /dev/zero | tr '\\0' a >/tmp/message
		dd if=/tmp/message bs=8192 count=1 2>&1 >&3 | grep -v records
		timeout $TIMEOUT dd bs=8192 count=1 2>/dev/null <&3 >/tmp/answer; head -n 1 /tmp/answer"
}

# sizes_are TO-CORE TO-LINUX ACCEPTED: buffers have these sizes: the largest message passes each way, unchanged, and no
# larger one is taken.
sizes_are() {
	guest rpmsg wait app-sizes --timeout "$TIMEOUT" >/dev/null
	down=$(($1 - 16)) up=$(($2 - 16))
	wanted="$down bytes came, $down of them are a; room for $up, $3"
	for _ in 1 2 3; do
		answer=$(answered $down)
		[ "$answer" = "$wanted" ] || fail "the core says '$answer', not '$wanted'"
		expect 0 "$up" guest wc -c /tmp/answer
		[ "$(guest sh -c "tail -n +2 /tmp/answer | tr -d . | wc -c")" = 0 ] || fail "the answer is not what was sent"
	done
	# more than all buffers, one after the other
	expect 0 "" guest sh -c "exec 3<>\$(rpmsg export-ept app-sizes)
		for _ in \$(seq 100); do cat /tmp/message >&3 && dd bs=8192 count=1 2>/dev/null <&3 | cmp - /tmp/answer || exit; done"
	expect 1 "Message too long" guest sh -c "exec 3<>\$(rpmsg export-ept app-sizes)
		head -c $((down + 1)) /dev/zero >/tmp/message; dd if=/tmp/message bs=8192 count=1 >&3"
	ok "$1 bytes to the core, $2 to Linux, $3"
}

# offers OFFSET BYTES: the core asks with these bytes (octal escapes) at OFFSET of its configuration space.
offers() {
	expect 0 "" amp stop m3
	arm-none-eabi-objcopy --dump-section .resource_table="$AMPRELAY_STATE/table" "$program" "$AMPRELAY_STATE/ignored.elf"
	printf "$2" | dd of="$AMPRELAY_STATE/table" bs=1 seek=$((92 + $1)) conv=notrunc status=none
	arm-none-eabi-objcopy --update-section .resource_table="$AMPRELAY_STATE/table" "$program" "$fw"
	guest dmesg -c >/dev/null
	expect 0 "" guest rproc start m3
}

mkdir "${fw%/*}"
cp "$program" "$fw"
expect 0 "" amp up --firmware "${fw%/*}"
if [ "${2:-}" != taken ]; then
	sizes_are 512 512 "not accepted"
else
	sizes_are 2048 4096 accepted
	# version 2; a size of 12; buffers below 64 bytes and above 64 KiB, and of no multiple of 4, in either direction
	while read -r offset bytes why <&6; do # not 0, which the guest's commands read
		offers "$offset" "$bytes"
		sizes_are 512 512 "not accepted"
		expect 0 "$why" guest dmesg
	done 6<<-'END'
		0 \002 unknown version 2 of 11 bytes
		1 \014\000 unknown version 1 of 12 bytes
		3 \074\000\000\000 60 and 2048 bytes are impossible
		7 \074\000\000\000 4096 and 60 bytes are impossible
		3 \004\000\001\000 65540 and 2048 bytes are impossible
		7 \002\010\000\000 4096 and 2050 bytes are impossible
	END
	offers 0 '\001'
	sizes_are 2048 4096 accepted
fi
expect 0 "" amp stop m3
expect 0 "" amp down
