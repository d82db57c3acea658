#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: fault.sh KIND DETECTOR TEXT: the fault is detected by the right sense, reported to Linux, dumped on both sides, recovered from.
. "$(dirname "$0")/lab.sh"
kind=$1 detector=$2 text=$3

expect 0 "" amp up
expect_echo
mark

expect 0 "" amp fault m3 "$kind"
expect_event "ev=core.fault,core=m3,kind=$kind"
expect_event "ev=core.crash,core=m3,detector=$detector"
expect_event "ev=core.recovered,core=m3"
expect_echo

# Linux was told, and why
expect 0 "$text" amp logs kernel
# from outside: a core file that gdb opens with the firmware's symbols, and a readable report
expect_event "ev=core.dump,core=m3,by=relay"
core=$(ls "$STATE"/dumps/m3-1.core)
expect 0 "" gdb-multiarch -q -batch -ex 'info registers pc' -ex bt "$AMPRELAY_LAB/firmware/amprelay-m3.elf" "$core"
expect 0 "detected by" cat "$STATE/dumps/m3-1.txt"
# from inside: Linux's own device core dump
expect_event "ev=core.dump,core=m3,by=linux"
expect 0 "ARM" file -L "$(ls "$STATE"/dumps/m3-*.devcoredump | head -n 1)"
