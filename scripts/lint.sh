#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Static analysis: clang-tidy and gcc -fanalyzer over library, ports, firmware and tools in a build for each kind of
# machine, cppcheck with MISRA over lib/ (docs/reference/misra-deviations.md), sparse and checkpatch over the driver.
# Findings and a summary on standard output, build/reports/lint.json. Exit status: 0 nothing found, 1 findings, or a
# tool that could not run. LINT_KERNEL=no leaves the driver out, which needs a kernel.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."
root=$PWD
out=build/lint/out
report=build/reports/lint.json
presets="lint lint-cortex-m3 lint-riscv32 lint-cortex-a53 lint-arm64-linux"
deviations=docs/reference/misra-deviations.md

# ran NAME VERSION FILES STARTED: what a tool has looked at; its findings are in $out/NAME.found
ran() {
	sed -i "s|^$root/||" "$out/$1.found"
	sort -u -o "$out/$1.found" "$out/$1.found"
	jq -n --arg name "$1" --arg version "$2" --argjson files "$3" --argjson seconds "$(($(date +%s) - $4))" \
		'{name: $name, version: $version, files: $files, seconds: $seconds}' >"$out/$1.ran"
}

# could_not_run NAME LOG: counts as a finding
could_not_run() {
	echo "lint: $1 could not run: $(tail -n 1 "$2"); see $2" >>"$out/$1.found"
}

sources() {
	jq -r '.[].file | select(endswith(".c"))' "build/$1/compile_commands.json" | sort -u
}

# The compiler's findings end a file's compilation: what is content is not looked at again until it changes.
run_analyzer() {
	started=$(date +%s) files=0
	for preset in $presets; do
		cmake --build "build/$preset" -- -k 0 >"build/$preset.log" 2>&1 && failed=no || failed=yes
		grep -E '(error|warning): .*\[-W' "build/$preset.log" >>"$out/gcc-analyzer.found" || [ $failed = no ] ||
			could_not_run gcc-analyzer "build/$preset.log"
		files=$((files + $(sources "$preset" | wc -l)))
	done
	ran gcc-analyzer "$(gcc -dumpfullversion)" $files "$started"
}

# clang knows each compiler's target by its name, but not all of gcc's flags, and has headers of its own.
run_tidy() {
	started=$(date +%s) files=0
	for preset in $presets; do
		mkdir -p "$out/$preset"
		sed -E 's/ -(fanalyzer|fno-tree-loop-distribute-patterns|fno-isolate-erroneous-paths-dereference|misa-spec=[0-9.]+|mstrict-align|nostdinc -isystem [^ ]*)\>//g' "build/$preset/compile_commands.json" \
			>"$out/$preset/compile_commands.json"
		sources $preset | xargs -P "$(nproc)" -n 8 clang-tidy --quiet -p "$out/$preset" \
			>"$out/$preset.log" 2>"$out/$preset.err" && failed=no || failed=yes
		grep -E ': (error|warning): ' "$out/$preset.log" >>"$out/clang-tidy.found" || [ $failed = no ] ||
			could_not_run clang-tidy "$out/$preset.err"
		files=$((files + $(sources $preset | wc -l)))
	done
	ran clang-tidy "$(clang-tidy --version | sed -n 's/.*LLVM version //p')" $files "$started"
}

# The files by name, not the compilation database: only so does the add-on check its rules about the whole program.
# In a copy: it leaves its own files beside each source while it works.
run_cppcheck() {
	started=$(date +%s)
	jq -r --arg lib "$root/lib/" '.[] | select(.file | startswith($lib)) | .command | split(" ")[] | select(test("^-[DI]"))' \
		build/lint/compile_commands.json | sort -u >"$out/flags"
	sources lint | sed -n "s|^$root/||; /^lib\//p" >"$out/files"
	cp -r lib "$out/lib"
	# shellcheck disable=SC2046 # lists of words
	(cd "$out" && cppcheck --std=c11 --quiet --addon=misra --enable=warning,performance,portability,style --inline-suppr \
		--suppress=missingIncludeSystem --template='{file}:{line}: {id}: {message}' $(grep -v "/lib\$" flags) -Ilib $(cat files)) \
		>"$out/cppcheck.log" 2>&1 || could_not_run cppcheck "$out/cppcheck.log"
	sed 's/: misra-c2012-\([0-9.]*\): .*/: \1: violates MISRA C:2012 rule \1/' "$out/cppcheck.log" >>"$out/cppcheck.found"
	ran cppcheck "$(cppcheck --version | cut -d' ' -f2)" "$(wc -l <"$out/files")" "$started"
}

run_kernel() {
	started=$(date +%s)
	kernel/lint.sh >"$out/kernel.log" 2>&1 ||
		grep -E '^[^ ]+:[0-9]+:.*(warning|error):|^(WARNING|ERROR|CHECK):' "$out/kernel.log" >>"$out/kernel.found" ||
		could_not_run kernel "$out/kernel.log"
	ran kernel "sparse $(sparse --version | cut -d' ' -f1), checkpatch" \
		"$(find kernel -name '*.[ch]' | wc -l)" "$started"
}

begun=$(date +%s)
for preset in $presets; do
	[ -f "build/$preset/build.ninja" ] || cmake --preset $preset >"build/$preset.log" 2>&1 || {
		cat "build/$preset.log"
		exit 1
	}
done
rm -rf $out
mkdir -p $out build/reports
tools="clang-tidy cppcheck gcc-analyzer"
[ "${LINT_KERNEL:-yes}" = no ] || tools="$tools kernel"
for tool in $tools; do
	: >$out/$tool.found
	: >$out/$tool.txt
done
run_cppcheck &
run_analyzer
run_tidy
[ "${LINT_KERNEL:-yes}" = no ] || run_kernel
wait

awk -v counts=$out/deviations -v stale=$out/cppcheck.txt -f scripts/accepted.awk $deviations $(printf "$out/%s.found " $tools)
for tool in $tools; do
	cat $out/$tool.txt
done
for tool in $tools; do
	jq --argjson findings "$(wc -l <$out/$tool.txt)" '. + {findings: $findings}' $out/$tool.ran
done | jq -s --argjson seconds $(($(date +%s) - begun)) --argjson tools "$(echo "$tools" | wc -w)" \
	--argjson deviations "$(jq -Rn '[inputs | split(" ") | {key: .[0], value: (.[1] | tonumber)}] | from_entries' $out/deviations)" \
	'{ok: (length == $tools and all(.[]; .findings == 0)), seconds: $seconds, tools: ., deviations: $deviations}' >$report.new
mv $report.new $report
jq -r '(["tool", "version", "files", "seconds", "findings"], (.tools[] | [.name, .version, .files, .seconds, .findings]) | @tsv),
	"\(.deviations | add) deviations from \(.deviations | length) rules, each with its reason in '$deviations'"' $report |
	awk -F"\t" 'NF == 1 { print "  " $1; next } { printf "  %-14s %-28s %6s %8s %9s\n", $1, $2, $3, $4, $5 }'
echo "report: $report"
jq -e .ok $report >/dev/null
