#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# C outside kernel/ is formatted by clang-format; kernel/ has checkpatch (make lint-kernel).
. "$(dirname "$0")/common.sh"

status=0
output=$(c_files | grep -v '^kernel/' | xargs -r clang-format --dry-run -Werror --style=file 2>&1) || status=$?
findings=$(printf '%s\n' "$output" |
	sed -n 's/^\([^:]*:[0-9]*\):[0-9]*: .*-Wclang-format-.*/\1: not formatted; run clang-format -i on this file/p' |
	sort -u -t: -k1,1)
# clang-format itself failed: not installed, or it does not understand .clang-format
if [ "$status" -ne 0 ] && [ -z "$findings" ]; then
	findings=$output
fi
printf '%s' "$findings" | report
