// SPDX-License-Identifier: GPL-2.0-only
/* What the records say: lanes, states, marks, messages and recoveries of a run. Nothing here draws. */
"use strict";

const NS_PER_MS = 1e6;

/** "1.23 s", "85.8 ms", "12 µs" of nanoseconds */
function duration(ns) {
	const size = Math.abs(ns);

	if (size >= 1e9)
		return (ns / 1e9).toFixed(size >= 1e11 ? 0 : size >= 1e10 ? 1 : 2) + " s";
	if (size >= 1e6)
		return (ns / 1e6).toFixed(size >= 1e8 ? 0 : 1) + " ms";
	return (ns / 1e3).toFixed(size >= 1e5 || size < 1 ? 0 : 1) + " µs";
}

/** The value at `percent`, by nearest rank: it is one of those that were measured. `values` is in ascending order. */
function percentile(values, percent) {
	return values[Math.max(0, Math.ceil(values.length * percent / 100) - 1)];
}

/** The index of the first element of `items` with t >= `t`; `items` is in order of t. */
function lowerBound(items, t) {
	let low = 0, high = items.length;

	while (low < high) {
		const middle = (low + high) >> 1;

		if (items[middle].t < t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ------------------------------------------------------------------ lanes and their states */

/* The states of Linux and of the relay follow from single events, those of a core are told. */
function stateAfter(event) {
	switch (event.ev) {
	case "lab.up":
		return ["relay", "running", "the lab is up"];
	case "lab.down":
		return ["relay", "off", event.why];
	case "host.start":
		return ["linux", "starting", "Linux boots"];
	case "host.reset":
		return ["linux", "starting", event.text];
	case "agent.up":
		return ["linux", "running", "its agent answers"];
	case "agent.down":
		return ["linux", "stopping", event.why];
	case "host.exit":
		return ["linux", event.expected === false ? "crashed" : "off", event.panic || event.text];
	case "core.state":
		return [event.core, event.to, event.why];
	default:
		return null;
	}
}

function findBands(events, lanes, end) {
	const bands = new Map(lanes.map((lane) => [lane, []]));

	for (const event of events) {
		const [lane, state, why] = stateAfter(event) || [];
		const list = bands.get(lane);

		if (!list)
			continue;
		if (list.length) {
			const last = list[list.length - 1];

			/* the agent goes when its Linux has gone */
			if (lane === "linux" && state === "stopping" && last.state !== "running" && last.state !== "starting")
				continue;
			last.end = event.t;
		}
		list.push({state: String(state), why: String(why || ""), t: event.t, end, epoch: event.epoch, lane, event});
	}
	return bands;
}

/* ------------------------------------------------------------------ what is drawn at one moment */

/* Events with a sign of their own, and how serious it is. */
const MARKS = {
	"core.fault": "fault",
	"host.reset": "warning",
	"core.crash": "crash",
	"core.recovered": "recovered",
	"core.ready": "ready",
	"core.dump": "dump",
	"core.babble": "warning",
	"core.flapping": "warning",
	"core.report": "warning",
	"relay.warning": "warning",
};

function markOf(event) {
	if (event.ev === "core.recovered" && event.link !== undefined && !["up", "quiet", "none"].includes(event.link))
		return "warning";
	if ((event.ev === "host.exit" && event.expected === false) || (event.ev === "host.reset" && event.panic))
		return "crash";
	return MARKS[event.ev];
}

/* Events that pass from one to another: [from, to, channel]. */
function signalOf(event) {
	switch (event.ev) {
	case "core.request":
		return ["linux", "relay", "requests"];
	case "core.fault":
		return ["relay", event.core, "faults"];
	case "core.crash":
		return ["relay", "linux", "reports"];
	default:
		return null;
	}
}

/** One line about an event, for people. */
function describe(event) {
	const about = {
		"core.fault": () => `fault '${event.kind}' injected`,
		"core.crash": () => `detected by ${event.detector}: ${event.text}`,
		"core.recovered": () => `recovered ${event.ms} ms after detection${event.link ? ", link " + event.link : ""}`,
		"core.ready": () => `ready ${event.ms} ms after power-on`,
		"core.boot": () => `the boot ROM answers ${event.ms} ms after power-on`,
		"core.state": () => `${event.from} → ${event.to}: ${event.why}`,
		"core.request": () => `Linux asks: ${event.op}${event.firmware ? " " + event.firmware : ""}`,
		"core.dump": () => `post-mortem ${event.file}, by ${event.by}`,
		"core.doorbells": () => `rings of this life: ${sum(event.to_remote)} to the core, ${sum(event.to_host)} to Linux`,
		"relay.warning": () => event.text,
		"host.exit": () => event.panic || event.text,
		"host.reset": () => event.text,
		"core.host": () => `its host is ${event.host} now: ${event.why}`,
	}[event.ev];

	return about ? about() : event.ev;
}

function sum(list) {
	return Array.isArray(list) ? list.reduce((a, b) => a + Number(b), 0) : 0;
}

function findItems(events, lanes) {
	const items = [];

	for (const event of events) {
		const lane = event.core && lanes.includes(event.core) ? event.core :
			event.ev.startsWith("host") || event.ev.startsWith("agent") ? "linux" : "relay";
		const [from, to, channel] = signalOf(event) || [];
		const mark = markOf(event);

		if (from && lanes.includes(from) && lanes.includes(to))
			items.push({t: event.t, type: "signal", from, to, channel, event, lane});
		if (mark)
			items.push({t: event.t, type: "mark", mark, lane, event});
	}
	return items;
}

/* A row of a capture: [t, core, to_host, src, dst, channel, length, payload in hex, type]. */
function findMessages(capture) {
	return (capture ? capture.messages : []).map((row) => ({
		t: row[0], type: row[8] || "message", core: row[1], from: row[2] ? row[1] : "linux", to: row[2] ? "linux" : row[1],
		src: row[3], dst: row[4], channel: row[5], length: row[6], hex: row[7],
	}));
}

/* ------------------------------------------------------------------ recoveries */

/** The stages of a recovery, in the order in which they begin; `from` and `to` are members of a recovery. */
const STAGES = [
	{name: "detect", from: "inject", to: "detected", what: "from the fault to its detection"},
	{name: "report", from: "detected", to: "told", what: "registers and symbols; Linux is told"},
	{name: "dump", from: "told", to: "dumped", what: "the post-mortem is written, beside all else"},
	{name: "stop", from: "told", to: "off", what: "Linux takes its drivers off and stops the core"},
	{name: "load", from: "off", to: "asked", what: "Linux reads the firmware and loads it"},
	{name: "start", from: "asked", to: "booted", what: "power-on to the boot ROM's answer"},
	{name: "announce", from: "booted", to: "up", what: "the firmware runs, the link is up"},
	{name: "first message", from: "up", to: "message", what: "until a message passes"},
];

function begin(event, fault) {
	return {core: event.core, epoch: event.epoch, kind: fault ? String(fault.kind) : "not injected",
		inject: fault ? fault.t : undefined, events: []};
}

/* What an event of the core adds to its open recovery. */
function addTo(r, event) {
	r.events.push(event);
	switch (event.ev) {
	case "core.request":
		if (event.op === "start" && r.off !== undefined)
			r.asked = event.t;
		break;
	case "core.state":
		if (event.to === "off" && r.off === undefined)
			r.off = event.t;
		break;
	case "core.boot":
		r.booted = event.t;
		break;
	case "core.recovered":
		r.up = event.t;
		r.ok = markOf(event) === "recovered";
		break;
	}
}

function ofCore(core, events, messages) {
	const found = [];
	let fault = null, crashed, open = null;

	for (const event of events) {
		if (event.core !== core)
			continue;
		if (event.ev === "core.dump") {
			const life = found.find((r) => r.epoch === event.epoch && r.crash);

			if (life)
				life.dumped = event.t;
		} else if (event.ev === "core.fault") {
			if (fault)
				found.push(begin(fault, fault));
			fault = event;
			open = null;
		} else if (event.ev === "core.state" && event.to === "crashed") {
			crashed = event.t;
		} else if (event.ev === "core.crash") {
			open = begin(event, fault && fault.epoch === event.epoch ? fault : null);
			open.detected = crashed !== undefined && crashed <= event.t ? crashed : event.t;
			if (open.inject === undefined && event.after_ms !== undefined && event.fault) {
				open.inject = event.t - event.after_ms * NS_PER_MS;
				open.kind = String(event.fault);
			}
			open.told = event.t;
			open.crash = event;
			fault = crashed = null;
			found.push(open);
		} else if (open) {
			addTo(open, event);
			if (event.ev === "core.recovered")
				open = null;
		}
	}
	if (fault)
		found.push(begin(fault, fault));
	for (const r of found) {
		const first = r.up === undefined ? undefined : messages[lowerBound(messages, r.up)];

		if (first)
			r.message = first.t;
		r.start = r.inject === undefined ? r.detected : r.inject;
		if (r.up !== undefined)
			r.total = r.up - r.start;
	}
	return found;
}

/* ------------------------------------------------------------------ a run */

function readRun(record, index) {
	const events = record.events.filter((e) => typeof e.t === "number" && typeof e.ev === "string").sort((a, b) => a.t - b.t);
	const messages = findMessages(record.capture).sort((a, b) => a.t - b.t);
	const cores = [...new Set([...events.map((e) => e.core), ...messages.map((m) => m.core)].filter(Boolean).map(String))];
	const lanes = ["linux", "relay", ...cores];
	const times = [events[0], events[events.length - 1], messages[0], messages[messages.length - 1]].filter(Boolean).map((i) => i.t);
	const start = Math.min(...times), end = Math.max(...times);
	const signs = findItems(events, lanes), items = [...signs, ...messages].sort((a, b) => a.t - b.t);
	const channels = [...new Set(items.filter((i) => i.channel).map((i) => i.channel))];

	for (const item of items) { /* for quick drawing: numbers instead of names */
		item.fromLane = lanes.indexOf(item.from);
		item.toLane = lanes.indexOf(item.to);
		item.key = (channels.indexOf(item.channel) * lanes.length + item.fromLane) * lanes.length + item.toLane;
	}

	const recoveries = cores.flatMap((core) => ofCore(core, events, messages.filter((m) => m.core === core)))
		.sort((a, b) => a.start - b.start);
	recoveries.forEach((r, i) => Object.assign(r, {run: index, index: i}));
	const up = events.find((e) => e.ev === "lab.up");
	return {
		index, record, name: record.name, events, messages, signs, cores, lanes, items, channels, recoveries, up,
		start: times.length ? start : 0, end: times.length ? Math.max(end, start + 1) : 1,
		bands: findBands(events, lanes, end),
		log: record.log.map(([source, t, text]) => ({source, t: t * 1e9, text})),
	};
}
