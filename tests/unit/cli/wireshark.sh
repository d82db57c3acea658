#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: wireshark.sh AMPRELAY DISSECTOR LOG: a board's kernel log becomes a capture, in which tshark with the dissector
# finds every message, its channel and its service, and nothing malformed.
set -eu
amprelay=$1 dissector=$2 log=$3
tmp=$(mktemp -d "${TMPDIR:-/tmp}/amprelay-test.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
export HOME="$tmp" TZ=UTC

fail() {
	echo "not ok - $*"
	exit 1
}

# shark FILE FIELD…: a line for each packet
shark() {
	file=$1
	shift
	tshark -X "lua_script:$dissector" -r "$file" -T fields -E separator=' ' $(printf -- '-e %s ' "$@") 2>"$tmp/said" || fail "tshark: $(cat "$tmp/said")"
	! grep -i 'lua\|damaged\|truncated' "$tmp/said" || fail "tshark complains"
}

# has COUNT FILE
has() {
	count=$(capinfos -Mc "$2" 2>/dev/null | sed -n 's/^Number of packets: *//p')
	[ "$count" = "$1" ] || fail "$2 has $count packets, not $1"
}

"$amprelay" sniff m4 --kernel-log "$log" -w "$tmp/board.pcapng" 2>"$tmp/said"
grep -qx '22 messages' "$tmp/said" || fail "$(cat "$tmp/said")"
shark "$tmp/board.pcapng" frame.protocols rpmsg.direction rpmsg.channel rpmsg_ns.flags rpmsg.sequence rpmsg_rpc.call rpmsg_rpc.data _ws.malformed \
	_ws.lua.error _ws.expert.message | tr -s ' ' | sed 's/ $//; s/  *$//' >"$tmp/found"
cat >"$tmp/wanted" <<'END'
rpmsg 1 rpmsg-client-sample 0x00000000
rpmsg 2 rpmsg-client-sample
rpmsg 1 rpmsg-tty 0x00000000
rpmsg 1 rpmsg-raw 0x00000000
rpmsg 1 amp-echo 0x00000000
rpmsg 1 amp-command 0x00000000
rpmsg 1 amp-telemetry 0x00000000
rpmsg 1 amp-sink 0x00000000
rpmsg 2 amp-echo 0
rpmsg 1 amp-echo 0
rpmsg 2 amp-echo 1
rpmsg 1 amp-echo 1
rpmsg 2 amp-echo 2
rpmsg 1 amp-echo 2
rpmsg 1 rpmsg-client-sample 0x00000001
rpmsg 2 amp-command
rpmsg 1 amp-command
rpmsg 1 rpmsg-rpc 0x00000000
rpmsg 1 rpmsg-rpc 1 2f746d702f6c6f6700
rpmsg 2 rpmsg-rpc 1
rpmsg 1 rpmsg-rpc 3 68656c6c6f
rpmsg 2 rpmsg-rpc 3
END
diff "$tmp/wanted" "$tmp/found" || fail "tshark finds something else"
echo "ok - each message of a board's log has its channel and its service"

# Captures that are cut off, and those of others, without interface and direction.
editcap -s 20 "$tmp/board.pcapng" "$tmp/short.pcapng"
editcap -s 9 "$tmp/board.pcapng" "$tmp/shorter.pcapng"
printf '0000 00 04 00 00 35 00 00 00 00 00 00 00 28 00 00 00\n0010 61 62 63 00 00 00 00 00 00 00 00 00 00 00 00 00\n0020 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n0030 00 04 00 00 00 00 00 00\n' >"$tmp/dump"
text2pcap -q -l 147 "$tmp/dump" "$tmp/other.pcapng" >/dev/null 2>&1
mergecap -a -w "$tmp/all.pcapng" "$tmp/short.pcapng" "$tmp/shorter.pcapng" "$tmp/other.pcapng"
shark "$tmp/all.pcapng" frame.protocols _ws.lua.error _ws.malformed rpmsg.no_header rpmsg_ns.name >"$tmp/found"
[ "$(grep -c '^rpmsg' "$tmp/found")" = 45 ] || fail "not each packet is RPMsg"
[ "$(tail -n 1 "$tmp/found" | tr -s ' ')" = 'rpmsg abc' ] || fail "the dump of another: $(tail -n 1 "$tmp/found")"
! grep -iv '^rpmsg' "$tmp/found" || fail "something is malformed"
echo "ok - what is cut off, or comes from others, is shown as far as it goes"

# A filter by channel keeps what announces it.
"$amprelay" sniff m4 --kernel-log "$log" --channel amp-command -w "$tmp/some.pcapng" 2>/dev/null
has 3 "$tmp/some.pcapng"
"$amprelay" sniff m4 --kernel-log "$log" -c 5 -w - >"$tmp/some.pcapng" 2>/dev/null
has 5 "$tmp/some.pcapng"
echo "ok - a capture may have a part of it"

# A timeline has both ends of each message, and an arrow between them.
"$amprelay" sniff m4 --kernel-log "$log" --perfetto "$tmp/timeline.json" 2>/dev/null
jq -e 'map(select(.ph == "s" or .ph == "f") | [.ph, .id, .pid]) |
	length == 44 and (group_by(.[1]) | length == 22 and all(length == 2 and .[0][2] != .[1][2]))' "$tmp/timeline.json" >/dev/null || fail "the arrows of the timeline"
jq -e 'map(select(.ph == "X" and .name == "amp-echo")) | length == 14 and all(.args.len == 16 or .args.dst == 53)' "$tmp/timeline.json" >/dev/null ||
	fail "the messages of the timeline"
echo "ok - a timeline has an arrow for each message"

# said STATUS TEXT OPTION…
said() {
	wanted=$1 text=$2 got=0
	shift 2
	"$amprelay" sniff "$@" >/dev/null 2>"$tmp/said" || got=$?
	[ "$got" = "$wanted" ] && grep -q "$text" "$tmp/said" || fail "sniff $*: status $got, $(cat "$tmp/said")"
}

said 1 'is dynamic debug on' --kernel-log /dev/null
said 1 'No such file' --kernel-log /nonexistent
said 1 'No space left' --kernel-log "$log" -w /dev/full
said 1 'nonexistent' --kernel-log "$log" -w /nonexistent/capture
said 2 'no command' --kernel-log "$log" -- true
echo "ok - what cannot be done is said"
