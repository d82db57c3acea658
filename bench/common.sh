# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Sourced by the scripts of this directory: where things are, and the builds that are measured. BENCH_BUILD=DIR builds
# elsewhere than in build/bench.
set -eu
tree=${tree:-$(cd "$(dirname "$0")/.." && pwd)} # a script of another directory sets it
bench=$tree/bench
build=${BENCH_BUILD:-$tree/build/bench}
reports=${BENCH_REPORTS:-$tree/build/reports}

# configured NAME TARGET OPTION…: TARGET of build/bench/NAME is built, as a release is: optimised, without assertions
# or LTO
configured() {
	name=$1 target=$2
	shift 2
	mkdir -p "$build"
	{
		[ -f "$build/$name/build.ninja" ] || cmake -S "$bench" -B "$build/$name" -G Ninja "$@"
		cmake --build "$build/$name" --target "$target"
	} >"$build/$name.log" 2>&1 || {
		cat "$build/$name.log" >&2
		exit 1
	}
}

# one_context NAME TARGET OPTION…: on each side. The heap holds 1024 endpoints and more.
one_context() {
	configured "$@" -DAMP_PORT=baremetal -DCMAKE_BUILD_TYPE=Release '-DCMAKE_C_FLAGS_RELEASE=-O2 -DNDEBUG' -DAMP_HEAP_SIZE=262144
}

build_single() {
	one_context single "$1"
}

build_locked() {
	configured locked work -DAMP_PORT=linux -DCMAKE_BUILD_TYPE=Release '-DCMAKE_C_FLAGS_RELEASE=-O2 -DNDEBUG'
}

# The same, over packed rings
build_packed() {
	one_context packed work -DWITH_PACKED_RINGS=ON
}

# The same, optimised at link time
build_lto() {
	one_context lto work -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON
}

# m3 NAME OPTION…: the samples for the Cortex-M3 as two roles, m3-NAME-device and m3-NAME-host; without NAME m3-device
# and m3-host
m3() {
	as=$1
	shift
	for role in device host; do
		if [ $role = device ]; then
			without=WITH_VIRTIO_DRIVER
		else
			without=WITH_VIRTIO_DEVICE
		fi
		configured "m3${as:+-$as}-$role" all "-DCMAKE_TOOLCHAIN_FILE=$tree/cmake/toolchain-cortex-m3.cmake" \
			-DCMAKE_BUILD_TYPE=MinSizeRel -DAMP_HEAP_SIZE=1024 -D$without=OFF "$@"
	done
}

build_m3() {
	m3 ''
}

build_m3_tiny() {
	m3 tiny -DAMP_TINY=ON
}

# Names of what a program can give up.
small_options() {
	"$tree/scripts/option_names.sh"
}

# other_value OPTION: what build_m3() has not
other_value() {
	if grep -q "^$1:BOOL=ON" "$build/m3-device/CMakeCache.txt"; then
		echo OFF
	else
		echo ON
	fi
}

# All that size.sh shows, behind build_m3()
build_m3_small() {
	m3 lto -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON
	m3 tiny-lto -DAMP_TINY=ON -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON
	for option in $(small_options); do
		m3 "$option" "-D$option=$(other_value "$option")"
	done
}

# json: "key value" lines to one object, sorted
json() {
	jq -Rn '[inputs | split(" ") | {key: .[0], value: (.[1] | tonumber)}] | from_entries' | jq -S .
}
