#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: scenario.sh BUILD: a project outside the tree tests its firmware with an installed AmpRelay, as its CI does;
# and a runner of scenarios that is interrupted or killed leaves nothing.
. "$(dirname "$0")/lab.sh"

prefix=$AMPRELAY_STATE/prefix project=$AMPRELAY_STATE/project
DESTDIR='' cmake --install "$1" --prefix "$prefix" >/dev/null
cp -rL "$AMPRELAY_LAB/." "$prefix/share/amprelay"
unset AMPRELAY_LAB
PATH=$prefix/bin:$PATH
export PATH
cp -r "$prefix/share/amprelay/examples/firmware-ci" "$project"

expect 0 "2 of 2 have held" "$project/ci.sh"
expect 0 '<testsuite name="amprelay" tests="2" failures="0"' cat "$project/results.xml"
expect 0 "core.recovered" sh -c "cat '$project'/artifacts/*/events.jsonl"

# what fails is shown, and a mistake named
sed -i 's/m3.crashes == 0/m3.crashes == 1/' "$project/scenarios/boots.yaml"
expect 1 "scenarios/boots.yaml:6: assert: 'm3.crashes == 1' does not hold: m3.crashes is 0" "$project/ci.sh"
expect 0 '<testsuite name="amprelay" tests="2" failures="1"' cat "$project/results.xml"
sed -i 's/- up:/- upp:/' "$project/scenarios/boots.yaml"
expect 2 "scenarios/boots.yaml:5: there is no key 'upp' in a step; it has: up, down," "$project/ci.sh"

# one that goes on for ever
cat >"$project/long.yaml" <<END
claim: it goes on for ever
steps:
  - up:
  - exec: sleep 1000
    as: guest
  - run: sleep 0.3; echo here it is >\${state}/late.txt # by another hand, as a dump comes
    as: late
  - file: late.txt
    output: here
  - join: late
  - run: echo under way >$AMPRELAY_STATE/under-way; exec sleep 1000
cleanup:
  - run: echo cleaned up >$AMPRELAY_STATE/cleaned-up
END
mkfifo "$AMPRELAY_STATE/under-way" "$AMPRELAY_STATE/cleaned-up"
for signal in INT KILL; do
	amprelay scenario run "$project/long.yaml" >"$AMPRELAY_STATE/said" 2>&1 9>&- &
	runner=$!
	read -r _ <"$AMPRELAY_STATE/under-way"
	NAME=$(basename "$(find "$AMPRELAY_STATE" -maxdepth 1 -name 'long-*' | head -n 1)")
	remember_processes
	kill -s $signal $runner
	read -r line <"$AMPRELAY_STATE/cleaned-up"
	[ "$line" = "cleaned up" ] || fail "the clean-up was not run"
	got=0
	wait $runner || got=$?
	[ "$got" = "$([ $signal = INT ] && echo 130 || echo 137)" ] || fail "the runner ended with $got"
	expect_nothing_left
	rm -rf "${AMPRELAY_STATE:?}/$NAME"
done
