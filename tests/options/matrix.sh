#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# matrix.sh DIR [OPTION…]: the library's unit tests, all of them, in builds below DIR: without each option of
# lib/options.cmake alone (or without those that are named), without all, and optimised at link time.
# shellcheck disable=SC2046,SC2086 # lists of words
set -eu
tree=$(cd "$(dirname "$0")/../.." && pwd)
dir=$1
shift
[ $# -gt 0 ] || set -- $("$tree/scripts/option_names.sh") AMP_TINY CMAKE_INTERPROCEDURAL_OPTIMIZATION
tests='^(metal|virtio|rpmsg|remoteproc|services|compat)_'

# test_with OPTION VALUE
test_with() {
	build=$dir/$1
	mkdir -p "$build"
	cmake -S "$tree" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DAMP_WERROR=ON "-D$1=$2" >"$build/log" 2>&1 &&
		programs=$(ctest --test-dir "$build" -N -R "$tests" | sed -n 's/^ *Test *#[0-9]*: //p') &&
		cmake --build "$build" --target amprelay $programs >>"$build/log" 2>&1 || {
		tail -n 40 "$build/log"
		return 1
	}
	ctest --test-dir "$build" -R "$tests" -j2 --output-on-failure --no-tests=error >>"$build/log" 2>&1 || {
		grep -E 'FAILED|\*\*\*' "$build/log"
		return 1
	}
}

failed=
for option in "$@"; do
	case $option in
	AMP_TINY | CMAKE_*) value=ON ;;
	*) value=OFF ;;
	esac
	if test_with "$option" $value; then
		echo "$option=$value: passed"
	else
		echo "$option=$value: failed; $dir/$option/log"
		failed=yes
	fi
done
[ -z "$failed" ]
