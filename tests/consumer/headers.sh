#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# headers.sh PREFIX SOURCES WORK [all]: the installed headers, as strict applications compile them.
#   Each alone, in C99 and in C++23 (tests/api has C11 and C++17); with "all": in every mode below.
#   All together, and what uses their macros (SOURCES/macros.c), in every mode: C99, C11, C2x, and inside extern "C" in
#   C++11 to C++23.
# A compiler that is not installed is left out, and said so.
set -eu
prefix=$1 sources=$2 work=$3 which=${4:-}
flags="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only -I$prefix/include"

rm -rf "$work"
mkdir -p "$work"
headers=$(cd "$prefix/include" && echo metal/*.h openamp/*.h amprelay/*.h)
modes=
for mode in gcc:c99 gcc:c11 gcc:c2x clang:c99 clang:c11 clang:c2x g++:c++11 g++:c++14 g++:c++17 g++:c++20 g++:c++2b \
	clang++:c++11 clang++:c++14 clang++:c++17 clang++:c++20 clang++:c++2b; do
	if command -v "${mode%:*}" >/dev/null; then
		modes="$modes $mode"
	else
		echo "headers: no ${mode%:*} here, ${mode#*:} is not tried with it"
	fi
done

# add SOURCE MODE: a line for xargs below.
add() {
	echo "$2 $1" >>"$work/list"
}

# source_of NAME HEADER...: NAME.c, which includes them, and NAME.cc, which does so inside extern "C".
source_of() {
	name=$1
	shift
	{ printf '#include <%s>\n' "$@"; echo 'extern int object;'; } >"$work/$name.c" # a source is never empty
	{ echo 'extern "C" {'; cat "$work/$name.c"; echo '}'; } >"$work/$name.cc"
}

for header in $headers; do
	name=$(echo "$header" | tr './' '__')
	source_of "$name" "$header"
	for mode in $modes; do
		case $which:$mode in
		all:* | *:gcc:c99 | *:clang++:c++2b) add "$name" "$mode" ;;
		esac
	done
done
# Two headers cannot be in one source file, nor <elf.h> and what stands for it. lifecycle.h gives names another meaning.
for left_out in openamp/rpmsg_retarget.h openamp/rpmsg_rpc_client_server.h; do
	name=without_$(basename $left_out .h)
	# shellcheck disable=SC2046,SC2086 # lists
	source_of "$name" $(echo $headers | tr ' ' '\n' | grep -vx -e $left_out -e amprelay/rpc_files.h -e openamp/elf_types.h -e openamp/lifecycle.h)
	for mode in $modes; do
		add "$name" "$mode"
	done
done
cp "$sources/macros.c" "$work/macros.c"
cp "$sources/macros.c" "$work/macros.cc"
for mode in $modes; do
	add macros "$mode"
done

# One compiler for each CPU; the first that fails ends it.
xargs -P "$(nproc)" -n 2 sh -ec '
	flags=$1 mode=$3 file=$4
	case $mode in *++:*) file=$file.cc ;; *) file=$file.c ;; esac
	cd "$2"
	"${mode%:*}" "-std=${mode#*:}" $flags "$file" || { echo "headers: $file with $mode" >&2; exit 255; }
' headers "$flags" "$work" <"$work/list" 2>"$work/errors" || { cat "$work/errors"; exit 1; }
echo "headers: $(wc -l <"$work/list") compilations of $(echo "$headers" | wc -w) headers"
