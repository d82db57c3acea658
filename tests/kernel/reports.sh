#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Which lines of a kernel's log count as a complaint: every checker's, but not what unmodified Linux is known for, and
# not what stands beside that.
set -euo pipefail

sound=$(dirname "$0")/../lab/sound_kernel.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# claim STATUS TEXT <LOG
claim() {
	local got=0
	{
		echo '[    0.000000] Linux version 6.1.192-amprelay-debug (amprelay@lab)'
		cat
		echo '[    9.000000] remoteproc remoteproc0: remote processor m3 is now up'
	} >"$work/log"
	"$sound" -f "$work/log" >"$work/said" || got=$?
	if [ "$got" = "$1" ]; then
		echo "ok - $2"
	else
		sed 's/^/    /' "$work/said"
		echo "not ok - $2: status $got"
		failed=1
	fi
}

trace='[    5.000003] Call trace:
[    5.000004]  dump_backtrace+0x0/0x1a0
[    5.000005]  ret_from_fork+0x10/0x20'

claim 0 "a log without complaints is sound" </dev/null
claim 0 "an allocation that fails is told of with its calls" <<END
[    5.000000] sh: vmalloc error: size 429148, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL), nodemask=(null)
$trace
END
claim 1 "what stands behind that is heard" <<END
[    5.000000] sh: vmalloc error: size 429148, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL), nodemask=(null)
$trace
[    5.000006] remoteproc remoteproc0: Boot failed: -12
[    5.000007] BUG: KASAN: slab-use-after-free in amp_report_work+0x50/0x100 [amprelay_rproc]
$trace
END
claim 1 "KASAN is heard" <<END
[    5.000000] ==================================================================
[    5.000001] BUG: KASAN: slab-use-after-free in amp_report_work+0x50/0x100 [amprelay_rproc]
$trace
END
claim 1 "a sleep where none is allowed is heard" <<END
[    5.000000] BUG: sleeping function called from invalid context at kernel/locking/mutex.c:580
$trace
END
claim 1 "the undefined-behaviour checker is heard" <<END
[    5.000000] UBSAN: array-index-out-of-bounds in pci.c:7:3
END
claim 1 "a broken list is heard" <<END
[    5.000000] list_del corruption. prev->next should be ffff0000, but was dead4ead
END
claim 1 "an object that is freed while it is in use is heard" <<END
[    5.000000] ------------[ cut here ]------------
[    5.000001] ODEBUG: free active (active state 0) object type: work_struct hint: amp_report_work
[    5.000002] WARNING: CPU: 0 PID: 7 at lib/debugobjects.c:505 debug_print_object+0xb8/0x100
$trace
[    5.000006] ---[ end trace 0000000000000000 ]---
END
claim 1 "a leak is heard" <<END
unreferenced object 0xffff00000a1b2c80 (size 128):
  comm "insmod", pid 61, jiffies 4294893216 (age 8.112s)
END
claim 1 "a task that hangs is heard" <<END
[    5.000000] INFO: task rmmod:99 blocked for more than 122 seconds.
END
claim 1 "lockdep is heard" <<END
[    5.000000] ======================================================
[    5.000001] WARNING: possible circular locking dependency detected
[    5.000002] rmmod/99 is trying to acquire lock:
$trace
END
claim 0 "what lockdep says about the name service is known" <<END
[    5.000000] ============================================
[    5.000001] WARNING: possible recursive locking detected
[    5.000002] irq/25/60 is trying to acquire lock:
[    5.000002] ffff000006c2c898 (&ept->cb_lock){+.+.}-{3:3}, at: virtio_rpmsg_destroy_ept+0x4c/0xa0
[    5.000002] stack backtrace:
$trace
END
claim 1 "what comes behind the known report is heard" <<END
[    5.000000] ============================================
[    5.000001] WARNING: possible recursive locking detected
[    5.000002] ffff000006c2c898 (&ept->cb_lock){+.+.}-{3:3}, at: virtio_rpmsg_destroy_ept+0x4c/0xa0
$trace
[    5.000006] BUG: KASAN: double-free in kfree+0x10/0x20
END
claim 0 "the warning of rpmsg_poll is known" <<END
[    5.000000] ------------[ cut here ]------------
[    5.000002] WARNING: CPU: 0 PID: 7 at drivers/rpmsg/rpmsg_core.c:270 rpmsg_poll+0x20/0x28
$trace
[    5.000006] ---[ end trace 0000000000000000 ]---
END
# warning WORDS CALL...: the kernel warns in the first of these calls
warning() {
	printf '[    5.000000] ------------[ cut here ]------------\n'
	printf '[    5.000001] %s\n[    5.000002] WARNING: CPU: 0 PID: 7 at %s\n' "$1" "$2"
	shift
	printf '[    5.000003] Call trace:\n'
	printf '[    5.000004]  %s\n' "$@"
	printf '[    5.000005] ---[ end trace 0000000000000000 ]---\n'
}

unreleased="Device '(null)' does not have a release() function, it is broken and must be fixed."
claim 0 "a control device that could not be made has no release function" \
	< <(warning "$unreleased" device_release+0xe4/0x100 'rpmsg_ctrldev_probe+0x1d4/0x200 [rpmsg_ctrl]')
claim 1 "another device must have one" \
	< <(warning "$unreleased" device_release+0xe4/0x100 'amp_probe+0x1d4/0x200 [amprelay_rproc]')
freed="Trying to vfree() nonexistent vm area (000000006049c48b)"
claim 0 "a dump that is freed twice is devcoredump's" \
	< <(warning "$freed" __vunmap+0x8c/0x524 vfree+0x74/0xf0 devcd_freev+0xc/0x1c dev_coredumpm+0x2c/0x374)
claim 1 "what else is freed twice is heard" \
	< <(warning "$freed" __vunmap+0x8c/0x524 vfree+0x74/0xf0 'amp_dump_take+0xc/0x1c [amprelay_rproc]')
# duplicate CALL...: sysfs says so, with the calls that led to it
duplicate() {
	printf '[    5.000000] sysfs: cannot create duplicate filename %s\n' "'/devices/x/remoteproc/remoteproc0/devcoredump'"
	printf '[    5.000001] Call trace:\n'
	printf '[    5.000002]  %s\n' "$@"
	printf '[    5.000003] remoteproc remoteproc0: stopped remote processor m3\n'
}

claim 0 "a dump that follows the one before at once is devcoredump's" \
	< <(duplicate dump_stack+0x18/0x30 sysfs_warn_dup+0x6c/0x84 dev_coredumpm+0x2e8/0x374)
claim 1 "what else is there twice is heard of" \
	< <(duplicate dump_stack+0x18/0x30 sysfs_warn_dup+0x6c/0x84 'amp_probe+0x2e8/0x374 [amprelay_rproc]')
unadded="sysfs group 'usage' not found for kobject '0000:00:03.0'"
claim 0 "attributes that could not be added are removed by Linux" \
	< <(warning "$unadded" sysfs_remove_group+0xd4/0xe0 device_remove+0x4c/0x60 really_probe+0x2f8/0x5a0)
claim 1 "attributes that went before their time are heard of" \
	< <(warning "$unadded" sysfs_remove_group+0xd4/0xe0 device_remove+0x4c/0x60 device_release_driver_internal+0x1a0/0x260)
unmade="name 'affinity_hint'"
claim 0 "files of an interrupt that could not be made are removed by Linux" \
	< <(warning "$unmade" remove_proc_entry+0x180/0x244 unregister_irq_proc+0xb4/0x174 free_desc+0x38/0x80)
claim 1 "another's file that is not there is heard of" \
	< <(warning "$unmade" remove_proc_entry+0x180/0x244 'amp_remove+0xb4/0x174 [amprelay_rproc]')
claim 1 "another warning is heard" <<END
[    5.000000] ------------[ cut here ]------------
[    5.000002] WARNING: CPU: 0 PID: 7 at drivers/remoteproc/remoteproc_core.c:270 rproc_boot+0x20/0x28
$trace
[    5.000006] ---[ end trace 0000000000000000 ]---
END
exit $failed
