#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Installs what is missing of packages.txt. SETUP=no only names it.
set -eu
cd "$(dirname "$0")/.."

if ! command -v dpkg-query >/dev/null; then
	echo "setup: this is not a Debian system: install by hand what packages.txt lists, then use SETUP=no-check" >&2
	[ "${SETUP:-}" = no-check ] && exit 0
	exit 5
fi
[ "${SETUP:-}" = no-check ] && exit 0

wanted=$(sed -e 's/#.*//' packages.txt)
# shellcheck disable=SC2086 # a list of words
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' || true)
missing=
for package in $wanted; do
	printf '%s\n' "$installed" | grep -qx "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "${SETUP:-}" = no ]; then
	echo "setup: missing packages:$missing" >&2
	echo "setup: install them with: apt-get install --no-install-recommends$missing" >&2
	exit 5
fi

sudo=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || {
		echo "setup: not root and no sudo; as root, run: apt-get install --no-install-recommends$missing" >&2
		exit 5
	}
	sudo=sudo
fi

echo "setup: installing$missing"
mkdir -p build
log=build/setup.log
run() {
	# shellcheck disable=SC2086
	$sudo env DEBIAN_FRONTEND=noninteractive "$@" >>"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		echo "setup: '$*' failed; the whole output is in $log" >&2
		exit 5
	}
}
: >"$log"
run dpkg --configure -a # an interrupted installation goes on here
run apt-get update
# shellcheck disable=SC2086
run apt-get install -y --no-install-recommends $missing
echo "setup: done"
