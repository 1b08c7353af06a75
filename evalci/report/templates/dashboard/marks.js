'use strict';
// What stands in a chart beside its lines: limits, times of alarm, and what happened when.

function limitLine(u, chart) {
  if (!chart.limit) return;
  const y = Math.round(u.valToPos(chart.limit, 'y', true));
  stroke(u, colour('bad'), [5, 4], [u.bbox.left, y], [u.bbox.left + u.bbox.width, y]);
  u.ctx.save();
  u.ctx.fillStyle = colour('bad');
  u.ctx.font = `${11 * uPlot.pxRatio}px system-ui, sans-serif`;
  u.ctx.textAlign = 'left';
  u.ctx.textBaseline = 'bottom';
  u.ctx.fillText('limit', u.bbox.left + 4 * uPlot.pxRatio, y - 2 * uPlot.pxRatio);
  u.ctx.restore();
}

// The levels that a single run is held against, which no line can show.
function levels(u, lines, rows) {
  lines.forEach((line, at) => {
    if (!line.stepped) return;
    const y = Math.round(u.valToPos(rows[at][0], 'y', true));
    stroke(u, colour(line.colour), line.dash, [u.bbox.left, y], [u.bbox.left + u.bbox.width, y]);
  });
}

// A shade over each time in which the category was down.
function falls(u, chart, { series, category }) {
  const { left, top, width, height } = u.bbox;
  for (const fall of series.falls) {
    if (category.name !== '' && fall.category !== category.name) continue;
    const [from, to] = [fall.since, fall.until].map((time) => u.valToPos(time, 'x', true));
    const start = Math.max(left, from);
    u.ctx.save();
    u.ctx.fillStyle = `${colour('bad')}14`;
    u.ctx.fillRect(start, top, Math.min(left + width, Math.max(to, from + 4)) - start, height);
    u.ctx.restore();
  }
}

// A line for each event; on the first chart a letter above it, which the list below explains.
function eventLines(u, chart, { series, category }) {
  const { left, top, width, height } = u.bbox;
  const marks = [];
  for (const event of series.events.filter((one) => concerns(one, category.name))) {
    const x = Math.round(u.valToPos(event.time, 'x', true));
    if (x < left || x > left + width) continue;
    stroke(u, colour(`event-${event.kind}`), [2, 3], [x, top], [x, top + height]);
    marks.push({ x, kind: event.kind, letter: letter(event.kind) });
  }
  if (!chart.band) return;
  for (const { middle, badges } of clusters(marks, 15 * uPlot.pxRatio)) {
    const half = ((badges.length - 1) / 2) * 15 * uPlot.pxRatio;
    const first = Math.min(left + width - half, Math.max(left + half, middle)) - half;
    badges.forEach((one, at) => badge(u, one, first + at * 15 * uPlot.pxRatio, top - 9 * uPlot.pxRatio));
  }
}

// Marks that would overlap stand side by side over their middle, three at most: an alarm first.
function clusters(marks, room) {
  const groups = [];
  const wide = (group) => Math.min(3, group.length) * room;
  for (const mark of marks) {
    const group = groups.at(-1);
    const end = group && (group[0].x + group.at(-1).x) / 2 + wide(group) / 2;
    if (group && mark.x - room / 2 < end) group.push(mark);
    else groups.push([mark]);
  }
  return groups.map((group) => {
    const sorted = [...group].sort((a, b) => (b.kind === 'alarm') - (a.kind === 'alarm'));
    const many = { kind: 'golden_set', letter: `+${group.length - 2}` };
    const badges = group.length > 3 ? [...sorted.slice(0, 2), many] : group;
    return { middle: (group[0].x + group.at(-1).x) / 2, badges };
  });
}

function badge(u, { kind, letter: text }, x, y) {
  const [ctx, size] = [u.ctx, 7 * uPlot.pxRatio];
  ctx.save();
  ctx.fillStyle = colour(`event-${kind}`);
  ctx.beginPath();
  ctx.arc(x, y, size, 0, 2 * Math.PI);
  ctx.fill();
  ctx.fillStyle = colour('on-mark');
  ctx.font = `700 ${(text.length > 1 ? 8.5 : 10) * uPlot.pxRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, x, y + 0.5 * uPlot.pxRatio);
  ctx.restore();
}

const LETTERS = { alarm: '!', recovery: '✓' };
const letter = (kind) => LETTERS[kind] ?? kind[0].toUpperCase();

function stroke(u, ink, dash, from, to) {
  const ctx = u.ctx;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash(dash.map((length) => length * uPlot.pxRatio));
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
  ctx.restore();
}
