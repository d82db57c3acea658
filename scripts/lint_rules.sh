#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The table of rules in docs/reference/lint.md, as the program knows them:
#
#   lint_rules.sh docs AMPRELAY     makes it anew
#   lint_rules.sh check AMPRELAY    is it out of date?
set -eu
amprelay=$(realpath "${2:-build/bin/amprelay}")
cd "$(dirname "$0")/.."
document=docs/reference/lint.md

rules() {
	printf '| rule | severity | hosts | what is wrong | at run time | to mend it | seen in |\n|---|---|---|---|---|---|---|\n'
	"$amprelay" lint --rules --json | jq -r '
		def cell: gsub("\\|"; "\\|") | gsub("<"; "&lt;");
		def hosts: if length == 5 then "all" elif . == ["linux-6.1", "linux-7"] then "Linux"
			elif . == ["openamp", "nuttx", "amprelay"] then "not Linux" else join(", ") end;
		.[] | "| `\(.rule)` | \(.severity) | \(.hosts | hosts) | \(.title | cell) | \(.happens | cell) | \(.mend | cell) | " +
			"\(if .seen == "" then "" else "`\(.seen | gsub(", "; "`, `"))`" end) |"'
}

work=$(mktemp)
trap 'rm -f "$work"' EXIT
{
	sed '/^<!-- table: rules -->$/q' "$document"
	rules
	sed -n '/^<!-- end of table -->$/,$p' "$document"
} >"$work"
case ${1:-} in
docs) cat "$work" >"$document" ;;
check)
	cmp -s "$work" "$document" || {
		diff -u "$document" "$work" || true
		echo "$document:1: its rules are not those of tools/lint/rules.def; run scripts/lint_rules.sh docs"
		exit 1
	}
	;;
*)
	sed -n 's/^#   //p' "$0" >&2
	exit 2
	;;
esac
