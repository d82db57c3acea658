#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every kind of bad firmware is refused by Linux or the relay with a message that says what is wrong, and the lab goes
# on.
. "$(dirname "$0")/lab.sh"

. "$(dirname "$0")/firmware_file.sh"

expect 0 "" amp up --firmware "$dir"
expect 0 "" amp stop m3

refused() {
	expect 6 "$1" amp start m3
	cp "$good" "$fw"
}

rm "$fw"
refused "failed"
: >"$fw"
refused "m3"
size=$(wc -c <"$good")
for n in 1 4 16 51 52 60 100 4096 65536 $((size / 2)) $((size - 1000)) $((size - 41)) $((size - 1)); do
	[ "$n" -lt "$size" ] || continue
	head -c "$n" "$good" >"$fw"
	refused "m3"
done
printf 'not an ELF file, but long enough to be read as one: %0200d' 0 >"$fw"
refused "m3"
patch 18 '\267\000' # e_machine: AArch64
refused "AArch64"
patch 4 '\002' # ELFCLASS64
refused "m3"
patch 5 '\002' # big-endian
refused "m3"
patch 24 '\001\000\000\000' # e_entry outside the core's memory
refused "entry"

table 0 '\002' # version 2
refused "m3"
table 4 '\377\377\377\177' # far too many entries
refused "m3"
table 16 '\377\377\377\177' # first entry far outside
refused "m3"
$objcopy --change-section-lma .text=0x30000000 "$good" "$fw" 2>/dev/null
refused "m3"
$objcopy --change-section-lma .text=0x21000000 "$good" "$fw" 2>/dev/null # over the control block
refused "m3"

expect 0 "" amp start m3
expect_echo
