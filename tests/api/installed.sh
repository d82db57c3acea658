#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# installed.sh CMAKE BUILD WORK: install BUILD below WORK, and check the public interface there as an application sees
# it.
set -eu
cmake=$1 build=$2 work=$3
source=$(dirname "$0")/installed

rm -rf "$work"
mkdir -p "$work"
"$cmake" --install "$build" --prefix "$work/prefix" >"$work/install.log"
"$cmake" -S "$source" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/configure.log"
"$cmake" --build "$work/build"
LD_LIBRARY_PATH=$work/prefix/lib ctest --test-dir "$work/build" --output-on-failure
