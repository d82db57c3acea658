#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: bring-up.sh SOC: Linux boots, its core of the same name runs, the
# kernel's own sample driver and our services talk to it, and down leaves nothing.
. "$(dirname "$0")/lab.sh"
core=$1

expect 0 "" amp up --soc "$core"
expect 0 "rpmsg host is online" guest dmesg
expect 0 "$core" amp status

# the kernel's sample driver counts its 100 messages against our firmware, which then takes the channel away
expect 0 "" guest timeout 30 grep -m1 "rpmsg_client_sample.*is removed" /dev/kmsg
expect 0 "incoming msg 100" guest dmesg

expect_echo 100
expect 0 "version" guest rpmsg send amp-command help
expect 0 "amprelay" guest rpmsg send amp-command version
expect 0 "uptime" guest rpmsg send amp-command uptime
expect 0 "" guest rpmsg send amp-command "log hello from linux"
expect 0 "" guest rpmsg send amp-command "rate 50"
expect 0 "heartbeat=" guest rpmsg recv amp-telemetry -c 3
expect 0 "hello from linux" amp logs "$core"
expect 0 "hello from linux" guest cat /sys/kernel/debug/remoteproc/remoteproc0/trace0

expect 0 "" amp down
expect_nothing_left
expect 3 "no lab" amp status
