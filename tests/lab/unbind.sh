#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Unbinding and removing the drivers while the core runs and messages flow, again and again.
. "$(dirname "$0")/lab.sh"

expect 0 "" amp up
expect_echo

# traffic that survives the loss of its channel
guest rpmsg watch amp-echo >"$AMPRELAY_STATE/watch" 2>&1 &

for _ in 1 2 3 4 5; do
	guest sh -c 'd=$(basename /sys/bus/pci/drivers/amprelay_rproc/0000:*); echo $d > /sys/bus/pci/drivers/amprelay_rproc/unbind &&
		echo $d > /sys/bus/pci/drivers/amprelay_rproc/bind' || fail "unbind and bind"
	expect 0 "uptime" guest rpmsg send amp-command uptime --wait "$TIMEOUT"
done
for _ in 1 2 3; do
	guest sh -c 'rmmod amprelay_rproc && modprobe amprelay_rproc' || fail "rmmod and modprobe"
	expect 0 "uptime" guest rpmsg send amp-command uptime --wait "$TIMEOUT"
done
# the rpmsg bus driver leaves and comes back while the firmware runs on: the device sees a reset
for _ in 1 2 3; do
	guest sh -c 'd=$(basename $(ls -d /sys/bus/virtio/drivers/virtio_rpmsg_bus/virtio*)); cd /sys/bus/virtio/drivers/virtio_rpmsg_bus &&
		echo $d > unbind && echo $d > bind' || fail "unbind and bind of virtio_rpmsg_bus"
	expect 0 "uptime" guest rpmsg send amp-command uptime --wait "$TIMEOUT"
done
expect_sound_kernel
