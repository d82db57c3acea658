#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The demonstration of the five classic services succeeds, and its report has each command and what came back.
. "$(dirname "$0")/lab.sh"

report=$AMPRELAY_STATE/demo.json
"$AMPRELAY" demo multi-services --report "$report" >"$AMPRELAY_STATE/demo.txt" || {
	cat "$AMPRELAY_STATE/demo.txt"
	fail "the demo failed"
}
ok "the demo succeeds"
jq -e '
	(.steps | length == 8 and all(.ok))
	and (.transcript | length >= 40 and all(.ok and .command != ""))
' "$report" >/dev/null || {
	cat "$report"
	fail "the report is not as documented"
}
for text in "incoming msg 100 (src: 0x400)" "destroying channel rpmsg-client-sample addr 0x400" "TTY 0:  hello Zephyr" \
	"bound^@TTY 1: hello dev1" "from ept 0x0402: ping /dev/rpmsg0" "from ept 0x0001: ping /dev/rpmsg3"; do
	jq -e --arg text "$text" '.transcript | any(.output | contains($text))' "$report" >/dev/null || fail "no '$text' in the report"
done
ok "the report has what is documented"
