#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The demo itself: its report has every step and at least 20 recoveries; Ctrl-C in its middle leaves nothing.
. "$(dirname "$0")/lab.sh"

report=$AMPRELAY_STATE/demo.json
"$AMPRELAY" demo --report "$report" >"$AMPRELAY_STATE/demo.txt" || {
	cat "$AMPRELAY_STATE/demo.txt"
	fail "the demo failed"
}
ok "the demo succeeds"
jq -e '
	(.steps | length > 0 and all(.ok and .ms >= 0 and .name != ""))
	and .boot_ms > 0 and .first_message_ms >= .boot_ms
	and (.recoveries | all(.detected_ms >= 0 and .recovered_ms > .detected_ms and .detector != ""))
	and (.recoveries | map(.fault) | unique | length >= 4)
	and .recovery_ms.n >= 20
	and .recovery_ms.median <= .recovery_ms.p99 and .recovery_ms.p99 <= .recovery_ms.max
' "$report" >/dev/null || {
	cat "$report"
	fail "the report is not as documented"
}
ok "the report has what is documented"
expect 0 "DETECTED BY" cat "$AMPRELAY_STATE/demo.txt"
expect 2 "take one of bring-up" amp demo nonsense
expect 2 "plays on the SoC 'two-m3' only" amp demo two-m3 --soc m3
expect 2 "has 2 cores" amp demo bring-up --soc star
expect 0 "bring-up" amp demo --list

"$AMPRELAY" demo --report "$AMPRELAY_STATE/second.json" >"$AMPRELAY_STATE/interrupted.txt" &
demo=$!
"$AMPRELAY" --name "demo-$demo" events --wait ev=core.ready --timeout "$TIMEOUT" >/dev/null || fail "the second demo did not start"
kill -INT "$demo"
status=0
wait "$demo" || status=$?
[ "$status" = 130 ] || fail "an interrupted demo ended with $status, not 130"
NAME=demo-$demo
expect_nothing_left
[ ! -e "$AMPRELAY_STATE/second.json" ] || fail "an interrupted demo left a report"
ok "Ctrl-C cleans up"

# one that fails, here because its firmware does not know its services, leaves its last events and no folder
cp "$AMPRELAY_LAB/firmware/amprelay-m3.elf" "$AMPRELAY_STATE/deaf.elf"
sed -i 's/amp-echo/amp-gone/g' "$AMPRELAY_STATE/deaf.elf"
NAME=default
expect 1 "core.ready" "$AMPRELAY" demo --firmware "$AMPRELAY_STATE/deaf.elf"
[ -z "$(find "$AMPRELAY_STATE" -maxdepth 1 -name 'demo-[0-9]*' -type d)" ] || fail "a failed demo left a folder"
ok "a failed demo leaves nothing behind"

# another SoC
expect 0 "remoteproc starts core rv32" "$AMPRELAY" demo multi-services --soc rv32
expect 0 '"demo": "bring-up"' sh -c "'$AMPRELAY' --json demo --soc m33 2>/dev/null | jq -e 'select(.recovery_ms.n >= 20)'"
