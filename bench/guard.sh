#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# guard.sh: compares instruction counts and Cortex-M3 sizes with baseline.json, and fails if one grew by more than 2 %.
# guard.sh --record: writes baseline.json. Both figures are the same on every machine with the same compilers.
. "$(dirname "$0")/common.sh"
baseline=$bench/baseline.json
allowed=2

command -v valgrind >/dev/null || {
	echo "bench: valgrind is not installed: nothing is compared; install the packages of packages.txt (make setup)"
	exit 77
}
build_single work
build_m3
build_m3_tiny
{
	QUICK=yes "$bench/counts.sh" "$build/single" single
	"$bench/footprint/measure.sh" "$build" | grep -E '^(echo|echo_nocopy|echo_nocopy_try|remote|host|echo_try\.tiny)\.flash |^stack\.'
} >"$build/guard.txt"
if grep -vE '^[^ ]+ [0-9.]+$' "$build/guard.txt"; then
	echo "bench: these figures (above) could not be measured"
	exit 1
fi

if [ "${1:-}" = --record ]; then
	json <"$build/guard.txt" >"$baseline.new"
	mv "$baseline.new" "$baseline"
	echo "bench: $baseline holds today's figures; commit it with the reason for the change"
	exit 0
fi
[ -s "$baseline" ] || {
	echo "bench: there is no $baseline; write it with: make baseline"
	exit 1
}
json <"$build/guard.txt" |
	jq -r --slurpfile old "$baseline" --argjson allowed $allowed '
		to_entries[] | .was = $old[0][.key] |
		if .was == null then
			"\(.key): \(.value), not in the baseline"
		elif .value > .was * (1 + $allowed / 100) + 0.01 then
			"\(.key): was \(.was), is \(.value)"
		else
			empty
		end' >"$build/guard.findings"
if [ -s "$build/guard.findings" ]; then
	cat "$build/guard.findings"
	echo "bench: more than $allowed % above bench/baseline.json. If that is meant: make baseline, and commit it with the reason."
	exit 1
fi
echo "bench: $(wc -l <"$build/guard.txt") figures, none more than $allowed % above bench/baseline.json"
