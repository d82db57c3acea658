#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is done every day with a lab: files in and out, a shell on a terminal, a firmware run and its crash explained.
. "$(dirname "$0")/lab.sh"

# ---- up with files of one's own: an archive more, a folder whose scripts run
own=$AMPRELAY_STATE/own
mkdir -p "$own/root/etc" "$own/share"
echo "of my own" >"$own/root/etc/added"
(cd "$own/root" && find . | cpio --quiet -o -H newc | gzip) >"$own/more.cpio.gz"
printf 'cat /etc/added >/tmp/order\n' >"$own/share/10-first.sh"
printf 'echo second >>/tmp/order\nexit 3\n' >"$own/share/20-second.sh"
printf 'echo third >>/tmp/order; echo it speaks\n' >"$own/share/30-third.sh"
echo "no script" >"$own/share/data"
expect 5 "compressed with zstd" amp up --initramfs "$(printf '\050\265\057\375rest' >"$own/zstd" && echo "$own/zstd")"
expect 5 "it is no cpio archive" amp up --initramfs "$own/share/data"
expect 2 "it is no folder" amp up --share "$own/none"
expect 1 "script 20-second.sh ended with 3" amp up --initramfs "$own/more.cpio.gz" --share "$own/share"
expect 0 "of my own second third" guest sh -c 'echo $(cat /tmp/order)'
expect 0 "no script" guest cat /share/data
expect 1 "Read-only" guest sh -c 'echo x >/share/new'
expect_json '.share.done and [.share.scripts[].exit] == [0, 3, 0]' amp --json status
expect 0 "name=30-third.sh exit=0" amp events
expect 0 "it speaks" amp logs linux
amp cp "$(dirname "$0")/../../docs/examples/board-farm/bring-up" :/tmp
expect 0 "echoes-again: pass" guest sh /tmp/bring-up m3
ok "a folder is shared, its scripts run in order, an archive is added"

# ---- cp
head -c 3000000 /dev/urandom >"$AMPRELAY_STATE/file"
chmod 750 "$AMPRELAY_STATE/file"
expect 0 "" amp cp "$AMPRELAY_STATE/file" :/tmp
expect 0 "750" guest stat -c %a /tmp/file
expect 0 "" amp cp :/tmp/file "$AMPRELAY_STATE/back"
cmp "$AMPRELAY_STATE/file" "$AMPRELAY_STATE/back" || fail "3 MB came back changed"
ok "3 MB go in and out unchanged"
expect 0 '"bytes": 3000000' amp --json cp "$AMPRELAY_STATE/file" :"/tmp/a name; with 'signs"
expect 0 "" guest cmp /tmp/file "/tmp/a name; with 'signs"
expect 1 "Linux says:" amp cp :/nonexistent "$AMPRELAY_STATE/none"
[ ! -e "$AMPRELAY_STATE/none" ] || fail "what could not be read left a file"
expect 1 "Linux says:" amp cp "$AMPRELAY_STATE/file" :/proc/none
expect 0 "" guest sh -c '! ls -d /tmp/*.part.*'
ok "what cannot be copied leaves nothing"

# ---- exec -t
expect 0 "/dev/pts/" amp exec -t -- tty
expect 7 "" amp exec -t -- sh -c 'exit 7'
expect 0 "24 80" amp exec -t -- stty size
expect 127 "nonsense: No such file" amp exec -t -- nonsense
echo 'stty size; echo $TERM; exit 5' >"$AMPRELAY_STATE/typed"
status=0
TERM=vt100 script -qec "stty cols 91 rows 17; '$AMPRELAY' --name $NAME exec -t -- sh" /dev/null \
	<"$AMPRELAY_STATE/typed" >"$AMPRELAY_STATE/shell.txt" 9>&- || status=$?
[ "$status" = 5 ] || fail "a shell on a terminal ended with $status, not 5: $(cat "$AMPRELAY_STATE/shell.txt")"
expect 0 "17 91" cat "$AMPRELAY_STATE/shell.txt"
expect 0 "vt100" cat "$AMPRELAY_STATE/shell.txt"
ok "a command has a terminal, of the size and kind that this one has"

# ---- run
amp down
firmware=$AMPRELAY_LAB/firmware/amprelay-m3.elf
expect 0 "m3     |" amp run --for 1 "$firmware"
NAME=$NAME-crash
amp run "$firmware" >"$AMPRELAY_STATE/run.txt" 2>&1 &
run=$!
amp events --wait ev=core.ready --timeout "$TIMEOUT" >/dev/null || fail "the firmware did not start"
amp fault m3 assert
status=0
wait "$run" || status=$?
[ "$status" = 1 ] || fail "a run whose firmware crashed ended with $status, not 1"
for text in "committing fault 'assert'" "detected by  fault-handler" "#1 " "inject_assert" "m3 crashed, noticed by fault-handler: assertion failed"; do
	expect 0 "$text" cat "$AMPRELAY_STATE/run.txt"
done
expect 3 "no lab" amp status
ok "a firmware's crash is explained, down to the calls"
