#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# docs.sh DIR: the reference of the public headers as DIR/html. A wrong comment is an error, and so is a function or a
# structure without one.
set -eu
cd "$(dirname "$0")/.."
out=${1:?docs.sh: where to? Give a directory}

mkdir -p "$out"
rm -rf "$out/html"

# reference SETTING...: one run of doxygen
reference() {
	{
		cat docs/Doxyfile
		printf 'OUTPUT_DIRECTORY = "%s"\n' "$out"
		printf '%s\n' "$@"
	} | doxygen -
}

failed=0
reference 2>"$out/warnings" || failed=1
# Constants and members may go without a comment, where the name says all: the first run lists them, too.
reference 'EXTRACT_ALL = NO' 'GENERATE_HTML = NO' 'GENERATE_XML = NO' 2>&1 |
	grep -E 'Compound .* is not documented|\((function|enumeration)\) .* is not documented' >>"$out/warnings" || true
if [ $failed -ne 0 ] || [ -s "$out/warnings" ]; then
	sed "s|^$PWD/||" "$out/warnings" >&2
	echo "docs: correct the comments named above" >&2
	exit 1
fi
