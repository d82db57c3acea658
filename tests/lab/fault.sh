#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: fault.sh SOC KIND DETECTOR TEXT: the fault is detected by the right sense, reported to Linux, dumped on both sides,
# recovered from. The SoC's core has the same name.
. "$(dirname "$0")/lab.sh"
core=$1 kind=$2 detector=$3 text=$4

expect 0 "" amp up --soc "$core"
expect_echo
mark

expect 0 "" amp fault "$core" "$kind"
expect_event "ev=core.fault,core=$core,kind=$kind"
expect_event "ev=core.crash,core=$core,detector=$detector"
expect_event "ev=core.recovered,core=$core"
expect_echo

# Linux was told, and why
expect 0 "$text" amp logs kernel
# from outside: a core file that gdb opens with the firmware's symbols, and a readable report
expect_event "ev=core.dump,core=$core,by=relay"
dump=$(ls "$STATE/dumps/$core"-1.core)
firmware=$AMPRELAY_LAB/firmware/$(jq -r '.cores[0].firmware' "$AMPRELAY_LAB/$core.json")
expect 0 "" gdb-multiarch -q -batch -ex 'info registers pc' -ex bt "$firmware" "$dump"
expect 0 "detected by" cat "$STATE/dumps/$core-1.txt"
# from inside: Linux's own device core dump, for the same instruction set
expect_event "ev=core.dump,core=$core,by=linux"
machine=$(file -bL "$firmware" | cut -d, -f2)
expect 0 "$machine" file -bL "$(find "$STATE/dumps" -name "$core-*.devcoredump" | head -n 1)"
