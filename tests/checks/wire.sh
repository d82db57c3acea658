#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: wire.sh [ROOT [TESTS]]
# The numbered sentences of WIRE.md (W-TOPIC-n): each number is there once and ends in the tests that hold it; these
# tests exist, and what tests and documents call by such a number exists. The tests named in docs/reference/dialects.md
# exist as well; `make TARGET` is one, too. TESTS is a build directory, whose ctest is asked (default: build/dev), or a
# file of names, one a line.
. "$(dirname "$0")/common.sh"

tests=$(mktemp)
trap 'rm -f "$tests"' EXIT
from=${2:-build/dev}
if [ -f "$from" ]; then
	cat "$from"
else
	ctest --test-dir "$from" -N | sed -n 's/^ *Test *#[0-9]*: //p'
fi >"$tests"
[ -s "$tests" ] || { echo "no tests are known in $from; configure it (make tools)" && exit 2; }

{
	# a sentence is its list item: from its number to the next item, or a line that is not indented
	if [ -f WIRE.md ]; then
		awk '
			function finish() {
				if (!number)
					return
				if (!match(text, /\(held by `[^()]*`\)\.?$/))
					print "WIRE.md:" line ": " number " does not end in the tests that hold it; end it in: (held by `NAME`)."
				else {
					held = substr(text, RSTART, RLENGTH)
					while (match(held, /`[^`]*`/)) {
						test = substr(held, RSTART + 1, RLENGTH - 2)
						if (!(test in known))
							print "WIRE.md:" line ": " number " is held by " test ", which ctest does not know; name a test that there is"
						held = substr(held, RSTART + RLENGTH)
					}
				}
				number = ""
			}
			FILENAME != "WIRE.md" { known[$0] = 1; next }
			/^- \*\*W-[A-Z0-9]+-[0-9]+\*\* / {
				finish()
				number = $2
				gsub(/\*/, "", number)
				line = FNR
				text = $0
				if (number in first)
					print "WIRE.md:" line ": " number " is in line " first[number] " already; take the next free one"
				else
					first[number] = line
				next
			}
			/^  [^ ]/ && number { text = text " " substr($0, 3); next }
			{ finish() }
			END { finish() }
		' "$tests" WIRE.md
	fi

	# what is called by its number
	project_files | grep -E '\.(md|c|h|sh|yaml|txt|lua|py)$' | grep -v -e '^WIRE\.md$' -e '^tests/checks/check_the_checks\.sh$' |
		xargs -d '\n' grep -HnoE '\<W-[A-Z0-9]+-[0-9]+' 2>/dev/null | while IFS=: read -r file line number; do
			grep -q "^- \*\*$number\*\* " WIRE.md 2>/dev/null ||
				printf '%s:%s: no sentence %s is in WIRE.md; correct the number\n' "$file" "$line" "$number"
		done

	# each row of a table of dialects ends in a cell of tests
	if [ -f docs/reference/dialects.md ]; then
		{
			cat "$tests"
			sed -n 's/^\([a-z-]*\):.*/make \1/p' Makefile 2>/dev/null
		} | awk -F'|' '
			FILENAME == "-" { known[$0] = 1; next }
			!/^\|/ || /^\|[-| ]*$/ { if (!/^\|/) in_table = 0; next }
			!in_table { in_table = 1; next }
			{
				cell = $(NF - 1)
				if (cell !~ /`/)
					print "docs/reference/dialects.md:" FNR ": this row names no test; its last cell is for that"
				while (match(cell, /`[^`]*`/)) {
					test = substr(cell, RSTART + 1, RLENGTH - 2)
					if (!(test in known))
						print "docs/reference/dialects.md:" FNR ": ctest does not know " test "; name a test that there is"
					cell = substr(cell, RSTART + RLENGTH)
				}
			}
		' - docs/reference/dialects.md
	fi
} | report
