#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: sim.sh AMPRELAY SCENARIOS: scenarios in the simulator, without a lab, its files or QEMU.
set -eu
amprelay=$1 scenarios=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export AMPRELAY_STATE=$work/state AMPRELAY_LAB=$work/none

# ends STATUS TEXT COMMAND…
ends() {
	local want=$1 text=$2 got=0
	shift 2
	"$@" >"$work/output" 2>&1 || got=$?
	[ "$got" = "$want" ] && grep -qF -- "$text" "$work/output" && return
	cat "$work/output"
	echo "not ok - '$*' ended with $got, not $want, or did not say '$text'"
	exit 1
}

ends 0 "4 of 4 have held" "$amprelay" scenario run --sim "$scenarios/both"
echo "ok - the files for both grounds hold in the simulator"
[ -z "$(ls -A "$AMPRELAY_STATE")" ] || exit 1
echo "ok - nothing is left of runs that held"

for step in 'exec: true' 'run: true' 'break: undef' 'fault: m3 hang' 'up: --net' 'amprelay: status' 'file: x'; do
	printf 'claim: x\nsteps:\n  - up:\n  - repeat: 2\n    steps:\n      - %s\n' "$step" >"$work/lab.yaml"
	ends 2 "lab.yaml:6: ${step%%:*}: this step needs a lab" "$amprelay" scenario run --sim "$work/lab.yaml"
done
printf 'claim: x\nsteps:\n  - for: [starve]\n    steps:\n      - up:\n      - fault: m3 ${item}\n' >"$work/lab.yaml"
ends 1 "lab.yaml:6: fault: m3 starve: this step needs a lab" "$amprelay" scenario run --sim "$work/lab.yaml"
echo "ok - a step that needs a lab is named by its line, and nothing is run if it can be known before"

cat >"$work/wrong.yaml" <<END
claim: x
steps:
  - up:
  - ledger: m3
    as: messages
  - fault: m3 kill
  - wait: ev=core.recovered,core=m3
  - settle: messages
    output: no such thing
END
ends 1 " reported lost, 0 corrupted, 0 doubled" "$amprelay" scenario run --sim "$work/wrong.yaml"
grep -q "core.crash .*its process was killed by signal 9" "$work/output"
! grep -q "said: 0 sent" "$work/output"
sed -i 's/^  - settle/  - wait: ev=core.crash,core=m3,cause=bus\n    timeout: 1\n&/' "$work/wrong.yaml"
ends 1 "no such event has come in time" "$amprelay" scenario run --sim "$work/wrong.yaml"
echo "ok - what fails is shown beside what happened"

drawn() {
	"$amprelay" --json scenario run --sim --seed "$1" "$scenarios/both/random.yaml" | jq -c '[.[].steps[] | .step + " " + .text]'
}
[ "$(drawn 5)" = "$(drawn 5)" ] && [ "$(drawn 5)" != "$(drawn 6)" ]
echo "ok - a seed draws the same steps again"
