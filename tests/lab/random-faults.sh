#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: random-faults.sh [SOC [COUNT [SEED]]]: so many faults of random kinds at random moments, now and then with a
# wild write before: each is detected and recovered from, the link is up each time, and neither the relay nor Linux
# has grown at the end.
. "$(dirname "$0")/lab.sh"
core=${1:-m3} count=${2:-100} seed=${3:-$(date +%s)}
echo "seed $seed: again with random-faults.sh $core $count $seed"

# One number of the sequence, below $1 (a linear congruence: the same everywhere).
random() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	number=$((seed / 65536 % $1))
}

kinds=$("$(dirname "$0")/../../scripts/faults.sh" inside && echo kill)
num_kinds=$(echo "$kinds" | wc -l)

# What the relay has open, and its memory in kB.
descriptors() {
	find "/proc/$relay/fd" -mindepth 1 | wc -l
}

memory_of_relay() {
	sed -n 's/^RssAnon:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$relay/status"
}

expect 0 "" amp up --soc "$core"
expect_echo 3 "$core"
relay=$(relay_pid)
memory=$(find "/proc/$relay/fd" -lname "/memfd:amprelay-$core*" | head -n 1)
# once each, so that what is allocated once is allocated
for kind in undef kill; do
	mark
	expect 0 "" amp fault "$core" "$kind"
	expect_event "ev=core.recovered,core=$core,link=up"
	expect_echo 1 "$core"
done
fds=$(descriptors) rss=$(memory_of_relay)

for n in $(seq "$count"); do
	random "$num_kinds"
	kind=$(echo "$kinds" | sed -n "$((number + 1))p")
	mark
	random 4
	if [ "$number" = 0 ]; then
		random 4096 # anywhere in the control block, up to the core's own section
		head -c 8 /dev/zero | tr '\0' '\377' | dd of="$memory" bs=1 seek="$number" conv=notrunc status=none
		kind=kill # a core whose own words are damaged may not hear of other faults
	fi
	"$AMPRELAY" --name "$NAME" fault "$core" "$kind" 9>&- || fail "fault $n, $kind"
	amp events --since "${MARK:-0}" --wait "ev=core.recovered,core=$core,link=up" --timeout "$TIMEOUT" >/dev/null || fail "no recovery from fault $n, $kind"
	guest rpmsg ping amp-echo --core "$core" -c 1 -s 16 --wait "$TIMEOUT" >/dev/null || fail "no echo after fault $n, $kind"
	random 3
	[ "$number" != 0 ] || guest rpmsg ping amp-echo --core "$core" -c 20 -s 496 >/dev/null || fail "messages after fault $n, $kind"
done
ok "$count faults, each recovered from"
[ "$(descriptors)" -le "$((fds + 4))" ] || fail "the relay had $fds descriptors, and has $(descriptors)"
[ "$(memory_of_relay)" -le "$((rss + 4096))" ] || fail "the relay had $rss kB of memory, and has $(memory_of_relay)"
expect_sound_kernel
ok "neither the relay nor Linux minds"
