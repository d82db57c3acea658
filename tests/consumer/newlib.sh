#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# newlib.sh SOURCE WORK: a program for a Cortex-M3 with newlib gets the library's open(), read(), write() and close(),
# and never somebody else's without the linker saying so. Only the part of the library that this is about is built
# here.
set -eu
source=$1 work=$2
here=$source/tests/consumer/newlib
cc="arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -Os -Wall -Wextra -Werror -ffunction-sections -fdata-sections"
cc="$cc -I$source/include -I$source/ports/arch/armv7m/include -I$source/ports/baremetal/include"
cc="$cc -I$source/ports/baremetal/context/single"

fail() {
	echo "not ok - $*"
	exit 1
}

# library ARGUMENT…: build it, with what else the compiler gets.
library() {
	rm -rf "$work/objects"
	mkdir -p "$work/objects"
	(cd "$work/objects" && $cc -c "$source"/lib/services/*.c "$@" && arm-none-eabi-ar rcs ../libopen_amp.a ./*.o)
}

# link ARGUMENT…: the program, with the C library's stubs behind what is given.
link() {
	$cc -Wl,--gc-sections -Wl,--unresolved-symbols=ignore-all -L"$work" -o "$work/program.elf" "$@" >"$work/link.log" 2>&1
}

# Whose functions the program has: ours call this one.
ours() {
	arm-none-eabi-nm "$work/program.elf" | grep -q " T amp_rpc_open\$"
}

# conflict WHAT ARGUMENT…: does not link, because something is there twice.
conflict() {
	what=$1
	shift
	! link "$@" || fail "$what: links"
	grep -q "multiple definition of .*_" "$work/link.log" || { cat "$work/link.log"; fail "$what: fails for another reason"; }
	echo "ok - $what: the linker says that there are two"
}

rm -rf "$work"
mkdir -p "$work"
library "$source/ports/baremetal/newlib_files.c" -DAMP_NEWLIB_FILES -DAMP_NEWLIB_OPEN_FLAGS=AMP_RPC_EITHER_NUMBERS
link "$here/program.c" -lopen_amp --specs=nosys.specs || { cat "$work/link.log"; fail "libnosys behind the library"; }
ours || fail "the stubs of libnosys were taken instead of the library's functions"
link "$here/program.c" -lnosys -lopen_amp --specs=nosys.specs && ours || fail "the stubs of libnosys were taken, named first"
echo "ok - libnosys has nothing to say, before the library or behind it"
conflict "semihosting" "$here/program.c" -lopen_amp --specs=rdimon.specs
conflict "functions of the program's own" "$here/program.c" "$here/own.c" -lopen_amp --specs=nosys.specs
conflict "functions in front of the library" "$here/own.c" "$here/program.c" -lopen_amp --specs=nosys.specs
library # AMP_NEWLIB_FILES=OFF
link "$here/program.c" "$here/own.c" -lopen_amp --specs=nosys.specs || { cat "$work/link.log"; fail "AMP_NEWLIB_FILES=OFF"; }
echo "ok - with AMP_NEWLIB_FILES=OFF the program's own are used"
