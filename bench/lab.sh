#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab.sh BUILD: echo and streams between Linux user space and the Cortex-M3, in a lab of its own, as "key value"
# lines; the samples of the histogram go to BUILD/lab-samples.txt. Then the doorbells alone. Needs `make lab`.
. "$(dirname "$0")/own_lab.sh"
build=$(cd "$1" && pwd)

amp up --keep >/dev/null
amp exec -- rpmsg ping amp-echo -c 500 -s 16 --wait 10 --quiet >/dev/null # translated code and caches are warm afterwards
for size in 16 64 128 256 496; do
	amp exec -- rpmsg ping amp-echo -c 2000 -s $size --json |
		jq -r --argjson size $size '.us | to_entries[] | "lab.echo_\($size).\(.key)_us \(.value)"'
done
amp exec -- rpmsg ping amp-echo -c 5000 -s 16 | sed -n 's/^[0-9]*: .* \([0-9.]*\) us$/\1/p' >"$build/lab-samples.txt"
for size in 16 496; do
	amp exec -- rpmsg bench --round-trips 0 --messages 20000 --size $size --wait 10 --json |
		jq -r --argjson size $size '"lab.stream_\($size).msg_s \(.stream.per_second)", "lab.stream_\($size).mb_s \(.stream.per_second * $size / 1e6)"'
done
# Urgent messages, alone and beside a flood to another channel; and others, which wait for what is before them.
ping_times() {
	amp exec -- rpmsg ping "$1" -c 2000 -s 16 --wait 10 --json | jq -r --arg key "$2" '.us | to_entries[] | "lab.\($key).\(.key)_us \(.value)"'
}
amp exec -- rpmsg send amp-command urgent >/dev/null
ping_times amp-urgent urgent_idle
amp exec -- rpmsg bench --round-trips 0 --messages 100000000 --size 496 --window 224 >/dev/null &
flood=$!
ping_times amp-urgent urgent_flood
ping_times amp-echo echo_flood
kill -INT $flood
wait $flood || :
amp down >/dev/null

# The doorbells alone: a Linux of the same machine, in whose image the module amprelay_bell is the only one that is
# loaded.
module=$build/amprelay_bell
log=$build/doorbell.log
build_image() {
	make -C "$tree/kernel/amprelay_bell" MO="$module" &&
		mkdir -p "$module/root" &&
		cp "$tree/kernel/amprelay_bell/init" "$module/amprelay_bell.ko" "$module/root" &&
		(cd "$module/root" && find . -type f | cpio --quiet -o -H newc -R 0:0) >"$module/bell.cpio" &&
		cat "$lab/initramfs.cpio" "$module/bell.cpio" >"$module/initramfs"
}
build_image >"$log" 2>&1 || {
	cat "$log" >&2
	exit 1
}
machine() {
	jq -r "$1" "$lab/m3.json"
}
"$build/single/doorbell" "$build/m3-device/bell" qemu-system-aarch64 -M "$(machine .host.machine)" -cpu "$(machine .host.cpu)" \
	-smp "$(machine .host.cpus)" -m "$(machine .host.memory_mib)" -nodefaults -display none -serial file:/dev/stderr -no-reboot \
	-kernel "$lab/Image" -initrd "$module/initramfs" -append 'console=ttyAMA0 panic=1 quiet loglevel=3' 2>"$log" || {
	cat "$log" >&2
	exit 1
}
