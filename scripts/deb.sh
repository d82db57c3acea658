#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: deb.sh RELEASE-BUILD LAB OUT: Debian packages in OUT, of what CMake has built in RELEASE-BUILD and `make lab`
# in LAB.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd) lab=$(cd "$2" && pwd)
mkdir -p "$3"
out=$(cd "$3" && pwd)
version=$("$top/scripts/version.sh")
work=$out/amprelay-$version
log=$out/deb.log

rm -rf "$work" "$out"/*.deb "$out"/*.changes "$out"/*.buildinfo
mkdir -p "$work"
cp -r "$top/packaging/debian" "$work/debian"
# A library's package is named after its SONAME, which changes with the minor version before 1.0.
sed -i "s/@SONAME@/${version%.*}/" "$work/debian/control"
mv "$work/debian/libamprelay.install" "$work/debian/libamprelay${version%.*}.install"
sed -i '1{/SPDX/d}' "$work/debian/control" # dpkg-source wants the first field first
cat >"$work/debian/changelog" <<END
amprelay ($version) unstable; urgency=medium

  * See CHANGELOG.md in /usr/share/doc/amprelay.

 -- The AmpRelay authors <amprelay@localhost>  $(date -R -u -d "@${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct 2>/dev/null || date +%s)}")
END
if ! (cd "$work" && BUILD=$build LAB=$lab dpkg-buildpackage -b -us -uc -nc -d) >"$log" 2>&1; then
	tail -n 25 "$log" >&2
	echo "deb: dpkg-buildpackage failed; the whole output is in $log" >&2
	exit 1
fi
rm -rf "$work"
ls -1 "$out"/*.deb
