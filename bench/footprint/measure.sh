#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# measure.sh BUILD: flash, RAM and stack of the Cortex-M3 samples in BUILD/m3-*, as "key value" lines:
#   PROGRAM.flash, PROGRAM.ram, PROGRAM.module.NAME.flash, .ram and .stack, stack.PROGRAM, struct.NAME; all in bytes
#   PROGRAM.BUILD.flash, of each other build that there is: tiny, lto, tiny-lto, WITH_…
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1

for program in device/echo device/echo_try device/echo_nocopy device/echo_nocopy_try device/remote host/host; do
	[ -f "$build/m3-$program.map" ] || continue # an earlier state of the tree has fewer
	awk -f "$here/modules.awk" "$build/m3-$program.map" | while read -r module flash ram; do
		[ "$module" = total ] && at=${program#*/} || at=${program#*/}.module.$module
		printf '%s.flash %d\n%s.ram %d\n' "$at" "$flash" "$at" "$ram"
		find "$build/m3-${program%/*}" -name "$module.c.ci" -exec cat {} + | awk -v at="$at" '
			/^node:/ && match($0, /[0-9]+ bytes/) {
				bytes = substr($0, RSTART, RLENGTH) + 0
				if (bytes > largest)
					largest = bytes
			}
			END { if (NR) printf "%s.stack %d\n", at, largest }'
	done
done
# Flash of PROGRAM in the build m3-BUILD-ROLE, optimised at link time if BUILD says so.
flash_of() {
	map=$build/m3-$3-$2/$1.map
	case $3 in
	*lto) echo $(($(awk -f "$here/program.awk" "$map") - $(awk -f "$here/program.awk" "$build/m3-$2/$1.map"))) ;;
	*) awk -f "$here/modules.awk" "$map" | sed -n 's/^total \([0-9]*\).*/\1/p' ;;
	esac
}
for dir in "$build"/m3-*-device; do
	[ -d "$dir" ] || continue
	other=${dir##*/m3-}
	other=${other%-device}
	for program in echo echo_nocopy echo_nocopy_try echo_try remote; do
		echo "$program.$other.flash $(flash_of $program device "$other")"
	done
	echo "host.$other.flash $(flash_of host host "$other")"
done
for program in echo echo_nocopy; do
	{
		arm-none-eabi-objdump -d --no-show-raw-insn "$build/m3-device/$program"
		find "$build/m3-device/lib" "$build/m3-device/CMakeFiles/$program.dir" -name '*.ci' -exec cat {} +
	} |
		awk -v p=$program -f "$here/stack.awk" >"$build/stack.$program"
	read -r bytes chain <"$build/stack.$program"
	echo "stack.$program $bytes"
done
# What a device's endpoint, link and two queues take, from the symbols of the sample that has one of each.
arm-none-eabi-nm -S "$build/m3-device/echo" | while read -r address size kind name; do
	case $name in
	queues) printf 'struct.virtqueue %d\n' $((0x$size / 2)) ;;
	ept) printf 'struct.rpmsg_endpoint %d\n' "0x$size" ;;
	link) printf 'struct.rpmsg_virtio_device %d\n' "0x$size" ;;
	esac
done
