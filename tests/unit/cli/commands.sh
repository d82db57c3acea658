#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: commands.sh AMPRELAY RPMSG SOCGEN SOC-JSON
# What holds for every command: it fails when it cannot print, has -h and --json, names the lab in its hints, holds no
# descriptor that is not its own, and ends. The lab is a real relay; its QEMUs are scripts.
set -euo pipefail

amprelay=$1 rpmsg=$2 socgen=$3 soc=$4
work=$(mktemp -d /tmp/cli-commands.XXXXXX)
lab=cli-commands-$$
export AMPRELAY_STATE=$work/state AMPRELAY_LAB=$work/lab
export PATH=$work/bin:$PATH
unset COLUMNS
limit=60 # seconds that something may take which takes none

finish() {
	status=$?
	[ -z "${relay:-}" ] || kill -CONT "$relay" 2>/dev/null || true
	timeout "$limit" "$amprelay" --name "$lab" down >/dev/null 2>&1 || true
	rm -rf "$work"
	exit "$status"
}
trap finish EXIT

mkdir -p "$work/lab/firmware" "$work/bin" "$work/state"
cp "$soc" "$work/lab/m3.json"
printf 'not started by anyone' | tee "$work/lab/Image" >"$work/lab/initramfs.cpio"
printf x | tee "$work/lab/$(jq -r '.cores[0].bootrom' "$soc")" >"$work/lab/firmware/$(jq -r '.cores[0].firmware' "$soc")"
qemu() {
	printf '#!/bin/sh\n%s\n' "$1" >"$work/bin/qemu-system-aarch64"
	cp "$work/bin/qemu-system-aarch64" "$work/bin/qemu-system-arm"
	chmod +x "$work/bin"/qemu-system-*
}
qemu 'case "$*" in --version | *help*) exit ;; esac; exec sleep 1000'

failed=0
# claim TEXT COMMAND…
claim() {
	local got
	set +e # a condition would keep `set -e` from working in what it runs
	(set -e; "${@:2}") >"$work/said" 2>&1
	got=$?
	set -e
	if [ "$got" = 0 ]; then
		echo "ok - $1"
	else
		sed 's/^/    /' "$work/said"
		echo "not ok - $1"
		failed=1
	fi
}
amp() {
	timeout "$limit" "$amprelay" --name "$lab" "$@"
}
# ends STATUS TEXT COMMAND…: with this status, and TEXT in what it says
ends() {
	local wanted=$1 text=$2 got=0 said
	shift 2
	said=$("$@" 2>&1 </dev/null) || got=$?
	[ "$got" = "$wanted" ] && [[ $said == *"$text"* ]] && return
	printf "'%s' ended with %s, not %s, and said:\n%s\n" "$*" "$got" "$wanted" "$said"
	return 1
}
commands=$("$amprelay" --json help | jq -r '.[].command')

# ---- descriptors
keeps_no_descriptor() {
	mkfifo "$work/harness"
	exec 5<>"$work/harness" 7>"$work/harness" 6<"$work/harness" 5>&-
	amp up --keep --no-wait 6<&-
	exec 7>&-
	! timeout "$limit" cat <&6 | grep . && [ "${PIPESTATUS[0]}" = 0 ] # the end of the pipe: nobody has it open any more
}
claim "a lab that is kept holds no descriptor of its starter's" keeps_no_descriptor
claim "the lab is up for what follows" ends 0 '"state": "up"' amp --json status
listed_anywhere() {
	AMPRELAY_STATE=$work/none amp --json ls | jq -e --arg lab "$lab" '.[] | select(.lab == $lab) | .state == "up" and .cores[0].name == "m3"'
}
claim "a lab that is up is listed, wherever its files are" listed_anywhere

# ---- output: a full device, a pipe that nobody reads, and none at all
printing=(help version "fault --list" "demo --list" doctor events "--json events" logs "logs -n 5" ls status "--json status" --help --version)
helping=()
for command in $commands; do
	helping+=("help $command" "$command -h")
done
mkfifo "$work/pipe"
cannot_print_on_a_full_device() { # NAME COMMAND…
	local name=$1 got=0 said
	shift
	said=$({ "$@" </dev/null >/dev/full; } 2>&1) || got=$?
	[ "$got" != 0 ] && [[ $said == *"$name: standard output: No space left on device"* ]] || {
		echo "'$*' into a full device ended with $got and said: $said"
		return 1
	}
}
cannot_print() {
	local name=$1 got=0 said
	cannot_print_on_a_full_device "$@" || return
	shift
	exec 8<>"$work/pipe" 9>"$work/pipe" 8<&-
	said=$({ trap '' PIPE; "$@" </dev/null >&9; } 2>&1) || got=$?
	exec 9>&-
	[ "$got" != 0 ] && [[ $said == *"$name: standard output: Broken pipe"* ]] || {
		echo "'$*' into a broken pipe ended with $got and said: $said"
		return 1
	}
	got=0
	said=$({ "$@" </dev/null >&-; } 2>&1) || got=$?
	[ "$got" != 0 ] && [[ $said == *"$name: standard output: Bad file descriptor"* ]] || {
		echo "'$*' without an output ended with $got and said: $said"
		return 1
	}
}
no_command_can_print() {
	for command in "${printing[@]}"; do
		# shellcheck disable=SC2086 # words of one command
		cannot_print amprelay timeout "$limit" "$amprelay" --name "$lab" $command
	done
	for command in "${helping[@]}"; do
		# shellcheck disable=SC2086
		cannot_print_on_a_full_device amprelay "$amprelay" --name "$lab" $command
	done
}
guests_cannot_print() {
	for command in "" list "list --json" ping bench send recv dump watch wait export-ept destroy-ept export-dev devname; do
		# shellcheck disable=SC2086
		case $command in list*) cannot_print rpmsg "$rpmsg" $command ;; *) cannot_print_on_a_full_device rpmsg "$rpmsg" $command -h ;; esac
	done
}
generators_cannot_print() {
	cannot_print socgen "$socgen" --help
	cannot_print socgen "$socgen" --version
}
follows_no_longer_than_it_is_read() {
	for command in events logs; do
		ends 1 "standard output: No space left" sh -c "timeout $limit '$amprelay' --name '$lab' $command -f >/dev/full"
	done
}
claim "every command that prints fails when it cannot print" no_command_can_print
claim "so does every command of rpmsg" guests_cannot_print
claim "so does the generator" generators_cannot_print
claim "a command without an end ends when it cannot print" follows_no_longer_than_it_is_read

# ---- -h and --json
short_help() {
	local said
	for command in $commands; do
		said=$(amp "$command" -h)
		[ "$said" = "$(amp "$command" --help)" ] && [[ $said == "Usage: amprelay $command"* ]] || {
			echo "$command -h"
			return 1
		}
	done
}
json_everywhere() {
	for command in help version "fault --list" "demo --list" doctor status; do
		# shellcheck disable=SC2086
		{ amp --json $command || true; } | jq -e 'type == "object" or type == "array"' >/dev/null || { # this machine's doctor may complain
			echo "--json $command"
			return 1
		}
	done
	for command in events logs "events -n 2"; do
		# shellcheck disable=SC2086
		amp --json $command | jq -es 'length > 0 and all(type == "object")' >/dev/null || {
			echo "--json $command"
			return 1
		}
	done
}
last_records() {
	amp --json events >"$work/all"
	amp --json events -n 2 | cmp - <(tail -n 2 "$work/all")
	[ -z "$(amp --json events -n 0)" ]
	amp --json events -n 1 ev=lab.up | jq -e '.ev == "lab.up"'
	ends 2 "whole number" amp events -n x
}
claim "-h is the help of every command" short_help
claim "--json is valid JSON wherever data is printed" json_everywhere
claim "events -n N shows the last N records" last_records

# ---- hints
hints_name_the_lab() {
	ends 4 "'amprelay --name $lab down'" amp up
	ends 2 "'amprelay --name $lab logs -f'" amp console m3 linux
	ends 3 "'amprelay --name $lab-other up'" "$amprelay" --name "$lab-other" exec true
	ends 125 "'amprelay --name $lab logs linux'" amp exec true # the relay's own words
	ends 2 "see 'amprelay help status'" amp status --bogus
	ends 3 "no lab 'default' is up: start it with 'amprelay up'" env AMPRELAY_STATE="$work/none" "$amprelay" down
}
claim "a hint names the lab that it is about" hints_name_the_lab

# ---- tables on narrow terminals
words_of() { tr -s ' \n' '\n' | sort -u; }
words_stay_whole() {
	local columns missing
	for command in status events "fault --list" "demo --list"; do
		# shellcheck disable=SC2086
		amp $command | words_of | grep -v -e '[0-9]' -e '^[A-Z]*$' >"$work/words" # figures change, and a list has no titles of empty cells
		for columns in 132 80 60 40; do
			script -qec "stty cols $columns; '$amprelay' --name '$lab' --color=never $command" /dev/null </dev/null |
				tr -d '\r' >"$work/narrow"
			missing=$(words_of <"$work/narrow" | comm -23 "$work/words" - | awk -v most=$((columns - 12)) 'length($0) <= most')
			[ -z "$missing" ] || {
				echo "'$command' on $columns columns: where is '$missing'?"
				cat "$work/narrow"
				return 1
			}
			[ "$columns" -lt 60 ] || ! grep -E ".{$((columns + 1))}" "$work/narrow" || {
				echo "'$command' is wider than $columns columns"
				return 1
			}
		done
	done
}
claim "no word is broken and no line too long on terminals of 132, 80, 60 and 40 columns" words_stay_whole

# ---- ends
console_ends_with_its_input() {
	ends 0 "" amp console linux
	ends 0 "" sh -c "echo reboot | timeout $limit '$amprelay' --name '$lab' console linux"
}
stopped_relay_is_an_error_in_time() {
	relay=$1
	calls=()
	kill -STOP "$relay"
	for _ in $(seq 20); do # more than the listener's queue takes
		"$amprelay" --name "$lab" exec true </dev/null >/dev/null 2>&1 &
		calls+=($!)
	done
	wait -n "${calls[@]}" || true # the first one that was not taken: the queue is full
	calls=()
	for command in status "restart m3" "fault m3 kill"; do
		# shellcheck disable=SC2086 # words of one command
		ends 7 "is it stopped?" amp $command &
		calls+=($!)
	done
	for call in "${calls[@]}"; do
		wait "$call"
	done
	kill -CONT "$relay"
	wait
}
claim "what is asked of a stopped relay ends with an error in time" stopped_relay_is_an_error_in_time "$(amp --json status | jq .pid)"
claim "the console without a terminal ends with its input" console_ends_with_its_input

# ---- firmware
copied_or_nothing() {
	amp down
	echo first >"$work/mine.elf"
	amp up --no-wait --keep --firmware "$work/mine.elf"
	rm "$work/mine.elf"
	ends 1 "core m3 is left as it is" amp restart m3
	ends 1 "mine.elf to " amp start m3
	ends 6 "" amp stop m3 || ends 1 "agent" amp stop m3
	amp down
}
claim "a start or restart that cannot have the newest firmware does nothing" copied_or_nothing

# ---- what QEMU says, and what that makes of up
long=$(printf 'word%d ' $(seq 60))
fails_with_the_whole_reason() {
	qemu "echo 'qemu-system-aarch64: ${long}end' >&2; exit 1"
	ends 1 "${long}end" amp up
	ends 1 "Linux did not come up" amp --json up
	[[ $(amp logs relay) == *"${long}end"* ]]
	ends 3 "no lab" amp status
}
claim "up that fails ends with 1 and tells all that QEMU said" fails_with_the_whole_reason

# Halted at FUNCTION until the lab is gone, and only then let call it.
up_goes_on_too_late() {
	local gone="until $amprelay --name $lab status >/dev/null 2>&1; [ \$? = 3 ]; do :; done"
	ASAN_OPTIONS=detect_leaks=0 timeout "$limit" gdb-multiarch --nx --batch -ex "set startup-with-shell off" \
		-ex "break $1" -ex run -ex "shell $gone" -ex delete -ex continue --args "$amprelay" --name "$lab" up
}
tells_the_reason_when_the_lab_is_gone() {
	qemu "echo 'qemu-system-aarch64: the end' >&2; exit 1"
	for place in read_ready amp_client_wait; do
		[[ $(up_goes_on_too_late $place 2>&1) == *"Linux did not come up: the lab went down"*"the end"*"exited with code 01"* ]]
	done
}
claim "so does one whose lab has gone before it is asked" tells_the_reason_when_the_lab_is_gone

exit $failed
