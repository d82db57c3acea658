#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: sound_kernel.sh LAB | -f FILE: Linux's log, of that lab ($AMPRELAY) or in a file, has no complaint; of a kernel
# with its leak detector, there is no leak either. Complaints are printed. Five are let pass, since unmodified Linux
# makes them by itself:
#   rpmsg_poll()     when a core goes away under a program that polls (kernel/upstream, patch 5)
#   ept->cb_lock     lockdep takes the name service's lock, and that of a channel which it destroys, for one
#   vmalloc error    an allocation that fails is told of with the calls that led to it
#   devcd_freev()    dev_coredumpm() frees a dump twice when its device cannot be added
#   device_release() when an allocation fails in rpmsg_ctrl's probe, which sets the device's release function last
set -eu
if [ "$1" = -f ]; then
	exec <"$2"
else
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	# objects are told of when they are five seconds old
	"$AMPRELAY" --name "$1" exec -n -- sh -c '
		leaks=/sys/kernel/debug/kmemleak
		[ ! -e $leaks ] || { sleep 6; echo scan >$leaks; echo scan >$leaks; cat $leaks; }
		dmesg' >"$log"
	exec <"$log"
fi
! awk '
	function text(line) { sub(/^\[ *[0-9.]+\] /, "", line); return line }
	/vmalloc error: .* allocation failed/ { report = known = 1; said = ""; trace = unreleased = freed = 0 }
	/-\[ cut here \]-/ || /WARNING: (possible|inconsistent|suspicious|bad)/ { report = 1; said = ""; known = trace = unreleased = freed = 0 }
	report && /WARNING:.* device_release\+/ { unreleased = 1 }
	unreleased && / rpmsg_ctrldev_probe\+/ { known = 1 }
	report && / devcd_freev\+/ { freed = 1 }
	report && freed && / dev_coredumpm\+/ { known = 1 }
	report && (/WARNING:.* rpmsg_poll\+/ || /&ept->cb_lock/) { known = 1 }
	# lockdep has no line for the end: its call trace is indented
	report && trace && text($0) !~ /^ / && !/-\[ end trace / { if (!known) printf "%s", said; report = 0 }
	report && /Call trace:/ { trace = 1 }
	report { said = said $0 "\n" }
	!report { print }
	report && /-\[ end trace / { report = 0; if (!known) printf "%s", said }
	END { if (report && !known) printf "%s", said }' |
	grep -E 'BUG[: ]|WARNING:|Oops|Call trace|use-after-free|UBSAN:|ODEBUG:|DMA-API:.*(error|leak|not |different)|INFO: (task|rcu|trying)|list_(add|del) corruption|unreferenced object|suspected memory leak|Kernel panic'
