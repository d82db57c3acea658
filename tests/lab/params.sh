#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Parameters of the application, in version 2 of the resource table: set at the start, whoever loads the firmware; kept
# over a recovery; what the firmware does not have is refused. Version 1 alone is booted as before.
. "$(dirname "$0")/lab.sh"

params_are() {
	got=$(guest rpmsg send amp-command params) || fail "amp-command does not answer"
	[ "$got" = "table=2 host=running $1" ] || fail "the firmware has '$got', not '$1'"
	ok "$got"
}

expect 0 "" amp up
params_are "label= rate="

# Of a core that runs nothing is set; nor is what the firmware does not have, or has no room for.
expect 6 "parameters are set when it is started" amp start m3 --param label=late
expect 2 "KEY=VALUE" amp start m3 --param label
expect 2 "KEY=VALUE" amp start m3 --param =x
expect 0 "" amp stop m3
expect 6 "firmware amprelay-m3.elf: it has no parameter colour; it has label, rate" amp start m3 --param colour=red
expect 6 "its parameter rate has room for 7 bytes, and 8 were given" amp start m3 --param rate=12345678
expect 6 "at most 63" amp start m3 --param "label=$(printf '%064d' 0)"

# Linux loads it.
expect 0 "" amp start m3 --param "label=left wheel" --param rate=50
params_are "label=left wheel rate=50"
expect 0 "label: left wheel" amp logs m3

# They hold for the next life, and for a restart; the next start has others, or none.
mark
expect 0 "" amp fault m3 undef
expect_event "ev=core.recovered,core=m3"
params_are "label=left wheel rate=50"
expect 0 "" amp restart m3
params_are "label=left wheel rate=50"
expect 0 "" amp stop m3
expect 0 "" amp start m3 --param rate=x
params_are "label= rate=x"
expect 0 "parameter rate=x: it is 0, or 25 to 60000" amp logs m3
expect 0 "" amp stop m3
expect 0 "" amp start m3
params_are "label= rate="

# The relay loads it.
expect 0 "" amp stop m3
expect 6 "no parameter colour" amp start m3 --loader relay --param colour=red
expect 0 "" amp start m3 --loader relay --param label=own
expect 0 "table=2 host=running label=own rate=" amp talk m3 amp-command params
expect 0 "" amp stop m3
ok "parameters reach the firmware"
