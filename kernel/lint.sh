#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# sparse and checkpatch over the driver; both must be silent.
set -eu
cd "$(dirname "$0")/.."
kernel/build.sh
log=build/kernel/lint.log
fail() {
	cat "$log"
	echo "kernel: $1 has complaints (above)" >&2
	exit 1
}
rm -rf build/kernel/lint
make -C kernel/amprelay_rproc MO="$PWD/build/kernel/lint" check >"$log" 2>&1 || fail sparse
! grep -E 'warning:|error:' "$log" >/dev/null || fail sparse
make -C kernel/amprelay_rproc style >"$log" 2>&1 || fail checkpatch
! grep -E '^(WARNING|ERROR|CHECK):' "$log" >/dev/null || fail checkpatch
echo "kernel: sparse and checkpatch are content"
