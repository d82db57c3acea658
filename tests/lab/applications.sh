#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: applications.sh DIRECTORY: the remote sides of tests/applications, as firmware of a Cortex-M3 with newlib,
# one after the other in one lab, each driven by Linux with its own means, and each ends with status 0.
. "$(dirname "$0")/lab.sh"
programs=$1
shared=$AMPRELAY_STATE/firmware
ended=0

# application NAME CHANNEL: run it, until it offers the channel.
application() {
	expect 0 "" guest rproc start --firmware "app-$1.elf" m3
	expect 0 "" guest rpmsg wait "$2" --timeout "$TIMEOUT"
}

# ends CHANNEL: told to, the application takes its channel back; it has ended well.
ends() {
	[ -z "${2:-}" ] || guest rpmsg send "$1" -c 0 "$2"
	expect 0 "" guest rpmsg wait --gone "$1" --timeout "$TIMEOUT"
	has_ended
}

has_ended() {
	expect 0 "" guest rproc stop m3
	ended=$((ended + 1))
	[ "$(amp logs m3 | grep -c "the application ended with status 0")" = "$ended" ] || {
		amp logs m3 | tail -n 20
		fail "it did not end with status 0"
	}
	ok "it ended with status 0"
}

# bytes CHANNEL HEX: what the core answers to a message with these bytes, in hexadecimal too.
bytes() {
	guest sh -c "exec 3<>\$(rpmsg export-ept $1); printf '$(printf %s "$2" | sed 's/../\\x&/g')' >/tmp/message
		dd if=/tmp/message bs=512 count=1 2>/dev/null >&3
		timeout $TIMEOUT dd bs=512 count=1 2>/dev/null <&3 | hexdump -v -e '1/1 \"%02x\"'"
}

# answers CHANNEL HEX HEX WHAT: the second is the answer to the first.
answers() {
	got=$(bytes "$1" "$2")
	[ "$got" = "$3" ] || fail "$4: the answer is $got"
	ok "$4"
}

mkdir "$shared"
cp "$programs"/app-*.elf "$AMPRELAY_LAB/../../tests/applications/lab/files_server.sh" "$shared"
cp "$programs/app-rpmsg-client-sample.elf" "$shared/amprelay-m3.elf"
expect 0 "" amp up --firmware "$shared"
expect 0 "" guest timeout 30 grep -m1 "rpmsg_client_sample.*incoming msg 100 " /dev/kmsg
expect 0 "" guest rproc stop m3

application echo app-echo
for size in 1 2 3 13 16 255 496; do
	expect 0 "50 sent, 50 received, 0 % lost, 0 late, 0 doubled, 0 out of order, 0 wrong" guest rpmsg ping app-echo -q -c 50 -s "$size"
done
ends app-echo shutdown

application nocopy_echo app-nocopy
expect 0 "200 sent, 200 received, 0 % lost, 0 late, 0 doubled, 0 out of order, 0 wrong" guest rpmsg ping app-nocopy -q -c 200 -s 496
ends app-nocopy shutdown

application matrix app-matrix
rest=$(printf %0280d 0) # of a matrix with one element, of at most 36
answers app-matrix "0100000006000000${rest}0100000007000000$rest" "010000002a000000$rest" "6 by 7 is 42"
ends app-matrix shutdown

application messages app-messages
for n in 0 3 7; do
	guest rpmsg send app-messages -c 0 "open $n"
	expect 0 "" guest rpmsg wait "app-sub-$n" --timeout "$TIMEOUT"
	expect 0 "0 % lost" guest rpmsg ping "app-sub-$n" -q -c 20
done
for n in 7 0; do
	guest rpmsg send app-messages -c 0 "close $n"
	expect 0 "" guest rpmsg wait --gone "app-sub-$n" --timeout "$TIMEOUT"
done
expect 0 "0 % lost" guest rpmsg ping app-sub-3 -q -c 20
ends app-messages shutdown

application rpc_server rpmsg-rpc
answers rpmsg-rpc 010000000200000028000000 01000000000000002a000000 "2 and 40 are 42"
answers rpmsg-rpc 020000006162630a00 02000000000000000a63626100 "a text is turned round"
answers rpmsg-rpc 09000000 09000000ffffffff "a procedure that is not there is refused"
answers rpmsg-rpc 03000000 0300000000000000 "the server is told to end"
ends rpmsg-rpc

application files_client app-files
files=$(guest timeout "$TIMEOUT" sh /firmware/files_server.sh) || fail "the server of files fails: $files"
for line in "open /tmp/app-files 0x241" "open /tmp/app-files 0" "open /tmp/app-files.txt 0x241" "open /tmp/app-files.txt 0x441"; do
	echo "$files" | grep -qx "$line" || fail "no '$line' in: $files"
	ok "$line"
done
expect 0 "line 1 0xbeef
line 2" guest cat /tmp/app-files.txt
ends app-files
expect 0 "" amp down
