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

# Version 2 of the table: the entry before the last, 32 bytes, and the last, 20 bytes, of another kind. The relay
# refuses as Linux does; what is not required is passed over.
table
v2=$(od -An -tu4 -j28 -N4 "$AMPRELAY_STATE/table")
last=$(($(wc -c <"$AMPRELAY_STATE/table") - 20))
entry=$((last - 32))

# tree PRIORITY ADDRESS: where the device tree is, of 4096 bytes
tree() {
	table $entry "\\021\\000\\001\\00$1" $((entry + 8)) "$(le32 "$2")$(le32 0)$(le32 4096)$(le32 0)"
}

table $((v2 + 8)) "$(le32 16)"
refused "version 2 has 6 entries in 16 bytes"
table $((last + 4)) "$(le32 24)"
refused "version 2, entry 5 is truncated"
table $last '\023\000\001\001'
refused "wants entry 5 of version 2 of its resource table, of type 19, which is a vendor's"
tree 1 $((0x217ff008))
refused "wants entry 4 of version 2 of its resource table, of type 17, which is a device tree that is not there"
tree 1 $((0x217ff008))
expect 6 "the resource table names memory that does not exist" amp start m3 --loader relay
tree 1 $((0x217ff000))
expect 0 "" amp start m3
expect 0 "table=2 host=running label= rate=" guest rpmsg send amp-command params
expect 0 "" amp stop m3
expect 0 "" amp start m3 --loader relay
expect 0 "table=2" amp talk m3 amp-command params
expect 0 "" amp stop m3
tree 0 $((0x217ff008))
expect 0 "" amp start m3
expect 0 "entry 4 of version 2 of its resource table, of type 17, is passed over: it is a device tree that is not there" amp logs kernel
expect 0 "" amp stop m3
cp "$good" "$fw"

$objcopy --change-section-lma .text=0x30000000 "$good" "$fw" 2>/dev/null
refused "m3"
$objcopy --change-section-lma .text=0x21000000 "$good" "$fw" 2>/dev/null # over the control block
refused "m3"

expect 0 "" amp start m3
expect_echo
