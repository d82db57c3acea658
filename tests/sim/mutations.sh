#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Do the tests find bugs? Takes one rule after the other (mutations.txt) out of the library in a copy of the tree, and
# lets the simulator look, then the unit tests of a message's way.
# usage: tests/sim/mutations.sh [BUILD-DIRECTORY [SCHEDULES-PER-CLASS [NAME-PATTERN]]]
# Exit status: 0 all were found, 1 some were not, 2 the list does not fit lib/ any more.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "${1:-$root/build/mutations}"
build=$(cd "${1:-$root/build/mutations}" && pwd)
runs=${2:-30000}
pattern=${3:-.}
tree=$build/tree
out=$build/objects
list=$build/list
units="virtio_virtqueue rpmsg_hostile_peer rpmsg_nocopy rpmsg_link rpmsg_restart rpmsg_last_words rpmsg_used_length rpmsg_endpoints rpmsg_sizes rpmsg_waiting rpmsg_taken_down rpmsg_receipts"
packed_units="virtio_packed packed_hostile_peer packed_restart packed_last_words packed_nocopy"
missed=0
broken=0

trap 'exit 130' INT
rm -rf "$tree"
mkdir -p "$tree"
# With new times (m): an object of the last run is of another change.
tar -C "$root" --exclude=./build --exclude=./.git -cf - . | tar -C "$tree" -xmf -
cmake -S "$tree" -B "$out" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >"$build/log" 2>&1 || { cat "$build/log"; exit 2; }

build_it() {
	cmake --build "$out" --target "$@" >"$build/log" 2>&1
}

# unit NAME: its first test that fails, or that it does not come to its end
unit() {
	program=$(find "$out" -name "$1" -type f -perm -u+x)
	timeout 30 "$program" >"$build/said" 2>&1 && return
	sed -n "s/^\[  FAILED  \] \([a-z_0-9]*\)\$/$1: \1/p" "$build/said" | grep -m 1 . ||
		sed -n "s/^\[ RUN      \] /$1: does not return from /p" "$build/said" | tail -n 1
}

# look SIMULATOR TEST…: who finds it first, and where: a class of the simulator, or a test. Fails if the tests cannot be
# built.
look() {
	simulator=$(find "$out" -name "$1" -type f -perm -u+x)
	shift
	for class in order doorbell restart hostile slow every; do
		count="--runs $runs"
		[ $class != every ] || count="--ways 2" # all of them
		# shellcheck disable=SC2086 # two words
		"$simulator" --class $class $count >"$build/said" 2>&1 || {
			sed -n 's/^FAILED  class \([a-z]*\), seed \([0-9]*\), step [0-9]*: /\1 \2: /p' "$build/said" | cut -c1-110 | grep . ||
				echo "$class: dies"
			return
		}
	done
	# Most changes do not come to here, and need none of these.
	build_it "$@" || return 1
	for test in "$@"; do
		unit "$test" | grep . && return
	done
	true
}

# What is of packed rings alone is looked for there.
# shellcheck disable=SC2086 # lists of words
look_for() {
	case $1 in
	lib/virtio/packed_*) build_it simulate-packed && look simulate-packed $packed_units ;;
	*) build_it simulate && look simulate sim_barriers $units ;;
	esac
}

found=$(look_for lib/ && look_for lib/virtio/packed_ring.h) || { cat "$build/log"; exit 2; }
[ -z "$found" ] || { echo "unchanged library: $found"; exit 2; }

grep -v '^#' "$root/tests/sim/mutations.txt" | grep -E "$pattern" >"$list" || true
while read -r line; do
	name=$(printf '%s\n' "$line" | sed 's/ *|.*//')
	file=lib/$(printf '%s\n' "$line" | sed 's/^[^|]*| *\([^ |]*\).*/\1/')
	expression=$(printf '%s\n' "$line" | sed 's/^[^|]*|[^|]*| *//')
	sed -E "$expression" "$root/$file" >"$tree/$file"
	if cmp -s "$root/$file" "$tree/$file" || ! found=$(look_for "$file"); then
		printf '%-40s DOES NOT APPLY, see %s\n' "$name" "$build/log"
		broken=$((broken + 1))
	else
		case $found$name in
		'~'*) found='not found, as expected' ;;
		esac
		printf '%-40s %s\n' "$name" "${found:-NOT FOUND}"
		[ -n "$found" ] || missed=$((missed + 1))
	fi
	cp "$root/$file" "$tree/$file"
done <"$list"
[ $broken -eq 0 ] || exit 2
[ $missed -eq 0 ] || exit 1
