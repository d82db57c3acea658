#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: lint.sh BUILD: nothing is wrong with any firmware of the tree, for Linux and for the relay as its host. Boot
# ROMs are no firmware that a host loads: they have no resource table.
. "$(dirname "$0")/lab.sh"
build=$1

# clean FILE SOC [OPTION...]: not even a note is made
clean() {
	file=$1 soc=$2
	shift 2
	for host in linux-6.1 linux-7 amprelay; do
		expect 0 ': 0 errors, 0 warnings, 0 notes' "$AMPRELAY" lint --host $host --soc "$soc" "$@" "$file"
	done
}

for file in "$AMPRELAY_LAB"/firmware/amprelay-*.elf; do
	core=${file##*/amprelay-}
	core=${core%.elf}
	clean "$file" "${core%-private}"
done
for file in "$build"/cortex-m3/applications/app-*.elf; do
	case $file in
	*/app-sizes.elf) clean "$file" m3 --allow feature-unknown ;; # linux-6.1 does not know the bit, and that is no harm
	*) clean "$file" m3 ;;
	esac
done
for file in "$AMPRELAY_LAB"/bootrom-*.elf; do
	expect 0 ': 0 errors, 0 warnings, 0 notes' "$AMPRELAY" lint --allow table-missing "$file"
done
