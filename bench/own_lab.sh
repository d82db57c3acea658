# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Sourced by the scripts that measure a lab: one of their own, which is gone afterwards.
set -eu
bench=$(cd "$(dirname "$0")" && pwd)
tree=${bench%/*}
lab=$tree/build/lab
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
