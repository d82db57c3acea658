#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The journal, of which nothing is lost, and one clock for the logs of all machines.
. "$(dirname "$0")/lab.sh"

LINES=100000 MESSAGES=10000

# until_logged SOURCE TEXT: the log has such a line, or gets one.
mkfifo "$AMPRELAY_STATE/lines"
until_logged() {
	tail -n +1 -f "$STATE/$1.log" >"$AMPRELAY_STATE/lines" 8<&- 9>&- &
	tail=$!
	timeout "$TIMEOUT" grep -m1 -q "$2" <"$AMPRELAY_STATE/lines" || fail "$1.log has no line '$2'"
	kill "$tail"
	ok "$1.log has a line '$2'"
}

order() {
	expect 0 "$2" guest rpmsg send amp-command "$1"
}

uptime_ms() {
	guest rpmsg send amp-command uptime | sed -n 's/.*uptime_ms=\([0-9]*\).*/\1/p'
}

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

expect 0 "" amp up --soc m3
expect_echo

# A core that writes as fast as it can: every line is there, in order. A relay that gets no processor time for long is
# not waited for: what is lost then is told where it is missing.
order "journal $LINES" ok
until_logged m3.journal "line $LINES of $LINES"
amp logs m3.journal | awk -v lines=$LINES '
	match($0, /\([0-9]+ lines are missing here/) { told += substr($0, RSTART + 1) }
	/ line [0-9]+ of / {
		if ($(NF - 2) != last + 1 + told && !bad++)
			print "line " $(NF - 2) " comes after line " last
		last = $(NF - 2); lost += told; told = 0
	}
	END { print last - lost " lines, " lost + 0 " are told to be missing"; exit bad || last != lines }' || fail "lines are missing"
ok "of $LINES lines none is missing without a word"
expect 1 "" guest sh -c 'dmesg | grep "unsupported"'

# The core's clock goes on while its interrupts come late: it stands still for most of a second, in slices.
order "uptime" uptime_ms
mark
before=$(uptime_ms) from=$(now_ms)
expect 0 "" amp fault m3 slow
expect_event "ev=core.fault_over,core=m3,kind=slow"
to=$(now_ms) after=$(uptime_ms)
[ $((after - before + 1)) -ge $((to - from)) ] || fail "the core counts $((after - before)) ms of $((to - from))"
ok "$((to - from)) ms passed while the core was slow, and it counted $((after - before))"

# Linux's own sample sends a message when the one before has been answered. Each is a line of Linux's kernel log and one
# of the core's: on one clock they must come by turns.
guest rmmod rpmsg_client_sample
order "sample $MESSAGES" ok
# shellcheck disable=SC2016 # for the guest's shell
guest sh -c 'cd /sys/bus/virtio/drivers/virtio_rpmsg_bus && d=$(basename virtio*) && echo "$d" >unbind && echo "$d" >bind'
expect_echo
guest modprobe rpmsg_client_sample count=$MESSAGES
until_logged kernel "incoming msg $MESSAGES "
until_logged m3.journal "message $MESSAGES of"
amp logs --merge --json | jq -r 'select(.text | test("incoming msg|message [0-9]+ of")) |
	"\(.source) \(.t * 1e6) \(.error_us) \(.text | capture("(msg|message) (?<n>[0-9]+)").n)"' >"$AMPRELAY_STATE/messages"
awk -v messages=$MESSAGES '
	$3 == "null" && !bad++ { print "no clock: " $0 }
	$1 == "kernel" { linux[$4] = $2; linux_error = linux_by[$4] = $3 }
	$1 == "m3.journal" { core[$4] = $2; core_error = core_by[$4] = $3 }
	END {
		if (bad)
			exit 1
		for (n = 1; n <= messages; n++) {
			if (!(n in linux) || !(n in core)) { print "message " n " is missing"; exit 1 }
			# sent by Linux when the answer before was there; sent back by the core when it had come
			if (n > 1 && core[n] < linux[n - 1] - linux_by[n - 1] - core_by[n]) { print n " came before it was sent"; exit 1 }
			if (linux[n] < core[n] - linux_by[n] - core_by[n]) { print "the answer to " n " came before it was sent"; exit 1 }
			early += (n > 1 && core[n] < linux[n - 1]) + (linux[n] < core[n])
		}
		printf "causal: %d messages; Linux within %.1f us, the core within %.1f us; %d of %d pairs closer than that\n", \
			messages, linux_error, core_error, early, 2 * messages
		exit linux_error > 500 || core_error > 500
	}' "$AMPRELAY_STATE/messages" || fail "the merged log is not in order"
expect 0 "linux" amp logs --merge -n 3
expect 2 "not a number" amp logs --since yesterday
