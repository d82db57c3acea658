#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: kernel/progress.sh LOG TOTAL DONE <kbuild's output
# Appends the output to LOG, and shows how far the build is: TOTAL steps are a whole one, DONE are from an earlier one
# that was interrupted. Each line is taken as it comes: no filter with a buffer of its own stands before this.
set -euo pipefail

log=$1 total=$2 done=$3
every=$((total / 10)) # a line for each tenth
[ -t 1 ] && every=10
next=0

show() {
	local percent=$((100 * done / total))
	[ "$percent" -le 99 ] || percent=99
	if [ -t 1 ]; then
		printf '\rkernel: building: %d/%d objects, %d %%  ' "$done" "$total" "$percent"
	else
		printf 'kernel: building: %d/%d objects, %d %%\n' "$done" "$total" "$percent"
	fi
}

while IFS= read -r line; do
	printf '%s\n' "$line" >&3
	case $line in '  '[A-Z]*' '*) ;; *) continue ;; esac
	done=$((done + 1))
	[ "$done" -lt "$next" ] && continue
	show
	next=$((done - done % every + every))
done 3>>"$log"
if [ -t 1 ] && [ "$next" -gt 0 ]; then
	printf '\r%60s\r' ''
fi
