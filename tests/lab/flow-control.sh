#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A core that offers flow control to a Linux that does not know it, and to the relay in its place: the bit is not
# accepted, and all is as without it; urgent messages, which are the core's own, too.
. "$(dirname "$0")/lab.sh"
. "$(dirname "$0")/firmware_file.sh"

# dfeatures of the first entry: the name service, and bit 17
table 44 "$(le32 $((1 | 1 << 17)))"
expect 0 "" amp up --firmware "$dir"
expect 0 "Device features 0x20001" amp exec -- cat /sys/kernel/debug/remoteproc/remoteproc0/resource_table
expect 0 "names 1, flow control 0" amp exec -- sh -c \
	'f=$(cat /sys/bus/virtio/drivers/virtio_rpmsg_bus/virtio*/features); echo "names $(echo $f | cut -c1), flow control $(echo $f | cut -c18)"'
expect_echo
expect 0 "ok" amp exec -- rpmsg send amp-command urgent
expect 0 "" amp exec -- rpmsg ping amp-urgent -c 100 --wait 10
expect_echo
ok "Linux does not accept the bit, and everything answers"

expect 0 "" amp stop m3
expect 0 "" amp start m3 --loader relay
expect_event "ev=core.channel,name=amp-echo"
expect 0 "hello" amp talk m3 amp-echo hello
expect 0 "ok" amp talk m3 amp-command urgent
expect_event "ev=core.channel,name=amp-urgent"
expect 0 "hello" amp talk m3 amp-urgent hello
ok "nor does the relay as host, and everything answers"
