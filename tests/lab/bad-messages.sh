#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: bad-messages.sh SOC, which has one core of the same name
# What Linux can do wrong to the firmware's services: each ends in the documented way, and the core goes on serving
# everyone.
. "$(dirname "$0")/lab.sh"
core=$1

ctrl=/dev/rpmsg_ctrl0

# stat NAME: one counter of the firmware
stat() {
	guest rpmsg send amp-command stats | tr ' ' '\n' | sed -n "s/^$1=//p"
}

# grown NAME BEFORE N: the counter has grown by N
grown() {
	now=$(stat "$1")
	[ "$((now - $2))" = "$3" ] || fail "$1 went from $2 to $now, not by $3"
	ok "$1 has grown by $3"
}

# The services still answer.
expect_services() {
	expect_echo 20
	expect 0 "from ept 0x0402: ping /dev/rpmsg0" guest rpmsg_ping /dev/rpmsg0
}

# announce NAME ADDRESS FLAGS: a name service message with any 32 bytes of name (a printf format, padded with NULs),
# from a program that has opened an endpoint whose counterpart is the core's name service
announce() {
	guest sh -c "{ printf '$1'; head -c 32 /dev/zero; } | head -c 32 >/tmp/announcement
		printf '$2$3' >>/tmp/announcement
		dd if=/tmp/announcement of=$name_service bs=40 2>/dev/null" || fail "announcing $1"
}

expect 0 "" amp up --soc "$core"
name_service=$(guest rpmsg export-ept $ctrl name-service 500 53)

# an unknown service
refused=$(stat refused)
expect 0 "" guest rpmsg export-dev $ctrl nobody 600 -1
announce nobody '\130\002\000\000' '\000\000\000\000'
grown refused "$refused" 1
expect 0 "Linux announced 'nobody' at 0x258: there is no such service" amp logs "$core"

# a name of 32 bytes without an end, an empty one, and messages that are no announcement
refused=$(stat refused)
announce 'rpmsg-tty-rpmsg-tty-rpmsg-tty-32' '\130\002\000\000' '\000\000\000\000'
grown refused "$refused" 1
announce '' '\130\002\000\000' '\000\000\000\000'
guest sh -c "for size in 1 39 41 496; do head -c \$size /dev/zero >/tmp/m; dd if=/tmp/m of=$name_service bs=496 2>/dev/null; done"
grown refused "$refused" 1

# hundreds, of a name that nobody has and of a terminal; each is also taken back
refused=$(stat refused)
guest sh -c "{ printf nobody; head -c 32 /dev/zero; } | head -c 32 >/tmp/a; printf '\130\002\000\000\000\000\000\000' >>/tmp/a
	for i in \$(seq 300); do cat /tmp/a; done | dd of=$name_service bs=40 2>/dev/null"
grown refused "$refused" 300
guest sh -c "for i in \$(seq 100); do
	rpmsg_export_dev $ctrl rpmsg-tty 700 1024 >/dev/null && rpmsg_export_dev $ctrl -d rpmsg-tty 700 -1 || exit
done" || fail "a terminal cannot come and go a hundred times"
grown refused "$refused" 300
expect_services

# more terminals than the firmware has room for: the eighth of Linux gets nothing, not even 'bound'; the others work
refused=$(stat refused)
guest sh -c "for i in \$(seq 8); do rpmsg_export_dev $ctrl rpmsg-tty \$((800 + i)) \$((1023 + i + (i > 1) * 2)) || exit; done" >"$AMPRELAY_STATE/terminals" ||
	fail "Linux cannot make eight terminals"
grown refused "$refused" 1
for i in 1 7; do
	tty=$(sed -n "${i}p" "$AMPRELAY_STATE/terminals")
	expect 0 "TTY $i: hello" guest sh -c "exec 3<>$tty; echo hello >&3; timeout 10 head -n1 <&3"
done
rx=$(stat rx)
guest sh -c "echo hello >$(sed -n 8p "$AMPRELAY_STATE/terminals")"
grown rx "$rx" 1 # the question: what went to the eighth terminal's address was nobody's
guest sh -c "for i in \$(seq 8); do rpmsg_export_dev $ctrl -d rpmsg-tty \$((800 + i)) -1 || exit; done" || fail "releasing"

# a terminal with the unknown address -1: Linux does not learn it, so it can be read and not written
tty=$(guest rpmsg_export_dev $ctrl rpmsg-tty 257 -1) || fail "Linux cannot make a terminal with an unknown address"
expect 1 "Invalid argument" guest sh -c "echo hello >$tty"
guest rpmsg_export_dev $ctrl -d rpmsg-tty 257 -1

# an endpoint of the core that is gone: dropped, and no buffer is lost by that
late=$(guest rpmsg export-ept $ctrl late 501 1024)
guest sh -c "for i in \$(seq 1000); do echo x; done | dd of=$late bs=2 2>/dev/null" || fail "writing to an endpoint that is gone"
expect_services

# more than a message holds: refused by Linux for an endpoint, in pieces for a terminal; the longest reply is cut at 496
expect 1 "Message too long" guest sh -c "head -c 497 /dev/zero | dd of=/dev/rpmsg0 bs=497"
expect 0 "" guest sh -c "exec 3<>/dev/rpmsg0; head -c 496 /dev/zero | tr '\0' x >&3; timeout 10 dd bs=496 count=1 <&3 2>/dev/null >/tmp/reply
	[ \$(wc -c </tmp/reply) = 496 ] && grep -q '^from ept 0x0402: x*\$' /tmp/reply"
expect 0 "" guest sh -c "exec 3<>/dev/ttyRPMSG0; head -c 496 /dev/zero | tr '\0' x >&3; timeout 10 dd bs=1 count=503 <&3 2>/dev/null | grep -q '^TTY 0: x\{496\}\$'"

# a terminal flooded by one who does not read: Linux refuses when it has no buffer, and what comes back is lost when
# it is too much. Once all is read (nothing comes for half a second) it works as before.
expect 0 "TTY 0: done" guest sh -c "exec 3<>/dev/ttyRPMSG0; head -c 2000000 /dev/zero | dd of=/dev/ttyRPMSG0 bs=496 2>/dev/null
	stty -F /dev/ttyRPMSG0 min 0 time 5; cat <&3 >/dev/null; stty -F /dev/ttyRPMSG0 min 1 time 0
	echo done >&3; timeout 10 grep -m1 -o 'TTY 0: done' <&3"
expect_services

# a reader that never reads
guest sh -c "exec 3<>/dev/rpmsg0; for i in \$(seq 2000); do echo x >&3; done" || fail "writing without reading"
expect_services

expect 0 "running" amp status
[ "$(stat links)" = 1 ] || fail "the link was lost meanwhile"
ok "all of this on one link"
