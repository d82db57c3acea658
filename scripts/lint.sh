#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Static analysis: clang-tidy and gcc -fanalyzer over library, ports, firmware and tools in three builds, cppcheck with MISRA
# over lib/ (docs/reference/misra-deviations.md), sparse and checkpatch over the driver. Findings and a summary on standard
# output, build/reports/lint.json. Exit status: 0 nothing found, 1 findings, or a tool that could not run.
# LINT_KERNEL=no leaves the driver out, which needs a kernel.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
root=$PWD
out=build/lint/out
report=build/reports/lint.json
presets="lint lint-cortex-m3 lint-arm64-linux"
deviations=docs/reference/misra-deviations.md

# ran NAME VERSION FILES STARTED [JSON]: what a tool has looked at; its findings are in $out/NAME.txt
ran() {
	sed -i "s|^$root/||" "$out/$1.txt"
	sort -u -o "$out/$1.txt" "$out/$1.txt"
	jq -n --arg name "$1" --arg version "$2" --argjson files "$3" --argjson seconds "$(($(date +%s) - $4))" \
		--argjson findings "$(wc -l <"$out/$1.txt")" --argjson more "${5:-null}" \
		'{name: $name, version: $version, files: $files, seconds: $seconds, findings: $findings} + $more' >"$out/$1.json"
}

# could_not_run NAME LOG: counts as a finding
could_not_run() {
	echo "lint: $1 could not run: $(tail -n 1 "$2"); see $2" >>"$out/$1.txt"
}

sources() {
	jq -r '.[].file | select(endswith(".c"))' "build/$1/compile_commands.json" | sort -u
}

# The compiler's findings end a file's compilation: what is content is not looked at again until it changes.
run_analyzer() {
	started=$(date +%s) files=0
	: >"$out/gcc-analyzer.txt"
	for preset in $presets; do
		cmake --build "build/$preset" -- -k 0 >"build/$preset.log" 2>&1 && failed=no || failed=yes
		grep -E '(error|warning): .*\[-W' "build/$preset.log" >"$out/found" || [ $failed = no ] ||
			could_not_run gcc-analyzer "build/$preset.log"
		cat "$out/found" >>"$out/gcc-analyzer.txt"
		files=$((files + $(sources "$preset" | wc -l)))
	done
	ran gcc-analyzer "$(gcc -dumpfullversion)" $files "$started"
}

# clang knows each compiler's target by its name, but not all of gcc's flags, nor where newlib's headers are.
run_tidy() {
	started=$(date +%s) files=0
	: >"$out/clang-tidy.txt"
	for preset in $presets; do
		headers=
		[ $preset != lint-cortex-m3 ] || headers=--extra-arg=-isystem/usr/include/newlib
		mkdir -p "$out/$preset"
		sed 's/ -fanalyzer//; s/ -fno-tree-loop-distribute-patterns//' "build/$preset/compile_commands.json" \
			>"$out/$preset/compile_commands.json"
		# shellcheck disable=SC2086 # no option where $headers is empty
		sources $preset | xargs -P "$(nproc)" -n 8 clang-tidy $headers --quiet -p "$out/$preset" \
			>"$out/$preset.log" 2>"$out/$preset.err" && failed=no || failed=yes
		grep -E ': (error|warning): ' "$out/$preset.log" >"$out/found.tidy" || [ $failed = no ] ||
			could_not_run clang-tidy "$out/$preset.err"
		cat "$out/found.tidy" >>"$out/clang-tidy.txt"
		files=$((files + $(sources $preset | wc -l)))
	done
	ran clang-tidy "$(clang-tidy --version | sed -n 's/.*LLVM version //p')" $files "$started"
}

# The files by name, not the compilation database: only so does the add-on check its rules about the whole program.
run_cppcheck() {
	started=$(date +%s)
	jq -r --arg lib "$root/lib/" '.[] | select(.file | startswith($lib)) | .command | split(" ")[] | select(test("^-[DI]"))' \
		build/lint/compile_commands.json | sort -u >"$out/flags"
	sources lint | sed -n "s|^$root/||; /^lib\//p" >"$out/files"
	# shellcheck disable=SC2046 # lists of words
	cppcheck --std=c11 --quiet --addon=misra --enable=warning,performance,portability,style --inline-suppr \
		--suppress=missingIncludeSystem --template='{file}:{line}: {id}: {message}' $(cat "$out/flags" "$out/files") \
		>"$out/cppcheck.log" 2>&1 || could_not_run cppcheck "$out/cppcheck.log"
	sed "s|^$root/||; s/: misra-c2012-\([0-9.]*\): .*/: \1: violates MISRA C:2012 rule \1/" "$out/cppcheck.log" |
		awk -F ' *\\| *' -v list="$deviations" -v counts="$out/deviations" '
		NR == FNR {
			if (/^\| *[0-9]+\.[0-9]+ |^\| *[a-z][A-Za-z]+ *\| *(all|[a-z]+\/)/) {
				rule[++n] = $2; where[n] = $3 == "all" ? "" : $3; line[n] = FNR
			}
			next
		}
		{
			split($0, part, ": ")
			for (i = 1; i <= n; i++) {
				if (part[2] == rule[i] && index($0, where[i]) == 1) {
					met[i]++
					next
				}
			}
			print
		}
		END {
			for (i = 1; i <= n; i++) {
				printf "%s %d\n", rule[i] (where[i] == "" ? "" : ":" where[i]), met[i] > counts
				if (!met[i])
					printf "%s:%d: nothing deviates from %s any more; remove the row\n", list, line[i], rule[i]
			}
		}' "$deviations" - >"$out/cppcheck.txt"
	ran cppcheck "$(cppcheck --version | cut -d' ' -f2)" "$(wc -l <"$out/files")" "$started" \
		"$(jq -Rn '{deviations: [inputs | split(" ") | {key: .[0], value: (.[1] | tonumber)}] | from_entries}' "$out/deviations")"
}

run_kernel() {
	started=$(date +%s)
	: >"$out/kernel.txt"
	kernel/lint.sh >"$out/kernel.log" 2>&1 || {
		grep -E '^[^ ]+:[0-9]+:.*(warning|error):|^(WARNING|ERROR|CHECK):' "$out/kernel.log" >"$out/kernel.txt" ||
			could_not_run kernel "$out/kernel.log"
	}
	ran kernel "sparse $(sparse --version | cut -d" " -f1), checkpatch" "$(find kernel/amprelay_rproc -name '*.[ch]' | wc -l)" "$started"
}

begun=$(date +%s)
mkdir -p $out build/reports
for preset in $presets; do
	[ -f "build/$preset/build.ninja" ] || cmake --preset $preset >"build/$preset.log" 2>&1 || {
		cat "build/$preset.log"
		exit 1
	}
done
rm -f $out/*.json $out/*.txt
run_cppcheck &
run_analyzer
run_tidy
[ "${LINT_KERNEL:-yes}" = no ] || run_kernel
wait

cat $out/*.txt
jq -s --argjson seconds $(($(date +%s) - begun)) \
	'{ok: (length > 0 and all(.[]; .findings == 0)), seconds: $seconds, tools: sort_by(.name)}' $out/*.json >$report.new
mv $report.new $report
jq -r '["tool", "version", "files", "seconds", "findings"], (.tools[] | [.name, .version, .files, .seconds, .findings]) | @tsv' \
	$report | awk -F'\t' '{ printf "  %-14s %-28s %6s %8s %9s\n", $1, $2, $3, $4, $5 }'
jq -r '.tools[] | select(.deviations) |
	"  \(.deviations | add) deviations from \(.deviations | length) rules, each with its reason in '$deviations'"' $report
echo "report: $report"
jq -e .ok $report >/dev/null
