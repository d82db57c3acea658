#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: lifecycle.sh AMPRELAY ROUNDS SOC REPORT: so many deaths of Linux and restarts of a core, one after the
# other in one lab, with what is done and what is left on stderr. Ctrl-C ends it with what it has seen so far. The
# report is a JSON object. Status 1 if something was lost, leaked, or began anew that should have gone on; 130 if
# interrupted before that.
#        lifecycle.sh before LAB: the scenario is about to kill Linux
#        lifecycle.sh note LAB ACCOUNT AVAILABLE: what it saw of a round, a line of $ROUND_LOG
set -eu

# size PID: what it holds of memory and of files.
size() {
	printf '{"kib": %d, "files": %d}' "$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status")" \
		"$(find "/proc/$1/fd" -mindepth 1 | wc -l)"
}

# progress: of the rounds so far; a line on a terminal, elsewhere one now and then.
progress() {
	local done took
	done=$(wc -l <"$ROUND_LOG") took=$(($(date +%s) - STARTED))
	if [ -t 3 ]; then
		printf '\r' >&3
	elif [ $((done % 20)) != 0 ] && [ "$done" != "$ROUNDS" ]; then
		return 0
	fi
	printf '%d of %d rounds, %d s, %d s to go ' "$done" "$ROUNDS" $took $((took * (ROUNDS - done) / done)) >&3
	[ -t 3 ] || echo >&3
}

case $1 in
before)
	"$AMPRELAY" --name "$2" --json status >"$ROUND_LOG.before"
	exit
	;;
note)
	after=$("$AMPRELAY" --name "$2" --json status)
	jq -cn --argjson account "$(echo "$3" | grep '^{')" --argjson guest_kib "${4% kB}" \
		--slurpfile before "$ROUND_LOG.before" --argjson after "$after" \
		--argjson relay "$(size "$(echo "$after" | jq .pid)")" \
		--argjson linux "$(size "$(echo "$after" | jq .host.pid)")" \
		--argjson core "$(size "$(echo "$after" | jq '.cores[0].pid')")" '
		($before[0].cores[0]) as $b | ($after.cores[0]) as $a | {
			at_ms: $after.uptime_ms, account: $account, guest_kib: $guest_kib, relay: $relay, linux: $linux, core: $core,
			unbroken: ($a.epoch == $b.epoch and $a.pid == $b.pid and $a.uptime_ms > $b.uptime_ms and
				$a.heartbeat.value > $b.heartbeat.value and $a.crashes == 0 and $a.link == "up")
		}' >>"$ROUND_LOG"
	progress
	tail -n 1 "$ROUND_LOG" | jq -e .unbroken >/dev/null || {
		echo "the core's life was broken, or its link is not up: before it was" "$(cat "$ROUND_LOG.before")," "now $after"
		exit 1
	}
	exit
	;;
esac

amprelay=$1 soc=$3 report=$4
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ROUND_LOG=$work/rounds ROUNDS=$2 STARTED=$(date +%s)
export ROUND_LOG ROUNDS STARTED
: >"$ROUND_LOG"
sed "s/repeat: 1000/repeat: $ROUNDS/" "$here/lifecycle.yaml" >"$work/lifecycle.yaml"
cp "$0" "$work/lifecycle.sh"
mkdir -p "$(dirname "$report")"
exec 3>&2
"$amprelay" scenario run --soc "$soc" --artifacts "$(dirname "$report")/soak-lifecycle" "$work/lifecycle.yaml" &
scenario=$!
trap 'kill $scenario 2>/dev/null || true' INT TERM # which ends it in order
status=0
while kill -0 $scenario 2>/dev/null; do
	status=0
	wait $scenario || status=$?
done
[ ! -t 3 ] || echo >&3

# Caches fill and the allocators settle in the first half, so a leak is what grows over the later half: from the median
# of some rounds in the middle to that of as many at the end. Below 20 rounds there is no telling.
jq -s --argjson wanted "$ROUNDS" --arg soc "$soc" --argjson status $status --argjson seconds $(($(date +%s) - STARTED)) '
	def median: sort | if . == [] then null else .[length / 2 | floor] end;
	def places: [length / 20 | floor, 1] | max;
	def sizes(f): [.[] | f] | (length / 2 | floor) as $half | places as $n |
		{start: .[0], middle: (.[$half:$half + $n] | median), end: (.[-$n:] | median)};
	def growth(f): if length < 20 then null else sizes(f) | .end - .middle end;
	. as $rounds | [range(1; length) | $rounds[.].at_ms - $rounds[. - 1].at_ms] as $ms | {
		soc: $soc, rounds: length, wanted: $wanted, interrupted: ($status == 130), seconds: $seconds,
		kills_of_linux: length, restarts_of_core: length, unbroken: (map(select(.unbroken)) | length),
		messages: (reduce (.[].account | del(.channels, .longest_ms)) as $a ({}; reduce ($a | keys[]) as $k (.; .[$k] += $a[$k]))),
		longest_ms: (map(.account.longest_ms) | max),
		round_ms: {median: ($ms | median), p99: ($ms | sort | .[length * 0.99 | floor]), max: ($ms | max)},
		sizes: (if length == 0 then null else {
			relay_kib: sizes(.relay.kib), relay_files: sizes(.relay.files),
			linux_machine_kib: sizes(.linux.kib), linux_machine_files: sizes(.linux.files),
			core_kib: sizes(.core.kib), core_files: sizes(.core.files), guest_available_kib: sizes(.guest_kib)
		} end),
		growth: {
			relay_kib: growth(.relay.kib), relay_files: growth(.relay.files),
			linux_machine_kib: growth(.linux.kib), linux_machine_files: growth(.linux.files),
			core_kib: growth(.core.kib), core_files: growth(.core.files), guest_available_kib: growth(.guest_kib)
		},
		allowed: {
			relay_kib: 1024, relay_files: 0, linux_machine_kib: 4096, linux_machine_files: 0, core_kib: 4096, core_files: 0,
			guest_available_kib: -4096
		}
	} | .leaks = [.growth | to_entries[] | select(.value != null)] | .allowed as $allowed |
	.leaks |= map(select(if $allowed[.key] < 0 then .value < $allowed[.key] else .value > $allowed[.key] end) | .key) |
	.ok = (.rounds == $wanted and .unbroken == $wanted and .messages.unaccounted == 0 and .messages.both == 0 and
		.messages.doubled == 0 and .messages.corrupted == 0 and .leaks == [])' "$ROUND_LOG" >"$report"
jq -r '
	def whole: if . == null then "-" else round end;
	"\(.kills_of_linux) deaths of Linux, of which the core outlived \(.unbroken); \(.restarts_of_core) restarts of the core; " +
		"\(.seconds) s, a round \(.round_ms.median | whole) ms, p99 \(.round_ms.p99 | whole), max \(.round_ms.max | whole)",
	"messages: " + (.messages | "\(.sent) sent, \(.delivered) delivered, \(.reported) reported lost, " +
		"\(.unaccounted) unaccounted, \(.corrupted) corrupted, \(.doubled) doubled, \(.both) both"),
	(.growth as $growth | .sizes // {} | to_entries[] |
		"\(.key): \(.value.start) at the start, \(.value.middle) in the middle, \(.value.end) at the end"),
	(if .rounds < 20 then "too few rounds to tell a leak" else
		"leaks: " + (if .leaks == [] then "none" else (.leaks | join(", ")) end) end),
	if .ok then "all have held" elif .interrupted then "interrupted" else "FAILED" end' "$report"
echo "report: $report"
[ $status = 0 ] || exit $status
jq -e .ok "$report" >/dev/null
