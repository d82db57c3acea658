#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh BUILD TOOLCHAIN SINGLE_CONTEXT MACHINE RAM_SIZE UART: build the program for a core, and run it in QEMU.
set -eu
build=$1 toolchain=$2 single=$3 machine=$4 ram=$5 uart=$6
here=$(cd "$(dirname "$0")" && pwd)

cmake -S "$here" -B "$build" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$here/../../cmake/toolchain-$toolchain.cmake" \
	-DCMAKE_BUILD_TYPE=MinSizeRel -DAMP_HEAP_SIZE=2048 -DAMP_SINGLE_CONTEXT="$single" -DRAM_SIZE="$ram" -DUART="$uart" >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
# An atomic operation that nobody defines would be an error of the linker here.
cmake --build "$build" -- --quiet
timeout 120 qemu-system-arm -M "$machine" -display none -monitor none -serial null -semihosting-config enable=on,target=native \
	-kernel "$build/both_ends" </dev/null -trace memory_region_ops_read -trace memory_region_ops_write -D "$build/trace" || {
	echo "run.sh: $machine: both_ends ended with status $?"
	exit 1
}

# What the program does to the device between two reads of its first byte.
expected='w1 w2 w4 w4 w4 r1 r2 r4 r4 r4 r4 w4 w4 w4'
seen=$(awk -v uart="$uart" '
	function hex(text,   i, n) {
		n = 0
		text = tolower(substr(text, 3))
		for (i = 1; i <= length(text); i++)
			n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
		return n
	}
	BEGIN { first = hex(uart) }
	/memory_region_ops_/ {
		kind = /_read/ ? "r" : "w"
		match($0, /addr 0x[0-9a-f]+/)
		at = hex(substr($0, RSTART + 5, RLENGTH - 5)) - first
		match($0, /size [0-9]+/)
		size = substr($0, RSTART + 5, RLENGTH - 5)
		if (at == 4092 && kind == "r")
			on = !on
		else if (on && at >= 0 && at < 4096)
			printf "%s%s ", kind, size
	}' "$build/trace" | sed 's/ $//')
if [ "$seen" != "$expected" ]; then
	echo "run.sh: accesses to the device: $seen"
	echo "                        expected: $expected"
	exit 1
fi
echo "$machine: $seen"
