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

# nor are they lost without a word
expect 125 "output of the command: No space left on device" sh -c "'$AMPRELAY' --name '$NAME' exec -n echo x >/dev/full"
expect 1 "standard output: No space left on device" sh -c "'$AMPRELAY' --name '$NAME' restart m3 >/dev/full"

# 50 at once: 32 run, the others are told why they do not, and the lab's owner is still heard
mkfifo "$AMPRELAY_STATE/ended"
exec 5<>"$AMPRELAY_STATE/ended"
guest mkfifo /tmp/gate
for i in $(seq 50); do
	{
		status=0
		guest sh -c 'read -r _ </tmp/gate; echo ran' </dev/null >"$AMPRELAY_STATE/many.$i" 2>&1 || status=$?
		echo "$status" >&5
	} &
done
for i in $(seq 18); do
	read -r status <&5
	[ "$status" = 125 ] || fail "a command that could not be run ended with $status, not 125"
done
[ "$(grep -l "at once already\|too many commands run" "$AMPRELAY_STATE"/many.* | wc -l)" = 18 ] || fail "those that were refused were not told why"
expect 0 "its agent is up" amp status
amp restart m3 >/dev/null || fail "32 commands lock their owner out"
amp fault m3 kill || fail "32 commands lock their owner out"
amp down >/dev/null || fail "32 commands lock their owner out"
for i in $(seq 32); do
	read -r status <&5
	[ "$status" = 125 ] || fail "a command whose lab went down ended with $status, not 125"
done
ok "50 commands at once: 32 run, 18 are told why not, and the owner is heard"
expect 0 "" amp up

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
