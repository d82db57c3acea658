#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: scripts/locked.sh BUILD-DIRECTORY COMMAND…
# Runs the command while nobody else builds in that directory, and says so if it has to wait.
set -eu

mkdir -p "$1"
exec 9>"$1/.lock"
flock -n 9 || {
	echo "another make builds in $1: waiting for it"
	flock 9
}
shift
exec "$@"
