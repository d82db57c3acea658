#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab.sh BUILD: echo and streams between Linux user space and the Cortex-M3, in a lab of its own, as "key value" lines; the samples of the
# histogram go to BUILD/lab-samples.txt. Then the doorbell of such a core alone. Needs `make lab`.
set -eu
tree=$(cd "$(dirname "$0")/.." && pwd)
build=$1
name=bench$$
AMPRELAY_STATE=$(mktemp -d "${TMPDIR:-/tmp}/amprelay-bench.XXXXXX")
export AMPRELAY_STATE

amp() {
	"$tree/build/bin/amprelay" --name "$name" "$@"
}

finish() {
	status=$?
	trap - EXIT INT TERM
	amp down >/dev/null 2>&1 || true
	rm -rf "$AMPRELAY_STATE"
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

amp up --keep >/dev/null
amp exec -- rpmsg ping amp-echo -c 500 -s 16 --wait 10 --quiet >/dev/null # translated code and caches are warm afterwards
for size in 16 64 128 256 496; do
	amp exec -- rpmsg ping amp-echo -c 2000 -s $size --json |
		jq -r --argjson size $size '.us | to_entries[] | "lab.echo_\($size).\(.key)_us \(.value)"'
done
amp exec -- rpmsg ping amp-echo -c 5000 -s 16 | sed -n 's/^[0-9]*: .* \([0-9.]*\) us$/\1/p' >"$build/lab-samples.txt"
for size in 16 496; do
	amp exec -- rpmsg bench --round-trips 0 --messages 20000 --size $size --wait 10 --json |
		jq -r --argjson size $size '"lab.stream_\($size).msg_s \(.stream.per_second)", "lab.stream_\($size).mb_s \(.stream.per_second * $size / 1e6)"'
done
amp down >/dev/null
"$build/single/doorbell" "$build/m3-device/bell" 2>"$build/doorbell.log" || {
	cat "$build/doorbell.log" >&2
	exit 1
}
