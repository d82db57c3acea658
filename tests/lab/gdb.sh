#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A debugger on a live core, on Linux, on a dump: time stands still while it halts, and everything goes on afterwards.
. "$(dirname "$0")/lab.sh"

said=$AMPRELAY_STATE/said
commands=$AMPRELAY_STATE/commands
again="'$AMPRELAY' --name '$NAME'" # for the debugger's shell

# debug CORE FILE: a debugger that does what FILE says; what it says is in $said
debug() {
	timeout "$TIMEOUT" "$AMPRELAY" --name "$NAME" gdb "$1" -- -batch -x "$2" >"$said" 2>&1 9>&-
}

# said TEXT…: the debugger has said it
said() {
	for text in "$@"; do
		grep -qF -- "$text" "$said" || {
			cat "$said"
			fail "the debugger did not say \"$text\""
		}
	done
}

# begin_debugger CORE: one that lets its core go and waits for it
begin_debugger() {
	mark
	printf 'continue\nbacktrace\n' >"$commands"
	"$AMPRELAY" --name "$NAME" gdb "$1" -- -batch -x "$commands" >"$said" 2>&1 9>&- &
	debugger=$!
	expect_event ev=debug.go
}

nothing_crashed() {
	expect_json '[.cores[] | .crashes == 0 and .epoch == 1 and .state == "running"] | all' amp --json status
}

expect 0 "" amp up --soc star

# ---- a breakpoint that a message hits, a step, and longer than any time-out in between
for core in m3 rv32; do
	mark
	cat >"$commands" <<-END
		break service_echo.c:receive
		shell $again exec -- rpmsg ping amp-echo --core $core -c 3 -s 16 --wait $TIMEOUT >'$AMPRELAY_STATE/ping' 2>&1 &
		continue
		backtrace
		step
		shell $again gdb $core
		shell $again events --since $MARK --wait ev=core.crash --timeout 2
		delete
		detach
	END
	debug "$core" "$commands" || fail "the debugger of $core ended with $?"
	said "Breakpoint 1, receive" "service_echo.c:" "#1 " "services.c:" "service_try_send (" \
		"one debugger at a time: $core is being debugged already" "no event 'ev=core.crash'"
	expect_event ev=debug.end
	expect_echo 3 "$core"
	ok "$core halts at a message, steps, and goes on"
done
nothing_crashed

# ---- it dies, is interrupted, is asked for twice
begin_debugger m3
kill -9 "$debugger"
expect_event ev=debug.end
expect_echo 3 m3
mark
printf 'break service_echo.c:receive\nshell kill -9 $PPID\n' >"$commands"
debug m3 "$commands" && fail "a killed debugger ended well"
expect_event ev=debug.end
expect_echo 3 m3
ok "a debugger that dies leaves no breakpoint, and its core runs"

begin_debugger m3
kill -INT "$debugger"
wait "$debugger" || fail "an interrupted debugger ended with $?"
said "received signal SIGINT" "#0 "
expect_event ev=debug.end
expect_echo 3 m3
ok "Ctrl-C halts"
nothing_crashed

# ---- Linux
mark
printf 'backtrace\nshell %s events --since %s --wait ev=core.crash --timeout 2\ndetach\n' "$again" "$MARK" >"$commands"
debug linux "$commands" || fail "the debugger of Linux ended with $?"
said "#0 " " in " "no event 'ev=core.crash'"
expect_event ev=debug.end
expect_echo 3 m3
nothing_crashed
guest dmesg >"$said"
! grep -iE "rcu.* stall|soft lockup|blocked for more" "$said" || fail "Linux's clock jumped"
ok "Linux halts, and its clock does not jump"

# ---- the core crashes, is off; the lab goes down
begin_debugger m3
amp fault m3 assert
wait "$debugger" || :
said "core m3 crashed"
expect_event ev=core.recovered
expect_echo 3 m3
expect 0 "inject_assert" amp gdb m3 --dump last -- -batch -ex backtrace
expect 6 "has no dump of a core 'rv32'" amp gdb rv32 --dump last
expect 0 "" amp stop m3
expect 6 "only a running core can be debugged; '--dump last' opens its last crash" amp gdb m3
expect 2 "there is no core 'm4'" amp gdb m4

# ---- a firmware that was built in another folder: its sources are those of the checkout that one stands in
root=$(cd "$(dirname "$0")/../.." && pwd)
LC_ALL=C sed "s#$root/#$(echo "$root" | tr a-z q)/#g" "$AMPRELAY_LAB/firmware/amprelay-rv32.elf" >"$AMPRELAY_STATE/moved.elf"
cd "$root/docs/how-to"
expect 0 "INJECT(undef)" amp gdb rv32 --symbols "$AMPRELAY_STATE/moved.elf" -- -batch -ex "list inject_undef"
cd "$OLDPWD"

begin_debugger rv32
amp down
wait "$debugger" || :
said "the lab goes down"
expect 3 "no lab" amp gdb rv32
