#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is done every day with a lab: files into Linux and out of it, a firmware run and its crash explained.
. "$(dirname "$0")/lab.sh"

expect 0 "" amp up

# ---- cp
head -c 3000000 /dev/urandom >"$AMPRELAY_STATE/file"
chmod 750 "$AMPRELAY_STATE/file"
expect 0 "" amp cp "$AMPRELAY_STATE/file" :/tmp
expect 0 "750" guest stat -c %a /tmp/file
expect 0 "" amp cp :/tmp/file "$AMPRELAY_STATE/back"
cmp "$AMPRELAY_STATE/file" "$AMPRELAY_STATE/back" || fail "3 MB came back changed"
ok "3 MB go in and out unchanged"
expect 0 '"bytes": 3000000' amp --json cp "$AMPRELAY_STATE/file" :"/tmp/a name; with 'signs"
expect 0 "" guest cmp /tmp/file "/tmp/a name; with 'signs"
expect 1 "Linux says:" amp cp :/nonexistent "$AMPRELAY_STATE/none"
[ ! -e "$AMPRELAY_STATE/none" ] || fail "what could not be read left a file"
expect 1 "Linux says:" amp cp "$AMPRELAY_STATE/file" :/proc/none
expect 0 "" guest sh -c '! ls -d /tmp/*.part.*'
ok "what cannot be copied leaves nothing"

# ---- run
amp down
firmware=$AMPRELAY_LAB/firmware/amprelay-m3.elf
expect 0 "m3     |" amp run --for 1 "$firmware"
NAME=$NAME-crash
amp run "$firmware" >"$AMPRELAY_STATE/run.txt" 2>&1 &
run=$!
amp events --wait ev=core.ready --timeout "$TIMEOUT" >/dev/null || fail "the firmware did not start"
amp fault m3 assert
status=0
wait "$run" || status=$?
[ "$status" = 1 ] || fail "a run whose firmware crashed ended with $status, not 1"
for text in "committing fault 'assert'" "detected by  fault-handler" "#1 " "inject_assert" "m3 crashed, noticed by fault-handler: assertion failed"; do
	expect 0 "$text" cat "$AMPRELAY_STATE/run.txt"
done
expect 3 "no lab" amp status
ok "a firmware's crash is explained, down to the calls"
