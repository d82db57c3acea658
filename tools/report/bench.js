// SPDX-License-Identifier: GPL-2.0-only
/* The page of a benchmark's report: targets, pictures, every figure. */
"use strict";

class BenchPage {
	constructor(data) {
		this.data = data;
	}

	show() {
		const {machine, results, targets} = this.data.report;
		const met = targets.filter((t) => t.value <= t.target).length;

		document.title = "Benchmarks – AmpRelay";
		document.getElementById("head").append(h("div", {class: "headline"}, h("span", {class: "brand"}, "AmpRelay"), h("h1", {}, "What it costs"),
			h("p", {class: "note"}, Object.entries(machine || {}).map(([name, value]) => `${name} ${value}`).join(" · "))));
		document.getElementById("main").replaceChildren(...[
			h("div", {class: "tiles"}, tile(`${met} of ${targets.length}`, "targets met", met === targets.length ? "good" : ""),
				tile(String(Object.keys(results).length), "figures")),
			card("targets", "Against the targets", "Smaller is better; the bar is full at the target.", this.targets(targets)),
			this.data.pictures.length > 0 && card("pictures", "Pictures", null, this.data.pictures.map(([name, svg]) =>
				h("img", {src: "data:image/svg+xml," + encodeURIComponent(svg), alt: name}))),
			card("figures", "All figures", null, h("details", {}, h("summary", {}, "show them"), this.figures(results)))].filter(Boolean));
		document.getElementById("foot").append(`AmpRelay ${this.data.version}`);
	}

	table(titles, rows) {
		return h("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": titles[0]}, h("table", {},
			h("thead", {}, h("tr", {}, titles.map((t, i) => h("th", {scope: "col", class: i ? "number" : ""}, t)))),
			h("tbody", {}, rows)));
	}

	targets(list) {
		const number = (value) => h("td", {class: "number"}, value === null || value === undefined ? "–" : Number(value).toLocaleString("en"));

		return this.table(["what", "here", "target", "best peer"], list.map((t) => h("tr", {},
			h("th", {scope: "row"}, t.title, h("span", {class: "meter " + (t.value > t.target ? "bad" : "")},
				h("span", {style: {width: percent(Math.min(1, t.value / t.target))}}))),
			number(t.value), number(t.target), number(t.peer))));
	}

	figures(results) {
		return this.table(["figure", "value"], Object.entries(results).map(([name, value]) => h("tr", {},
			h("td", {}, name), h("td", {class: "number"}, Number(value).toLocaleString("en")))));
	}
}
