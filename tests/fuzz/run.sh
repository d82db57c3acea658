#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make fuzz: every fuzzer for FUZZ_SECONDS, at most as many at once as there are processors.
#   run.sh BINARIES WORK REPORT      BINARIES: where fuzz-NAME are; WORK: for corpus/NAME, findings/, logs; REPORT: JSON
# FUZZ="NAME..." runs only these. "In all" is processor time too, in seconds: what this very program has run so far,
# kept in WORK/total/NAME-HASH; a changed program begins at 0.
# Ctrl-C ends the runs that are under way, skips the others, and still reports. Exit status: 0 nothing found, 1 a
# finding or a fuzzer that could not run, 2 bad usage, 130 interrupted.
set -u

seconds=${FUZZ_SECONDS:-60}
case $seconds in
'' | *[!0-9]* | 0) echo "FUZZ_SECONDS=$seconds: must be a number of seconds, at least 1" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)

# A row of the table; all rows come from here.
row() {
	printf '%-14s %7s %7s %7s %12s %7s %8s %7s  %s\n' "$@"
}

# number NAME LOG: the last value that libFuzzer printed as "NAME value" or "NAME: value"; 0 if there is none.
number() {
	grep -aoE "$1:? +[0-9]+" "$2" | tail -n 1 | grep -oE '[0-9]+$' || echo 0
}

# total NAME BINARIES WORK: the file with the processor time of this very program.
total() {
	echo "$3/total/$1-$(sha256sum <"$2/fuzz-$1" | cut -c1-16)"
}

# seconds_in FILE: what such a file says; 0 if there is none.
seconds_in() {
	cat "$1" 2>/dev/null || echo 0
}

# run_one NAME BINARIES WORK: one fuzzer; leaves WORK/NAME.result, a JSON object, and prints its row.
run_one() {
	name=$1 log=$3/$1.log total=$(total "$@")
	[ ! -e "$3/stop" ] || exit 0
	mkdir -p "$3/corpus/$name" "$3/findings"
	started=$(date +%s)
	# Closed outputs (3): what a program under test says of each bad file would fill the disk.
	UBSAN_OPTIONS=print_stacktrace=1 "$2/fuzz-$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-max_len=16384 -print_final_stats=1 -close_fd_mask=3 -artifact_prefix="$3/findings/$name-" \
		"$3/corpus/$name" "$here/corpus/$name" >"$log" 2>&1 &
	echo $! >"$3/$name.pid"
	wait $!
	status=$?
	times >"$3/$name.times" # by this shell itself: the processor time of the fuzzer
	rm -f "$3/$name.pid"
	took=$(($(date +%s) - started))
	cpu=$(awk -F"[ms ]+" 'NR == 2 { printf "%.0f", $1 * 60 + $2 + $3 * 60 + $4 }' "$3/$name.times")
	in_all=$((cpu + $(seconds_in "$total")))
	echo $in_all >"$total.new" && mv "$total.new" "$total"
	runs=$(number stat::number_of_executed_units "$log")
	covered=$(number cov "$log")
	kept=$(find "$3/corpus/$name" -type f | wc -l)
	input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
	result=ok note=ok
	if [ -n "$input" ]; then
		result=finding note="FOUND $input"
		"$2/fuzz-$name" -timeout=10 "$input" >>"$log" 2>&1 # now with what the program says
	elif [ -e "$3/stop" ]; then
		result=interrupted note=interrupted
	elif [ $status -ne 0 ]; then
		result=failed note="status $status, see $log"
	fi
	jq -n --arg name "$name" --arg result "$result" --arg input "$input" --arg log "$log" --argjson seconds "$took" \
		--argjson cpu "$cpu" --argjson in_all "$in_all" --argjson runs "$runs" --argjson coverage "$covered" \
		--argjson corpus "$kept" \
		'{name: $name, result: $result, seconds: $seconds, cpu_seconds: $cpu, cpu_seconds_in_all: $in_all, runs: $runs,
		  coverage: $coverage, corpus: $corpus, input: (if $input == "" then null else $input end), log: $log}' \
		>"$3/$name.result"
	row "$name" "$took" "$cpu" "$in_all" "$runs" $((runs / (took + !took))) "$covered" "$kept" "$note"
}

if [ "$1" = --one ]; then
	run_one "$4" "$2" "$3"
	exit 0
fi

binaries=$1 work=$2 report=$3
all=$(cd "$binaries" && ls -d fuzz-* | grep -v '\.' | sed 's/^fuzz-//')
names=${FUZZ:-$all}
for name in $names; do
	[ -x "$binaries/fuzz-$name" ] || {
		echo "FUZZ: no fuzzer is called \"$name\"; there are:" $all >&2
		exit 2
	}
done
mkdir -p "$work/total" "$(dirname "$report")"
rm -f "$work/stop" "$work"/*.result "$work"/*.pid "$work"/*.times
planned=$(echo $names | wc -w)
echo "$planned fuzzers, $seconds s each, $(nproc) at once"
row fuzzer seconds CPU 'in all' runs runs/s coverage corpus result

# In the background, so that the trap runs at once; there Ctrl-C reaches nobody but through it.
echo $names | xargs -P "$(nproc)" -n 1 "$0" --one "$binaries" "$work" &
jobs=$!
stop() {
	: >"$work/stop"
	for pid in "$work"/*.pid; do
		[ ! -e "$pid" ] || kill -INT "$(cat "$pid")" 2>/dev/null
	done
}
trap stop INT TERM HUP
while kill -0 $jobs 2>/dev/null; do
	wait $jobs
done
trap - INT TERM HUP

for name in $all; do
	echo "$name $(seconds_in "$(total "$name" "$binaries" "$work")")"
done | jq -Rn '[inputs | split(" ") | {(.[0]): (.[1] | tonumber)}] | add' >"$work/in_all"
jq -s --argjson seconds "$seconds" --argjson planned "$planned" --slurpfile in_all "$work/in_all" \
	'{seconds_each: $seconds, planned: $planned, fuzzers: ., findings: [.[] | select(.result == "finding")] | length,
	  runs: (map(.runs) | add), cpu_seconds: (map(.cpu_seconds) | add), cpu_seconds_in_all: $in_all[0],
	  ok: (length == $planned and all(.[]; .result == "ok"))}' \
	"$work"/*.result >"$report.new" && mv "$report.new" "$report" || exit 1
jq -r '"\(.runs) runs in \(.cpu_seconds) s of processor time, \(.findings) findings; report: '"$report"'",
	"in all, each of the \(.cpu_seconds_in_all | length) fuzzers as it is now has run at least \([.cpu_seconds_in_all[]] | min) s",
	(.fuzzers[] | select(.input) | "  look at it: \(.input)")' "$report"
[ ! -e "$work/stop" ] || exit 130
jq -e .ok "$report" >/dev/null
