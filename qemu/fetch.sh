#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Usage: qemu/fetch.sh VERSION [BUILD-DIRECTORY]
# Another QEMU than the installed one, beside it: that of Debian's backports, unpacked in BUILD-DIRECTORY/qemu-VERSION.
# Who has its bin/ first in PATH runs it, as make does with QEMU=VERSION.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
version=$1
place=${2:-$top/build}/qemu-$version

die() {
	echo "qemu: $*" >&2
	exit 5
}

case $version in
'' | *[!0-9.]*) die "QEMU=$version: a version is wanted, such as 10" ;;
esac
mkdir -p "$place"
place=$(cd "$place" && pwd)
exec 9>"$place/lock"
flock 9
[ ! -e "$place/bin" ] || exit 0

echo "qemu: fetching QEMU $version from Debian's backports (once)"
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")-backports
"$top/scripts/debian.sh" "$suite" "$place/root" \
	qemu-system-arm qemu-system-riscv qemu-system-common qemu-system-data
# Its own files and modules, not those of the installed one: both must fit the program.
modules=$(echo "$place"/root/usr/lib/*/qemu)
rm -rf "$place/bin.tmp"
mkdir "$place/bin.tmp"
for program in aarch64 arm riscv32; do
	cat >"$place/bin.tmp/qemu-system-$program" <<END
#!/bin/sh
QEMU_MODULE_DIR='$modules' exec '$place/root/usr/bin/qemu-system-$program' -L '$place/root/usr/share/qemu' "\$@"
END
	chmod +x "$place/bin.tmp/qemu-system-$program"
	said=$("$place/bin.tmp/qemu-system-$program" --version 2>&1) ||
		die "qemu-system-$program does not run on this machine: $said"
	case $said in
	"QEMU emulator version $version."*) ;;
	*) die "$suite has another QEMU than $version: $(printf '%s\n' "$said" | head -n 1)" ;;
	esac
done
mv "$place/bin.tmp" "$place/bin"
