# SPDX-License-Identifier: GPL-2.0-only
# From a linker map: what of the library is in the program, as "module flash ram" lines and a last line "total flash ram".
# flash: code, constants and the initial values of data. ram: data and zeroed data. A module is a source file.
function number_of(hex,   value, i) {
	for (i = 3; i <= length(hex); i++)
		value = value * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
	return value + 0
}

/^Linker script and memory map/ { placed = 1 }
!placed { next }
/^ \.[a-zA-Z_]/ { section = $1 }
/libamprelay\.a\(/ && match($0, /0x[0-9a-f]+ +0x[0-9a-f]+ /) {
	split(substr($0, RSTART, RLENGTH), number, " +")
	size = number_of(number[2])
	if (number_of(number[1]) == 0 || size == 0 || section !~ /^\.(text|rodata|data|bss)/)
		next
	module = $0
	sub(/.*libamprelay\.a\(/, "", module)
	sub(/\.c\.obj.*/, "", module)
	known[module] = 1
	if (section !~ /^\.bss/) {
		flash[module] += size
		total_flash += size
	}
	if (section ~ /^\.(data|bss)/) {
		ram[module] += size
		total_ram += size
	}
}
END {
	for (module in known)
		printf "%s %d %d\n", module, flash[module], ram[module] | "sort"
	close("sort")
	printf "total %d %d\n", total_flash, total_ram
}
