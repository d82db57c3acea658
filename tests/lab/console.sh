#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Consoles, Linux's and a core's own: type, see, leave by the escape key; the terminal is as before. Two side by side.
. "$(dirname "$0")/lab.sh"

# at CONSOLE…: types what comes, through a real terminal made by `script`; what that shows is in the typescript
at() {
	TERM=xterm script -qec "stty cols 160; '$AMPRELAY' --name '$NAME' console $*; stty -a" /dev/null >"$AMPRELAY_STATE/typescript" 9>&- || true
	grep -q " icanon" "$AMPRELAY_STATE/typescript" || fail "the terminal was left raw"
}

# What is typed here does something that can be waited for: the core dies of it.
crash_by_typing() {
	mark
	printf 'crash undef\r'
	expect_event ev=core.recovered >&2
}

# The core is ready, so it has said this; whoever comes later sees it at once.
expect 0 "" amp up --soc star
expect 0 "m3: amprelay firmware" amp console m3 </dev/null
expect 0 "m3> " amp console m3 </dev/null
expect 6 "core rv32 has no console" amp console rv32
expect 2 "there is no core 'm4'; this lab has: m3, rv32" amp console m4
expect 2 "want a terminal" amp console m3 linux

{
	crash_by_typing
	printf '\035.'
} | at m3
grep -q "life 1" "$AMPRELAY_STATE/typescript" || fail "the console did not show what was said before"
expect 0 "ok: committing fault 'undef'" amp console m3 </dev/null
expect 0 "life 2" amp logs m3.console
ok "a core's console shows and takes text, from one life to the next, and gives the terminal back"

# What is typed to the shell in Linux can be waited for in the same way.
restart_by_typing() {
	mark
	printf 'echo typed-$((40 + 2)); rproc restart m3\r'
	expect_event ev=core.ready >&2
}

{
	restart_by_typing
	printf '\035.'
} | at linux
expect 0 "typed-42" amp console linux </dev/null
ok "Linux's console works and gives the terminal back"

# Side by side: what is typed goes to the first, and behind Ctrl-b o to the next; both end with the lab.
{
	crash_by_typing
	printf '\002o'
	restart_by_typing
	amp down >&2
} | at m3 linux
expect 3 "no lab" amp console m3
ok "two consoles stand side by side and end with the lab"
