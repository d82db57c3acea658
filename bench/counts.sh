#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# counts.sh BUILD PREFIX: instructions per message or round trip, as "key value" lines; BUILD holds the program
# `work`. The same source and compiler give the same numbers on every machine. PREFIX names the lines: "single" or
# "locked". QUICK=yes: only what the baseline holds.
set -eu
build=$1 prefix=$2
count=${COUNT:-32000}

# Addresses of the instructions that lock the bus or order memory as a whole. An xchg with memory locks by itself.
objdump -d --no-show-raw-insn "$build/work" |
	awk '/^ +[0-9a-f]+:\t(lock |mfence|xchg .*\()/ { sub(/:/, "", $1); print $1 }' >"$build/fences.txt"

# measure KEY WORK SIZE [ENDPOINTS]
measure() {
	out=$build/callgrind.$1
	valgrind --tool=callgrind --collect-atstart=no --dump-instr=yes --compress-pos=no --compress-strings=no \
		--callgrind-out-file="$out" "$build/work" "$2" "$3" "$count" "${4:-1}" >"$out.log" 2>&1 || {
		cat "$out.log" >&2
		exit 1
	}
	awk -v key="$prefix.$1" -v n="$count" '
		NR == FNR { fence["0x" $1] = 1; next }
		/^calls=/ { getline; next } # the line after it is the cost of the callee, counted there
		/^0x/ { total += $3; if ($1 in fence) fences += $3 }
		END { printf "%s %.2f\n%s.fences %.2f\n", key, total / n, key, fences / n }' "$build/fences.txt" "$out"
	rm -f "$out" "$out.log"
}

measure w1.16 w1 16
measure w1n.16 w1n 16
measure w1h.16 w1h 16
measure w2.16 w2 16
measure w2r.16 w2r 16
measure w3.1024 w3 16 1024
[ "${QUICK:-no}" = no ] || exit 0
measure w1.256 w1 256
measure w1.496 w1 496
measure w2.496 w2 496
measure w3.1 w3 16 1
measure w3.16 w3 16 16
measure w3.128 w3 16 128
