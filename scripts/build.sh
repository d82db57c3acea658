#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: scripts/build.sh BUILD-DIRECTORY [TARGET…]
# Builds what is not up to date, with the output in BUILD-DIRECTORY.log, which is shown if it fails. A build that takes
# time says so when it begins, also one that goes on where another was interrupted.
set -eu

dir=$1
shift
steps=$(ninja -C "$dir" -n "$@" 2>/dev/null | grep -c '^\[') || true
[ "$steps" -lt 20 ] || echo "building preset ${dir##*/}: $steps steps"
ninja -C "$dir" --quiet "$@" >"$dir.log" 2>&1 || {
	cat "$dir.log"
	exit 1
}
