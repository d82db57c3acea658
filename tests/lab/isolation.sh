#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: isolation.sh DEMO: 10000 messages to one core while the other is broken twenty times: the demonstration
# holds, and its report says so.
. "$(dirname "$0")/lab.sh"
demo=$1

report=$AMPRELAY_STATE/$demo.json
expect 0 "lost no message" amp demo "$demo" --report "$report"
kinds=$("$(dirname "$0")/../../scripts/faults.sh" inside && echo kill)
jq -e --arg kinds "$kinds" '
	(.steps | all(.ok)) and .demo == "'"$demo"'"
	and .recoveries_meanwhile >= 20 and (.recoveries | length >= 20)
	and (.recoveries | all(.detected_ms >= 0 and .recovered_ms > .detected_ms))
	and (.recoveries | map(.fault) | unique) == ($kinds | split("\n") | unique)
	and .meanwhile.core == .other and .meanwhile.sent == 10000 and .meanwhile.received == 10000
	and .meanwhile.lost + .meanwhile.doubled + .meanwhile.disordered + .meanwhile.late + .meanwhile.wrong == 0
	and .probes.sent > 0 and .probes.lost + .probes.doubled + .probes.disordered + .probes.late + .probes.wrong == 0
	and .probes.us.p99 / 1000 < .probe_limit_ms
	and .baseline_us.p99 > 0 and .p99_ratio > 0 and .p99_ratio <= .p99_ratio_max
' "$report" >/dev/null || {
	cat "$report"
	fail "the report is not as documented"
}
ok "the report has what is documented"
