#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Usage: board_build.sh CMAKE tools/guest alone is a project that builds and installs `rpmsg` for a board: the
# program, its classic names, the manual page and a udev rule that names the installed program.
set -eu

top=$(cd "$(dirname "$0")/../../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
{
	"$1" -S "$top/tools/guest" -B "$dir/build" -DAMP_WERROR=ON
	"$1" --build "$dir/build"
	DESTDIR="$dir/root" "$1" --install "$dir/build" --prefix /usr
} >"$dir/log" 2>&1 || {
	cat "$dir/log"
	exit 1
}
"$dir/root/usr/bin/rpmsg" --help | grep -q export-ept
for name in export_ept export_dev destroy_ept ping; do
	"$dir/root/usr/bin/rpmsg_$name" --help | grep -q "rpmsg_$name"
done
[ -f "$dir/root/usr/share/man/man1/rpmsg.1" ]
[ "$(grep -c 'PROGRAM=="/usr/bin/rpmsg devname /sys%p"' "$dir/root/usr/lib/udev/rules.d/60-rpmsg.rules")" = 2 ]
