// SPDX-License-Identifier: GPL-2.0-only
/*
 * The picture of a run: a lane for each of Linux, the relay and the cores, with their states, and what passes between
 * them. It stays fluent with many thousand messages: of those that fall on one pixel, one is drawn.
 */
"use strict";

const LANE = 82, BAND = 26, AXIS = 28, FLAG = 15;
const CHANNEL_COLORS = 8;

class Timeline {
	constructor(canvas, overview, onSelect) {
		this.canvas = canvas;
		this.overview = overview;
		this.onSelect = onSelect;
		this.hidden = new Set();
		this.selected = null;
		this.queued = false;
		this.pointers = new Map();
		this.listen();
		new ResizeObserver(() => this.changed()).observe(canvas);
		matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.changed());
	}

	show(run) {
		this.run = run;
		this.hidden.clear();
		this.selected = null;
		this.canvas.style.height = AXIS + run.lanes.length * LANE + 4 + "px";
		this.fit();
	}

	/* -------------------------------------------------------------- what is in view */

	fit() {
		const margin = (this.run.end - this.run.start) * 0.01;

		this.view(this.run.start - margin, this.run.end + margin);
	}

	view(from, to) {
		const least = 2000, whole = (this.run.end - this.run.start) * 1.02 + 2 * least;
		const width = Math.min(Math.max(to - from, least), whole);
		const low = this.run.start - whole * 0.01 - width * 0.4, high = this.run.end + whole * 0.01 + width * 0.4;
		const middle = Math.min(Math.max((from + to) / 2, low + width / 2), high - width / 2);

		this.from = middle - width / 2;
		this.to = middle + width / 2;
		this.changed();
	}

	zoom(factor, at) {
		const t = at === undefined ? (this.from + this.to) / 2 : at;

		this.view(t - (t - this.from) * factor, t + (this.to - t) * factor);
	}

	pan(part) {
		const by = (this.to - this.from) * part;

		this.view(this.from + by, this.to + by);
	}

	/* Brings a moment into view, if it is not in its middle part. */
	reveal(t) {
		const width = this.to - this.from;

		if (t < this.from + width * 0.05 || t > this.to - width * 0.05)
			this.view(t - width / 2, t + width / 2);
	}

	changed() {
		if (this.queued || !this.run)
			return;
		this.queued = true;
		requestAnimationFrame(() => {
			this.queued = false;
			this.draw();
		});
	}

	x(t) {
		return this.gutter + (t - this.from) / (this.to - this.from) * (this.width - this.gutter);
	}

	time(x) {
		return this.from + (x - this.gutter) / (this.width - this.gutter) * (this.to - this.from);
	}

	band(lane) {
		return this.bandAt(this.run.lanes.indexOf(lane));
	}

	bandAt(row) {
		return AXIS + row * LANE + LANE - BAND - 8;
	}

	visible(item) {
		return !(item.channel && this.hidden.has(item.channel));
	}

	/* -------------------------------------------------------------- drawing */

	prepare(canvas) {
		const scale = devicePixelRatio || 1, context = canvas.getContext("2d");
		const width = canvas.clientWidth, height = canvas.clientHeight;

		if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
			canvas.width = Math.round(width * scale);
			canvas.height = Math.round(height * scale);
		}
		context.setTransform(scale, 0, 0, scale, 0, 0);
		context.clearRect(0, 0, width, height);
		return [context, width, height];
	}

	readColors() {
		const style = getComputedStyle(document.documentElement), cache = {};

		this.color = (name) => cache[name] || (cache[name] = style.getPropertyValue("--" + name).trim());
		this.font = (weight, size) => `${weight} ${size}px ${style.getPropertyValue("--sans")}`;
	}

	channelColor(channel) {
		const own = {requests: "dim", faults: "fault", reports: "crashed", missed: "fault"};

		return this.color(own[channel] || "channel-" + this.run.channels.indexOf(channel) % CHANNEL_COLORS);
	}

	draw() {
		const [c, width, height] = this.prepare(this.canvas);

		this.width = width;
		this.gutter = width >= 640 ? 84 : 0;
		this.readColors();
		this.drawAxis(c, height);
		c.save();
		c.beginPath();
		c.rect(this.gutter, 0, width - this.gutter, height);
		c.clip();
		this.drawMessages(c);
		for (const lane of this.run.lanes)
			this.drawBands(c, lane);
		this.drawSignals(c);
		this.drawMarks(c);
		this.drawSelected(c, height);
		c.restore();
		this.drawLabels(c);
		this.drawOverview();
	}

	drawAxis(c, height) {
		const steps = [1, 2, 5], wanted = Math.max(3, this.width / 110), raw = (this.to - this.from) / wanted;
		const power = 10 ** Math.floor(Math.log10(raw)), step = (steps.find((s) => s * power >= raw) || 10) * power;

		c.font = this.font(400, 11);
		c.textBaseline = "middle";
		c.textAlign = "center";
		for (let t = Math.ceil((this.from - this.run.start) / step) * step; t <= this.to - this.run.start; t += step) {
			const x = Math.round(this.x(t + this.run.start)) + 0.5;

			if (x < this.gutter)
				continue;
			c.strokeStyle = this.color("line");
			c.beginPath();
			c.moveTo(x, AXIS - 6);
			c.lineTo(x, height);
			c.stroke();
			c.fillStyle = this.color("dim");
			c.fillText(this.tick(t, step), x, 10);
		}
	}

	tick(t, step) {
		const most = this.to - this.run.start, [unit, name] = most >= 1e9 ? [1e9, "s"] : most >= 1e6 ? [1e6, "ms"] : [1e3, "µs"];

		return (t / unit).toFixed(Math.max(0, Math.min(9, -Math.floor(Math.log10(step / unit) + 1e-9)))) + " " + name;
	}

	drawMessages(c) {
		const {messages, channels} = this.run, paths = new Map(), last = [];
		const begin = lowerBound(messages, this.time(-20)), end = lowerBound(messages, this.time(this.width + 20));
		const heads = this.spread(begin, end);

		for (let i = begin; i < end; i++) {
			const item = messages[i], x = Math.round(this.x(item.t)) + 0.5;

			if (last[item.key] === x || !this.visible(item))
				continue;
			last[item.key] = x;
			if (!paths.has(item.channel))
				paths.set(item.channel, new Path2D());
			this.arrow(paths.get(item.channel), x, item, heads);
		}
		for (const channel of channels) {
			if (!paths.has(channel))
				continue;
			c.strokeStyle = this.channelColor(channel);
			c.globalAlpha = heads ? 0.9 : 0.5;
			c.lineWidth = heads ? 1.5 : 1;
			c.stroke(paths.get(channel));
		}
		c.globalAlpha = 1;
	}

	/* Arrow heads need room. */
	spread(begin, end) {
		return (end - begin) * 5 < this.width;
	}

	arrow(path, x, item, head) {
		const down = item.toLane > item.fromLane, back = down ? -6 : 6;
		const y0 = this.bandAt(item.fromLane) + (down ? BAND : 0), y1 = this.bandAt(item.toLane) + (down ? 0 : BAND);

		path.moveTo(x, y0);
		path.lineTo(x, y1);
		if (!head)
			return;
		path.moveTo(x - 3.5, y1 + back);
		path.lineTo(x, y1);
		path.lineTo(x + 3.5, y1 + back);
	}

	drawBands(c, lane) {
		const y = this.band(lane), right = this.width;

		c.font = this.font(600, 12);
		c.textBaseline = "middle";
		c.textAlign = "left";
		for (const band of this.run.bands.get(lane)) {
			const x0 = Math.max(this.x(band.t), this.gutter - 2), x1 = Math.min(this.x(band.end), right + 2);

			if (x1 < this.gutter || x0 > right)
				continue;
			c.fillStyle = this.color(["off", "starting", "running", "stopping", "crashed"].includes(band.state) ? band.state : "off");
			c.beginPath();
			c.roundRect(x0, y, Math.max(x1 - x0, 1), BAND, x1 - x0 > 8 ? 4 : 0);
			c.fill();
			const text = band.state + (band.epoch > 1 && band.state !== "off" ? " · life " + band.epoch : "");

			for (const words of [text, band.state]) {
				if (x1 - x0 > c.measureText(words).width + 14) {
					c.fillStyle = this.color("on-" + (band.state === "off" ? "off" : "state"));
					c.fillText(words, x0 + 7, y + BAND / 2 + 1);
					break;
				}
			}
		}
	}

	/* The events of a kind that are in view; of those that fall on one pixel, one. */
	*signsInView(type, apart) {
		const {signs} = this.run, last = new Map();

		for (let i = lowerBound(signs, this.time(-20)); i < signs.length; i++) {
			const item = signs[i], x = this.x(item.t), key = `${item.mark} ${item.lane} ${item.channel} ${item.to}`;

			if (x > this.width + 20)
				return;
			if (item.type !== type || !this.visible(item) || x - last.get(key) < apart)
				continue;
			last.set(key, x);
			yield [item, x];
		}
	}

	drawSignals(c) {
		c.lineWidth = 1.5;
		c.setLineDash([4, 2]);
		for (const [item, x] of this.signsInView("signal", 1)) {
			const path = new Path2D();

			this.arrow(path, Math.round(x) + 0.5, item, true);
			c.strokeStyle = this.channelColor(item.channel);
			c.stroke(path);
		}
		c.setLineDash([]);
	}

	drawMarks(c) {
		for (const [item, x] of this.signsInView("mark", 3))
			this.drawMark(c, item.mark, x, this.band(item.lane) - FLAG);
	}

	/* Form and colour both tell which it is. */
	drawMark(c, mark, x, y) {
		const shapes = {
			fault: [[2, -9], [-5, 1], [-0.5, 1], [-2, 9], [5, -2], [0.5, -2]],
			crash: [[0, -8], [8, 0], [0, 8], [-8, 0]],
			warning: [[0, -8], [8, 6], [-8, 6]],
			dump: [[-5, -6], [3, -6], [6, -3], [6, 6], [-5, 6]],
			ready: [[-4, -6], [6, 0], [-4, 6]],
		};
		const colors = {fault: "fault", crash: "crashed", warning: "fault", dump: "dim", ready: "running", recovered: "running"};

		c.strokeStyle = c.fillStyle = this.color(colors[mark]);
		c.lineWidth = 1.5;
		c.beginPath();
		c.moveTo(x, y + 7);
		c.lineTo(x, y + FLAG + BAND);
		c.globalAlpha = mark === "fault" || mark === "crash" || mark === "recovered" ? 1 : 0.5;
		c.stroke();
		c.globalAlpha = 1;
		c.strokeStyle = this.color("card");
		c.beginPath();
		if (mark === "recovered")
			c.arc(x, y, 7.5, 0, 2 * Math.PI);
		else
			shapes[mark].forEach(([dx, dy], i) => (i ? c.lineTo(x + dx, y + dy) : c.moveTo(x + dx, y + dy)));
		c.closePath();
		c.lineWidth = 4;
		c.stroke();
		c.fill();
		c.lineWidth = 1.5;
		c.beginPath();
		if (mark === "recovered") {
			c.moveTo(x - 3.5, y);
			c.lineTo(x - 1, y + 3);
			c.lineTo(x + 4, y - 3);
		} else if (mark === "crash") {
			c.moveTo(x - 2.5, y - 2.5);
			c.lineTo(x + 2.5, y + 2.5);
			c.moveTo(x + 2.5, y - 2.5);
			c.lineTo(x - 2.5, y + 2.5);
		}
		c.stroke();
	}

	drawSelected(c, height) {
		const item = this.selected, x = item && Math.round(this.x(item.t)) + 0.5;

		if (!item)
			return;
		c.strokeStyle = this.color("accent");
		c.lineWidth = 1;
		c.setLineDash([2, 3]);
		c.beginPath();
		c.moveTo(x, AXIS - 8);
		c.lineTo(x, height);
		c.stroke();
		c.setLineDash([]);
		if (item.from) {
			const path = new Path2D();

			this.arrow(path, x, item, true);
			c.lineWidth = 3;
			c.stroke(path);
		} else if (item.type === "mark") {
			c.beginPath();
			c.arc(x, this.band(item.lane) - FLAG, 12, 0, 2 * Math.PI);
			c.lineWidth = 2;
			c.stroke();
		}
		c.fillStyle = this.color("accent");
		c.beginPath();
		c.arc(x, AXIS - 8, 3.5, 0, 2 * Math.PI);
		c.fill();
	}

	drawLabels(c) {
		c.textBaseline = "middle";
		c.textAlign = "left";
		for (const lane of this.run.lanes) {
			const y = this.gutter ? this.band(lane) + BAND / 2 + 1 : this.band(lane) - 32;

			c.font = this.font(700, this.gutter ? 14 : 12);
			const text = this.shorten(c, lane === "linux" ? "Linux" : lane, this.gutter ? this.gutter - 8 : 160);

			if (!this.gutter) {
				c.fillStyle = this.color("card");
				c.globalAlpha = 0.85;
				c.fillRect(0, y - 9, c.measureText(text).width + 8, 18);
				c.globalAlpha = 1;
			}
			c.fillStyle = this.color("ink");
			c.fillText(text, this.gutter ? 2 : 4, y);
		}
	}

	shorten(c, text, width) {
		while (text.length > 2 && c.measureText(text).width > width)
			text = text.slice(0, -2) + "…";
		return text;
	}

	/* -------------------------------------------------------------- the whole run, small */

	drawOverview() {
		const [c, width, height] = this.prepare(this.overview), {run} = this;
		const x = (t) => (t - run.start) / (run.end - run.start) * width;
		const rows = run.cores.length ? run.cores : run.lanes, each = Math.min(10, (height - 16) / rows.length);
		const counts = new Array(Math.ceil(width) + 1).fill(0);

		for (const message of run.messages)
			counts[Math.floor(x(message.t))]++;
		const most = Math.max(1, ...counts);

		c.fillStyle = this.color("accent");
		c.globalAlpha = 0.45;
		counts.forEach((n, i) => n && c.fillRect(i, 14 - 14 * n / most, 1, 14 * n / most));
		c.globalAlpha = 1;
		rows.forEach((lane, row) => {
			for (const band of run.bands.get(lane)) {
				c.fillStyle = this.color(band.state);
				c.fillRect(x(band.t), 16 + row * each, Math.max(1, x(band.end) - x(band.t)), each - 1);
			}
		});
		c.fillStyle = this.color("card");
		c.globalAlpha = 0.65;
		c.fillRect(0, 0, x(this.from), height);
		c.fillRect(x(this.to), 0, width - x(this.to), height);
		c.globalAlpha = 1;
		c.strokeStyle = this.color("accent");
		c.lineWidth = 2;
		c.strokeRect(Math.max(1, x(this.from)), 1, Math.min(width - 1, x(this.to)) - Math.max(1, x(this.from)), height - 2);
	}

	/* -------------------------------------------------------------- pointing and typing */

	/* The nearest thing to a point: what is on the pointed lane before what only passes it. */
	find(x, y) {
		const {items} = this.run;
		let best = null, least = 13;

		for (let i = lowerBound(items, this.time(x - 13)); i < items.length && this.x(items[i].t) <= x + 13; i++) {
			const item = items[i], distance = Math.abs(this.x(item.t) - x) + this.offLane(item, y);

			if (this.visible(item) && distance < least) {
				least = distance;
				best = item;
			}
		}
		return best || this.findBand(x, y);
	}

	offLane(item, y) {
		if (item.type === "mark")
			return Math.max(0, Math.abs(y - (this.band(item.lane) - FLAG)) - 10);
		const a = this.band(item.from), b = this.band(item.to), low = Math.min(a, b) + BAND, high = Math.max(a, b);

		return y < low ? low - y : y > high ? y - high : 1;
	}

	findBand(x, y) {
		const lane = this.run.lanes.find((l) => y >= this.band(l) && y <= this.band(l) + BAND), t = this.time(x);

		return lane ? this.run.bands.get(lane).find((b) => b.t <= t && t <= b.end) || null : null;
	}

	select(item) {
		this.selected = item;
		if (item)
			this.reveal(item.t);
		this.changed();
		this.onSelect(item);
	}

	/** The next thing to the right (1) or left (-1) of what is selected. */
	step(by) {
		const {items} = this.run;
		let i = this.selected ? items.indexOf(this.selected) : -1;

		if (i < 0)
			i = lowerBound(items, this.selected ? this.selected.t : this.from) - (by > 0 ? 1 : 0);
		do
			i += by;
		while (items[i] && !this.visible(items[i]));
		if (items[i])
			this.select(items[i]);
	}

	listen() {
		const c = this.canvas;

		c.addEventListener("pointerdown", (e) => this.down(e));
		c.addEventListener("pointermove", (e) => this.move(e));
		for (const name of ["pointerup", "pointercancel"])
			c.addEventListener(name, (e) => this.up(e));
		c.addEventListener("wheel", (e) => this.wheel(e), {passive: false});
		c.addEventListener("dblclick", (e) => this.zoom(0.4, this.time(e.offsetX)));
		c.addEventListener("keydown", (e) => this.key(e));
		const jump = (e) => {
			const t = this.run.start + e.offsetX / this.overview.clientWidth * (this.run.end - this.run.start);
			const half = (this.to - this.from) / 2;

			this.view(t - half, t + half);
		};

		this.overview.addEventListener("pointerdown", (e) => {
			this.overview.setPointerCapture(e.pointerId);
			jump(e);
		});
		this.overview.addEventListener("pointermove", (e) => e.buttons && jump(e));
	}

	down(e) {
		this.canvas.setPointerCapture(e.pointerId);
		this.pointers.set(e.pointerId, e.offsetX);
		this.moved = 0;
	}

	move(e) {
		const before = this.pointers.get(e.pointerId);

		if (before === undefined) {
			this.canvas.style.cursor = this.find(e.offsetX, e.offsetY) ? "pointer" : "grab";
			return;
		}
		const others = [...this.pointers].filter(([id]) => id !== e.pointerId);

		this.moved += Math.abs(e.offsetX - before);
		this.pointers.set(e.pointerId, e.offsetX);
		if (others.length) {
			const other = others[0][1], was = Math.abs(before - other), is = Math.abs(e.offsetX - other);

			if (was > 8 && is > 8)
				this.zoom(was / is, this.time((e.offsetX + other) / 2));
		} else if (this.moved > 4) {
			this.pan((before - e.offsetX) / (this.width - this.gutter));
		}
	}

	up(e) {
		if (e.type === "pointerup" && this.pointers.has(e.pointerId) && this.moved <= 4)
			this.select(this.find(e.offsetX, e.offsetY));
		this.pointers.delete(e.pointerId);
	}

	/* Over a picture that was not asked for, the wheel scrolls the page as everywhere. */
	wheel(e) {
		if (Math.abs(e.deltaX) > Math.abs(e.deltaY))
			this.pan(e.deltaX / this.width);
		else if (e.ctrlKey || e.metaKey || document.activeElement === this.canvas)
			this.zoom(1.0015 ** e.deltaY, this.time(e.offsetX));
		else
			return;
		e.preventDefault();
	}

	key(e) {
		const actions = {
			ArrowLeft: () => this.pan(-0.15), ArrowRight: () => this.pan(0.15),
			"+": () => this.zoom(0.6), "=": () => this.zoom(0.6), "-": () => this.zoom(1 / 0.6),
			Home: () => this.fit(), 0: () => this.fit(),
			n: () => this.step(1), p: () => this.step(-1), ".": () => this.step(1), ",": () => this.step(-1),
			Escape: () => this.select(null),
		};

		if (!actions[e.key] || e.ctrlKey || e.metaKey || e.altKey)
			return;
		actions[e.key]();
		e.preventDefault();
	}
}
