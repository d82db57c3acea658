#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh CMAKE BUILD DIR: builds the target "options" in BUILD, and runs the tests named in DIR/tests.txt.
set -eu
"$1" --build "$2" --target options >"$3/build.log" 2>&1 || {
	grep -A20 FAILED "$3/build.log" || cat "$3/build.log"
	exit 1
}
failed=0
while read -r test; do
	"$3/$test" >"$3/$test.log" 2>&1 || {
		echo "$test:"
		grep -E 'FAILED|Error|error' "$3/$test.log" || cat "$3/$test.log"
		failed=$((failed + 1))
	}
done <"$3/tests.txt"
echo "options: $(wc -l <"$3/tests.txt") tests, $failed failed"
[ $failed -eq 0 ]
