# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the lab tests share. A test is a short sequence of `amp` commands and expectations; each expectation prints one
# line and a failed one ends the test with the lab's last words. Sourced, with $AMPRELAY (the program) in the
# environment; $AMPRELAY_LAB says which lab, if it is not the usual one, and $AMPRELAY_PATIENCE how slow it is.

set -eu

: "${AMPRELAY:?run me with ctest -L lab, or set AMPRELAY to the program}"
export AMPRELAY_LAB="${AMPRELAY_LAB:-$(cd "$(dirname "$0")/../.." && pwd)/build/lab}"
NAME=${LAB_NAME:-t$$}
AMPRELAY_STATE=$(mktemp -d "${TMPDIR:-/tmp}/amprelay-test.XXXXXX")
export AMPRELAY_STATE
STATE=$AMPRELAY_STATE/$NAME
TIMEOUT=$((60 * ${AMPRELAY_PATIENCE:-1})) # of each wait, seconds: generous, since waits are on events

# A lab must not outlive its test, however that ends: it hangs on a pipe (8) of which only this shell holds the
# writing end (9).
mkfifo "$AMPRELAY_STATE/lifeline"
exec 7<>"$AMPRELAY_STATE/lifeline" 8<"$AMPRELAY_STATE/lifeline" 9>"$AMPRELAY_STATE/lifeline" 7>&-

amp() {
	case $1 in
	up) "$AMPRELAY" --name "$NAME" "$@" --lifeline 8 9>&- ;;
	*) "$AMPRELAY" --name "$NAME" "$@" 9>&- ;;
	esac
}

# The lab's guest runs COMMAND…
guest() {
	amp exec -- "$@"
}

finish() {
	status=$?
	trap - EXIT INT TERM
	if [ "$status" != 0 ]; then
		echo "--- events"
		amp events 2>/dev/null | tail -n 25 || true
		for log in relay kernel; do
			echo "--- $log.log"
			grep -v "incoming msg" "$STATE/$log.log" 2>/dev/null | tail -n 15 || true
		done
	fi
	amp down >/dev/null 2>&1 || true
	rm -rf "$AMPRELAY_STATE"
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

fail() {
	echo "not ok - $*"
	exit 1
}

ok() {
	echo "ok - $*"
}

# expect STATUS TEXT COMMAND…: the command's exit status is STATUS and its output (both streams) contains TEXT ("" =
# anything).
expect() {
	want=$1 text=$2
	shift 2
	got=0
	output=$("$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || {
		printf '%s\n' "$output"
		fail "'$*' ended with $got, not $want"
	}
	case $output in
	*"$text"*) ok "$* → $want${text:+ \"$text\"}" ;;
	*)
		printf '%s\n' "$output"
		fail "'$*' did not say \"$text\""
		;;
	esac
}

# expect_json FILTER COMMAND…: it succeeds, and its standard output is one JSON value for which jq's FILTER is true.
expect_json() {
	filter=$1
	shift
	"$@" >"$AMPRELAY_STATE/json" || fail "'$*' ended with $?"
	jq -es "length == 1 and (.[0] | $filter)" "$AMPRELAY_STATE/json" >/dev/null || {
		cat "$AMPRELAY_STATE/json"
		fail "'$*': not $filter"
	}
	ok "$* → $filter"
}

# mark: events from here on count. expect_event FILTER: such an event came since the mark, or comes in time.
mark() {
	MARK=$(amp events --json | tail -n 1 | sed -n 's/.*"seq": *\([0-9]*\).*/\1/p')
}

expect_event() {
	amp events --since "${MARK:-0}" --wait "$1" --timeout "$TIMEOUT" >/dev/null || fail "no event $1"
	ok "event $1"
}

# expect_echo [COUNT [CORE]]: the firmware's echo service answers.
expect_echo() {
	guest rpmsg ping amp-echo ${2:+--core "$2"} -c "${1:-3}" -s 16 --wait "$TIMEOUT" >/dev/null || fail "amp-echo${2:+ of $2} does not answer"
	ok "amp-echo${2:+ of $2} answers"
}

# The relay's process, and all processes of the lab, for later.
relay_pid() {
	amp --json status | jq .pid
}

remember_processes() {
	processes=$(amp --json status | jq '.pid, .host.pid, .cores[].pid | select(. > 0)')
}

# No process or socket of the lab is left, the remembered processes among them.
expect_nothing_left() {
	for pid in ${processes:-}; do
		echo "$pid" >"$AMPRELAY_STATE/pid"
		got=0
		timeout "$TIMEOUT" pidwait -F "$AMPRELAY_STATE/pid" >/dev/null || got=$? # 1: it had ended already
		[ "$got" -le 1 ] || fail "process $pid of the lab is left"
	done
	! pgrep -af -- "-name $NAME\\.|--name $NAME up" || fail "processes of the lab are left"
	! grep -q "amprelay/$(id -u)/$NAME\$" /proc/net/unix || fail "the control socket is left"
	! find /dev/shm /tmp -maxdepth 1 -name "*$NAME*" ! -path "$AMPRELAY_STATE" 2>/dev/null | grep . || fail "files are left"
	ok "nothing is left of the lab"
}
