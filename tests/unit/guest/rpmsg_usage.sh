#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Usage: rpmsg_usage.sh PROGRAM
# `rpmsg` refuses what it can refuse without asking a kernel: with exit status 2, and a word about what was wrong.
set -eu

rpmsg=$1
failed=0

# refuses TEXT ARGUMENT…: exit status 2, and TEXT is in the message.
refuses() {
	text=$1
	shift
	status=0
	output=$("$rpmsg" "$@" 2>&1) || status=$?
	case $status:$output in
	2:*"$text"*) ;;
	*)
		printf "'rpmsg %s' ended with %s: %s\n" "$*" "$status" "$output"
		failed=1
		;;
	esac
}

# takes ARGUMENT…: anything but exit status 2, on a machine that may have no core at all.
takes() {
	status=0
	output=$("$rpmsg" "$@" 2>&1) || status=$?
	[ "$status" -ne 2 ] && [ "$status" -lt 8 ] && return
	printf "'rpmsg %s' ended with %s: %s\n" "$*" "$status" "$output"
	failed=1
}

name31=abcdefghijklmnopqrstuvwxyz12345
name32=${name31}6

refuses "unknown command 'pong'" pong
refuses "Usage"

for command in export-ept export-dev; do
	refuses "has 32 bytes" $command /dev/rpmsg_ctrl9 "$name32" 100 1
	refuses "name is empty" $command "" 100 1
	refuses "in use by Linux" $command rpmsg_ctrl 100 1
	refuses "in use by Linux" $command rpmsg_ns 53 53
	refuses "in use by Linux" $command rpmsg-tool 100 1
	refuses "which name" $command
	refuses "which name" $command /dev/rpmsg_ctrl9
	refuses "'12x' is no address" $command name 12x 1
	refuses "'-' is no address" $command name - 1
	refuses "'' is no address" $command name "" 1
	refuses "'0x80000000' is no address" $command name 0x80000000 1 # Linux keeps local addresses as int
	refuses "'0x100000000' is no address" $command name 1 0x100000000
	refuses "'99999999999999999999999' is no address" $command name 99999999999999999999999 1
	refuses "too many arguments" $command name 1 2 3
	refuses "too many arguments" $command /dev/rpmsg_ctrl9 name 1 2 3
	refuses "is no control device" $command /dev/null name 100 1
	takes $command --core nobody "$name31" 100 1
	takes $command --core nobody name -1 -1
	takes $command --core nobody name 0x7ffffffe 0xfffffffe
	takes $command /dev/rpmsg_ctrl987654 name 100 1
done
refuses "invalid option" export-ept name -2 1

refuses "no RPMsg endpoint" destroy-ept /dev/null
refuses "which device" destroy-ept
takes destroy-ept /dev/rpmsg987654

refuses "no RPMsg endpoint" ping /dev/null
refuses "from 1 to 496" ping -s 497
refuses "from 1 to 496" ping -s 0
refuses "is no number" ping -c -1
refuses "is no number" ping -c 1x
refuses "more than one channel" ping amp-echo other
refuses "together have more than 496 bytes" ping -s 490 --prefix 1234567
refuses "seconds" ping -i nan
takes ping --core nobody -c 1
takes ping /dev/rpmsg987654

refuses "which text" send amp-echo
refuses "too many arguments" send amp-echo two words
refuses "which channel" recv
refuses "which channel" wait
refuses "name a channel" wait --gone /dev/rpmsg0
refuses "from 32 to 224" bench -W 225
refuses "from 4 to 496" bench -s 3
refuses "which device" devname
takes devname /sys/class/tty/tty
takes wait --gone --core nobody nothing

# help ARGUMENT…: with --help, and with -h, the same help
for command in "" list ping bench send recv dump watch wait export-ept destroy-ept export-dev devname; do
	# shellcheck disable=SC2086 # none for the program itself
	[ "$("$rpmsg" $command -h)" = "$("$rpmsg" $command --help)" ] && "$rpmsg" $command -h | grep -q "^Usage: rpmsg" || {
		echo "'rpmsg $command -h' is not its help"
		failed=1
	}
done

# A link's name is a command; another one is not.
links=$(mktemp -d)
trap 'rm -rf "$links"' EXIT
for name in rpmsg_export_ept rpmsg_export_dev rpmsg_destroy_ept rpmsg_ping rpmsg_pong; do
	ln -s "$(realpath "$rpmsg")" "$links/$name"
done
for name in export_ept export_dev destroy_ept ping; do
	"$links/rpmsg_$name" --help | grep -q "Usage: rpmsg_$name" || {
		echo "rpmsg_$name is not taken for a command"
		failed=1
	}
done
rpmsg=$links/rpmsg_pong
refuses "unknown command 'x'" x

exit $failed
