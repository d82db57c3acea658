#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: sound_kernel.sh LAB | -f FILE: Linux's log, of that lab ($AMPRELAY) or in a file, has no complaint; of a kernel
# with its leak detector, there is no leak either. Complaints are printed. Unmodified Linux makes some by itself, which
# are let pass:
#   rpmsg_poll()     when a core goes away under a program that polls (kernel/upstream, patch 5)
#   ept->cb_lock     lockdep takes the name service's lock, and that of a channel which it destroys, for one
#   vmalloc error    an allocation that fails is told of with the calls that led to it
# and these, most when an allocation has failed; the first function warns, since the second one has called it:
#   device_release()      rpmsg_ctrldev_probe()  a device whose release function is set last
#   devcd_freev()         dev_coredumpm()        a dump that is freed twice when its device cannot be added
#   sysfs_warn_dup()      dev_coredumpm()        a link to the dump before, whose device goes just now
#   sysfs_remove_group()  really_probe()         a driver's attributes, which it could not add
#   remove_proc_entry()   unregister_irq_proc()  files of an interrupt, which it could not make
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
	function begin() { report = 1; said = ""; known = trace = 0; split("", warns) }
	function names(function_) { return index($0, " " function_ "+") }
	BEGIN {
		caller["device_release"] = "rpmsg_ctrldev_probe"
		caller["devcd_freev"] = "dev_coredumpm"
		caller["sysfs_warn_dup"] = "dev_coredumpm"
		caller["sysfs_remove_group"] = "really_probe"
		caller["remove_proc_entry"] = "unregister_irq_proc"
	}
	/vmalloc error: .* allocation failed/ { begin(); known = 1 }
	/-\[ cut here \]-/ || /WARNING: (possible|inconsistent|suspicious|bad)|sysfs: cannot create duplicate/ { begin() }
	report {
		for (callee in caller) {
			if (names(callee))
				warns[callee]
			if (callee in warns && names(caller[callee]))
				known = 1
		}
	}
	report && (/WARNING:.* rpmsg_poll\+/ || /&ept->cb_lock/) { known = 1 }
	# where there is no line for the end: a call trace is indented
	report && trace && text($0) !~ /^ / && !/-\[ end trace / { if (!known) printf "%s", said; report = 0 }
	report && /Call trace:/ { trace = 1 }
	report { said = said $0 "\n" }
	!report { print }
	report && /-\[ end trace / { report = 0; if (!known) printf "%s", said }
	END { if (report && !known) printf "%s", said }' |
	grep -E 'BUG[: ]|WARNING:|Oops|Call trace|use-after-free|UBSAN:|ODEBUG:|DMA-API:.*(error|leak|not |different)|INFO: (task|rcu|trying)|list_(add|del) corruption|unreferenced object|suspected memory leak|Kernel panic'
