#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: abi.sh WORK: compare the interface of libamprelay.so with the one of the last release, the newest tag vN.N.N.
# Exit status 0: nothing that a program relies on has changed, or the version says that something may have; 1: it has.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$1
mkdir -p "$work"
work=$(cd "$work" && pwd)
new=$(scripts/version.sh)

if ! tag=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null); then
	echo "abi: there is no release yet (no tag v*): nothing to compare with"
	exit 0
fi
command -v abidiff >/dev/null || { echo "abi: abidiff is missing: install the package abigail-tools" >&2; exit 5; }

# library SOURCE BUILD: the shared library, with what abidiff needs to know
library() {
	cmake -S "$1" -B "$2" -DAMP_LIBRARY_ONLY=ON -DBUILD_TESTING=OFF -DCMAKE_BUILD_TYPE=RelWithDebInfo &&
		cmake --build "$2" -j"$(nproc)" --target amprelay-shared
}

old=$(git rev-parse "$tag^{commit}")
if [ "$(cat "$work/old.commit" 2>/dev/null)" != "$old" ]; then
	rm -rf "$work/old" "$work/old-build" "$work/old.commit"
	mkdir "$work/old"
	git archive "$old" | tar -x -C "$work/old"
	library "$work/old" "$work/old-build" >"$work/old.log" 2>&1 || { tail -n 20 "$work/old.log" >&2; exit 1; }
	echo "$old" >"$work/old.commit"
fi
library . "$work/new-build" >"$work/new.log" 2>&1 || { tail -n 20 "$work/new.log" >&2; exit 1; }

# compare OPTION…: abidiff's status is a set of bits: 1 error, 2 usage, 4 changed, 8 surely incompatible
compare() {
	local status=0
	abidiff --headers-dir1 "$work/old/include" --headers-dir2 include "$@" \
		"$work/old-build/lib/libamprelay.so" "$work/new-build/lib/libamprelay.so" >"$work/report.txt" || status=$?
	[ $((status & 3)) = 0 ] || { cat "$work/report.txt"; echo "abi: abidiff failed" >&2; exit 1; }
	return $status
}

was=${tag#v}
if compare --no-added-syms; then
	compare || cat "$work/report.txt"
	echo "abi: programs of $tag run with $new unchanged"
elif [ "${was%.*}" != "${new%.*}" ]; then
	cat "$work/report.txt"
	echo "abi: the interface of $tag has changed, as version $new may; name it in CHANGELOG.md"
else
	cat "$work/report.txt"
	echo "abi: the interface of $tag has changed, but $new promises the same: undo it, or raise the minor version" >&2
	exit 1
fi
