#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: recoveries.sh AMPRELAY PICTURES
# The pictures of docs/explanation/three-recoveries.md, taken anew: a lab, three faults, its page in a browser. What the
# text quotes of the records goes to standard output.
set -euo pipefail
amprelay=$1 pictures=$2

work=$(mktemp -d /tmp/recoveries.XXXXXX)
export AMPRELAY_STATE=$work/state
. "$(dirname "$0")/webdriver.sh"
lab=recoveries
amp() {
	"$amprelay" --name $lab "$@"
}
trap 'browser_end; amp down >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

amp up --keep >/dev/null
amp sniff -w "$work/state/$lab/wire.pcapng" >/dev/null &
sniffer=$!
since=0
for fault in stack hang kill; do
	amp exec -n -- rpmsg ping amp-echo -c 20 -s 16 --wait 30 >/dev/null
	amp fault m3 $fault
	amp events --since "$since" --wait ev=core.recovered --timeout 60 >/dev/null
	since=$(amp events --json | jq -s 'last.seq')
	amp exec -n -- rpmsg ping amp-echo -c 20 -s 16 --wait 30 >/dev/null
done
kill "$sniffer"
wait "$sniffer" || :
amp events | grep -v "core.doorbells"
amp report >/dev/null
amp down >/dev/null

browser_start
browser_open "$work/state/$lab/report.html"
for n in 0 1 2; do
	browser_size 1000 900 light
	kind=$(browser_run "const r = amprelay.run.recoveries[$n]; amprelay.choose(r); scrollTo(0, 0);
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); return r.kind" | jq -r .)
	box=$(browser_run 'const top = document.getElementById("timeline").getBoundingClientRect(), low = document.getElementById("waterfall").getBoundingClientRect();
		return {x: 0, y: top.top + scrollY, width: 1000, height: low.bottom - top.top + 8, scale: 1}')
	browser_shot "$pictures/recovery-$kind.webp" "$box"
done
