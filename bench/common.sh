# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Sourced by the scripts of this directory: where things are, and the builds that are measured. BENCH_BUILD=DIR builds elsewhere
# than in build/bench.
set -eu
tree=${tree:-$(cd "$(dirname "$0")/.." && pwd)} # a script of another directory sets it
bench=$tree/bench
build=${BENCH_BUILD:-$tree/build/bench}
reports=${BENCH_REPORTS:-$tree/build/reports}

# configured NAME TARGET OPTION…: TARGET of build/bench/NAME is built, as a release is: optimised, without assertions or LTO
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

# build_single TARGET: one context on each side. The heap holds 1024 endpoints and more.
build_single() {
	configured single "$1" -DAMP_PORT=baremetal -DCMAKE_BUILD_TYPE=Release '-DCMAKE_C_FLAGS_RELEASE=-O2 -DNDEBUG' -DAMP_HEAP_SIZE=262144
}

build_locked() {
	configured locked work -DAMP_PORT=linux -DCMAKE_BUILD_TYPE=Release '-DCMAKE_C_FLAGS_RELEASE=-O2 -DNDEBUG'
}

build_m3() {
	for role in device host; do
		if [ $role = device ]; then
			without=WITH_VIRTIO_DRIVER
		else
			without=WITH_VIRTIO_DEVICE
		fi
		configured m3-$role all "-DCMAKE_TOOLCHAIN_FILE=$tree/cmake/toolchain-cortex-m3.cmake" -DCMAKE_BUILD_TYPE=MinSizeRel \
			-DAMP_HEAP_SIZE=1024 -D$without=OFF
	done
}

# json: "key value" lines to one object, sorted
json() {
	jq -Rn '[inputs | split(" ") | {key: .[0], value: (.[1] | tonumber)}] | from_entries' | jq -S .
}
