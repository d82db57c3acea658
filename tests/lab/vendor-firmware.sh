#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Images and resource tables as the linkers and SDKs of vendors make them: Linux, and the library in its place, start
# each, and decide alike about each. Made of our own firmware.
. "$(dirname "$0")/lab.sh"
. "$(dirname "$0")/firmware_file.sh"

expect 0 "" amp up --firmware "$dir"
expect 0 "" amp stop m3

# Both take it, and it answers: so it found its table where it is linked to find it, with the rings that its host has
# made.
works() {
	expect 0 "" amp start m3
	expect_echo
	expect 0 "" amp stop m3
	expect 0 "" amp start m3 --loader relay
	expect_event "ev=core.channel,name=amp-echo"
	expect 0 "hello" amp talk m3 amp-echo hello
	expect 0 "" amp stop m3
	ok "$1"
	cp "$good" "$fw"
}

refused() {
	expect 6 "$1" amp start m3
	expect 6 "$2" amp start m3 --loader relay
	cp "$good" "$fw"
}

# The firmware's segments: code, data, the journal, and the resource table.
set -- $(readelf -lW "$good" | awk '$1 == "LOAD" { print $2, $4, $5, $6 }')
code=$(($2)) offset=$(($5)) data=$(($6)) filesz=$(($7)) memsz=$(($8)) journal=$((${10})) journalsz=$((${12})) table=$((${13})) place=$((${14})) size=$((${15}))
elsewhere=$((data + 0x100000))

mark
segment 3 1 "$table" $elsewhere "$size" "$size"
works "a table that runs elsewhere than it is loaded (STM32MP1)"

segment 3 4 "$table" $elsewhere "$size" "$size"
works "a table that no segment loads"

headers 6
segment 4 1 0 "$data" 0 "$memsz"
segment 5 1 0 $((data + filesz - 4)) 0 $((memsz - filesz))
works "zeroes behind the data that they overlap, and over zeroes (GNU ld for ZynqMP, RZ, Nios)"

headers 5
segment 1 1 0 "$code" 0 $((data + memsz - code))
segment 2 1 "$offset" "$data" "$filesz" "$memsz"
segment 3 1 0 "$journal" 0 "$journalsz"
segment 4 1 "$table" "$place" "$size" "$size"
works "zeroes before the data that they overlap, and behind the code"

headers 5
segment 4 1 "$offset" $((data + 4)) 8 8
refused "overlapping segments" "on top of another"

# The table: the second entry is the trace buffer, whose offset is its sixth word.
trace=$((table + 20))
trace=$(($(od -An -tu4 -j $trace -N 4 "$good")))
table $trace "$(le32 5)"
works "an entry of a type that is unknown (TI, NXP, Nordic)"
table $trace "$(le32 129)$(le32 0)"
works "a vendor's entry that says nothing of its length (openEuler)"
table $trace "$(le32 129)$(le32 16)$(le32 0)$(le32 0)$(le32 1)"
works "a vendor's entry whose length is none (NXP)"
# The journal's entry, as one that the driver does not know either: so a Linux without our driver takes it.
entry=$(($(od -An -tu4 -j $((table + 24)) -N 4 "$good")))
table $entry "$(le32 201)"
works "a vendor's entry that no driver knows"
expect 0 "unsupported vendor resource 201" guest dmesg
table 20 "$(le32 "$size")"
refused "entry 1 at offset" "ends before"
table $((trace + 8)) "$(le32 0)"
works "a trace buffer of no bytes"
table $((trace + 16)) "$(printf '%032d' 0)"
works "a name without an end"

# A ring whose size is open gets one from Linux. In the library it is the application's to say, and the relay does not.
vring=$(($(od -An -tu4 -j $((table + 16)) -N 4 "$good") + 28))
table $((vring + 8)) "$(le32 0)" $((vring + 28)) "$(le32 0)"
expect 0 "" amp start m3
expect_echo
expect 0 "" amp stop m3

# No table, in each way to have none: it runs, and has no channels.
no_table() {
	expect 0 "" amp start m3
	expect 0 "running" guest cat /sys/class/remoteproc/remoteproc0/state
	expect 3 "no such channel" guest rpmsg ping amp-echo -c 1
	expect 0 "" amp stop m3
	mark
	expect 0 "" amp start m3 --loader relay
	expect_event "ev=core.loaded,by=relay,resource_table=0"
	expect 0 "" amp stop m3
	ok "$1: no table"
	cp "$good" "$fw"
}

$objcopy --rename-section .resource_table=.renamed "$good" "$fw"
no_table "no section for it"
patch 48 '\000\000\000\000' # e_shnum, e_shstrndx
patch 32 '\000\000\000\000' # e_shoff
no_table "no sections at all"

# What linker scripts leave of a table that a firmware does not have. One that knows so: ours would miss its own.
for type in %progbits %nobits; do
	arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -ffreestanding -Os -nostdlib -Ttext=0x21100000 -e start \
		-o "$fw" -x c - <<-END
			__asm__(".section .resource_table, \"aw\", $type\n.space 16\n.previous");
			void start(void) { for (;;) __asm__ volatile("wfi"); }
		END
	expect 0 "" amp start m3
	expect 0 "has no resource table" guest dmesg
	expect 0 "running" guest cat /sys/class/remoteproc/remoteproc0/state
	expect 0 "" amp stop m3
	ok "a section of type $type, of zeroes: no table"
done
cp "$good" "$fw"

expect 0 "" amp start m3
expect_echo
