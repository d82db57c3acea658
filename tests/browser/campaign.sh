#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: campaign.sh AMPRELAY MAKE-CAMPAIGN SHOTS
# The page of a campaign in a real browser: what it shows of one of known content, where a click leads, and pictures of
# it in SHOTS. Ends with 77 where there is no browser.
set -euo pipefail
amprelay=$1 make_campaign=$2 shots=$3

. "$(dirname "$0")/webdriver.sh"
browser_needed
work=$(mktemp -d /tmp/campaign-page.XXXXXX)
trap 'browser_end; rm -rf "$work"' EXIT
mkdir -p "$shots"

"$make_campaign" >"$work/campaign.json"
"$amprelay" report "$work/campaign.json" | grep -qx "Page: $work/campaign.html"
browser_start
browser_size 1280 900 light
browser_open "$work/campaign.html"

# ---- what it shows
tile='const tile = (text) => [...document.querySelectorAll(".tile")].find((t) => t.textContent.includes(text));'
row='const row = (kind) => [...document.querySelectorAll(".matrix tbody tr")].find((r) => r.querySelector("th").textContent === kind);'
holds "it says how many rounds were as declared, and which were to be" "$tile"'return tile("rounds as declared").textContent.startsWith("59 of 60") &&
	document.querySelector("h1").textContent === "A campaign of 60 rounds" && document.querySelector(".note").textContent.includes("seed 7")'
holds "a message that is unaccounted for is bad news, one that the ledger was to find is none" "$tile"'return tile("unaccounted or wrong").textContent.startsWith("1") &&
	tile("unaccounted or wrong").className.includes("bad") && /neither delivered.*1$/.test([...document.querySelectorAll("#messages tr")].pop().textContent)'
holds "each kind has its row: the outcome that is declared, and how often which came" "$row"'return document.querySelectorAll(".matrix tbody tr").length === 5 &&
	["undef", "detected", "8"].every((text, i) => row("undef").cells[i].textContent === text) && row("core-payload-flip").cells[1].textContent === "corrupted" &&
	row("core-bell-lost").cells[1].textContent === "masked" && row("host-stop").cells[1].textContent === "its scenario"'
holds "times of detection and recovery are those that were measured" "$row"'return row("undef").textContent.includes("3.5 ms") && row("hang").textContent.includes("480 ms")'
holds "what failed comes first" 'return document.querySelector(".matrix tbody th").textContent === "core-bell-lost"'
holds "recoveries have their histogram" 'return document.querySelectorAll("#repeats .bin").length === 12 && document.querySelector("#repeats .p50").textContent === "p50 82.0 ms"'
holds "a text of an attacker is a text" 'return !document.querySelector("#failed b:not(summary b)") && document.querySelector("#failed pre").textContent.includes("<b>not 0</b>")'
holds "nothing is loaded from anywhere" 'return performance.getEntriesByType("resource").length === 0 && !document.querySelector("[src], link")'
browser_shot "$shots/campaign-light.png"

# ---- what a click does
holds "a round that failed is folded" 'return !document.getElementById("round-17").open'
browser_click '.matrix .square.lost'
holds "a mark in the matrix opens its round" "$drawn"'const r = document.getElementById("round-17"), at = r.getBoundingClientRect();
	return r.open && location.hash === "#round-17" && at.top >= 0 && at.top < innerHeight'
holds "which tells its scenario, whether it fails again, its logs and why" 'return ["/tmp/campaign/round-17.yaml", "yes", "/tmp/labs/round-17", "status 1"].every((t) => document.getElementById("round-17").textContent.includes(t))'
browser_click '#round-17 summary'
holds "another click folds it" 'return !document.getElementById("round-17").open'
holds "everything that a pointer reaches, a keyboard reaches" 'return [...document.querySelectorAll("#main .scroll")].every((e) => e.tabIndex === 0)'

# ---- in the dark, on a phone
browser_size 1280 900 dark
holds "the page is dark where the reader wants it" "$drawn"'return getComputedStyle(document.body).backgroundColor === "rgb(13, 17, 23)"'
browser_shot "$shots/campaign-dark.png"
browser_size 320 700 light
holds "on 320 pixels the page itself does not scroll sideways" "$drawn"'document.getElementById("round-17").open = true; return document.documentElement.scrollWidth <= 320'
browser_shot "$shots/campaign-phone.png"
exit "$failed"
