# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What tests share that change the m3's firmware file in the shared directory $dir: $fw, from the lab's own, $good.
# Sourced after lab.sh.

good=$AMPRELAY_LAB/firmware/amprelay-m3.elf
dir=$AMPRELAY_STATE/fw
fw=$dir/amprelay-m3.elf
mkdir -p "$dir"
objcopy=arm-none-eabi-objcopy
cp "$good" "$fw"

# patch OFFSET BYTES…: overwrite bytes of the firmware file (octal escapes)
patch() {
	printf "$2" | dd of="$fw" bs=1 seek="$1" conv=notrunc status=none
}

# table SECTION-OFFSET BYTES…: the firmware with bytes of its resource table overwritten
table() {
	$objcopy --dump-section .resource_table="$AMPRELAY_STATE/table" "$good" "$AMPRELAY_STATE/ignored.elf"
	while [ $# -gt 1 ]; do
		printf "$2" | dd of="$AMPRELAY_STATE/table" bs=1 seek="$1" conv=notrunc status=none
		shift 2
	done
	$objcopy --update-section .resource_table="$AMPRELAY_STATE/table" "$good" "$fw"
}

# le32 NUMBER: its bytes, as escapes
le32() {
	printf '\\%03o\\%03o\\%03o\\%03o' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# segment N TYPE OFFSET ADDRESS FILESZ MEMSZ: overwrite program header N, 0 the first. There is room for more than the
# file has (headers N): linkers align what follows.
segment() {
	patch $((52 + 32 * $1)) "$(le32 "$2")$(le32 "$3")$(le32 "$4")$(le32 "$4")$(le32 "$5")$(le32 "$6")$(le32 6)$(le32 4)"
}

headers() {
	patch 44 "$(le32 "$1" | cut -c1-8)"
}
