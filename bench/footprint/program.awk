# SPDX-License-Identifier: GPL-2.0-only
# From a linker map: flash of what is neither in an archive nor in memory.c. Of a sample that is its own code; of one that was
# optimised at link time, where nothing says any more which byte came from where, its own code and the library's.
function number_of(hex,   value, i) {
	for (i = 3; i <= length(hex); i++)
		value = value * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
	return value + 0
}

/^Linker script and memory map/ { placed = 1 }
!placed { next }
/^ \.[a-zA-Z_]/ { section = $1 }
/\.o(bj)?$/ && match($0, /0x[0-9a-f]+ +0x[0-9a-f]+ /) {
	split(substr($0, RSTART, RLENGTH), number, " +")
	if (number_of(number[1]) != 0 && section ~ /^\.(text|rodata|data)/ && $0 !~ /memory\.c\.obj$/)
		flash += number_of(number[2])
}
END { print flash + 0 }
