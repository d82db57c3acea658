#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `make check-abi` in a clone: no release, an unchanged one, something new, something broken, and broken with a new
# minor version.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone -q --shared "$top" "$work/clone"
cd "$work/clone"
git config user.name test && git config user.email test@localhost
git tag -l 'v*' | xargs -r git tag -d >/dev/null

claim() { # STATUS TEXT WHAT
	local got=0
	scripts/abi.sh "$work/abi" >"$work/out" 2>&1 || got=$?
	[ "$got" = "$1" ] && grep -q "$2" "$work/out" || { cat "$work/out"; echo "not ok - $3 (status $got)"; exit 1; }
	echo "ok - $3"
}
claim 0 "no release yet" "without a release there is nothing to compare with"
git tag "v$(scripts/version.sh)"
claim 0 "unchanged" "an unchanged library is compatible"
echo 'int openamp_version_new(void) { return 1; }' >>lib/metal/version.c
sed -i 's/int openamp_version_new(void) {/int openamp_version_new(void);\n&/' lib/metal/version.c
claim 0 "openamp_version_new" "a new function is compatible"
sed -i 's/unsigned long long metal_get_timestamp(void)/unsigned int metal_get_timestamp(void)/' include/metal/time.h ports/linux/*.c
claim 1 "undo it, or raise the minor version" "another result type is not"
sed -i 's/^project(amprelay VERSION [0-9.]*/project(amprelay VERSION 9.9.0/' CMakeLists.txt
claim 0 "as version 9.9.0 may" "with a new minor version it may be"
