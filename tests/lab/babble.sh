#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A core that rings without end does not take Linux from its user; one that has much to say is not slowed for that.
. "$(dirname "$0")/lab.sh"

good=$AMPRELAY_LAB/firmware/amprelay-m3.elf
fw=$AMPRELAY_STATE/fw
mkdir "$fw"
cp "$good" "$fw/amprelay-m3.elf"
cat >"$AMPRELAY_STATE/babble.ld" <<-END
	ENTRY(start)
	SECTIONS {
		. = 0x21100000;
		.text : { *(.text*) *(.rodata*) }
		.resource_table : { KEEP(*(.resource_table)) }
	}
END
arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -ffreestanding -Os -nostdlib -T "$AMPRELAY_STATE/babble.ld" \
	-o "$fw/babble.elf" "$(dirname "$0")/babble.c"

# pauses: how often the relay did not listen, in this life of the core
pauses() {
	amp --json status | jq '.cores[0].doorbells.pauses'
}

expect 0 "" amp up --firmware "$fw"
expect_echo
# all that Linux and the core say to each other at full speed: nothing is held back
guest rpmsg bench -r 1000 -m 2000 --json >"$AMPRELAY_STATE/bench" || fail "rpmsg bench"
cat "$AMPRELAY_STATE/bench"
expect 0 "0" pauses

expect 0 "" amp stop m3
mark
expect 0 "" guest rproc start --firmware babble.elf m3
expect_event "ev=core.babble,core=m3,on=true"
for _ in 1 2 3 4 5; do
	begin=$(date +%s%N)
	timeout "$TIMEOUT" "$AMPRELAY" --name "$NAME" exec -n -- true 9>&- || fail "Linux does not answer"
	echo "exec: $((($(date +%s%N) - begin) / 1000000)) ms"
done
ok "Linux answers while the core rings without end"
[ "$(pauses)" -gt 0 ] || fail "the core was not held back"
expect 0 "" amp stop m3
expect_event "ev=core.babble,core=m3,on=false"
expect 0 "" guest rproc start --firmware amprelay-m3.elf m3
expect_echo
