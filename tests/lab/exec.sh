#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exec is transparent: streams, exit status, signals, and any amount of data.
. "$(dirname "$0")/lab.sh"

expect 0 "" amp up
expect 0 "Linux" guest uname -a
expect 42 "" guest sh -c 'exit 42'
expect 127 "not-there" guest not-there
expect 143 "" guest sh -c 'kill -TERM $$'
[ "$(guest sh -c 'echo out; echo err >&2' 2>/dev/null)" = out ] || fail "standard error is mixed into standard output"
[ "$(guest sh -c 'echo out; echo err >&2' 2>&1 >/dev/null)" = err ] || fail "standard error is lost"
ok "the streams stay apart"

head -c 3000000 /dev/urandom >"$AMPRELAY_STATE/in"
guest cat <"$AMPRELAY_STATE/in" >"$AMPRELAY_STATE/out"
cmp "$AMPRELAY_STATE/in" "$AMPRELAY_STATE/out" || fail "3 MB through cat came back changed"
ok "3 MB through the guest come back unchanged"

# two at once do not disturb each other
guest sh -c 'for i in 1 2 3; do echo a; usleep 1000; done' >"$AMPRELAY_STATE/a" &
guest sh -c 'for i in 1 2 3; do echo b; usleep 1000; done' >"$AMPRELAY_STATE/b"
wait $!
[ "$(tr -d '\n' <"$AMPRELAY_STATE/a")$(tr -d '\n' <"$AMPRELAY_STATE/b")" = aaabbb ] || fail "two commands mixed their output"
ok "two commands at once"

# a client that goes away takes its command along
timeout -s KILL 2 "$AMPRELAY" --name "$NAME" exec -- sleep 987654 || true
guest sh -c 'while ps | grep -q "sleep 98765[4]"; do usleep 20000; done'
ok "a killed client's command ends"

# a command that waits for a device, with the kernel copying, does not hold up the agent: busybox's cat uses sendfile
expect 0 "" guest rpmsg wait rpmsg-tty
"$AMPRELAY" --name "$NAME" exec -- cat /dev/ttyRPMSG0 >/dev/null 9>&- &
waiting=$!
guest sh -c 'until ps | grep -q "cat /dev/ttyRPMSG[0]"; do usleep 20000; done'
expect 0 "still here" timeout "$TIMEOUT" "$AMPRELAY" --name "$NAME" exec -- echo still here
kill "$waiting"
