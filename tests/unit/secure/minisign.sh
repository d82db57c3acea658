#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: minisign.sh AMPRELAY: minisign and amprelay take each other's keys and signatures, and refuse the same.
set -euo pipefail
amprelay=$1
dir=$(mktemp -d /tmp/secure-minisign.XXXXXX)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
status=0

# claim WORDS COMMAND...: the command succeeds, or with "! COMMAND" fails
claim() {
	local words=$1
	shift
	local want=0 got=0
	if [ "$1" = ! ]; then
		want=1
		shift
	fi
	"$@" >out 2>&1 || got=1
	[ "$got" = "$want" ] || {
		echo "not so: $words ($*)"
		cat out
		status=1
	}
}

head -c 300000 /dev/urandom >fw.elf
claim "keys are made" "$amprelay" keygen ours
[ "$(stat -c %a ours.key)" = 600 ] || { echo "ours.key has mode $(stat -c %a ours.key)" && status=1; }
claim "keys are not replaced" ! "$amprelay" keygen ours
claim "keys are replaced with --force" "$amprelay" keygen --force ours
claim "amprelay signs" "$amprelay" sign -k ours.key -c m3 -c m33 -V 3 fw.elf
claim "minisign takes that" minisign -V -p ours.pub -m fw.elf
grep -q 'core:m3' out || { echo "minisign does not show the trusted comment" && status=1; }
claim "amprelay takes that" "$amprelay" verify -k ours.pub -c m33 fw.elf
grep -q 'for core m3 m33, version 3' out || { cat out && status=1; }
claim "it is for no other core" ! "$amprelay" verify -k ours.pub -c m3b fw.elf

claim "minisign signs with our key" minisign -S -s ours.key -m fw.elf -x by-minisign -t 'core:m3 version:4'
claim "amprelay takes that" "$amprelay" verify -k ours.pub -o by-minisign fw.elf
claim "minisign makes keys" minisign -G -W -p theirs.pub -s theirs.key
claim "amprelay signs with them" "$amprelay" sign -k theirs.key -c m3 -V 1 -o by-theirs fw.elf
claim "minisign takes that" minisign -V -p theirs.pub -m fw.elf -x by-theirs
claim "minisign signs in the old way" minisign -S -l -s theirs.key -m fw.elf -x legacy -t 'core:m3 version:5'
claim "amprelay takes that" "$amprelay" verify -k theirs.pub -o legacy fw.elf
claim "another key is refused" ! "$amprelay" verify -k ours.pub -o legacy fw.elf
grep -q 'it is signed with key' out || { cat out && status=1; }
claim "minisign's own comment says too little" minisign -S -s theirs.key -m fw.elf -x plain
claim "so it is refused" ! "$amprelay" verify -k theirs.pub -o plain fw.elf
grep -q 'does not say for which core' out || { cat out && status=1; }

printf x >>fw.elf
claim "a changed file is refused by minisign" ! minisign -V -p ours.pub -m fw.elf
claim "and by amprelay" ! "$amprelay" verify -k ours.pub fw.elf
exit $status
