#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lifecycle.sh: how long it takes until a message has come back from the core, in milliseconds, as "key value" lines:
# from `amprelay up`, from a fault, from an attach, from a reboot of Linux. In a lab of its own; needs `make lab`.
. "$(dirname "$0")/own_lab.sh"
times=5
samples=$AMPRELAY_STATE/samples

# took COMMAND…: a sample of how long it takes, and an echo behind it
took() {
	from=$(date +%s%N)
	"$@" >/dev/null
	amp exec -- rpmsg ping amp-echo -q -c 1 --wait 10 >/dev/null
	echo $(($(date +%s%N) - from)) >>"$samples"
}

# summary KEY: of the samples, which are nanoseconds
summary() {
	jq -sr --arg key "$1" 'sort | map(. / 1e6) | "lifecycle.\($key).median_ms \(.[length / 2 | floor])", "lifecycle.\($key).max_ms \(.[-1])"' "$samples"
	rm "$samples"
}

for _ in $(seq $times); do
	took amp up --keep
	amp down >/dev/null
done
summary up

amp demo bring-up --report "$AMPRELAY_STATE/demo.json" >/dev/null
jq -r '.recovery_ms | "lifecycle.fault.median_ms \(.median)", "lifecycle.fault.max_ms \(.max)"' "$AMPRELAY_STATE/demo.json"

amp up --keep --early m3 >/dev/null
for _ in $(seq $times); do
	amp detach m3 >/dev/null
	took amp attach m3
done
summary attach
for _ in $(seq $times); do
	took amp reboot linux
done
summary reboot
