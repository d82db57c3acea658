#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# However the relay ends, nothing of the lab stays, and the next up works.
. "$(dirname "$0")/lab.sh"

for signal in KILL TERM INT HUP SEGV; do
	expect 0 "" amp up
	remember_processes
	kill -s "$signal" "$(relay_pid)"
	expect_nothing_left
done
expect 0 "" amp up
expect_echo

# A relay that dies while `up` waits for a core leaves no lab that "is up without it".
mkdir "$AMPRELAY_STATE/empty"
expect 0 "" amp down
rm "$STATE/events.jsonl" # or what it says of the lab before could be taken for an answer
amp events --wait ev=agent.up --timeout "$TIMEOUT" >/dev/null &
agent=$!
amp up --firmware "$AMPRELAY_STATE/empty" >"$AMPRELAY_STATE/up" 2>&1 &
up=$!
wait "$agent" || fail "Linux did not come up"
kill -9 "$(amp events --json ev=lab.up | jq .pid)"
got=0
wait "$up" || got=$?
[ "$got" != 0 ] || fail "up ended with 0"
expect 0 "has ended" cat "$AMPRELAY_STATE/up"
! grep "is up without it" "$AMPRELAY_STATE/up" || fail "up says that the lab is up"

# One that is stopped, not dead, keeps nobody: a signal ends exec, and calls are given up in time.
expect 0 "" amp up
relay=$(relay_pid)
"$AMPRELAY" --name "$NAME" exec -n -- sh -c 'echo runs; exec sleep 1000' >"$AMPRELAY_STATE/sleep" 2>&1 9>&- &
client=$!
timeout "$TIMEOUT" tail -n +1 -f "$AMPRELAY_STATE/sleep" | grep -m1 -q runs || fail "the command did not start"
kill -STOP "$relay"
kill -TERM "$client"
got=0
wait "$client" || got=$?
kill -CONT "$relay"
[ "$got" = 7 ] || fail "exec ended with $got"
ok "exec ends by a signal though the relay is stopped"
expect_echo
