#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# No call circles: the files of a module have an order, in which each calls only those below it; what is below tells
# those above by a callback. An inline function or a macro of a header counts for those who use it.
#
# Read from the sources, so that every module is looked at, whatever has been built. It relies on the format that
# format.sh holds, and on names: a local variable must not have the name of another file's function.
# circles-allowed.txt has the calls that are left: a line is the beginnings of the names of a caller and of a callee.
checks=$(cd "$(dirname "$0")" && pwd)
. "$checks/common.sh"

# A module a line: the folders whose files may call each other.
modules='lib include
ports/baremetal
ports/linux
firmware/apps firmware/common firmware/devices firmware/arch/armv7m firmware/boards
firmware/apps firmware/common firmware/devices firmware/arch/riscv32 firmware/boards
kernel/amprelay_rproc
tools/amprelay tools/relay tools/postmortem tools/common
tools/guest/agent tools/guest/base tools/common
tools/guest/rpmsg tools/guest/base tools/common
tools/guest/rproc tools/guest/base tools/common
tools/socgen tools/common
'
files=$(c_files)

printf '%s' "$modules" | while read -r folders; do
	printf '%s\n' "$files" | { grep -E "^($(printf '%s' "$folders" | sed 's/ /|/g'))/.*\.[ch]\$" || :; } |
		awk -v allowed=tests/checks/circles-allowed.txt -f "$checks/circles.awk"
done | LC_ALL=C sort -u | report
