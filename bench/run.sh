#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh: everything that bench/README.md describes: tables, build/reports/bench.json, pictures in
# build/reports/bench-*.svg. LAB=no leaves the lab out.
. "$(dirname "$0")/common.sh"

step() {
	printf '  %s …\n' "$1" >&2
}

step "building"
build_single all
build_locked
mkdir -p "$reports"
results=$build/results.txt
: >"$results"
if command -v valgrind >/dev/null; then
	step "instructions: one context"
	"$bench/counts.sh" "$build/single" single >>"$results"
	step "instructions: locking"
	"$bench/counts.sh" "$build/locked" locked >>"$results"
	step "instructions: one context, packed rings"
	build_packed
	QUICK=yes "$bench/counts.sh" "$build/packed" packed >>"$results"
	step "instructions: one context, -flto"
	build_lto
	QUICK=yes "$bench/counts.sh" "$build/lto" lto >>"$results"
else
	step "instructions are left out: valgrind is not installed (make setup)"
fi
step "two threads"
status=0
"$build/single/threads" >"$build/threads.txt" || status=$?
[ "$status" -eq 0 ] || [ "$status" -eq 77 ] || exit "$status"
cat "$build/threads.txt" >>"$results"
step "a megabyte in one piece"
status=0
"$build/single/bulk" >"$build/bulk.txt" || status=$?
[ "$status" -eq 0 ] || [ "$status" -eq 77 ] || exit "$status"
cat "$build/bulk.txt" >>"$results"
step "two processes"
"$build/single/processes" >>"$results"
if [ "${LAB:-yes}" = yes ]; then
	step "the lab: Linux and the Cortex-M3"
	build_m3
	"$bench/lab.sh" "$build" >>"$results"
	step "the lab: until the first message"
	"$bench/lifecycle.sh" >>"$results"
fi

json <"$results" | jq --arg cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" --arg cpus "$(nproc)" \
	--arg load "$(cut -d' ' -f1 /proc/loadavg)" --arg compiler "gcc $(gcc -dumpfullversion)" \
	--slurpfile targets "$bench/targets.json" '
	def over($a; $b): if .[$a] and .[$b] then .[$a] / .[$b] else empty end;
	(. + ({
		"ratio.threads_round_trip": [over("threads.rpmsg_round_trip_ns"; "threads.ring_round_trip_ns")][0],
		"ratio.threads_round_trip_line": [over("threads.rpmsg_round_trip_ns"; "threads.line_round_trip_ns")][0],
		"ratio.threads_stream_16": [over("threads.rpmsg_stream_16.mb_s"; "threads.ring_stream_16.mb_s")][0],
		"ratio.threads_stream_496": [over("threads.rpmsg_stream_496.mb_s"; "threads.ring_stream_496.mb_s")][0],
		"ratio.bulk_held": [over("bulk.held.mb_s"; "bulk.memcpy.mb_s")][0],
		"ratio.bulk_heap": [over("bulk.heap.mb_s"; "bulk.memcpy.mb_s")][0],
		"ratio.processes": [over("processes.rpmsg_us"; "processes.eventfd_us")][0]
	} | with_entries(select(.value != null)))) as $now |
	{ machine: {cpu: $cpu, cpus: ($cpus | tonumber), load: ($load | tonumber), compiler: $compiler}, results: $now,
	  targets: [$targets[0][] | select(.key | in($now)) | . + {value: $now[.key]}] }' >"$reports/bench.json"

plot() {
	picture=$1
	shift
	"$build/single/plot" "$@" >"$reports/$picture.new"
	mv "$reports/$picture.new" "$reports/$picture"
	step "${reports#"$tree"/}/$picture"
}

# series PREFIX SUFFIX NAME: "NAME number value" for each key PREFIX<number>SUFFIX
series() {
	jq -r --arg a "$1" --arg z "$2" --arg name "$3" '.results | to_entries[] |
		select((.key | startswith($a)) and (.key | endswith($z))) |
		(.key | ltrimstr($a) | rtrimstr($z)) as $x | select($x | test("^[0-9]+$")) |
		"\($name) \($x) \(.value)"' "$reports/bench.json" | sort -k2n
}

if [ -s "$build/threads.txt" ]; then
	{
		series threads.rpmsg_stream_ .mb_s rpmsg
		series threads.ring_stream_ .mb_s ring
	} | plot bench-throughput.svg lines "Two threads, host to remote" "payload, bytes" "MB/s"
fi
if command -v valgrind >/dev/null; then
	{
		series single.w3. "" one-context
		series locked.w3. "" locking
	} | plot bench-endpoints.svg lines "Cost of a message over the number of endpoints" "endpoints" "instructions per message"
fi
if [ "${LAB:-yes}" = yes ]; then
	plot bench-latency.svg histogram "Echo of 16 bytes, Linux user space to the Cortex-M3 and back" "microseconds" "messages" \
		<"$build/lab-samples.txt"
	{
		for size in 16 64 128 256 496; do
			jq -r --arg s $size '"echo \($s) \(($s | tonumber) / .results["lab.echo_\($s).avg_us"])"' "$reports/bench.json"
		done
	} | plot bench-lab-throughput.svg lines "Linux and the Cortex-M3, one message at a time" "payload, bytes" "MB/s each way"
fi

"$bench/table.sh" "$reports/bench.json"
printf '\n  %-58s %9s %9s %9s\n' "against the limit of the same run" rpmsg limit ratio
jq -r '.results as $r | [
	["threads, round trip 16 B, ns, over a ring", "threads.rpmsg_round_trip_ns", "threads.ring_round_trip_ns"],
	["threads, round trip 16 B, ns, over a cache line", "threads.rpmsg_round_trip_ns", "threads.line_round_trip_ns"],
	["threads, 16 B, million messages/s, over a ring", "threads.rpmsg_stream_16.mmsg_s", "threads.ring_stream_16.mmsg_s"],
	["threads, 496 B, MB/s, over a ring", "threads.rpmsg_stream_496.mb_s", "threads.ring_stream_496.mb_s"],
	["threads, 496 B, MB/s, over memcpy", "threads.rpmsg_stream_496.mb_s", "threads.memcpy_496.mb_s"],
	["1 MB in held buffers, MB/s, over memcpy", "bulk.held.mb_s", "bulk.memcpy.mb_s"],
	["1 MB in a shared heap, MB/s, over memcpy", "bulk.heap.mb_s", "bulk.memcpy.mb_s"],
	["processes, one core, us, over raw eventfds", "processes.rpmsg_us", "processes.eventfd_us"],
	["lab, echo 16 B, us, over the doorbell alone", "lab.echo_16.median_us", "lab.doorbell.median_us"]
	][] | select($r[.[1]] and $r[.[2]]) | [.[0], $r[.[1]], $r[.[2]], $r[.[1]] / $r[.[2]]] | @tsv' "$reports/bench.json" |
	awk -F'\t' '{ printf "  %-58s %9.1f %9.1f %9.2f\n", $1, $2, $3, $4 }'
if [ -x "$tree/build/bin/amprelay" ]; then
	"$tree/build/bin/amprelay" report "$reports/bench.json"
fi
echo "report: ${reports#"$tree"/}/bench.json"
