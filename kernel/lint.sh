#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# sparse and checkpatch over the modules; both must be silent.
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
for module in kernel/amprelay_rproc kernel/amprelay_bell; do
	make -C $module MO="$PWD/build/kernel/lint/${module##*/}" check >"$log" 2>&1 || fail sparse
	! grep -E 'warning:|error:' "$log" >/dev/null || fail sparse
	make -C $module style >"$log" 2>&1 || fail checkpatch
	! grep -E '^(WARNING|ERROR|CHECK):' "$log" >/dev/null || fail checkpatch
done
echo "kernel: sparse and checkpatch are content"
