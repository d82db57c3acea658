#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Usage: [KERNEL=VERSION] [DEBUG=1] kernel/which.sh
# Which kernel is meant: prints what the names of its places end with, "" for the usual one, Debian's 6.1; else "-6.12",
# "-debug", "-6.12-debug". build/lab with that ending is what the lab boots.
set -eu
case ${KERNEL:-} in
'' | 6.1) version= ;;
*[!0-9.]* | .* | *.)
	echo "kernel: KERNEL=$KERNEL: a version is wanted, such as 6.12 (your own tree: KERNEL_SRC=DIR)" >&2
	exit 2
	;;
*) version=-$KERNEL ;;
esac
case ${DEBUG:-} in
'' | 0 | no) debug= ;;
1 | yes) debug=-debug ;;
*)
	echo "kernel: DEBUG=$DEBUG: 1 or nothing is wanted" >&2
	exit 2
	;;
esac
if [ -n "$version" ] && [ -n "${KERNEL_SRC:-}" ]; then
	echo "kernel: KERNEL=$KERNEL and KERNEL_SRC=$KERNEL_SRC name two kernels: give one" >&2
	exit 2
fi
printf '%s\n' "$version$debug"
