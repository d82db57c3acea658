#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# files_server.sh: in Linux, has files for app-files_client of a core, until that says that it ends. Says what it opens.
set -eu
node=$(rpmsg export-ept app-files)
exec 3<>"$node"
printf hello >&3 # so that the core knows who is here
next=3

# word NUMBER: 32 bits, the low ones first.
word() {
	for shift in 0 8 16 24; do
		# shellcheck disable=SC2059
		printf "\\$(printf %03o $(($1 >> shift & 255)))"
	done
}

# answer RESULT ERROR BYTES: with the data in /tmp/answer.data; one message is one write.
answer() {
	{
		word "$id"
		word "$1"
		word "$2"
		word "$3"
		head -c "$3" /tmp/answer.data
	} >/tmp/answer
	dd if=/tmp/answer bs=512 count=1 2>/dev/null >&3
}

# open_file PATH FLAGS: Linux's numbers.
open_file() {
	echo "open $1 $(printf %#x "$2")"
	if [ $(($2 & 0x40)) = 0 ] && [ ! -f "$1" ]; then
		answer -1 2 0
		return
	fi
	[ $(($2 & 0x200)) = 0 ] || : >"$1"
	[ $(($2 & 0x40)) = 0 ] || touch "$1"
	eval "path_$next=\$1 at_$next=0"
	answer "$next" 0 0
	next=$((next + 1))
}

# read_file FD SIZE
read_file() {
	path= at=0
	eval "path=\$path_$1 at=\$at_$1"
	tail -c +$((at + 1)) "$path" | head -c "$(($2 < 480 ? $2 : 480))" >/tmp/answer.data
	got=$(wc -c </tmp/answer.data)
	eval "at_$1=$((at + got))"
	answer "$got" 0 "$got"
}

: >/tmp/answer.data
while dd bs=512 count=1 <&3 2>/dev/null >/tmp/request && [ -s /tmp/request ]; do
	# shellcheck disable=SC2046
	set -- $(hexdump -v -n 16 -e '4/4 "%u " "\n"' /tmp/request)
	id=$1
	tail -c +17 /tmp/request >/tmp/data
	case $id in
	1) open_file "$(tr -d '\000' </tmp/data)" "$2" ;;
	2) answer 0 0 0 ;;
	3)
		path=
		eval "path=\$path_$2"
		cat /tmp/data >>"$path"
		answer "$(wc -c </tmp/data)" 0 0
		;;
	4) read_file "$2" "$3" ;;
	6)
		echo "the core has ended"
		exit 0
		;;
	*) exit 1 ;;
	esac
done
exit 1
