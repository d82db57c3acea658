#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the machine lacks, or what is in the way, is one clear line with what to do, and nothing is left of the attempt.
. "$(dirname "$0")/lab.sh"

# run COMMAND… as amp, in a subshell, with something taken away
without_qemu() (PATH=/usr/share/none amp "$@")
with_small_files() (ulimit -f 2000 && amp "$@")
elsewhere() (AMPRELAY_STATE=$AMPRELAY_STATE/elsewhere amp "$@")

expect 5 "qemu-system-aarch64 is not in \$PATH: install" without_qemu up
expect 5 "shared memory of core m3" with_small_files up
expect 5 "not-there" amp up --kernel "$AMPRELAY_STATE/not-there"
expect 5 "make lab" amp up --lab "$AMPRELAY_STATE"
mkdir "$AMPRELAY_STATE/lab"
cp -rL "$AMPRELAY_LAB/." "$AMPRELAY_STATE/lab"
jq '.cores[0].mem_size = "0x1001"' "$AMPRELAY_LAB/m3.json" >"$AMPRELAY_STATE/lab/m3.json"
expect 5 "mem_size" amp up --lab "$AMPRELAY_STATE/lab"
head -c 100 "$AMPRELAY_LAB/m3.json" >"$AMPRELAY_STATE/lab/m3.json"
expect 5 "m3.json" amp up --lab "$AMPRELAY_STATE/lab"
expect 5 "no SoC 'nonsense' in $AMPRELAY_STATE/lab: it has a53 m3" amp up --lab "$AMPRELAY_STATE/lab" --soc nonsense
expect 5 "nonsense.json" amp up --soc ./nonsense.json
jq '.cores += .cores' "$AMPRELAY_LAB/m3.json" >"$AMPRELAY_STATE/twice.json"
expect 5 'cores[1].name: "m3" is there twice' amp up --soc "$AMPRELAY_STATE/twice.json"
jq '.cores[0].name = "relay"' "$AMPRELAY_LAB/m3.json" >"$AMPRELAY_STATE/relay.json"
expect 5 'cores[0].name: "relay" is the name of another log' amp up --soc "$AMPRELAY_STATE/relay.json"
: >"$AMPRELAY_STATE/file"
expect 5 "$AMPRELAY_STATE/file" env AMPRELAY_STATE="$AMPRELAY_STATE/file" "$AMPRELAY" up
expect 3 "is up" amp exec -- true
expect 3 "is up" amp fault m3 undef
expect 3 "is up" amp console linux
expect 3 "is up" amp down
expect_nothing_left

# the same name in another state directory is still the same lab: its control socket is taken
expect 0 "" amp up
expect 4 "is up already" elsewhere up
expect 2 "no name for a lab" "$AMPRELAY" --name ../x status
expect_echo
