#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A network for Linux: ssh with the lab's key and with one's own, ports that lead in. Skipped without `make guest-net`.
. "$(dirname "$0")/lab.sh"

[ -f "$AMPRELAY_LAB/net.cpio.gz" ] || exit 77
own=$AMPRELAY_STATE/own
ssh-keygen -q -t ed25519 -N "" -f "$own"

expect 2 "HOST:GUEST is wanted" amp up --forward 22
expect 5 "No such file" amp up --ssh-key "$AMPRELAY_STATE/none"
expect 0 "'amprelay ssh' logs in" amp up --net
expect 0 "aarch64" amp ssh -- uname -m
expect 7 "" amp ssh -- exit 7
expect 0 "/ssh_key -p " amp ssh --print
expect 0 "of the host" sh -c "echo of the host | $(amp ssh --print) cat"
port=$(amp --json status | jq .net.ssh_port)
expect 5 "port $port of this machine is not free" "$AMPRELAY" --name "$NAME-2" up --forward "$port:22"
expect 0 "" amp down

expect 0 "" amp up --ssh-key "$own"
expect 0 "$own -p " amp ssh --print
expect 0 "0" amp ssh -- id -u
expect 0 "" amp down

expect 0 "" amp up
expect 6 "start it with 'amprelay --name $NAME up --net'" amp ssh
