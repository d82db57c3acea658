#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The interactive console: type, see, leave by the escape key; the terminal is as before.
. "$(dirname "$0")/lab.sh"

expect 0 "" amp up
# what is typed goes through a real terminal, made by `script`
{
	amp events --wait ev=agent.up --timeout "$TIMEOUT" >/dev/null
	printf 'echo typed-%s\r' "$((40 + 2))"
	timeout "$TIMEOUT" sh -c "'$AMPRELAY' --name '$NAME' logs -f linux | grep -m1 -q typed-42"
	printf '\035.'
} | script -qec "'$AMPRELAY' --name '$NAME' console linux; stty -a" /dev/null >"$AMPRELAY_STATE/typescript" || true
grep -q "typed-42" "$AMPRELAY_STATE/typescript" || fail "the console did not show what was typed"
grep -q " icanon" "$AMPRELAY_STATE/typescript" || fail "the terminal was left raw"
ok "the console works and gives the terminal back"
