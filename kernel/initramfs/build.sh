#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the lab's initramfs. Usage: kernel/initramfs/build.sh [BUILD-DIRECTORY [PROGRAMS-DIRECTORY]]
#
# BUILD-DIRECTORY (default: build) gets lab/initramfs.cpio. It needs what kernel/build.sh left in lab/linux and
# lab/modules, and the guest's programs in PROGRAMS-DIRECTORY (default: BUILD-DIRECTORY/arm64-linux/tools/guest).
# KERNEL=VERSION and DEBUG=1 choose the lab, as they do there.
#
# Busybox is Debian's package busybox-static for arm64, fetched once into BUILD-DIRECTORY/guest. BUSYBOX=FILE takes
# another static arm64 busybox instead.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
mkdir -p "${1:-$top/build}"
build=$(cd "${1:-$top/build}" && pwd)
programs=${2:-$build/arm64-linux/tools/guest}
state=$build/guest
log=$state/build.log
root=$state/root
lab=$build/lab$("$top/kernel/which.sh")
output=$lab/initramfs.cpio

die() {
	printf 'guest: %s\n' "$*" >&2
	exit 1
}

# step LOG-TITLE COMMAND...: run with output to the log; show the log's end if it fails.
step() {
	local title=$1
	shift
	printf '\n== %s: %s\n' "$title" "$*" >>"$log"
	if ! "$@" >>"$log" 2>&1 </dev/null; then
		tail -n 10 "$log" >&2
		die "$title failed; the whole log is $log"
	fi
}

# apt with a state of its own: neither the user's package lists nor the architectures of this machine change.
apt_arm64() {
	apt-get -q -o Dir::State="$state/apt" -o Dir::State::status="$state/apt/status" -o Dir::Cache="$state/apt/cache" \
		-o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User="" \
		-o Acquire::Languages=none -o Dir::Log="$state/apt" "$@"
}

download_busybox() {
	mkdir -p "$state/apt/lists/partial" "$state/apt/cache/archives/partial"
	: >"$state/apt/status"
	rm -f "$state"/busybox-static_*.deb
	# A repository that has nothing for arm64 makes this fail: what counts is whether the package is found.
	apt_arm64 update >>"$log" 2>&1 </dev/null || true
	(cd "$state" && step "fetching busybox-static for arm64" apt_arm64 download busybox-static:arm64)
	rm -rf "$state/busybox.tmp"
	step "unpacking busybox" dpkg -x "$state"/busybox-static_*.deb "$state/busybox.tmp"
	# The lists are large, and not needed again.
	rm -rf "$state/apt"
	mv "$state/busybox.tmp/bin/busybox" "$state/busybox"
	rm -rf "$state/busybox.tmp"
}

find_busybox() {
	busybox=${BUSYBOX:-$state/busybox}
	if [ -n "${BUSYBOX:-}" ]; then
		[ -f "$BUSYBOX" ] || die "BUSYBOX=$BUSYBOX is no file"
	elif [ ! -f "$busybox" ]; then
		printf 'guest: fetching busybox for arm64 (once)\n'
		download_busybox
	fi
}

# copy SOURCE DIRECTORY MODE: missing pieces are named, all at once.
missing=
copy() {
	if [ -f "$1" ]; then
		install -m "$3" -D "$1" "$root/$2/${1##*/}"
	else
		missing="$missing $1"
	fi
}

fill_root() {
	local module release
	release=$(cut -d' ' -f3 "$lab/linux" 2>/dev/null) || die "no kernel is built in $lab"
	rm -rf "$root"
	mkdir -p "$root"/{bin,sbin,dev,etc,firmware,proc,sys,tmp,usr/bin,usr/sbin,lib/modules/"$release"}
	install -m 755 "$busybox" "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	install -m 755 "$here/restart" "$here/settled" "$here/share" "$root/etc/"
	install -m 644 "$here/inittab" "$here/mdev.conf" "$here/profile" "$here/modules" "$lab/linux" "$root/etc/"
	while read -r module _; do
		case $module in '' | '#'*) continue ;; esac
		copy "$lab/modules/$module.ko" "lib/modules/$release" 644
	done <"$here/modules"
	copy "$programs/amprelay-agent" bin 755
	copy "$programs/rproc" bin 755
	copy "$programs/pty" bin 755
	copy "$programs/kexec" bin 755
	copy "$programs/init" . 755
	copy "$programs/rpmsg" bin 755
	for name in export_ept export_dev destroy_ept ping; do
		ln -s rpmsg "$root/bin/rpmsg_$name"
	done
	[ -z "$missing" ] || die "not built yet:$missing"
	touch "$root/lib/modules/$release/"modules.{builtin,order} # depmod asks for them
	step "listing the modules' dependencies" /sbin/depmod -b "$root" "$release"
	rm "$root/lib/modules/$release/"modules.*.bin # busybox reads the text
}

# Same contents, same bytes: no time stamps, owners or directory order of this machine. Not compressed: an emulated
# processor takes longer to unpack it than to boot half the kernel.
pack() {
	find "$root" -exec touch -h -d @0 {} +
	(cd "$root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 --reproducible) >"$output.tmp"
}

mkdir -p "$state" "$lab"
exec 9>"$state/lock"
flock -n 9 || {
	printf 'guest: another build is running; waiting for it\n'
	flock 9
}
: >"$log"
find_busybox
fill_root
pack
if cmp -s "$output.tmp" "$output"; then
	rm "$output.tmp"
else
	mv "$output.tmp" "$output"
fi
