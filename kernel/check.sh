#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Usage: AMPRELAY_LAB=DIRECTORY kernel/check.sh AMPRELAY
# Smoke, services, the host's own faults, a campaign, and allocations that fail, on a lab whose kernel has Linux's
# checkers (`make kernel DEBUG=1`). No checker may report anything: tests/lab/sound_kernel.sh knows what unmodified
# Linux itself is known for. Whether they would is seen first: faults of the kernel are provoked. ROUNDS=N and SEED=N
# are the campaign's. Logs stay in build/reports/check-kernel.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
amprelay=$(realpath "$1")
out=$top/build/reports/check-kernel
seed=${SEED:-1}
export AMPRELAY_PATIENCE="${AMPRELAY_PATIENCE:-5}"

die() {
	echo "check-kernel: $*" >&2
	exit 1
}

case $(cut -d' ' -f3 "$AMPRELAY_LAB/linux" 2>/dev/null) in
*-debug) ;;
*) die "$AMPRELAY_LAB has no kernel with checkers: build it with 'make lab DEBUG=1'" ;;
esac
rm -rf "$out"
mkdir -p "$out"
failed=
cd "$top/scenarios"

# run NAME COMMAND…: all go on, one after the other
run() {
	name=$1
	shift
	"$amprelay" "$@" || failed="$failed $name"
}

run provoked scenario run --seed "$seed" --junit "$out/provoked.xml" ../tests/kernel/provoked.yaml
run scenarios scenario run --soc m3 --seed "$seed" --artifacts "$out" --junit "$out/scenarios.xml" \
	bring-up.yaml lifecycle.yaml services-recovery.yaml faults-survived.yaml crash-and-restart.yaml unbind.yaml \
	faults/host-stop.yaml faults/host-unbind.yaml faults/host-unbind-rpmsg.yaml faults/host-rmmod.yaml \
	faults/host-detach.yaml faults/host-attach.yaml faults/host-reboot.yaml faults/host-reset.yaml faults/host-panic.yaml \
	faults/host-no-recovery.yaml faults/firmware-missing.yaml faults/firmware-other.yaml
run campaign campaign --soc m3 --seed "$seed" --rounds "${ROUNDS:-50}" --jobs 1 --artifacts "$out" \
	--scenarios "$out/campaign" --report "$out/campaign.json"
run kernel scenario run --seed "$seed" --artifacts "$out" --junit "$out/kernel.xml" \
	../tests/kernel/lives.yaml ../tests/kernel/removal.yaml faults/host-allocations.yaml

logs=0
for log in "$out"/*/kernel.log; do
	[ -e "$log" ] || die "no run has left a log in $out"
	logs=$((logs + 1))
	"$top/tests/lab/sound_kernel.sh" -f "$log" || {
		echo "check-kernel: reports of Linux's checkers (above) in $log" >&2
		failed="$failed reports"
	}
done
[ -z "$failed" ] || die "failed:$failed; logs are in $out"
echo "check-kernel: no checker of Linux has reported anything in $logs labs"
