#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# `rpmsg` in Linux: endpoints, channels and names that it makes; bad input and broken cores end in the documented
# status, and the system goes on serving.
. "$(dirname "$0")/lab.sh"

# within TEXT COMMAND: the guest's shell COMMAND succeeds in time; what mdev does follows what the kernel did.
within() {
	guest timeout "$TIMEOUT" sh -c "until $2; do usleep 10000; done" || fail "$1"
	ok "$1"
}

# crash_during STATUS TEXT FAULT COMMAND: COMMAND writes a line, then the core breaks, then COMMAND ends so.
crash_during() {
	expect "$1" "$2" guest sh -c "mkfifo /tmp/lines
		$4 >/tmp/lines & pid=\$!
		{ read -r line; rpmsg send amp-command -c 0 'crash $3'; cat >/dev/null; } </tmp/lines
		rm /tmp/lines; wait \$pid"
	expect_echo
}

expect 0 "" amp up

# ---- endpoints
expect 0 '"name": "amp-echo", "src": null, "dst": 256' guest rpmsg list --core m3 --json
expect 0 /dev/rpmsg guest rpmsg_export_ept /dev/rpmsg_ctrl0 my_endpoint 100 0x100
node=$(guest rpmsg list --json | jq -r '.endpoints[] | select(.name == "my_endpoint").device')
expect 0 "message for $node: \"ping $node\"" guest rpmsg_ping "$node"
expect 0 "20 sent, 20 received, 0 % lost, 0 late, 0 doubled, 0 out of order, 0 wrong" guest rpmsg ping "$node" -c 20
within "an endpoint has a name below /dev/rpmsg" "rpmsg ping -q -c 1 /dev/rpmsg/m3/my_endpoint"
expect 6 "the local address 0x64 belongs to $node (my_endpoint)" guest rpmsg export-ept other 100 1
expect 6 "the local address 0x402 belongs to the channel rpmsg-raw" guest rpmsg export-ept other 0x402 1
expect 6 "name service" guest rpmsg export-ept other 53 1
expect 3 "no core nobody with RPMsg runs" guest rpmsg export-ept --core nobody other 101 1
expect 6 "a program has it open" guest sh -c "exec 3<>$node; rpmsg destroy-ept $node"
expect 6 "another program has it open" guest sh -c "exec 3<>$node; rpmsg ping $node"
expect 6 "it belongs to the channel rpmsg-raw" guest sh -c 'rpmsg destroy-ept $(readlink -f /dev/rpmsg/m3/rpmsg-raw)'
expect 0 "" guest rpmsg_destroy_ept "$node"
expect 3 "" guest rpmsg_destroy_ept "$node"
within "its name goes with it" "! [ -L /dev/rpmsg/m3/my_endpoint ]"
# mdev hears of the end of an endpoint when the next one has its number already, and takes no node from that
guest sh -c 'old=$(rpmsg export-ept old); kill -STOP $(pidof mdev); rpmsg destroy-ept $old; new=$(rpmsg export-ept new); [ $new = $old ]
	made=$(ls -i $new); kill -CONT $(pidof mdev); until [ -L /dev/rpmsg/m3/new ]; do usleep 10000; done; [ "$made" = "$(ls -i $new)" ]' ||
	fail "the node of an endpoint was taken away by the end of another"
ok "an endpoint keeps its node, though another one with its number went just before"
expect_echo

# ---- endpoints until there are no more
expect 6 "core m3 has 128 endpoints, which is the most" guest sh -c 'while rpmsg export-ept many >/dev/null; do :; done; rpmsg export-ept many'
expect_echo
expect 0 "" guest rproc restart m3
expect_echo
[ "$(guest rpmsg list --json | jq '[.endpoints[] | select(.name == "many")] | length')" = 0 ] || fail "endpoints outlived their core"
ok "endpoints go with their core"

# ---- channels from Linux' side
expect 0 /dev/ttyRPMSG1 guest rpmsg_export_dev /dev/rpmsg_ctrl0 rpmsg-tty 257 -1
expect 6 "the local address 0x101 belongs to the channel rpmsg-tty" guest rpmsg_export_dev /dev/rpmsg_ctrl0 rpmsg-tty 257 -1
within "a second channel of a name is told apart" "[ -c /dev/rpmsg/m3/rpmsg-tty.ttyRPMSG1 ] && [ -c /dev/rpmsg/m3/rpmsg-tty ]"
expect 0 "" guest rpmsg_export_dev /dev/rpmsg_ctrl0 -d rpmsg-tty 257 -1
expect 3 "no such channel" guest rpmsg_export_dev /dev/rpmsg_ctrl0 -d rpmsg-tty 257 -1

# ---- messages that nobody can take
expect 2 "the text has 497 bytes, a message holds 496" guest sh -c 'rpmsg send amp-echo $(printf %0497d 0)'
node=$(guest rpmsg export-ept raw 101 0x100)
expect 1 "Message too long" guest dd if=/dev/zero of="$node" bs=497 count=1
nobody=$(guest rpmsg export-ept nobody 102 0x3ff)
expect 7 "nothing came in 0.2 s" guest rpmsg send "$nobody" hello --timeout 0.2
expect 1 "Broken pipe" guest sh -c "exec 3<>$node; rproc restart m3 >/dev/null; echo hello >&3"
expect_echo
names=$(guest rpmsg export-ept names 103 53)
guest sh -c "for i in \$(seq 300); do printf '%032d\\000\\004\\000\\000\\000\\000\\000\\000' \$i >$names; done"
expect_echo
ok "300 unterminated names of unknown channels are survived"
node=$(guest rpmsg export-ept unread 104 0x100)
guest sh -c "exec 3<>$node; for i in \$(seq 3000); do printf %0496d \$i >&3; done; rpmsg ping -q -c 10"
expect_echo
ok "a reader that never reads does not stop the others"

# The core sleeps: its messages stay in Linux' 256 buffers.
node=$(guest rpmsg export-ept full 106 0x100)
expect 0 "" amp suspend m3
expect 7 "the core takes no messages: no buffer became free" guest sh -c "exec 3<>$node; i=0
	while [ \$i -lt 256 ]; do echo \$i; i=\$((i + 1)); done >&3; rpmsg ping -c 1 --timeout 0.1"
expect 0 "" amp resume m3
expect_echo

# ---- events
expect 7 "still there" guest rpmsg wait --gone amp-echo --timeout 0.2
expect 7 "no such channel was announced" guest rpmsg wait nothing --timeout 0.2
expect 0 "" guest sh -c 'rpmsg wait --gone amp-echo --timeout 60 & rproc stop m3 >/dev/null; wait $!'
expect 0 "" guest rpmsg wait --gone amp-echo --timeout 0
expect 0 "" guest sh -c 'rpmsg wait amp-echo --timeout 60 & rproc start m3 >/dev/null; wait $!'
expect 0 "0 gaps" guest rpmsg bench -r 500 -m 5000

# ---- Ctrl-C, and cores that break in the middle
node=$(guest rpmsg export-ept mine 105 0x100)
expect 130 "0 % lost" guest sh -c "mkfifo /tmp/lines; rpmsg ping $node -c 1000000 >/tmp/lines & pid=\$!
	{ read -r line; kill -INT \$pid; tail -n 3; } </tmp/lines; rm /tmp/lines; wait \$pid; status=\$?; rpmsg destroy-ept $node; exit \$status"
case $output in *"interrupted after "*" of 1000000"*) ok "it says that it was interrupted" ;; *) fail "it does not say that it was interrupted" ;; esac
expect 0 "" guest rproc restart m3 # so that the program has no endpoint for the sink yet
expect 130 '"interrupted": true' guest timeout "$TIMEOUT" sh -c 'rpmsg bench --json --wait 60 -r 0 -m 100000000 & pid=$!
	until rpmsg list -e | grep -q "rpmsg-tool  .*0x103"; do usleep 10000; done
	kill -INT $pid; wait $pid'
expect 0 "" guest sh -c 'rpmsg recv amp-telemetry >/tmp/lines & pid=$!; until [ -s /tmp/lines ]; do usleep 10000; done
	kill -INT $pid; wait $pid; status=$?; rm /tmp/lines; exit $status' # no end was wished for but this

# ---- output that goes nowhere
for command in "rpmsg list" "rpmsg list --json" "rpmsg ping -c 3" "rpmsg bench -r 10 -m 100" "rpmsg send amp-command uptime" "rproc list" \
	"rproc status m3" "rpmsg recv amp-telemetry" "rpmsg dump amp-telemetry" "rpmsg watch amp-echo"; do # the last ones have no end
	expect 1 "standard output: No space left on device" guest timeout "$TIMEOUT" sh -c "$command >/dev/full"
done
crash_during 4 "the channel was lost after" undef "rpmsg ping -c 1000000"
crash_during 4 "the channel was lost" assert "rpmsg dump amp-telemetry"
crash_during 4 "the channel was lost" stack "rpmsg recv amp-telemetry"
guest sh -c 'rpmsg bench --wait 60 -r 0 -m 100000000 >/dev/null 2>/tmp/bench; echo $? >>/tmp/bench' &
within "bench is under way" "rpmsg list -e | grep -q 'rpmsg-tool  .*0x103'"
expect 0 "" amp fault m3 hang
wait $!
expect 0 "amp-sink: the channel was lost after" guest cat /tmp/bench
expect 0 4 guest tail -n 1 /tmp/bench
expect_echo
