#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does the simulator find bugs? Takes one rule after the other (mutations.txt) out of a copy of lib/ and lets it look.
# usage: tests/sim/mutations.sh [BUILD-DIRECTORY [SCHEDULES-PER-CLASS [NAME-PATTERN]]]
# Exit status: 0 all were found, 1 some were not, 2 the list does not fit lib/ any more.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
source=${SIM_SOURCE:-$root}
build=${1:-$root/build/mutations}
runs=${2:-30000}
pattern=${3:-.}
original=$build/original
copy=$build/lib
list=$build/list
missed=0
broken=0

trap 'exit 130' INT
mkdir -p "$build"
rm -rf "$original" "$copy"
cp -a "$root/lib" "$original"
cp -r "$original" "$copy" # with new times: an object of the last run is of another change
cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DAMP_SIM_LIB="$copy" >"$build/log" 2>&1 ||
	{ cat "$build/log"; exit 2; }

build_it() {
	cmake --build "$build" --target simulate sim_barriers >"$build/log" 2>&1
}

# The first class that fails, and where; then the test of the barriers that RPMsg does not need alone.
look() {
	for class in order doorbell restart hostile; do
		"$simulate" --class $class --runs "$runs" >"$build/out" 2>&1 || {
			sed -n 's/^FAILED  class \([a-z]*\), seed \([0-9]*\), step [0-9]*: /\1 \2: /p' "$build/out" | cut -c1-110
			return
		}
	done
	"$barriers" >"$build/out" 2>&1 || sed -n 's/^\[  FAILED  \] \([a-z_]*\)$/sim_barriers: \1/p' "$build/out" | head -n 1
}

build_it || { cat "$build/log"; exit 2; }
simulate=$(find "$build" -name simulate -type f -perm -u+x | head -n 1)
barriers=$(find "$build" -name sim_barriers -type f -perm -u+x | head -n 1)
found=$(look)
[ -z "$found" ] || { echo "unchanged library: $found"; exit 2; }

grep -v '^#' "$root/tests/sim/mutations.txt" | grep -E "$pattern" >"$list" || true
while read -r line; do
	name=$(printf '%s\n' "$line" | sed 's/ *|.*//')
	file=$(printf '%s\n' "$line" | sed 's/^[^|]*| *\([^ |]*\).*/\1/')
	expression=$(printf '%s\n' "$line" | sed 's/^[^|]*|[^|]*| *//')
	sed -E "$expression" "$original/$file" >"$copy/$file"
	if cmp -s "$original/$file" "$copy/$file" || ! build_it; then
		printf '%-40s DOES NOT APPLY, see %s\n' "$name" "$build/log"
		broken=$((broken + 1))
	else
		found=$(look)
		printf '%-40s %s\n' "$name" "${found:-NOT FOUND}"
		[ -n "$found" ] || missed=$((missed + 1))
	fi
	cp "$original/$file" "$copy/$file"
done <"$list"
[ $broken -eq 0 ] || exit 2
[ $missed -eq 0 ] || exit 1
