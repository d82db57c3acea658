#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What include/amprelay/faults.h says, for whatever is not C:
#
#   faults.sh kinds                names of all faults that can be committed by a request, one a line
#   faults.sh inside               … of those that the firmware commits itself
#   faults.sh docs                 makes the tables of the documents below anew
#   faults.sh check                is any of them out of date, or a fault without a scenario?
set -eu
cd "$(dirname "$0")/.."
documents='WIRE.md docs/reference/faults.md'

# Rows of table $1, with tabs between the columns.
rows() {
	awk -v table="$1" '
		/^#define / { within = index($0, "#define " table "(") == 1 }
		within && /^\tX\(/ {
			sub(/^\tX\(/, "")
			sub(/\)( \\)?$/, "")
			n = split($0, part, "\"") # every other part is a text, which may have commas
			for (i = 1; i <= n; i += 2)
				gsub(/, */, "\t", part[i])
			row = part[1]
			for (i = 2; i <= n; i++)
				row = row part[i]
			print row
		}' include/amprelay/faults.h
}

# Number, ID, name, what, detector on Cortex-M, on other cores, cause, bound: the three by
# name, each with its words behind it.
faults() {
	{
		rows AMP_DETECTORS | sed 's/^/detector\t/'
		rows AMP_CRASH_CAUSES | sed 's/^/cause\t/'
		rows AMP_FAULTS | sed 's/^/fault\t/'
		rows AMP_FAULTS_FROM_OUTSIDE | sed 's/^/fault\t/'
	} | awk -F '\t' -v OFS='\t' '
		$1 != "fault" { words[$1, $3] = $4 "\t" $5; next }
		{ print $2, $3, $4, $5, words["detector", $6], words["detector", $7], words["cause", $8], $9 }'
}

# The table NAME of a document: those of faults.h, and "wire": what a firmware can be told to commit.
table() {
	case $1 in
	wire)
		printf '| number | name | the core is to |\n|---|---|---|\n'
		faults | awk -F '\t' '$1 > 0 { printf "| %s | `%s` | %s |\n", $1, $3, $4 }'
		;;
	detectors)
		printf '| number | name | noticed by, in Linux'\''s log |\n|---|---|---|\n'
		rows AMP_DETECTORS | awk -F '\t' '{ printf "| %s | `%s` | %s |\n", $1, $3, $4 }'
		;;
	causes)
		printf '| number | name | in Linux'\''s log, reports and events |\n|---|---|---|\n'
		rows AMP_CRASH_CAUSES | awk -F '\t' '{ printf "| %s | `%s` | %s |\n", $1, $3, $4 }'
		;;
	faults)
		printf '| number | name | by | the core is to | noticed by | within | Linux'\''s log says | there again |\n|---|---|---|---|---|---|---|---|\n'
		faults | awk -F '\t' '{
			other = $7 == $5 ? "" : ", on RISC-V and AArch64 `" $7 "`"
			by = $1 > 0 ? "firmware" : "relay"
			type = $5 ~ /watchdog|heartbeat/ ? "watchdog" : $9 ~ /stack|mpu/ ? "mmufault" : "fatal error"
			record = $9 == "none" ? "" : "; crash record: " $10
			if ($5 == "none")
				printf "| | `%s` | %s | %s | nobody | %s ms later | nothing | nothing is lost |\n", $3, by, $4, $11
			else
				printf "| %s | `%s` | %s | %s | `%s`%s | %s ms | noticed by %s; type %s%s | all channels, in a new life |\n",
				       ($1 > 0 ? $1 : ""), $3, by, $4, $5, other, $11, $6, type, record
		}'
		;;
	rings)
		printf '| name | the core is to | outcome | noticed by | within | there again |\n|---|---|---|---|---|---|\n'
		rows AMP_FAULTS_OF_RINGS | awk -F '\t' '{
			outcome = $5 != "NONE" ? "detected" : $4 ? "corrupted" : "masked"
			by = $5 == "CORE" ? "the core'\''s log: " $6 : $5 == "LINUX" ? "Linux'\''s log: " $6 : $4 ? "" : "nobody"
			if ($4)
				by = by (by == "" ? "" : "; ") "the ledger: answers are " ($5 != "NONE" ? "doubled" : "wrong or missing")
			again = $5 != "NONE" ? "all channels, when the core is restarted; senders are told" : $4 ? "nothing else is lost" : "nothing is lost"
			printf "| `%s` | %s | %s | %s | %s | %s |\n", $2, $3, outcome, by,
			       outcome == "corrupted" ? "when its answer comes" : $7 " ms" (outcome == "masked" ? " later" : ""), again
		}'
		;;
	host)
		printf '| name | what happens | what is seen of it | within | what is there again afterwards |\n|---|---|---|---|---|\n'
		rows AMP_FAULTS_OF_HOST | awk -F '\t' '{ printf "| `%s` | %s | %s | %s ms | %s |\n", $1, $2, $3, $5, $4 }'
		;;
	*)
		echo "faults.sh: there is no table '$1'" >&2
		exit 2
		;;
	esac
}

# The document on standard input with all tables between "<!-- table: NAME -->" and "<!-- end of table -->" made anew.
refresh() {
	within=no
	while IFS= read -r line; do
		case $line in '<!-- end of table -->') within=no ;; esac
		[ "$within" = yes ] || printf '%s\n' "$line"
		case $line in
		'<!-- table: '*' -->')
			within=yes
			name=${line#'<!-- table: '}
			table "${name% -->}"
			;;
		esac
	done
}

work=$(mktemp)
trap 'rm -f "$work"' EXIT
case ${1:-} in
kinds) faults | cut -f 3 && rows AMP_FAULTS_OF_RINGS | cut -f 2 ;;
inside) faults | awk -F '\t' '$1 > 0 { print $3 }' ;;
docs | check)
	status=0
	for document in $documents; do
		refresh <"$document" >"$work"
		cmp -s "$work" "$document" && continue
		if [ "$1" = docs ]; then
			cat "$work" >"$document"
		else
			diff -u "$document" "$work" || true
			echo "$document:1: its tables are not those of include/amprelay/faults.h; run scripts/faults.sh docs"
			status=1
		fi
	done
	[ "$1" = docs ] || for name in $(faults | cut -f 3) $(rows AMP_FAULTS_OF_RINGS | cut -f 2) $(rows AMP_FAULTS_OF_HOST | cut -f 1); do
		[ -f "scenarios/faults/$name.yaml" ] || {
			echo "include/amprelay/faults.h:1: the fault '$name' has no scenario scenarios/faults/$name.yaml"
			status=1
		}
	done
	[ "$1" = docs ] || for row in $(rows AMP_FAULTS_OF_HOST | awk -F '\t' '{ print $1 ":" $5 / 1000 }'); do
		grep -qsx "timeout: ${row#*:}" "scenarios/faults/${row%:*}.yaml" || {
			echo "scenarios/faults/${row%:*}.yaml:1: 'timeout: ${row#*:}' is missing: the bound of its row in include/amprelay/faults.h"
			status=1
		}
	done
	exit $status
	;;
*)
	sed -n 's/^#   //p' "$0" >&2
	exit 2
	;;
esac
