#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# start, stop and restart go through Linux; what makes no sense is refused with a reason, and the lab goes on.
. "$(dirname "$0")/lab.sh"

expect 0 "" amp up
expect_echo
expect 4 "is up" amp up
expect 6 "m3" amp start m3 # it runs already
expect 0 "" amp stop m3
expect 0 "offline" guest cat /sys/class/remoteproc/remoteproc0/state
expect 6 "m3" amp stop m3
expect 6 "m3" amp fault m3 undef # not running
expect 0 "" amp start m3
expect_echo
for _ in 1 2 3 4 5; do
	expect 0 "" amp restart m3
	expect_echo 1
done

expect 2 "m3" amp start m9
expect 2 "undef" amp fault m3 nonsense
expect 2 "help" amp nonsense

# Linux's own crash injection and manual recovery
mark
expect 0 "" guest sh -c 'echo disabled > /sys/kernel/debug/remoteproc/remoteproc0/recovery'
expect 0 "" amp fault m3 kill
expect_event "ev=core.crash,core=m3,detector=exit"
expect 0 "crashed" guest sh -c 'until grep crashed /sys/class/remoteproc/remoteproc0/state; do usleep 20000; done'
expect 0 "" guest sh -c 'echo recover > /sys/kernel/debug/remoteproc/remoteproc0/recovery'
expect_event "ev=core.recovered,core=m3"
expect_echo
expect 0 "" guest sh -c 'echo enabled > /sys/kernel/debug/remoteproc/remoteproc0/recovery'
expect 0 "" guest sh -c 'echo 3 > /sys/kernel/debug/remoteproc/remoteproc0/crash'
expect_echo
