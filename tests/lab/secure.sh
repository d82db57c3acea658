#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Two cores that run the same firmware, linked for private memory: m3a takes it signed only, m3b as it is. What is wrong
# with an image is said by Linux.
. "$(dirname "$0")/lab.sh"

soc=$AMPRELAY_STATE/soc dir=$AMPRELAY_STATE/fw
fw=$dir/amprelay-m3.elf
mkdir -p "$soc" "$dir"
"$AMPRELAY" keygen "$soc/vendor" >/dev/null
"$AMPRELAY" keygen "$soc/other" >/dev/null
jq '.cores[0].secure = "vendor.pub" | .cores[].boot_timeout_ms = 60000' "$AMPRELAY_LAB/two-m3.json" >"$soc/secure.json"
cp "$AMPRELAY_LAB/firmware/amprelay-m3-private.elf" "$fw"

# signed CORE VERSION [KEY]
signed() {
	"$AMPRELAY" sign -k "$soc/${3:-vendor}.key" -c "$1" -V "$2" "$fw" >/dev/null
}

# refused REASON: Linux's start of m3a is
refused() {
	expect 6 "$1" amp start m3a
}

mv "$soc/vendor.pub" "$soc/away"
expect 5 "core m3a takes signed firmware only: key $soc/vendor.pub" amp up --soc "$soc/secure.json" --firmware "$dir"
mv "$soc/away" "$soc/vendor.pub"
expect 6 "it is not signed: there is no .minisig" amp up --soc "$soc/secure.json" --firmware "$dir"
expect_echo 3 m3b # firmware in private memory that nobody signed
expect_json '.cores[1].loader == "relay" and .cores[1].secure == null' amp --json status

signed m3b 1
refused "it is signed for core m3b, not for m3a"
signed m3a 1 other
refused "it is signed with key"
signed m3a 1
printf '\377' | dd of="$fw" bs=1 seek=8192 conv=notrunc status=none
refused "its signature is wrong"
cp "$AMPRELAY_LAB/firmware/amprelay-m3.elf" "$fw"
signed m3a 1
refused "is code in shared memory, where Linux can write"
expect_json '.cores[0].state == "off" and .cores[0].secure.accepted == 0' amp --json status
guest dmesg | grep -q "can't start rproc m3a: -129" || fail "Linux's error is not EKEYREJECTED"
ok "Linux's error is EKEYREJECTED"

cp "$AMPRELAY_LAB/firmware/amprelay-m3-private.elf" "$fw"
signed m3a 2
expect 0 "" amp start m3a
expect_echo 3 m3a
expect_json '.cores[0].secure.version == 2 and .cores[0].secure.accepted == 2' amp --json status
expect 0 "m3a: takes firmware signed with key" amp status
mark
amp fault m3a undef >/dev/null
expect_event ev=core.recovered
expect_echo 3 m3a
expect 0 "" amp stop m3a
signed m3a 1
refused "it is old: version 1, and version 2 has been accepted before"

remember_processes
amp down >/dev/null
expect_nothing_left
