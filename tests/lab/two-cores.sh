#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: two-cores.sh SOC A B: two cores beside each other are told apart everywhere, and what befalls one is none of
# the other's business.
. "$(dirname "$0")/lab.sh"
soc=$1 a=$2 b=$3

expect 0 "$b runs after" amp up --soc "$soc"
for core in "$a" "$b"; do
	expect_echo 100 "$core"
	expect 0 "amprelay-$core" guest rpmsg send amp-command --core "$core" version
	expect 0 "" guest rpmsg send amp-command --core "$core" "log hello, $core"
	expect 0 "hello, $core" amp logs "$core"
	expect 0 "heartbeat=" guest rpmsg recv amp-telemetry --core "$core" -c 1
done
expect 1 "" sh -c '"$AMPRELAY" --name "$1" logs "$2" | grep "hello, $3"' sh "$NAME" "$a" "$b"
expect 2 "choose one with --core" guest rpmsg ping amp-echo -c 1

# one crashes, again and again, while the other has messages under way
guest rpmsg ping amp-echo --core "$b" -c 1000 -i 0.001 --timeout 10 --json >"$AMPRELAY_STATE/pings" &
pings=$!
for kind in undef kill stack; do
	mark
	expect 0 "" amp fault "$a" "$kind"
	expect_event "ev=core.recovered,core=$a"
	expect_echo 1 "$a"
	expect_event "ev=core.dump,core=$a,by=relay"
	expect_event "ev=core.dump,core=$a,by=linux"
done
wait "$pings" || fail "$b lost messages: $(cat "$AMPRELAY_STATE/pings")"
expect 0 "" jq -e '.sent == 1000 and .received == 1000' "$AMPRELAY_STATE/pings"
ls "$STATE/dumps" | grep -q "^$a-1.core" || fail "no core file of $a"
! ls "$STATE/dumps" | grep "^$b-" || fail "a dump bears the name of the other core"

# one is stopped, restarted and told apart by Linux, the other works on
expect 0 "" amp stop "$a"
expect_echo 10 "$b"
expect 3 "no such channel on core $a" guest rpmsg ping amp-echo --core "$a" -c 1
expect_echo 10 "$b"
expect 0 "" amp start "$a"
expect_echo 1 "$a"
[ "$(amp --json status | jq -c '[.cores[] | {name, epoch, crashes, recoveries}]')" = \
	"[{\"name\":\"$a\",\"epoch\":5,\"crashes\":3,\"recoveries\":3},{\"name\":\"$b\",\"epoch\":1,\"crashes\":0,\"recoveries\":0}]" ] ||
	fail "lives and crashes are not counted for each core by itself"
ok "$b is in its first life still"

# both at once
mark
amp fault "$a" bus & # neither waits for the other
expect 0 "" amp fault "$b" undef
wait $!
for core in "$a" "$b"; do
	expect_event "ev=core.recovered,core=$core"
	expect_echo 3 "$core"
done

remember_processes
kill -KILL "$(relay_pid)"
expect_nothing_left
