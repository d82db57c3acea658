#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Usage: scripts/debian.sh SUITE DIRECTORY PACKAGE…
# Unpacks Debian packages of another suite (bookworm-backports) into DIRECTORY, which appears when all is there. apt
# gets a state of its own: neither this machine's packages nor its lists change. The mirror is the one that this machine
# uses; signatures are checked by Debian's keys.
set -eu

suite=$1 directory=$2
shift 2
keys=/usr/share/keyrings/debian-archive-keyring.gpg
state=$(mkdir -p "$(dirname "$directory")" && cd "$(dirname "$directory")" && pwd)/.$(basename "$directory").apt
log=$state/log

die() {
	echo "debian: $*" >&2
	exit 5
}

step() {
	"$@" >>"$log" 2>&1 </dev/null || {
		tail -n 10 "$log" >&2
		die "'$*' failed; the whole output is in $log"
	}
}

# Where this machine has that suite from, or else its main one.
mirror() {
	for release in "$suite" "${suite%%-*}"; do
		apt-get indextargets --format '$(RELEASE) $(REPO_URI)' "Created-By: Packages" 2>/dev/null |
			sed -n "s|^$release ||p" | head -n 1
	done | head -n 1
}

command -v apt-get >/dev/null || die "this is not a Debian system: $* of $suite cannot be fetched"
[ -r $keys ] || die "$keys is missing: install the package debian-archive-keyring"
uri=$(mirror)
[ -n "$uri" ] || die "this machine's apt knows no mirror of ${suite%%-*}: $* of $suite cannot be fetched"

rm -rf "$state" "$directory.tmp"
mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
: >"$log"
printf 'deb [signed-by=%s] %s %s main\n' "$keys" "$uri" "$suite" >"$state/sources.list"
own_apt() {
	step apt-get -q -o Dir::State="$state" -o Dir::State::status=/dev/null -o Dir::Cache="$state/cache" \
		-o Dir::Log="$state" -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null -o APT::Sandbox::User="" \
		-o Acquire::Languages=none "$@"
}
own_apt update
(cd "$state/cache/archives" && own_apt download "$@")
for package in "$state"/cache/archives/*.deb; do
	step dpkg -x "$package" "$directory.tmp"
done
rm -rf "$directory"
mv "$directory.tmp" "$directory"
rm -rf "$state"
