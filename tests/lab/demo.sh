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
