#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# One's own firmware: given as a file, rebuilt while the lab runs, picked up by a restart.
. "$(dirname "$0")/lab.sh"

mine=$AMPRELAY_STATE/mine.elf
cp "$AMPRELAY_LAB/firmware/amprelay-m3.elf" "$mine"
expect 0 "" amp up --firmware "$mine"
expect_echo
cp "$mine" "$AMPRELAY_STATE/new.elf"
printf 'x' >>"$AMPRELAY_STATE/new.elf" # as a build does: a new file under the old name
mv "$AMPRELAY_STATE/new.elf" "$mine"
expect 0 "" amp restart m3
expect_echo
[ "$(guest wc -c /firmware/amprelay-m3.elf | cut -d' ' -f1)" = "$(wc -c <"$mine")" ] || fail "the guest sees the old file"
ok "the guest sees the rebuilt firmware"
rm "$mine"
expect 1 "core m3 is left as it is" amp restart m3
expect 1 "mine.elf" amp start m3
expect_echo
expect 0 "" amp down

# ---- firmware that dies, and firmware that does not: the stock one, with another first instruction in a function
# with_function NAME INSTRUCTION: writes it to $mine (octal escapes)
with_function() {
	elf=$AMPRELAY_LAB/firmware/amprelay-m3.elf
	address=$(arm-none-eabi-nm "$elf" | sed -n "s/^\([0-9a-f]*\) [Tt] $1\$/\1/p")
	section=$(arm-none-eabi-readelf -SW "$elf" | sed -n 's/^.* \.text *PROGBITS *\([0-9a-f]*\) \([0-9a-f]*\) .*$/0x\2 - 0x\1/p')
	cp "$elf" "$mine"
	printf "$2" | dd of="$mine" bs=1 seek=$((0x$address + $section)) conv=notrunc status=none
}

with_function main '\000\336' # udf
expect 1 "m3 does not run: it has died 3 times within a second of its start" amp up --firmware "$mine"
expect_event "ev=core.flapping,core=m3,deaths=3"
expect_event "ev=core.flapping,core=m3,deaths=5" # it is started on, but ever later
lives=$(amp --json status | jq .cores[0].epoch)
[ "$lives" -le 12 ] || fail "$lives lives by the time of the fifth wait"
ok "its starts wait"
expect 0 "dies at once, again and again" amp status
expect 0 "" amp down
cp "$AMPRELAY_LAB/firmware/amprelay-m3.elf" "$mine"
expect 0 "" amp up --firmware "$mine"

with_function amp_inject '\160\107' # bx lr
expect 0 "" amp restart m3
expect_echo
expect 7 "ignores the fault" amp fault m3 undef
expect 0 "" amp fault m3 kill # which needs no firmware
expect_event "ev=core.recovered,core=m3"
expect_echo
expect 0 "" amp down
expect 5 "not-there.elf" amp up --firmware "$AMPRELAY_STATE/not-there.elf"
