// SPDX-License-Identifier: GPL-2.0-only
/* The page of a campaign: what was broken, what came of it, what became of the messages, which rounds failed. */
"use strict";

const OUTCOMES = ["detected", "masked", "corrupted", "as declared"];
const ACCOUNT = [
	["delivered", "delivered once", ""], ["reported", "reported lost to their sender", ""],
	["found", "found wrong, doubled or missing where memory was written over", ""],
	["corrupted", "not what was sent", "bad"], ["doubled", "delivered twice", "bad"], ["both", "reported lost, and delivered", "bad"],
	["unaccounted", "neither delivered nor reported lost", "bad"],
];

class CampaignPage {
	constructor(data) {
		this.data = data;
	}

	show() {
		const {report} = this.data, failed = report.results.filter((r) => !r.ok), ms = (value) => duration(value * 1e6);
		const times = (key) => report.results.flatMap((r) => r.faults.map((f) => f[key])).filter((v) => v !== undefined).sort((a, b) => a - b);
		const recovered = times("recover_ms"), broken = ACCOUNT.slice(3).reduce((n, [key]) => n + report.messages[key], 0);

		document.title = `Campaign ${report.seed} – AmpRelay`;
		document.getElementById("head").append(h("div", {class: "headline"}, h("span", {class: "brand"}, "AmpRelay"),
			h("h1", {}, `A campaign of ${report.rounds.toLocaleString("en")} rounds`),
			h("p", {class: "note"}, [`seed ${report.seed}`, `SoCs ${report.socs.join(", ")}`, report.firmware,
				new Date(report.time * 1000).toLocaleString("sv"), duration(report.seconds * 1e9), report.whole ? "" : "interrupted"].filter(Boolean).join(" · "))));
		document.getElementById("main").replaceChildren(
			h("div", {class: "tiles"},
				tile(`${report.rounds - failed.length} of ${report.rounds}`, "rounds as declared", failed.length ? "bad" : "good"),
				tile(recovered.length.toLocaleString("en"), "recoveries"),
				tile(recovered.length ? ms(percentile(recovered, 50)) : "–", "median recovery"),
				tile(recovered.length ? ms(percentile(recovered, 99)) : "–", "p99 recovery"),
				tile(report.messages.sent.toLocaleString("en"), "messages"),
				tile(String(broken), "unaccounted or wrong", broken ? "bad" : "good")),
			card("kinds", "What was broken, and what came of it", "A count of rounds for each outcome; a mark leads to a round that failed.", this.kinds(report.kinds, ms)),
			h("div", {class: "pair"},
				card("messages", "What became of the messages", null, this.messages(report.messages)),
				card("repeats", "All recoveries", null, histogram(recovered.map((v) => v * 1e6)))),
			card("failed", "Rounds that failed", null, this.failures(failed)));
		document.getElementById("foot").append(`AmpRelay ${this.data.version}`);
		this.openLinked();
		addEventListener("hashchange", () => this.openLinked());
	}

	/* A link to a round opens it. */
	openLinked() {
		const round = /^#round-\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));

		if (round)
			round.open = true;
	}

	kinds(kinds, ms) {
		const seen = OUTCOMES.filter((o) => kinds.some((k) => k.outcomes[o])), cell = (...content) => h("td", {class: "number"}, ...content);
		const pair = (times) => [cell(times ? ms(times.p50) : "–"), cell(times ? ms(times.p99) : "–")];
		const titles = ["declared", "count", ...seen, "failed", "detect p50", "p99", "recover p50", "p99"];
		const rows = [...kinds].sort((a, b) => b.failed - a.failed || a.kind.localeCompare(b.kind));

		return h("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": "fault matrix"}, h("table", {class: "matrix"},
			h("thead", {}, h("tr", {}, h("th", {scope: "col"}, "fault"), titles.map((t, i) => h("th", {scope: "col", class: i ? "number" : ""}, t)))),
			h("tbody", {}, rows.map((k) => h("tr", {}, h("th", {scope: "row"}, k.kind),
				h("td", {}, k.declared || "its scenario"), cell(String(k.count)),
				seen.map((o) => cell(k.outcomes[o] ? String(k.outcomes[o]) : "")),
				h("td", {class: "number"}, h("span", {class: "squares"}, k.rounds.map((n) =>
					h("a", {class: "square lost", href: `#round-${n}`, title: `round ${n}`, "aria-label": `round ${n} failed`}, "×")))),
				pair(k.detect_ms), pair(k.recover_ms))))));
	}

	messages(messages) {
		return h("table", {}, h("tbody", {}, ACCOUNT.map(([key, text, state]) => h("tr", {},
			h("th", {scope: "row"}, text), h("td", {class: "number " + (messages[key] ? state : "")}, messages[key].toLocaleString("en"))))));
	}

	failures(rounds) {
		if (!rounds.length)
			return h("p", {class: "none"}, "None has.");
		return h("div", {class: "crashes"}, rounds.map((r) => h("details", {id: `round-${r.round}`},
			h("summary", {}, h("b", {}, `Round ${r.round}`), ` ${r.core} of ${r.soc}: ${r.faults.map((f) => f.kind).join(", ")}`),
			h("dl", {}, [["scenario", r.file], ["fails again", r.fails_again === undefined ? undefined : r.fails_again ? "yes" : "not by itself"], ["logs", r.logs]]
				.filter(([, value]) => value).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
			h("pre", {class: "scroll", tabindex: 0, "aria-label": "failure"}, r.failure))));
	}
}
