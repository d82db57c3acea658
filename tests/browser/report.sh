#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: report.sh AMPRELAY MAKE-RUN SHOTS
# The run page in a real browser: what it shows of a run of known content, what a click and a key do, and pictures of it
# in SHOTS, which a person may look at. Ends with 77 where there is no browser.
set -euo pipefail
amprelay=$1 make_run=$2 shots=$3

. "$(dirname "$0")/webdriver.sh"
browser_needed
work=$(mktemp -d /tmp/report-page.XXXXXX)
trap 'browser_end; rm -rf "$work"' EXIT
mkdir -p "$shots"

"$make_run" "$work/run" 12000
"$amprelay" report "$work/run" | grep -qx "Page: $work/run/report.html"
browser_start
browser_size 1280 900 light
browser_open "$work/run/report.html"

# ---- what it shows
holds "the page has a lane for Linux, the relay and each core" 'return amprelay.run.lanes.join() === "linux,relay,m3,rv32"'
holds "every message of the capture is there, by the name of its channel" 'return amprelay.run.messages.length > 10000 &&
	["amp-echo", "amp-telemetry", "rpmsg-raw", "rpmsg-tty"].every((name) => document.querySelector(`.chip[data-channel="${name}"]`))'
holds "what the listener missed is there, as a number" 'return amprelay.run.messages.filter((m) => m.type === "gap" && m.length === 17 && m.core === "m3" && m.to === "linux").length === 1'
holds "a channel that was announced before the capture has its name" 'return !amprelay.run.channels.some((name) => name.startsWith("0x"))'
holds "the states of a core are those of its record" 'return amprelay.run.bands.get("m3").slice(0, 5).map((b) => b.state).join() === "starting,running,crashed,stopping,off"'
holds "a recovery has its stages, in milliseconds" 'return [...document.querySelectorAll("#waterfall .stage")].map((row) => row.textContent).join("|")
	.startsWith("detect3.3 ms|report2.0 ms|dump21.0 ms|stop15.0 ms|load13.0 ms|start30.0 ms|announce24.0 ms|first message")'
holds "p50 and p99 are values that were measured" 'const all = amprelay.run.recoveries.map((r) => r.total).filter(Boolean);
	return all.includes(percentile(all.sort((a, b) => a - b), 50)) && document.querySelector(".p50").textContent === "p50 87.3 ms" && document.querySelector(".p99").textContent === "p99 1.09 s"'
holds "the matrix tells who noticed, who did not recover, and what nobody noticed" 'const count = (s) => document.querySelectorAll(".matrix .square." + s).length;
	return count("good") === 11 && count("lost") === 1 && count("unseen") === 1'
holds "what a core left is there" 'return document.querySelectorAll(".crashes > details").length === 12 && document.querySelector(".crashes").textContent.includes("inject_undef+0x0 (inject.c:23)")'
holds "a text of an attacker is a text" 'return document.title === "run – AmpRelay" && !document.querySelector("main img") && document.querySelector(".crashes").textContent.includes("</script><script>")'
holds "nothing is loaded from anywhere" 'return performance.getEntriesByType("resource").length === 0 && !document.querySelector("[src], link")'
browser_shot "$shots/light.png"

# upper HEIGHT: the upper part of the page
upper() {
	echo "{\"x\": 0, \"y\": 0, \"width\": 1100, \"height\": $1, \"scale\": 1}"
}

# ---- what a click and a key do
browser_click '.square[data-run="0"][data-recovery="2"]'
holds "a square leads to its fault in the timeline, with its waterfall" "$drawn"'
	const r = amprelay.run.recoveries[2], t = amprelay.timeline;
	return t.from < r.start && t.to > r.up && t.to - t.from < 1e9 && t.selected.event.kind === r.kind && amprelay.selectRecovery.value === "2"'
browser_run 'const t = amprelay.timeline, m = amprelay.run.messages[4000]; t.view(m.t - 1e6, m.t + 1e6); t.canvas.scrollIntoView({block: "center"})' >/dev/null
browser_run "$drawn"'const t = amprelay.timeline, m = amprelay.run.messages[4000], r = t.canvas.getBoundingClientRect();
	return [Math.round(r.left + t.x(m.t)), Math.round(r.top + (t.band("linux") + 26 + t.band("relay")) / 2)]' >"$work/at"
webdriver POST "/session/$session/actions" "$(jq -n --argjson at "$(cat "$work/at")" '{actions: [{type: "pointer", id: "mouse", actions: [
	{type: "pointerMove", x: $at[0], y: $at[1]}, {type: "pointerDown", button: 0}, {type: "pointerUp", button: 0}]}]}')" >/dev/null
holds "a click on a message shows its addresses, its payload and the log around it" 'const text = document.getElementById("detail").textContent;
	return amprelay.timeline.selected === amprelay.run.messages[4000] && /0x4\d\d/.test(text) && text.includes("message ") && document.querySelectorAll("#detail .near p").length > 0'
webdriver POST "/session/$session/actions" '{"actions": [{"type": "key", "id": "keys", "actions": [
	{"type": "keyDown", "value": "n"}, {"type": "keyUp", "value": "n"}, {"type": "keyDown", "value": "+"}, {"type": "keyUp", "value": "+"}]}]}' >/dev/null
holds "keys go to the next message and zoom" "$drawn"'const t = amprelay.timeline; return t.selected === amprelay.run.messages[4001] && t.to - t.from < 1.3e6'
browser_click '.chip[data-channel="amp-echo"]'
holds "a channel can be left out" 'return amprelay.timeline.hidden.has("amp-echo") && document.querySelector(".chip[data-channel=amp-echo]").getAttribute("aria-pressed") === "false"'
browser_click '.chip[data-channel="amp-echo"]'
browser_run 'amprelay.timeline.fit()' >/dev/null
holds "all messages are drawn in time for 10 frames a second, on the slowest machine" 'const t = amprelay.timeline, times = [];
	for (let i = 0; i < 9; i++) { const at = performance.now(); t.draw(); times.push(performance.now() - at); }
	window.frame = Math.min(...times); return window.frame < 100'
echo "# a frame of the whole run takes $(browser_run 'return window.frame.toFixed(1)') ms"
holds "everything that a pointer reaches, a keyboard reaches" 'return [...document.querySelectorAll("#main .scroll, #lanes")].every((e) => e.tabIndex === 0)'

# ---- in the dark, on a phone
browser_run 'amprelay.choose(amprelay.run.recoveries[3]); scrollTo(0, 0)' >/dev/null
browser_size 1280 900 dark
holds "the page is dark where the reader wants it" "$drawn"'return getComputedStyle(document.body).backgroundColor === "rgb(13, 17, 23)"'
browser_shot "$shots/dark.png"
browser_size 1100 900 dark
browser_run "$drawn" >/dev/null
browser_shot "$shots/run-page-dark.webp" "$(upper 1310)"
browser_size 1100 900 light
browser_run "$drawn" >/dev/null
browser_shot "$shots/run-page.webp" "$(upper 1310)"
browser_size 320 700 light
holds "on 320 pixels the page itself does not scroll sideways" "$drawn"'return document.documentElement.scrollWidth <= 320'
browser_shot "$shots/phone.png"

# ---- several runs, and benchmarks
mkdir "$work/two"
mv "$work/run" "$work/two/first"
"$make_run" "$work/two/second" 100
"$amprelay" report "$work/two" -o "$work/two.html" >/dev/null
browser_size 1280 900 light
browser_open "$work/two.html"
browser_click '.square[data-run="1"][data-recovery="0"]'
holds "of several runs, the matrix has all and leads to each" 'return document.querySelectorAll(".square").length === 26 && document.title === "second – AmpRelay"'
printf '{"machine": {"cpu": "any"}, "results": {"a": 1}, "targets": [{"key": "a", "title": "A", "target": 2, "peer": 3, "value": 1}]}' >"$work/bench.json"
echo '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>' >"$work/bench-a.svg"
"$amprelay" report "$work/bench.json" >/dev/null
browser_open "$work/bench.html"
holds "benchmarks have a page of the same style, with their pictures" 'return document.querySelector(".tile strong").textContent === "1 of 1" && document.querySelector("img").naturalWidth === 10'
exit $failed
