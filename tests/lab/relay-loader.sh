#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The relay in Linux's place: it loads the same firmware with the library, is its host, and gives the core back.
. "$(dirname "$0")/lab.sh"

good=$AMPRELAY_LAB/firmware/amprelay-m3.elf
fw=$AMPRELAY_STATE/fw/amprelay-m3.elf
mkdir -p "${fw%/*}"
cp "$good" "$fw"
expect_json '.lab == "'"$NAME"'" and .state == "up" and (.cores | length == 1 and .[0].name == "m3" and .[0].runs and .[0].seconds > 0)' \
	amp up --json --firmware "${fw%/*}"

# Only a core that Linux has stopped can be taken over.
expect 6 "only a core that is off" amp start m3 --loader relay
expect 6 "not the host" amp talk m3 amp-echo hello
expect 2 "loader" amp start m3 --loader nobody
expect_json '. == {command: "restart", core: "m3"}' amp restart m3 --json
expect_json '. == {command: "stop", core: "m3"}' amp stop m3 --json
[ -z "$(amp stop m3 --json 2>/dev/null)" ] || fail "a stop that is refused prints JSON"

# What is no firmware for this core is refused, as Linux refuses it, and nothing is started.
rm "$fw"
expect 6 "no such file" amp start m3 --loader relay
: >"$fw"
expect 6 "empty" amp start m3 --loader relay
head -c 5000 "$good" >"$fw"
expect 6 "amprelay-m3.elf" amp start m3 --loader relay
cp "$AMPRELAY" "$fw"
expect 6 "CPU" amp start m3 --loader relay
cp "$good" "$fw"

# It runs, announces its channels to the relay, and answers.
mark
expect_json '. == {command: "start", core: "m3"}' amp start m3 --loader relay --json
expect_event "ev=core.loaded,core=m3,by=relay"
expect_event "ev=core.channel,name=amp-echo"
expect 0 "hello, M3" amp talk m3 amp-echo "hello, M3"
expect_json '. == {core: "m3", channel: "amp-echo", text: "a \"quoted\" line"}' amp talk m3 amp-echo 'a "quoted" line' --json
expect 0 "amprelay-m3" amp talk m3 amp-command version
expect 0 "loader=relay" amp status
expect 7 "no answer" amp talk m3 amp-nothing hello

# Linux leaves it alone, and is refused in time: before it loads its firmware over the one that runs.
expect 0 "offline" guest cat /sys/class/remoteproc/remoteproc0/state
expect 6 "not started by Linux" guest rproc start m3
expect 6 "gives it back" amp start m3
expect 6 "gives it back" amp restart m3
expect 0 "still there" amp talk m3 amp-echo "still there"

# A crash is noticed as usual. It is none of Linux's business, and nobody but the user says what is next.
for kind in undef:fault-handler kill:exit hang:heartbeat; do
	mark
	expect 0 "" amp fault m3 "${kind%:*}"
	expect_event "ev=core.crash,core=m3,detector=${kind#*:}"
	expect 0 "crashed" amp status
	expect 1 "no RPMsg link" amp talk m3 amp-echo hello
	expect 6 "only a core that is off" amp start m3 --loader relay
	expect 0 "" amp stop m3
	expect 0 "" amp start m3 --loader relay
	expect 0 "again" amp talk m3 amp-echo again
done
expect 1 "" guest sh -c 'dmesg | grep "crash detected"'

# A core that dies while somebody waits for its answer does not keep them.
expect 0 "ok" amp talk m3 amp-command "crash undef"
expect_event "ev=core.crash,core=m3,detector=fault-handler"
expect 0 "" amp stop m3

# Linux has it back, and sees it where it always did.
expect 0 "" amp start m3
expect_echo

# A driver that is bound anew takes over, whoever was the host, and starts the core.
expect 0 "" amp stop m3
expect 0 "" amp start m3 --loader relay
mark
expect 0 "" guest sh -c 'cd /sys/bus/pci/drivers/amprelay_rproc && d=$(ls -d 0000:*) && echo $d >unbind && echo $d >bind'
expect_event "ev=core.state,core=m3,to=off"
expect_echo
