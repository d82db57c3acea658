#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A campaign holds each round against the catalogue and each message against the ledger; a round that fails becomes a
# scenario, shrunk to what it fails with, that fails again.
. "$(dirname "$0")/lab.sh"

faults=$(dirname "$0")/../../scenarios/faults

expect 0 "12 of 12 rounds were as declared" "$AMPRELAY" campaign --rounds 12 --seed 4 --soc m3 --soc star --host 0 \
	--report "$AMPRELAY_STATE/campaign.json" --scenarios "$AMPRELAY_STATE/campaign" --catalogue "$faults"
expect 0 "0 0 0 0" jq -r '.messages | "\(.corrupted) \(.doubled) \(.both) \(.unaccounted)"' "$AMPRELAY_STATE/campaign.json"
expect 0 "Page: " "$AMPRELAY" report "$AMPRELAY_STATE/campaign.json"

# a firmware whose answers are not what they should be
firmware=$AMPRELAY_STATE/amprelay-m3.elf
sed 's/from ept 0x/frum ept 0x/g' "$AMPRELAY_LAB/firmware/amprelay-m3.elf" >"$firmware"
expect 1 "it fails again with" "$AMPRELAY" campaign --rounds 1 --seed 1 --soc m3 --kinds core-bell-doubled --firmware "$firmware" \
	--host 0 --scenarios "$AMPRELAY_STATE/failed" --artifacts "$AMPRELAY_STATE/labs"
expect 0 '"epoch"' cat "$AMPRELAY_STATE"/labs/round-1-*/status.json
expect 0 "remote processor m3 is now up" cat "$AMPRELAY_STATE"/labs/round-1-*/kernel.log
expect 1 '"rpmsg-raw": {"sent"' "$AMPRELAY" scenario run "$AMPRELAY_STATE/failed/round-1.yaml"
