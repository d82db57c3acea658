#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# size.sh: flash, RAM and stack of the library on a Cortex-M3 (-Os, unused sections removed), as it is, tiny and with
# -flto, what each option costs, and the difference to the last commit and to baseline.json; build/reports/size.json.
# BASE=COMMIT compares with that one. The last commit is HEAD if what is measured was changed since, and the one
# before it if not.
. "$(dirname "$0")/common.sh"

measured="include lib ports bench/footprint bench/CMakeLists.txt cmake"

# The commit to compare with; nothing where there is none (a source archive, a shallow clone).
base_commit() {
	commit=${BASE:-HEAD}
	# shellcheck disable=SC2086 # a list of words
	if [ -z "${BASE:-}" ] && git -C "$tree" diff --quiet HEAD -- $measured 2>/dev/null; then
		commit=HEAD~1
	fi
	git -C "$tree" rev-parse --verify --quiet "$commit^{commit}" 2>/dev/null || [ -z "${BASE:-}" ] || {
		echo "size: BASE=$BASE: there is no such commit here" >&2
		exit 2
	}
}

# sizes_of COMMIT: its figures, from a build of its own; kept, since they do not change
sizes_of() {
	kept=$build/sizes-$1.txt
	[ -s "$kept" ] || (
		root=$tree
		tree=$build/base/tree
		bench=$tree/bench
		rm -rf "$build/base"
		mkdir -p "$tree"
		git -C "$root" archive "$1" | tar -x -C "$tree"
		build=$build/base
		build_m3
		"$root/bench/footprint/measure.sh" "$build" >"$kept.new"
		mv "$kept.new" "$kept"
		rm -rf "$build"
	)
	cat "$kept"
}

build_m3
build_m3_tiny
build_m3_small
mkdir -p "$reports"
"$bench/footprint/measure.sh" "$build" >"$build/size.txt"
base=$(base_commit)
: >"$build/base.txt"
[ -z "$base" ] || sizes_of "$base" >"$build/base.txt"
json <"$build/base.txt" >"$build/base.json"
[ -s "$bench/baseline.json" ] && baseline=$bench/baseline.json || baseline=/dev/null
json <"$build/size.txt" | jq --arg compiler "arm-none-eabi-gcc $(arm-none-eabi-gcc -dumpversion)" --arg commit "$base" \
	--slurpfile base "$build/base.json" --slurpfile old "$baseline" --slurpfile targets "$bench/targets.json" '
	. as $now | {
		compiler: $compiler,
		bytes: $now,
		last_commit: {commit: (if $commit == "" then null else $commit end), bytes: $base[0]},
		baseline: (($old[0] // {}) | with_entries(select(.key | in($now)))),
		targets: [$targets[0][] | select(.key | in($now)) | . + {value: $now[.key]}]
	}' >"$reports/size.json"

echo "Library on a Cortex-M3, bytes (gcc -Os); in brackets since ${base:-the last commit, which is not here}" | sed "s/\([0-9a-f]\{12\}\)[0-9a-f]*$/\1/"
jq -r '
	.bytes as $now | .last_commit.bytes as $was | .baseline as $old |
	def since($key): if $was == {} or $was[$key] == $now[$key] then "" else (($now[$key] // 0) - ($was[$key] // 0)) |
		if . > 0 then "(+\(.))" else "(\(.))" end end;
	def cell($key): if $now[$key] == null and $was[$key] == null then "-" else "\($now[$key] // 0)\(since($key))" end;
	def largest($key): [("echo", "echo_nocopy", "remote", "host") as $p | $now["\($p).module.\($key)"] // 0] | max;
	[$now + $was | keys[] | select(contains(".module.")) | split(".")[2]] | unique as $modules |
	["module: flash of", "echo", "echo, no-copy", "remote, table", "host, ELF", "RAM", "frame"],
	($modules[] | . as $m | [., cell("echo.module.\($m).flash"), cell("echo_nocopy.module.\($m).flash"),
		cell("remote.module.\($m).flash"), cell("host.module.\($m).flash"), largest("\($m).ram"), largest("\($m).stack")]),
	["all", cell("echo.flash"), cell("echo_nocopy.flash"), cell("remote.flash"), cell("host.flash"), "", ""],
	["RAM, static", cell("echo.ram"), cell("echo_nocopy.ram"), cell("remote.ram"), cell("host.ram"), "", ""],
	["stack in reception", cell("stack.echo"), cell("stack.echo_nocopy"), "-", "-", "", ""],
	["since baseline", ("echo.flash", "echo_nocopy.flash", "remote.flash", "host.flash" |
		if $old[.] then $now[.] - $old[.] else "-" end), "", ""]
	| @tsv' "$reports/size.json" | awk -F'\t' '{ printf "  %-20s %14s %14s %14s %14s %6s %6s\n", $1, $2, $3, $4, $5, $6, $7 }'
options=$(small_options)
jq -r --arg options "$options" '
	.bytes as $now |
	["echo", "echo_try", "echo_nocopy", "remote", "host"] as $programs |
	{echo: "echo", echo_try: "echo, try-send", echo_nocopy: "echo, no-copy", remote: "remote, table", host: "host, ELF"} as $title |
	def row($name; f): [$name] + [$programs[] | f];
	row("what you pay for, flash"; $title[.]),
	($options | split("\n")[] as $option |
		if $now["echo.flash"] < $now["echo.\($option).flash"] then
			row("\($option) (is off)"; $now["\(.).\($option).flash"] - $now["\(.).flash"])
		else
			row($option; $now["\(.).flash"] - $now["\(.).\($option).flash"])
		end),
	row("all that is on"; $now["\(.).flash"] - $now["\(.).tiny.flash"]),
	row("left: tiny"; $now["\(.).tiny.flash"]),
	row("with -flto"; $now["\(.).lto.flash"]),
	row("tiny with -flto"; $now["\(.)" + ".tiny-lto.flash"])
	| @tsv' "$reports/size.json" | awk -F'\t' '{ printf "  %-29s %14s %14s %14s %14s %14s\n", $1, $2, $3, $4, $5, $6 }'
"$bench/table.sh" "$reports/size.json"
echo "stack: $(cut -d' ' -f2- "$build/stack.echo" | sed 's/ / > /g')"
echo "RAM, frame: static bytes of a module, and the largest frame of one of its functions"
echo "report: ${reports#"$tree"/}/size.json"
