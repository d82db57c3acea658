#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds what `amprelay up --net` adds to the guest. Usage: kernel/initramfs/net.sh [BUILD-DIRECTORY]
#
# BUILD-DIRECTORY (default: build) gets lab/net.cpio.gz: the network's modules out of lab/modules, and Debian's ssh
# server dropbear for arm64 with its libraries, fetched once into BUILD-DIRECTORY/guest-net.
# KERNEL=VERSION and DEBUG=1 choose the lab, as for its other parts.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=$(cd "${1:-$top/build}" && pwd)
state=$build/guest-net
root=$state/root
lab=$build/lab$("$top/kernel/which.sh")
output=$lab/net.cpio.gz
packages='dropbear-bin libc6 libcrypt1 libtomcrypt1 libtommath1 libgmp10 zlib1g'

die() {
	printf 'guest-net: %s\n' "$*" >&2
	exit 1
}

# apt with a state of its own: neither the user's package lists nor the architectures of this machine change.
apt_arm64() {
	apt-get -q -o Dir::State="$state/apt" -o Dir::State::status="$state/apt/status" -o Dir::Cache="$state/apt/cache" \
		-o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User="" \
		-o Acquire::Languages=none -o Dir::Log="$state/apt" "$@"
}

download() {
	printf 'guest-net: fetching dropbear for arm64 (once)\n'
	rm -rf "$state/packages"
	mkdir -p "$state"/apt/{lists,cache/archives}/partial "$state/packages"
	: >"$state/apt/status"
	apt_arm64 update >"$state/build.log" 2>&1 || true # a repository without arm64 is no failure
	# shellcheck disable=SC2086,SC2046
	(cd "$state/packages" && apt_arm64 download $(printf '%s:arm64 ' $packages)) >>"$state/build.log" 2>&1 ||
		die "fetching failed: $(tail -n 1 "$state/build.log")"
	rm -rf "$state/apt" # the lists are large, and not needed again
	touch "$state/complete"
}

fill_root() {
	local package module release
	release=$(cut -d' ' -f3 "$lab/linux" 2>/dev/null) || die "no kernel is built in $lab"
	rm -rf "$root" "$state/unpacked"
	mkdir -p "$root"/{etc,lib,usr/sbin,lib/modules/"$release"}
	for package in "$state"/packages/*.deb; do
		dpkg -x "$package" "$state/unpacked"
	done
	install -m 755 "$state/unpacked/usr/sbin/dropbear" "$root/usr/sbin/"
	ln -s ../lib "$root/usr/lib"
	# by the names that the loader looks for
	mkdir "$root/lib/aarch64-linux-gnu"
	find "$state/unpacked"/{lib,usr/lib}/aarch64-linux-gnu -maxdepth 1 \( -name 'ld-linux*' -o -name 'libc.so.6' -o -name 'libcrypt.so.1' \
		-o -name 'libtomcrypt.so.1' -o -name 'libtommath.so.1' -o -name 'libgmp.so.10' -o -name 'libz.so.1' \) \
		-exec cp -L {} "$root/lib/aarch64-linux-gnu/" \;
	ln -s aarch64-linux-gnu/ld-linux-aarch64.so.1 "$root/lib/ld-linux-aarch64.so.1"
	for module in failover net_failover virtio_net; do
		install -m 644 "$lab/modules/$module.ko" "$root/lib/modules/$release/"
	done
	install -m 755 "$here/net" "$root/etc/net"
	rm -rf "$state/unpacked"
}

mkdir -p "$state" "$lab"
exec 9>"$state/lock"
flock 9
[ -e "$state/complete" ] || download
fill_root
find "$root" -exec touch -h -d @0 {} +
(cd "$root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 --reproducible | gzip -n -6) >"$output.tmp"
mv "$output.tmp" "$output"
