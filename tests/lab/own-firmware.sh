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
expect 0 "" amp down
expect 5 "not-there.elf" amp up --firmware "$AMPRELAY_STATE/not-there.elf"
