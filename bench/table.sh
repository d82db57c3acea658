#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# table.sh [--markdown] REPORT: the figures of a report that have a target, beside it and the best figure of the
# reference libraries.
set -eu
markdown=0
if [ "$1" = --markdown ]; then
	markdown=1
	shift
fi
jq -r '.targets[] |
	[.title, (.value * 100 | round / 100), .target, (.peer // "-"), (if .at_least then ">=" else "<=" end),
	 if (if .at_least then .value >= .target else .value <= .target end) then "" else "missed" end] | @tsv' "$1" |
	awk -F'\t' -v markdown=$markdown '
		BEGIN {
			printf markdown ? "| what | here | target | best peer | |\n|---|---|---|---|---|\n" : \
				sprintf("\n  %-58s %9s %9s %9s\n", "", "here", "target", "best peer")
		}
		markdown { printf "| %s | %s | %s %s | %s | %s |\n", $1, $2, $5 == ">=" ? "≥" : "≤", $3, $4, $6; next }
		{ printf "  %-58s %9s %s %6s %9s %s\n", $1, $2, $5, $3, $4, $6 }'
