#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# size.sh: flash, RAM and stack of the library on a Cortex-M3 (-Os, unused sections removed), the difference to baseline.json,
# and build/reports/size.json.
. "$(dirname "$0")/common.sh"

build_m3
mkdir -p "$reports"
"$bench/footprint/measure.sh" "$build" >"$build/size.txt"
[ -s "$bench/baseline.json" ] && baseline=$bench/baseline.json || baseline=/dev/null
json <"$build/size.txt" | jq --arg compiler "arm-none-eabi-gcc $(arm-none-eabi-gcc -dumpversion)" --slurpfile old "$baseline" --slurpfile targets "$bench/targets.json" '
	. as $now | {
		compiler: $compiler,
		bytes: $now,
		baseline: (($old[0] // {}) | with_entries(select(.key | in($now)))),
		targets: [$targets[0][] | select(.key | in($now)) | . + {value: $now[.key]}]
	}' >"$reports/size.json"

echo "Library on a Cortex-M3, bytes (gcc -Os)"
jq -r '
	def column($program): [.bytes | to_entries[] | select(.key | startswith($program + ".module.")) |
		select(.key | endswith(".flash")) | {key: (.key | split(".")[2]), value}] | from_entries;
	[column("echo"), column("echo_nocopy"), column("host")] as $c |
	["flash of", "echo", "echo, no-copy", "host, ELF"],
	($c | add | keys[] as $m | [$m, ($c[] | .[$m] // "-")]),
	["all", .bytes["echo.flash"], .bytes["echo_nocopy.flash"], .bytes["host.flash"]],
	["RAM, static", .bytes["echo.ram"], .bytes["echo_nocopy.ram"], .bytes["host.ram"]],
	["stack in reception", .bytes["stack.echo"], .bytes["stack.echo_nocopy"], "-"],
	["since baseline", (.bytes as $b | .baseline as $o | "echo.flash", "echo_nocopy.flash", "host.flash" |
		if $o[.] then $b[.] - $o[.] else "-" end)]
	| @tsv' "$reports/size.json" | awk -F'\t' '{ printf "  %-20s %14s %14s %14s\n", $1, $2, $3, $4 }'
"$bench/table.sh" "$reports/size.json"
echo "stack: $(cut -d' ' -f2- "$build/stack.echo" | sed 's/ / > /g')"
echo "report: ${reports#"$PWD"/}/size.json"
