# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced: a fresh Debian 12 in a folder, from the package sources that this machine uses, and commands inside of it.
#   root_make DIR            debootstrap, once kept as build/long/base.tar; DIR is emptied
#   root_run DIR COMMAND…    in a mount and process namespace of its own: nothing outlives it; with ROOT_OFFLINE=yes
#                            in a network namespace, too, where no other lab's sockets are
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$top/build/long
mkdir -p "$work"

[ "$(id -u)" = 0 ] || { echo "this needs root, for a root folder of its own: skipped"; exit 77; }
command -v debootstrap >/dev/null || { echo "debootstrap is missing: install the package debootstrap" >&2; exit 5; }

root_run() {
	local dir=$1
	shift
	unshare ${ROOT_OFFLINE:+--net} --mount --pid --fork --kill-child sh -c '
		dir=$1; shift
		mount --make-rprivate / && mount -t proc proc "$dir/proc" && mount --rbind /dev "$dir/dev" || exit
		exec chroot "$dir" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
			PATH="${ROOT_PATH:-}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$@"' sh "$dir" "$@"
}

root_make() {
	local dir=$1 mirror
	mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)
	if [ ! -f "$work/base.tar" ]; then
		rm -rf "$work/base"
		debootstrap --variant=minbase bookworm "$work/base" "$mirror" >"$work/debootstrap.log" 2>&1 ||
			{ tail -n 20 "$work/debootstrap.log" >&2; exit 1; }
		rm -f "$work/base/etc/apt/sources.list"
		cp -r /etc/apt/sources.list* /etc/apt/apt.conf.d /etc/apt/trusted.gpg.d "$work/base/etc/apt/" 2>/dev/null || true
		tar -C "$work/base" -cf "$work/base.tar.new" . && mv "$work/base.tar.new" "$work/base.tar"
		rm -rf "$work/base"
	fi
	rm -rf "$dir"
	mkdir -p "$dir"
	tar -C "$dir" -xf "$work/base.tar"
	cp /etc/resolv.conf /etc/hosts "$dir/etc/" 2>/dev/null || true
}
