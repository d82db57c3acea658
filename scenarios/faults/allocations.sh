#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage, in the guest: allocations.sh start | recovery | probe
# Does that again and again; each time the next allocation of it fails, until all have failed once. A failed attempt
# says so, and leaves what the next one needs.
set -eu
rproc=/sys/class/remoteproc/remoteproc0
driver=/sys/bus/pci/drivers/amprelay_rproc

fail() {
	echo "not ok - allocation $n: $*"
	exit 1
}

# attempt WORD FILE: writes the word, with the nth allocation of that failing. What was said is in $said; status 1:
# there are fewer than n. What is needed to begin and to look is opened before: nothing but the writing allocates.
attempt() {
	said=$(sh -c "exec 3>/proc/self/fail-nth 4</proc/self/fail-nth
		echo $n >&3; echo $1 >$2; read left <&4; echo left=\$left" 2>&1)
	[ "${said##*left=}" = 0 ]
}

# Linux's firmware loader takes a file for missing whose name it could not allocate; PCI a BAR for busy or no device's
# whose place it could not note down or map, and interrupts for used up; and remoteproc for invalid what it could not
# note down or name.
refused() {
	case $said in
	left=*) return 1 ;;
	*"annot allocate memory"* | *"ut of memory"* | *"No such file"* | *"resource busy"* | \
		*"No such device or address"* | *"No space left on device"*)
		refusals=$((refusals + 1))
		;;
	*"nvalid argument"*)
		dmesg | tail -n 4 | grep -qE "Failed to associate buffer|failed to create rproc-virtio device" || fail "$said"
		refusals=$((refusals + 1))
		;;
	*) fail "$said" ;;
	esac
}

once_start() {
	attempt start $rproc/state || more=no
	if refused; then
		[ "$(cat $rproc/state)" = offline ] || fail "state $(cat $rproc/state) after '$said'"
	else
		echo stop >$rproc/state || fail "cannot be stopped"
	fi
}

# Linux keeps the buffers of a device associated when a later step of a recovery fails, finds them busy from then on,
# and cannot stop a core that has crashed: only a new device helps.
begin_anew() {
	dmesg | tail -n 4 | grep -q "Failed to associate buffer" || fail "does not recover afterwards"
	anew=$((anew + 1))
	echo "$device" >$driver/unbind
	echo "$device" >$driver/bind
	[ "$(cat $rproc/state)" = running ] || fail "does not start with a new device"
	echo disabled >$rproc/recovery
}

# Linux forgets the number of a ring, for which a queue could not be made, until the core is stopped: without it no
# message of the core's is heard in any life that a recovery begins.
start_anew() {
	anew=$((anew + 1))
	echo stop >$rproc/state
	echo start >$rproc/state
	[ "$(cat $rproc/state)" = running ] || fail "does not start anew"
}

# sysfs does not tell whether a recovery has worked: the state does.
once_recovery() {
	echo 1 >/sys/kernel/debug/remoteproc/remoteproc0/crash
	timeout 60 sh -c "until grep -q crashed $rproc/state; do usleep 20000; done" || fail "the crash is not handled"
	attempt recover $rproc/recovery || more=no
	if [ "$(cat $rproc/state)" != running ]; then
		refusals=$((refusals + 1))
		[ "$(cat $rproc/state)" = crashed ] || fail "state $(cat $rproc/state) after '$said'"
		echo recover >$rproc/recovery
		[ "$(cat $rproc/state)" = running ] || begin_anew
	elif dmesg | tail -n 6 | grep -q "vring_new_virtqueue .* failed"; then
		refusals=$((refusals + 1))
		start_anew
	fi
}

once_probe() {
	attempt "$device" $driver/bind || more=no
	refused || [ -e "$driver/$device" ] || fail "not bound after '$said'"
	# it may be bound although an allocation after that failed
	[ ! -e "$driver/$device" ] || echo "$device" >$driver/unbind
}

# Allocations that may wait fail, too, and it is not talked about.
echo N >/sys/kernel/debug/failslab/ignore-gfp-wait
echo 0 >/sys/kernel/debug/failslab/verbose
n=0 refusals=0 anew=0 more=yes
device=$(basename $driver/0000:*)
case $1 in
start) echo stop >$rproc/state ;;
recovery) echo disabled >$rproc/recovery ;;
probe) echo "$device" >$driver/unbind ;;
esac
while [ $more = yes ]; do
	n=$((n + 1))
	[ $n -le 2000 ] || fail "it does not end"
	once_"$1"
done
case $1 in
start) echo start >$rproc/state ;;
recovery) echo enabled >$rproc/recovery ;;
probe) echo "$device" >$driver/bind ;;
esac
echo "ok - $1: $((n - 1)) allocations have failed, $refusals times that was its end, $anew times of what only a stop or a new device mends"
[ $refusals -gt 0 ] || fail "no allocation has been refused"
