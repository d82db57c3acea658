// SPDX-License-Identifier: GPL-2.0-only
/* The page of runs: what is where, and what a choice in one part shows in the others. */
"use strict";

function card(id, title, note, ...children) {
	return h("section", {id, class: "card", "aria-labelledby": id + "-title"},
		h("div", {class: "title"}, h("h2", {id: id + "-title"}, title), note && h("p", {class: "note"}, note)), ...children);
}

function tile(value, label, state) {
	return h("div", {class: "tile " + (state || "")}, h("strong", {}, value), h("span", {}, label));
}

class RunPage {
	constructor(data) {
		this.data = data;
		this.runs = data.runs.map(readRun);
		this.run = this.runs[0];
	}

	show() {
		this.makeTimeline();
		this.detail = h("div", {class: "detail", "aria-live": "polite", id: "detail"});
		this.waterfall = h("div", {id: "waterfall"});
		this.crashes = h("div", {class: "crashes"});
		this.log = h("div", {class: "log scroll", tabindex: 0, role: "log", "aria-label": "log", "aria-live": "off"});
		document.getElementById("head").append(this.title = h("div", {class: "headline"}));
		document.getElementById("main").replaceChildren(
			this.tiles = h("div", {class: "tiles"}),
			card("timeline", "Between the cores", "Click for what it was. Drag to move, + and − to zoom, n and p for the next and the one before.",
				this.toolbar, this.filters = h("div", {class: "chips", role: "group", "aria-label": "channels"}),
				this.canvas, this.overview, this.detail),
			h("div", {class: "pair"},
				card("recovery", "A recovery, stage by stage", null, this.chooser = h("div", {class: "chooser"}), this.waterfall),
				card("repeats", "All recoveries", null, histogram(this.runs.flatMap((r) => r.recoveries.map((x) => x.total))))),
			card("faults", "What was broken, and who noticed", "Each square is one fault and leads to it.", matrix(this.runs, (r) => this.choose(r))),
			card("crashes", "What the dead cores left", null, this.crashes),
			card("logs", "Logs", null, this.makeLogFilter(), this.log));
		document.getElementById("foot").append(`AmpRelay ${this.data.version}. ${this.data.notes.join(" ")}`);
		this.showRun(this.run);
	}

	/* -------------------------------------------------------------- timeline */

	makeTimeline() {
		const button = (text, label, action) => h("button", {type: "button", "aria-label": label, title: label, onclick: action}, text);

		this.canvas = h("canvas", {id: "lanes", tabindex: 0, role: "application",
			"aria-label": "Lanes of Linux, the relay and the cores. Arrow keys move, plus and minus zoom, n and p select, Escape ends it."});
		this.overview = h("canvas", {id: "overview", role: "img", "aria-label": "the whole run"});
		this.timeline = new Timeline(this.canvas, this.overview, (item) => this.explain(item));
		this.picker = h("select", {"aria-label": "run", onchange: () => this.showRun(this.runs[Number(this.picker.value)])},
			this.runs.map((run) => h("option", {value: run.index}, run.name)));
		this.toolbar = h("div", {class: "toolbar"},
			this.runs.length > 1 && this.picker,
			button("+", "zoom in", () => this.timeline.zoom(0.5)),
			button("−", "zoom out", () => this.timeline.zoom(2)),
			button("fit", "the whole run", () => this.timeline.fit()),
			button("‹", "the one before", () => this.timeline.step(-1)),
			button("›", "the next", () => this.timeline.step(1)));
	}

	makeFilters() {
		this.filters.replaceChildren(...this.run.channels.map((channel) => {
			const count = this.run.items.filter((i) => i.channel === channel && i.type !== "mark").length;
			const chip = h("button", {type: "button", class: "chip", "aria-pressed": "true", dataset: {channel},
				onclick: () => {
					const shown = chip.getAttribute("aria-pressed") !== "true";

					chip.setAttribute("aria-pressed", shown);
					this.timeline.hidden[shown ? "delete" : "add"](channel);
					this.timeline.changed();
				}},
			h("i", {style: {background: `var(--${this.channelVariable(channel)})`}}), channel, h("b", {}, String(count)));

			return chip;
		}));
	}

	channelVariable(channel) {
		return {requests: "dim", faults: "fault", reports: "crashed", missed: "fault"}[channel] || "channel-" + this.run.channels.indexOf(channel) % CHANNEL_COLORS;
	}

	/* -------------------------------------------------------------- one run, one thing */

	showRun(run) {
		const {up} = run, faults = run.recoveries.filter((r) => r.inject !== undefined), crashes = run.recoveries.filter((r) => r.crash);
		const recovered = run.recoveries.filter((r) => r.total !== undefined), times = recovered.map((r) => r.total).sort((a, b) => a - b);

		this.run = run;
		this.picker.value = run.index;
		document.title = `${run.name} – AmpRelay`;
		this.title.replaceChildren(h("span", {class: "brand"}, "AmpRelay"), h("h1", {}, run.name),
			h("p", {class: "note"}, [up && `SoC ${up.soc}`, `${run.cores.length} core${run.cores.length === 1 ? "" : "s"}`,
				up && up.time && new Date(up.time / 1e6).toLocaleString("sv") /* as ISO 8601 has it */, duration(run.end - run.start)].filter(Boolean).join(" · ")));
		this.tiles.replaceChildren(
			tile(String(faults.length), "faults injected"),
			tile(`${crashes.length}`, "crashes detected", faults.some((r) => !r.crash) ? "bad" : ""),
			tile(`${recovered.length} of ${crashes.length}`, "recovered", recovered.length < crashes.length ? "bad" : "good"),
			tile(times.length ? duration(percentile(times, 50)) : "–", "median recovery"),
			tile(times.length ? duration(percentile(times, 99)) : "–", "p99 recovery"),
			run.messages.length ? tile(run.messages.length.toLocaleString("en"), "messages") :
				tile(run.events.reduce((n, e) => n + (e.ev === "core.doorbells" ? sum(e.to_remote) + sum(e.to_host) : 0), 0).toLocaleString("en"), "doorbells"));
		this.timeline.show(run);
		this.makeFilters();
		this.makeChooser();
		this.makeCrashes();
		this.showLog(null);
		this.explain(null);
		this.showWaterfall(run.recoveries[0]);
	}

	/* A click on a square, or on a crash: everything shows that recovery. */
	choose(r) {
		if (r.run !== this.run.index)
			this.showRun(this.runs[r.run]);
		const end = Math.max(...STAGES.map((s) => r[s.to] || 0), r.start + 1e6), margin = (end - r.start) * 0.15;

		this.timeline.view(r.start - margin, end + margin);
		this.timeline.select(this.run.items.find((i) => i.type === "mark" && i.t >= r.start && i.event.core === r.core) || null);
		this.showWaterfall(r);
		document.getElementById("timeline").scrollIntoView({behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth"});
	}

	makeChooser() {
		const select = h("select", {"aria-label": "recovery", onchange: () => this.showWaterfall(this.run.recoveries[Number(select.value)])},
			this.run.recoveries.map((r) => h("option", {value: r.index}, `${r.index + 1}: ${r.kind}, ${r.core} life ${r.epoch}`)));

		this.selectRecovery = select;
		this.chooser.replaceChildren(...(this.run.recoveries.length ? [select] : []));
	}

	showWaterfall(r) {
		if (r)
			this.selectRecovery.value = r.index;
		this.waterfall.replaceChildren(r ? waterfall(r) : h("p", {class: "none"}, "Nothing was broken in this run."));
	}

	/* -------------------------------------------------------------- what was clicked */

	explain(item) {
		if (!item) {
			this.detail.replaceChildren(h("p", {class: "none"}, "Nothing is selected."));
			return;
		}
		const rows = [["when", this.when(item.t)], ...(item.event ? this.ofEvent(item) : this.ofMessage(item))];

		this.detail.replaceChildren(...[
			h("h3", {}, item.event ? (item.state ? `${item.lane}: ${item.state}` : describe(item.event)) : `${item.channel}: ${item.from} → ${item.to}`),
			h("dl", {}, rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
			item.hex && this.dump(item),
			this.near(item.t)].filter(Boolean));
		this.showLog(item.t);
	}

	when(t) {
		const wall = this.run.up && this.run.up.time ? new Date((this.run.up.time + t - this.run.up.t) / 1e6) : null;

		return `${duration(t - this.run.start)} after the start` + (wall ? `, ${wall.toLocaleTimeString("en-GB")}.${String(wall.getMilliseconds()).padStart(3, "0")}` : "");
	}

	ofEvent(item) {
		const hidden = ["t", "ev"], text = (v) => (typeof v === "string" ? v : JSON.stringify(v));

		return [["event", item.event.ev], ...(item.state ? [["for", duration(item.end - item.t)]] : []),
			...Object.entries(item.event).filter(([key]) => !hidden.includes(key)).map(([key, value]) => [key, text(value)])];
	}

	ofMessage(m) {
		const hex = (address) => "0x" + address.toString(16);

		if (m.type === "gap")
			return [["messages", `${m.length} passed that the capture does not have`]];
		return [["channel", m.channel], ["addresses", `${hex(m.src)} → ${hex(m.dst)}`], ["payload", `${m.length} bytes`]];
	}

	dump(m) {
		const bytes = (m.hex.match(/../g) || []).map((pair) => parseInt(pair, 16)), lines = [];

		for (let i = 0; i < bytes.length; i += 16) {
			const row = bytes.slice(i, i + 16);

			lines.push(i.toString(16).padStart(4, "0") + "  " + row.map((b) => b.toString(16).padStart(2, "0")).join(" ").padEnd(47) + "  " +
				row.map((b) => (b > 31 && b < 127 ? String.fromCharCode(b) : ".")).join(""));
		}
		return h("pre", {class: "scroll", tabindex: 0, "aria-label": "payload"}, lines.join("\n") + (bytes.length < m.length ? "\n…" : ""));
	}

	/* The log around a moment: three lines before, four after. */
	near(t) {
		const at = lowerBound(this.run.log, t), lines = this.run.log.slice(Math.max(0, at - 3), at + 4);

		return lines.length > 0 && h("div", {class: "near scroll", tabindex: 0, role: "region", "aria-label": "log around it"}, lines.map((line) => this.logLine(line, t)));
	}

	/* -------------------------------------------------------------- crashes */

	makeCrashes() {
		const crashed = this.run.recoveries.filter((r) => r.crash);

		this.crashes.replaceChildren(...(crashed.length ? crashed.map((r, i) => this.crash(r, i === 0)) : [h("p", {class: "none"}, "No core died.")]));
	}

	crash(r, open) {
		const {crash} = r, report = this.run.record.reports[`dumps/${r.core}-${r.epoch}.txt`];
		const fact = (name, value) => value && [h("dt", {}, name), h("dd", {}, value)];
		const place = (address, symbol) => (address && address !== "0x0" ? `${address}  ${symbol || ""}` : "unknown");

		return h("details", {open},
			h("summary", {}, h("b", {}, `${r.core}, life ${r.epoch}`), ` ${crash.text}`),
			h("dl", {}, fact("fault", r.kind), fact("detected by", crash.detector), fact("cause", crash.cause),
				fact("where", place(crash.pc, crash.pc_sym)), fact("called from", place(crash.lr, crash.lr_sym))),
			[[crash.pc, "where it was"], [crash.lr, "called from"]].map(([address, title]) => this.source(address, title)),
			report && h("details", {}, h("summary", {}, "registers, stack, last words"), h("pre", {class: "scroll", tabindex: 0, "aria-label": "report"}, report)),
			h("button", {type: "button", onclick: () => this.choose(r)}, "show it in the timeline"));
	}

	/* A few lines of the program around the place, if its file was there when the page was made. */
	source(address, title) {
		const found = this.run.record.sources[address];

		return found && h("figure", {class: "source"}, h("figcaption", {}, `${title}: ${found.function}, ${found.file}:${found.line}`),
			h("pre", {class: "scroll", tabindex: 0, "aria-label": "source"}, found.text.map((text, i) => {
				const number = found.first + i;

				return h("span", {class: number === found.line ? "here" : ""}, `${String(number).padStart(5)}  ${text.replaceAll("\t", "    ")}\n`);
			})));
	}

	/* -------------------------------------------------------------- logs */

	makeLogFilter() {
		this.search = h("input", {type: "search", placeholder: "filter: text, or a source", "aria-label": "filter the log", oninput: () => this.showLog(null)});
		return h("div", {class: "toolbar"}, this.search);
	}

	/* At most a few hundred lines are in the page, around the moment if there is one. */
	showLog(t) {
		const wanted = this.search.value.toLowerCase(), most = 400;
		const lines = this.run.log.filter((l) => !wanted || l.text.toLowerCase().includes(wanted) || l.source === wanted);
		const at = t === null ? 0 : Math.max(0, Math.min(lowerBound(lines, t) - most / 2, lines.length - most));

		this.log.replaceChildren(...lines.slice(at, at + most).map((line) => this.logLine(line, t)),
			h("p", {class: "none"}, lines.length > most ? `${most} of ${lines.length} lines: select something to see those around it` : `${lines.length} lines`));
		const first = t === null ? null : this.log.querySelector(".after");

		this.log.scrollTop = first ? first.offsetTop - this.log.offsetTop - this.log.clientHeight / 2 : 0;
	}

	logLine(line, t) {
		return h("p", {class: t !== null && line.t >= t ? "after" : "", onclick: () => this.timeline.reveal(line.t)},
			h("span", {class: "from from-" + (["linux", "kernel", "relay"].includes(line.source) ? line.source : "core")}, line.source),
			line.text);
	}
}
