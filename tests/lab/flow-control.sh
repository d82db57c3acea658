#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A core that offers flow control. Linux does not know it: the bit is not accepted, and all is as without it; urgent
# messages, which are the core's own, too. The relay in its place accepts it, and credits go both ways.
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

seen=$AMPRELAY_STATE/seen

# said DIRECTION: the messages to flow control's address (WIRE.md, 16), in hexadecimal, one a line
said() {
	grep '^{' "$seen" | jq -r --arg to "$1" 'select(.direction == $to and .dst == 54 and has("payload")) | .payload'
}

# flags DIRECTION COUNT: of the first so many of those messages, each a byte
flags() {
	said "$1" | cut -c17-18 | head -n "$2" | tr '\n' ' '
}

# field MESSAGE FIRST-BYTE: a u32 of it
field() {
	printf %d "0x$(printf %s "$1" | cut -c$((2 * $2 + 1))-$((2 * $2 + 8)) | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/')"
}

expect 0 "" amp stop m3
expect 0 "" amp start m3 --loader relay
expect_event "ev=core.channel,name=amp-echo"
expect 0 "hello" amp talk m3 amp-echo hello
expect 0 "link: with flow control" amp logs m3
expect 0 "ok" amp talk m3 amp-command urgent
expect_event "ev=core.channel,name=amp-urgent"
amp sniff m3 --json -- sh -c 'for i in 1 2 3; do "$0" --name "$1" talk m3 amp-urgent hello || exit; done' "$AMPRELAY" "$NAME" >"$seen" ||
	fail "the talks ended with $?"
[ "$(grep -c '^hello$' "$seen")" = 3 ] || fail "$(cat "$seen")"

# Each talk is a counterpart of its own. Both ask (ready, COUNT, ASK); the relay answers (ready, LIMIT, COUNT), and the
# core says what it takes (ready, LIMIT): of the last talk that may be too late to be seen.
[ "$(flags to-remote 6)" = "0d 07 0d 07 0d 07 " ] || fail "the relay has said $(said to-remote)"
[ "$(flags to-host 5)" = "0d 03 0d 03 0d " ] || fail "the core has said $(said to-host)"
for talk in 1 2; do
	question=$(said to-host | sed -n $((2 * talk - 1))p)
	answer=$(said to-remote | sed -n $((2 * talk))p)
	limit=$(said to-host | sed -n $((2 * talk))p)
	[ $(($(field "$answer" 16) - $(field "$question" 12))) = 1 ] || fail "a talk takes more than one answer: $question $answer"
	[ $(($(field "$limit" 16) - $(field "$answer" 12))) = 8 ] || fail "amp-urgent does not take 8 messages: $answer $limit"
done
ok "the relay as host accepts it, and credits go both ways"
