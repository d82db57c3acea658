#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make stress: COUNT messages (default 200000000, about five minutes on two idle CPUs) between both sides of the
# library at full speed, from SEED (default: the time), in the builds of bench/: without locks, where no fence hides a
# missing one, and with. Rows on standard output, build/reports/stress.json. Exit status: 0 all came in order and
# whole, 1 not, 2 wrong arguments.
tree=$(cd "$(dirname "$0")/../.." && pwd)
. "$tree/bench/common.sh"

count=${COUNT:-200000000} seed=${SEED:-$(date +%s)}
for value in "$count" "$seed"; do
	case $value in
	'' | *[!0-9]*) echo "stress: COUNT=$count SEED=$seed: must be numbers" >&2; exit 2 ;;
	esac
done
[ "$count" -ge 200 ] || { echo "stress: COUNT=$count: at least 200" >&2; exit 2; }

build_single stress
configured locked stress -DAMP_PORT=linux -DCMAKE_BUILD_TYPE=Release '-DCMAKE_C_FLAGS_RELEASE=-O2 -DNDEBUG'
mkdir -p "$reports"
rows=$build/stress.rows
rm -f "$rows"
failed=0
echo "$count messages, from seed $seed, on $(nproc) CPUs"

# run LABEL BUILD PERCENT OPTION…: PERCENT of the messages
run() {
	label=$1 program=$build/$2/stress percent=$3
	shift 3
	"$program" --label "$label" --seed "$seed" --count $((count * percent / 200)) --progress --report "$rows" "$@" || failed=1
}
run "threads, no locks" single 40
run "processes, no locks" single 40 --processes
run "threads, locks" locked 16
run "threads, 4 buffers, no locks" single 2 --ring 4
run "processes, 4 buffers, locks" locked 2 --ring 4 --processes

jq -s --argjson seed "$seed" '{seed: $seed, messages: (map(.messages) | add), seconds: (map(.seconds) | add),
	sleeps: (map(.sleeps) | add), ok: (length == 5 and all(.[]; .ok)), runs: .}' "$rows" >"$reports/stress.json"
jq -r '"\(.messages) messages, \(.sleeps) times a side slept until it was kicked: " +
	if .ok then "all came, in order and whole" else "FAILED; again with SEED=\(.seed)" end' "$reports/stress.json"
echo "report: ${reports#"$tree"/}/stress.json"
exit $failed
