#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: fault.sh SOC KIND: the fault is detected by the sense that include/amprelay/faults.h names, reported to Linux
# in its words, dumped on both sides, recovered from. The SoC's core has the same name.
. "$(dirname "$0")/lab.sh"
core=$1 kind=$2
isa=$(jq -r '.cores[0].isa' "$AMPRELAY_LAB/$core.json")
expected=$("$(dirname "$0")/../../scripts/faults.sh" expect "$kind" "${isa%%[0-9]*}")
{
	read -r detector
	read -r detector_words
	read -r cause
	read -r cause_words
} <<EOF
$expected
EOF
# what remoteproc is told
case $detector:$cause in
watchdog:* | heartbeat:*) type=watchdog ;;
*:stack | *:mpu) type=mmufault ;;
*) type="fatal error" ;;
esac

expect 0 "" amp up --soc "$core"
expect_echo
mark

expect 0 "" amp fault "$core" "$kind"
expect_event "ev=core.fault,core=$core,kind=$kind"
expect_event "ev=core.crash,core=$core,detector=$detector"
expect_event "ev=core.recovered,core=$core"
expect_echo

# Linux was told, and why
expect 0 "noticed by $detector_words" amp logs kernel
expect 0 "crash detected in $core: type $type" amp logs kernel
[ "$cause" = none ] || expect 0 "crash record: $cause_words" amp logs kernel
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
