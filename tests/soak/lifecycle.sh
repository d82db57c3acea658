#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: lifecycle.sh AMPRELAY ROUNDS SOC REPORT: so many deaths of Linux and restarts of a core, one after the
# other in one lab. The report is a JSON object; status 1 if something was lost, leaked, or began anew that should have
# gone on.
#        lifecycle.sh note ACCOUNT BEFORE AFTER AVAILABLE: what the scenario saw of a round, a line of $ROUND_LOG
set -eu

if [ "$1" = note ]; then
	relay=$(echo "$4" | jq .pid) linux=$(echo "$4" | jq .host.pid)
	resident() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"; }
	jq -cn --argjson account "$(echo "$2" | grep '^{')" --argjson before "$3" --argjson after "$4" \
		--argjson guest_kib "${5% kB}" --argjson relay_kib "$(resident "$relay")" \
		--argjson linux_kib "$(resident "$linux")" \
		--argjson relay_files "$(find "/proc/$relay/fd" -mindepth 1 | wc -l)" '
		($before.cores[0]) as $b | ($after.cores[0]) as $a | {
			account: $account, $guest_kib, $relay_kib, $linux_kib, $relay_files,
			unbroken: ($a.epoch == $b.epoch and $a.pid == $b.pid and $a.uptime_ms > $b.uptime_ms and
				$a.heartbeat.value > $b.heartbeat.value and $a.crashes == 0 and $a.link == "up")
		}' >>"$ROUND_LOG"
	tail -n 1 "$ROUND_LOG" | jq -e .unbroken >/dev/null || {
		echo "the core's life was broken, or its link is not up: before $3, after $4"
		exit 1
	}
	exit
fi

amprelay=$1 rounds=$2 soc=$3 report=$4
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ROUND_LOG=$work/rounds
export ROUND_LOG
: >"$ROUND_LOG"
sed "s/repeat: 1000/repeat: $rounds/" "$here/lifecycle.yaml" >"$work/lifecycle.yaml"
cp "$0" "$work/lifecycle.sh"
mkdir -p "$(dirname "$report")"
status=0
"$amprelay" scenario run --soc "$soc" --artifacts "$(dirname "$report")/soak-lifecycle" "$work/lifecycle.yaml" || status=$?
# the first rounds fill caches: growth counts from the tenth on
jq -s --argjson wanted "$rounds" '
	def growth(f): if length < 20 then null else (.[-1] | f) - (.[9] | f) end;
	{
		rounds: length, wanted: $wanted,
		unbroken: (map(select(.unbroken)) | length),
		messages: (reduce (.[].account | del(.channels, .longest_ms)) as $a ({}; reduce ($a | keys[]) as $k (.; .[$k] += $a[$k]))),
		growth: {
			relay_kib: growth(.relay_kib), relay_files: growth(.relay_files),
			linux_machine_kib: growth(.linux_kib), guest_available_kib: growth(.guest_kib)
		}
	} | .ok = (.rounds == $wanted and .unbroken == $wanted and .messages.unaccounted == 0 and .messages.both == 0 and
		.messages.doubled == 0 and .messages.corrupted == 0 and
		(.growth.relay_files // 0) <= 0 and (.growth.relay_kib // 0) <= 1024 and
		(.growth.guest_available_kib // 0) >= -4096)' "$ROUND_LOG" >"$report"
cat "$report"
[ "$status" = 0 ] && jq -e .ok "$report" >/dev/null
