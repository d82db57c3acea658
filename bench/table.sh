#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# table.sh REPORT: the figures of a report that have a target, beside it and the best figure of the reference libraries.
set -eu
printf '\n  %-58s %9s %9s %9s\n' "" here target "best peer"
jq -r '.targets[] |
	[.title, (.value * 100 | round / 100), .target, (.peer // "-"),
	 if (if .at_least then .value >= .target else .value <= .target end) then "" else "missed" end] | @tsv' "$1" |
	awk -F'\t' '{ printf "  %-58s %9s %s %6s %9s %s\n", $1, $2, ($1 ~ /bandwidth/ ? ">=" : "<="), $3, $4, $5 }'
