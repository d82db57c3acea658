#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The driver is not built for a kernel that is too old for it, which is said in one line.
set -eu
driver=$(cd "$(dirname "$0")/../../kernel/amprelay_rproc" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/include/config"

# builds RELEASE: what make says of a kernel of that release, which is nothing but its name
builds() {
	echo "$1" >"$dir/include/config/kernel.release"
	! make -C "$driver" KDIR="$dir" MO="$dir/objects" 2>&1
}

for release in 4.19.0 5.4.269-board 5.13.19; do
	builds $release | grep -q "is Linux $release: amprelay_rproc needs 5.14 or later, whose remoteproc can attach" || exit 1
	[ ! -e "$dir/objects" ] || exit 1
done
for release in 5.14.0 6.1.192-amprelay 6.12.117 10.0.0; do
	builds $release | grep -q "No rule to make target 'modules'" || exit 1
done
