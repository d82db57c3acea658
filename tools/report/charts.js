// SPDX-License-Identifier: GPL-2.0-only
/* Recoveries in pictures: waterfall, histogram, the matrix of faults. All text is put in as text, never as markup. */
"use strict";

/** An element. Properties that begin with "on" are listeners, "style" and "dataset" are objects. */
function h(tag, properties, ...children) {
	const element = document.createElement(tag);

	for (const [name, value] of Object.entries(properties || {})) {
		if (name.startsWith("on"))
			element.addEventListener(name.slice(2), value);
		else if (name === "dataset")
			Object.assign(element.dataset, value);
		else if (name === "style")
			Object.entries(value).forEach(([key, text]) => element.style.setProperty(key, text));
		else if (value !== undefined && value !== false)
			element.setAttribute(name, value === true ? "" : value);
	}
	element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
	return element;
}

function percent(part) {
	return (100 * part).toFixed(3) + "%";
}

/* ------------------------------------------------------------------ waterfall */

/** The stages of one recovery, each where it was in time. */
function waterfall(r) {
	const known = STAGES.map((s) => ({...s, a: r[s.from], b: r[s.to]})).filter((s) => s.a !== undefined && s.b >= s.a);
	const end = Math.max(...known.map((s) => s.b)), width = end - r.start || 1;

	if (!known.length)
		return h("p", {class: "none"}, "Nothing noticed this fault.");
	return h("div", {class: "waterfall", role: "table", "aria-label": "stages of the recovery"},
		known.map((s) => {
			const left = (s.a - r.start) / width, part = (s.b - s.a) / width;

			return h("div", {class: "stage", role: "row", title: s.what},
				h("span", {class: "name", role: "cell"}, s.name),
				h("span", {class: "track", role: "cell"},
					h("span", {class: "bar " + s.name.replace(" ", "-"), style: {left: percent(left), width: percent(part)}}),
					h("span", {class: "length" + (left + part > 0.75 ? " before" : ""),
						style: left + part > 0.75 ? {right: percent(1 - left)} : {left: percent(left + part)}},
						duration(s.b - s.a))));
		}),
		h("div", {class: "stage total", role: "row"}, h("span", {class: "name", role: "cell"}, "all"),
			h("span", {class: "track", role: "cell"}, duration(width))));
}

/* ------------------------------------------------------------------ histogram */

/* Bins of equal width on a logarithmic scale: hangs take a hundred times as long as faults. */
function bins(values, count) {
	const low = Math.log(values[0] * 0.97), high = Math.log(values[values.length - 1] * 1.03), list = new Array(count).fill(0);
	const place = (v) => (Math.log(v) - low) / (high - low);

	for (const v of values)
		list[Math.min(count - 1, Math.floor(place(v) * count))]++;
	return {list, place, at: (part) => Math.exp(low + part * (high - low))};
}

/** How long recoveries took; `times` in nanoseconds. */
function histogram(times) {
	const values = times.filter((v) => v > 0).sort((a, b) => a - b);

	if (!values.length)
		return h("p", {class: "none"}, "No recovery is complete.");
	const {list, place, at} = bins(values, Math.min(40, Math.max(12, Math.ceil(values.length / 2))));
	const most = Math.max(...list), lines = [["p50", percentile(values, 50)], ["p99", percentile(values, 99)]];
	const drawn = lines[0][1] === lines[1][1] ? lines.slice(0, 1) : lines; /* of one recovery they are the same */

	return h("figure", {class: "histogram"},
		h("div", {class: "bars", role: "img", "aria-label": `${values.length} recoveries, median ${duration(lines[0][1])}, p99 ${duration(lines[1][1])}`},
			list.map((n, i) => h("span", {class: "bin", title: `${n} between ${duration(at(i / list.length))} and ${duration(at((i + 1) / list.length))}`},
				h("span", {style: {height: percent(n / most)}}))),
			drawn.map(([name, value]) => h("span", {class: "line " + name, style: {left: percent(place(value))}},
				h("span", {class: place(value) > 0.7 ? "before" : ""}, `${name} ${duration(value)}`)))),
		h("div", {class: "scale"}, [0, 0.25, 0.5, 0.75, 1].map((part) => h("span", {}, duration(at(part))))));
}

/* ------------------------------------------------------------------ matrix */

function sayRecovery(r, runs) {
	const where = runs.length > 1 ? ` in run ${runs[r.run].name}` : "";

	if (!r.crash)
		return `${r.kind}, ${r.core}${where}: not detected`;
	return `${r.kind}, life ${r.epoch} of ${r.core}${where}: ` +
		(r.inject === undefined ? "detected" : `detected after ${duration(r.detected - r.inject)}`) + ` by ${r.crash.detector}, ` +
		(r.total === undefined ? "not recovered" : `recovered after ${duration(r.total)}`);
}

function square(r, runs, onChoose) {
	const state = !r.crash ? "unseen" : r.total === undefined ? "lost" : r.ok ? "good" : "poor";

	return h("button", {class: "square " + state, type: "button", title: sayRecovery(r, runs), "aria-label": sayRecovery(r, runs),
		dataset: {run: r.run, recovery: r.index}, onclick: () => onChoose(r)}, {good: "✓", poor: "!", lost: "×", unseen: "?"}[state]);
}

/** Kinds of fault by who noticed them; each square is one, and leads to it. */
function matrix(runs, onChoose) {
	const all = runs.flatMap((run) => run.recoveries), detector = (r) => (r.crash ? String(r.crash.detector) : "nobody");
	const kinds = [...new Set(all.map((r) => r.kind))].sort(), detectors = [...new Set(all.map(detector))].sort();

	if (!all.length)
		return h("p", {class: "none"}, "Nothing was broken in this run.");
	return h("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": "fault matrix"}, h("table", {class: "matrix"},
		h("thead", {}, h("tr", {}, h("th", {scope: "col"}, "fault"), detectors.map((d) => h("th", {scope: "col"}, d)),
			h("th", {scope: "col", class: "number"}, "detected"), h("th", {scope: "col", class: "number"}, "recovered"))),
		h("tbody", {}, kinds.map((kind) => {
			const own = all.filter((r) => r.kind === kind);
			const median = (list) => (list.length ? duration(percentile(list.sort((a, b) => a - b), 50)) : "–");

			return h("tr", {}, h("th", {scope: "row"}, kind),
				detectors.map((d) => h("td", {}, h("span", {class: "squares"},
					own.filter((r) => detector(r) === d).map((r) => square(r, runs, onChoose))))),
				h("td", {class: "number"}, median(own.filter((r) => r.inject !== undefined && r.crash).map((r) => r.detected - r.inject))),
				h("td", {class: "number"}, median(own.filter((r) => r.total !== undefined).map((r) => r.total))));
		}))));
}
