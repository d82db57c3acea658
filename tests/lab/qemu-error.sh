#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A core whose QEMU does not start: whoever has asked for the core is told why, in QEMU's words, whole; and once it
# can, it runs.
. "$(dirname "$0")/lab.sh"

qemu=$(command -v qemu-system-arm)
reason="qemu-system-arm: -machine mps2-an385,memory-backend=shared: there is no such thing on this machine"
whole="$reason, $(printf 'for a reason that fills a line, %s' '' '' '' '' '' '' '' '')and is told"
mkdir "$AMPRELAY_STATE/bin"
cat >"$AMPRELAY_STATE/bin/qemu-system-arm" <<END
#!/bin/sh
[ ! -e '$AMPRELAY_STATE/broken' ] || { cat '$AMPRELAY_STATE/broken' >&2; exit 1; }
exec '$qemu' "\$@"
END
chmod +x "$AMPRELAY_STATE/bin/qemu-system-arm"
PATH=$AMPRELAY_STATE/bin:$PATH

echo "$reason" >"$AMPRELAY_STATE/broken"
expect 6 "m3 does not run" amp up
echo "$output" | grep -qF "$reason" || fail "up does not say why"
expect 6 "$reason" amp start m3

# What Linux hands on has its length; the relay tells all.
echo "$whole" >"$AMPRELAY_STATE/broken"
expect 6 "..." amp start m3
expect 1 "$whole" amp start m3 --loader relay
expect 0 "$whole" amp logs relay
[ "$(amp events --json ev=core.state,to=off | tail -n 1 | jq -r .why)" = "QEMU ended with status 1: $whole" ] || fail "the event does not tell all"

rm "$AMPRELAY_STATE/broken"
expect 0 "" amp start m3
expect_echo
