#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every message is seen, in order and whole, in both directions: a witness is Linux itself, which writes all that it
# sends and receives into its log. A capture opens in tshark without a complaint, and has the faults in it.
# sniff.sh DISSECTOR: tools/wireshark/amprelay.lua
. "$(dirname "$0")/lab.sh"

dissector=$1
said=$AMPRELAY_STATE/said
count=100

# messages FILE DIRECTION: source, destination, length and payload, one message a line
messages() {
	jq -r --arg direction "$2" 'select(.direction == $direction and has("payload")) | "\(.src) \(.dst) \(.len) \(.payload)"' "$1"
}

# shark OPTION…: what tshark says of the capture
shark() {
	HOME=$AMPRELAY_STATE tshark -X "lua_script:$dissector" -r "$said.pcapng" "$@" 2>"$AMPRELAY_STATE/shark"
}

expect 0 "" amp up
expect 3 "no lab" "$AMPRELAY" --name nobody sniff
expect 2 "there is no core 'x'" amp sniff x

# Linux's log is the witness: as many messages as its buffer keeps.
guest sh -c 'mount -t debugfs none /sys/kernel/debug 2>/dev/null; echo "file virtio_rpmsg_bus.c +p" >/sys/kernel/debug/dynamic_debug/control && dmesg -c >/dev/null'
amp sniff m3 --json -- "$AMPRELAY" --name "$NAME" exec -n -- rpmsg ping amp-echo -c $count -s 40 >"$said.all" || fail "sniff ended with $?"
grep -v '^[0-9]*: \|^round\|sent,' "$said.all" >"$said.json"
guest sh -c 'echo "file virtio_rpmsg_bus.c -p" >/sys/kernel/debug/dynamic_debug/control; dmesg' >"$said.log"
amp sniff m3 --json --kernel-log "$said.log" >"$said.witness"
for direction in to-host to-remote; do
	messages "$said.json" $direction >"$said.1"
	messages "$said.witness" $direction >"$said.2"
	[ "$(wc -l <"$said.2")" -ge $count ] || fail "Linux's log has $(wc -l <"$said.2") messages $direction"
	cmp "$said.1" "$said.2" || fail "what was seen $direction is not what Linux has"
	ok "all $(wc -l <"$said.1") messages $direction were seen, in order and whole"
done
! grep wire "$said.json" | grep -v wire.channel || fail "messages were missed, or taken for bad ones"

# A capture over a crash and its recovery.
mark
amp sniff -w "$said.pcapng" -- sh -c '"$0" --name "$1" fault m3 undef && "$0" --name "$1" events --wait ev=core.recovered >/dev/null &&
	"$0" --name "$1" exec -n -- rpmsg ping amp-echo -c 50 --wait 60 >/dev/null' "$AMPRELAY" "$NAME" || fail "the capture ended with $?"
[ -z "$(shark -Y '_ws.malformed || _ws.lua.error')" ] || fail "tshark finds malformed packets"
[ "$(shark -Y 'rpmsg.channel == "amp-echo" && rpmsg.direction == 2 && !rpmsg_ns' -T fields -e rpmsg.sequence | tr '\n' ' ')" = "$(seq -s ' ' 0 49) " ] ||
	fail "tshark does not see the 50 messages"
for sign in 'frame.comment contains "core.fault: kind=undef"' 'amprelay.ev == "core.crash"' 'rpmsg_ns.name == "amp-echo" && rpmsg_ns.flags == 0'; do
	[ -n "$(shark -Y "$sign")" ] || fail "the capture has no packet with $sign"
done
! grep -i lua "$AMPRELAY_STATE/shark" || fail "the dissector complains"
ok "the capture opens in tshark, with the fault in it"

# The dump of that crash is explained: what faulted, and rings that nothing is wrong with.
expect_event "ev=core.dump,core=m3,by=relay"
expect_json '.cause == "undefined" and (.pc_sym | startswith("inject_undef+0x0 (inject.c:")) and (.devices[0].queues | length == 2 and all(.readable and (has("fault") | not)))' \
	amp postmortem m3 --json

# The exit status is the command's; without a lab it ends.
expect 7 "" amp sniff -- sh -c 'exit 7'
expect 127 "" amp sniff -- /nonexistent/command
