#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: crash-and-restart.sh [COUNT]
# A crash is handled for the life that it ended: users who stop and start the core while remoteproc waits for its lock
# to do so do not have a sound core restarted.
. "$(dirname "$0")/lab.sh"
. "$(dirname "$0")/firmware_file.sh"

cat >"$AMPRELAY_STATE/moody.ld" <<-END
	ENTRY(start)
	SECTIONS {
		. = 0x21100000;
		.text : { *(.text*) *(.rodata*) }
		.resource_table : { KEEP(*(.resource_table)) }
	}
END
here=$(dirname "$0")
arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -ffreestanding -Os -nostdlib -I"$here/../../include" -T "$AMPRELAY_STATE/moody.ld" \
	-o "$dir/moody.elf" "$here/moody.c"

expect 0 "" amp up --firmware "$dir"
expect 0 "" amp stop m3
expect 0 "" guest sh -c 'echo moody.elf >/sys/class/remoteproc/remoteproc0/firmware'

# Each turn: a start, whose core dies at once in half of the cases, and a stop and a start that wait for the lock, or
# nearly.
guest sh -c '
	cd /sys/class/remoteproc/remoteproc0
	for n in $(seq '"${1:-10}"'); do
		(echo start >state) 2>/dev/null &
		(echo stop >state) 2>/dev/null &
		(echo start >state) 2>/dev/null &
		wait
		# as often as it was started
		while echo stop >state; do :; done 2>/dev/null
	done' || true
guest dmesg >"$AMPRELAY_STATE/dmesg"

# A recovery follows a crash, with no start in between.
awk '
	/powering up m3/ { crashed = 0 }
	/m3 crashed in life/ { crashed = 1; crashes++ }
	/recovering m3/ {
		recoveries++
		if (!crashed) {
			print "not after a crash: " $0
			wrong++
		}
		crashed = 0
	}
	/started again since it crashed/ { late++ }
	END {
		print crashes + 0 " crashes, " recoveries + 0 " recoveries, " late + 0 " reports that came too late"
		exit wrong > 0 || crashes == 0
	}' "$AMPRELAY_STATE/dmesg" || fail "a sound core was restarted"
ok "each recovery was of a life that had crashed"
expect_sound_kernel "$AMPRELAY_STATE/dmesg"

expect 0 "" guest rproc start --firmware amprelay-m3.elf m3
expect_echo
