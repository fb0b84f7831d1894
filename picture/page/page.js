
'use strict';
(() => {
	const picture = JSON.parse(document.getElementById('picture').textContent);
	const phases = picture.phases ?? [];
	const palette = ['blue', 'orange', 'green', 'purple', 'vermillion', 'sky', 'grey'];
	const plotHeight = 190, axisWidth = 60, near = 7; // CSS pixels; near: how close the cursor must come to an event
	const cursorLine = document.getElementById('cursor');
	const plots = [];

	// Colours come from the style sheet, which knows light from dark, each time that something is drawn.
	const css = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

	// ---- words

	const two = n => String(n).padStart(2, '0');

	function clock(seconds, step = 1) {
		const sign = seconds < 0 ? '−' : '', whole = Math.floor(Math.abs(seconds) + 1e-9);
		const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, s = whole % 60;
		const fraction = step < 1 ? (Math.abs(seconds) - whole).toFixed(step < 0.01 ? 3 : 2).slice(1) : '';
		return sign + (h ? h + ':' + two(m) : m) + ':' + two(s) + fraction;
	}

	const digits = v => String(Number(Math.abs(v) >= 1000 ? Math.round(v) : v.toPrecision(3)));

	function show(unit, v) {
		if (v == null) return '–';
		if (unit !== 's' || v === 0) return digits(v);
		for (const [scale, name] of [[1, ' s'], [1e-3, ' ms'], [1e-6, ' µs']]) {
			if (Math.abs(v) >= scale) return digits(v / scale) + name;
		}
		return digits(v / 1e-9) + ' ns';
	}

	// holding is the moment that began last at or before t.
	function holding(moments, t) {
		let low = 0, high = moments.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (moments[middle].at <= t) low = middle + 1; else high = middle;
		}
		return moments[low - 1];
	}

	// ---- the time axis, which all panels share

	function extent() {
		let low = Infinity, high = -Infinity;
		for (const {times} of picture.panels) {
			if (times.length) [low, high] = [Math.min(low, times[0]), Math.max(high, times[times.length - 1])];
		}
		if (low > high) [low, high] = [0, 1];
		return [low, high > low ? high : low + 1];
	}
	const [first, last] = extent();

	// Every panel gets both ends of the axis, without values there if it has none, so that all show the same time.
	function aligned(panel) {
		const before = panel.times[0] > first || !panel.times.length, after = !panel.times.length || panel.times[panel.times.length - 1] < last;
		const pad = (values, a, b) => [...(before ? [a] : []), ...values, ...(after ? [b] : [])];
		const ranges = (panel.ranges ?? []).flatMap(r => [r.low, r.high]);
		return [pad(panel.times, first, last), ...[...ranges, ...panel.series.map(s => s.values)].map(v => pad(v, null, null))];
	}

	// ---- what a panel shows

	function valueScale(panel) {
		const fixed = [...(panel.limits ?? []).map(l => l.value), ...(panel.bands ?? []).flatMap(b => [b.low, b.high])];
		if (panel.log) {
			return {distr: 3, range: (u, low, high) => low == null ? [1e-3, 1] : uPlot.rangeLog(Math.min(low, ...fixed), Math.max(high, ...fixed), 10, false)};
		}
		return {range: (u, low, high) => {
			const top = Math.max(high ?? 0, ...fixed), bottom = Math.min(low ?? 0, 0, ...fixed);
			return [bottom, top > bottom ? top + (top - bottom) * 0.08 : bottom + 1];
		}};
	}

	// lone finds samples without neighbours: no line leads to them, so they are drawn as points.
	function lone(u, i) {
		const values = u.data[i], found = [];
		const [from, to] = u.series[0].idxs;
		for (let k = from; k <= to; k++) {
			if (values[k] != null && values[k - 1] == null && values[k + 1] == null) found.push(k);
		}
		return found;
	}

	// Where samples are denser than pixels no stairs can be seen; uPlot's straight lines then draw each pixel's extremes alone.
	const stairs = uPlot.paths.stepped({align: 1}), straight = uPlot.paths.linear();
	const staircase = (u, i, from, to) => (to - from < 4 * u.bbox.width ? stairs : straight)(u, i, from, to);

	function lineOf(panel, s, i) {
		const color = s.color ?? palette[i % palette.length];
		return {
			label: s.name, color,
			stroke: () => css(color),
			width: s.thin ? 1 : 2,
			dash: s.dashed ? [6, 4] : undefined,
			paths: s.held ? staircase : undefined,
			points: {show: true, size: s.thin ? 4 : 5, fill: () => css(color), filter: (u, i, show) => show ? lone(u, i) : []},
			value: (u, v) => show(panel.unit, v),
		};
	}

	// A range is two curves without ink and what is between them.
	function rangeOf(panel, range) {
		const quiet = {stroke: 'transparent', width: 0, paths: staircase, points: {show: false}};
		return [
			{...quiet, label: range.name, class: 'unlisted'},
			{...quiet, label: range.name, class: 'range', color: 'range', value: (u, v, i, k) =>
				v == null ? '–' : show(panel.unit, u.data[i - 1][k]) + ' to ' + show(panel.unit, v)},
		];
	}

	const timeSteps = [0.001, 0.01, 0.1, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

	// Of counts there are no halves.
	const wholeSteps = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8].flatMap(n => [n, 2 * n, 5 * n]);
	const whole = panel => panel.series.every(s => s.values.every(v => v == null || Number.isInteger(v)));

	function axes(panel) {
		const axis = {stroke: () => css('muted'), grid: {stroke: () => css('rule'), width: 1}, ticks: {stroke: () => css('rule'), width: 1, size: 4}, font: '12px system-ui, sans-serif'};
		// Of a logarithmic axis' many lines, those of the powers of ten.
		const powers = (u, at) => at.map(v => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9 ? v : null);
		return [
			{...axis, incrs: timeSteps, space: 70, size: 28, values: (u, at, i, space, step) => at.map(t => clock(t, step))},
			{...axis, size: axisWidth, ...(!panel.log && whole(panel) ? {incrs: wholeSteps} : {}), ...(panel.log ? {filter: powers, grid: {...axis.grid, filter: powers}} : {}), values: (u, at) => at.map(v => v == null ? '' : show(panel.unit, v))},
		];
	}

	// ---- what is drawn besides the curves

	function within(u, draw) {
		const c = u.ctx, {left, top, width, height} = u.bbox;
		c.save();
		c.beginPath();
		c.rect(left, top, width, height);
		c.clip();
		draw(c, uPlot.pxRatio);
		c.restore();
	}

	function bands(panel) {
		return u => within(u, c => {
			for (const b of panel.bands ?? []) {
				const top = u.valToPos(b.high, 'y', true), bottom = u.valToPos(b.low, 'y', true);
				c.fillStyle = css('band');
				c.fillRect(u.bbox.left, top, u.bbox.width, bottom - top);
			}
		});
	}

	function line(c, x0, y0, x1, y1) {
		c.beginPath();
		c.moveTo(x0, y0);
		c.lineTo(x1, y1);
		c.stroke();
	}

	function limits(panel) {
		return u => within(u, (c, px) => {
			const right = u.bbox.left + u.bbox.width - 4 * px;
			c.font = 11 * px + 'px system-ui, sans-serif';
			c.fillStyle = css('muted');
			c.textAlign = 'left';
			c.textBaseline = 'middle';
			for (const b of panel.bands ?? []) c.fillText(b.name, u.bbox.left + 4 * px, u.valToPos((b.low + b.high) / 2, 'y', true));
			c.textAlign = 'right';
			for (const l of panel.limits ?? []) {
				const y = u.valToPos(l.value, 'y', true);
				c.strokeStyle = css('muted');
				c.lineWidth = px;
				c.setLineDash([3 * px, 3 * px]);
				line(c, u.bbox.left, y, u.bbox.left + u.bbox.width, y);
				c.textBaseline = 'bottom';
				c.fillText(l.name, right, y - px);
			}
		});
	}

	const visible = (u, at) => at >= u.scales.x.min && at <= u.scales.x.max;

	// Phases begin at thin lines through all panels; the first panel names those that have room for it.
	function marks(panel, named) {
		return u => {
			const c = u.ctx, px = uPlot.pxRatio, {left, top, width, height} = u.bbox;
			c.save();
			c.strokeStyle = css('mark');
			c.fillStyle = css('muted');
			c.font = 12 * px + 'px system-ui, sans-serif';
			c.textAlign = 'left';
			c.textBaseline = 'middle';
			c.lineWidth = px;
			phases.forEach((phase, i) => {
				const x = Math.max(left, u.valToPos(phase.at, 'x', true));
				const end = i + 1 < phases.length ? u.valToPos(phases[i + 1].at, 'x', true) : left + width;
				if (visible(u, phase.at)) line(c, x, named ? top - 16 * px : top, x, top + height);
				if (!named || end <= left || x >= left + width) return;
				const room = Math.min(end, left + width) - x - 6 * px;
				if (c.measureText(phase.name).width <= room) c.fillText(phase.name, x + 4 * px, top - 8 * px);
			});
			c.restore();
			events(u, panel);
		};
	}

	function events(u, panel) {
		within(u, (c, px) => {
			c.fillStyle = c.strokeStyle = css('vermillion');
			c.lineWidth = px;
			for (const e of panel.events ?? []) {
				if (!visible(u, e.at)) continue;
				const x = u.valToPos(e.at, 'x', true), top = u.bbox.top;
				c.globalAlpha = 0.45;
				line(c, x, top, x, top + u.bbox.height);
				c.globalAlpha = 1;
				c.beginPath();
				c.moveTo(x - 5 * px, top);
				c.lineTo(x + 5 * px, top);
				c.lineTo(x, top + 8 * px);
				c.fill();
			}
		});
	}

	// ---- what the cursor tells

	function element(name, text) {
		const made = document.createElement(name);
		made.textContent = text ?? '';
		return made;
	}

	function tellTime(u) {
		if (u.cursor.left < 0 || u.cursor.left == null) {
			cursorLine.replaceChildren();
			return;
		}
		const t = u.posToVal(u.cursor.left, 'x'), phase = holding(phases, t);
		const words = [];
		if (picture.start) words.push(new Date(Date.parse(picture.start) + t * 1000).toISOString().slice(11, 19) + ' UTC');
		if (phase) words.push(phase.name + (phase.text ? ': ' + phase.text : ''));
		cursorLine.replaceChildren(element('b', clock(t)), element('span', '   ' + words.join('   ')));
	}

	function tellNote(panel, note) {
		return u => {
			const held = u.cursor.left >= 0 ? holding(panel.notes, u.posToVal(u.cursor.left, 'x')) : undefined;
			note.textContent = held ? held.name + ': ' + held.text : '';
		};
	}

	// tip shows the events under the cursor, in the panel where they are.
	function tip(panel) {
		const box = element('div');
		box.className = 'tip';
		box.hidden = true;
		const ready = u => u.over.append(box);
		const setCursor = u => {
			const x = u.cursor.left;
			const here = x >= 0 ? panel.events.filter(e => visible(u, e.at) && Math.abs(u.valToPos(e.at, 'x') - x) <= near).slice(0, 5) : [];
			box.hidden = here.length === 0;
			box.replaceChildren(...here.flatMap(e => [element('b', clock(e.at) + '  ' + e.name), element('span', e.text)]));
			const room = u.over.clientWidth, beside = x > room / 2 ? x - 12 - box.offsetWidth : x + 12;
			box.style.left = Math.max(0, Math.min(beside, room - box.offsetWidth)) + 'px'; // over the cursor where nothing else is left
			box.style.top = '12px';
		};
		return {ready: [ready], setCursor: [setCursor]};
	}

	// ---- all together

	function plot(panel, section, i) {
		const host = section.querySelector('.plot'), ranges = panel.ranges ?? [];
		const lines = [...ranges.flatMap(r => rangeOf(panel, r)), ...panel.series.map((s, k) => lineOf(panel, s, k))];
		const hooks = {drawClear: [bands(panel)], draw: [limits(panel), marks(panel, i === 0)], setCursor: [tellTime], ready: []};
		if (panel.notes?.length) hooks.setCursor.push(tellNote(panel, section.querySelector('.note')));
		if (panel.events?.length) {
			const tips = tip(panel);
			hooks.ready.push(...tips.ready);
			hooks.setCursor.push(...tips.setCursor);
		}
		const u = new uPlot({
			width: host.clientWidth, height: plotHeight + (i === 0 ? 18 : 0),
			padding: [i === 0 && phases.length ? 22 : 8, 24, 0, 0],
			series: [{label: 'time', class: 'unlisted'}, ...lines],
			bands: ranges.map((r, k) => ({series: [2 * k + 2, 2 * k + 1], fill: () => css('range')})),
			scales: {x: {time: false, range: (u, low, high) => [low, high]}, y: valueScale(panel)},
			axes: axes(panel),
			cursor: {y: false, drag: {x: true, y: false}, sync: {key: 'time', setSeries: false, scales: ['x', null]}, points: {size: 6}},
			legend: {markers: {
				width: 2,
				dash: (u, k) => u.series[k].dash ? 'dashed' : 'solid',
				stroke: (u, k) => 'var(--' + u.series[k].color + ')',
				fill: (u, k) => u.series[k].color === 'range' ? 'var(--range)' : 'transparent',
			}},
			hooks,
		}, aligned(panel), host);
		host.uplot = u; // for a look from the console
		return u;
	}

	document.querySelectorAll('.panel').forEach((section, i) => plots.push(plot(picture.panels[i], section, i)));

	// fit draws all plots anew, at the width that there is.
	function fit(width) {
		for (const u of plots) u.setSize({width: width ?? u.root.parentElement.clientWidth, height: u.height});
	}
	const redraw = () => { for (const u of plots) u.redraw(false, true); };

	addEventListener('resize', () => fit());
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
	addEventListener('beforeprint', () => {
		document.documentElement.classList.add('printing');
		fit(700); // a page of A4 or Letter, upright
	});
	addEventListener('afterprint', () => {
		document.documentElement.classList.remove('printing');
		fit();
	});
})();
