#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the unit tests of the library execute of lib/, in a build with the preset "coverage": a table per file on
# standard output, build/reports/coverage.json for programs, build/reports/coverage/index.html line by line. Fails
# below the limits.
set -eu
cd "$(dirname "$0")/.."
build=build/coverage
reports=build/reports
min_lines=95
min_branches=85

# The tests of the library: those of tests/unit that are named after one of its directories, or after the ports.
tests=
for part in metal ports virtio virtio_mmio rpmsg remoteproc remoteproc_host services; do
	[ -d "tests/unit/$part" ] || { echo "coverage: there is no tests/unit/$part; correct the list in $0" >&2; exit 1; }
	tests="$tests tests/unit/$part"
done

# shellcheck disable=SC2086 # a list of words
cmake --build $build --target $(printf '%s/all ' $tests) -- --quiet
find $build -name '*.gcda' -delete # what an earlier run counted
for part in $tests; do
	ctest --test-dir "$build/$part" --output-on-failure --no-tests=error -j"$(nproc)" --timeout 300 >$build/tests.log ||
		{ cat $build/tests.log; exit 1; }
done

rm -rf $reports/coverage
mkdir -p $reports/coverage
# shellcheck disable=SC2086
gcovr --root . --filter 'lib/' --json-summary-pretty --json-summary $reports/coverage.json.new \
	--html-title 'AmpRelay: coverage of lib/' --html-details $reports/coverage/index.html \
	$build/lib $(printf "$build/%s " $tests)
mv $reports/coverage.json.new $reports/coverage.json

jq -r '(.files[], (. + {filename: "all of lib/"})) |
	[.filename, .line_total, .line_percent, .branch_total, .branch_percent // "-"] | @tsv' $reports/coverage.json |
	awk -F '\t' 'BEGIN { printf "%-36s %6s %7s %9s %7s\n", "file", "lines", "%", "branches", "%" }
		{ printf "%-36s %6d %7s %9d %7s\n", $1, $2, $3, $4, $5 }'

jq -r --argjson lines $min_lines --argjson branches $min_branches '
	def below(what; has; wants): if has < wants then
		"coverage: \(has) % of the \(what) of lib/ are executed by its tests, wanted are \(wants) %" else empty end;
	below("lines"; .line_percent; $lines), below("branches"; .branch_percent; $branches)' \
	$reports/coverage.json >$build/below
echo "line by line: $reports/coverage/index.html"
[ ! -s $build/below ] || { cat $build/below >&2; exit 1; }
