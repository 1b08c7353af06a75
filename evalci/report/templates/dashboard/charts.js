'use strict';
// The charts of one category: one shared cursor, by pointer or by key, and a legend that reads it.
const CHARTS = [
  {
    title: 'Score',
    note: 'mean of the cases; eight of ten cases lie in the band',
    form: 'score',
    height: 280,
    band: ['p90', 'p10'],
    lines: [
      { name: 'mean', label: 'mean', colour: 'line', width: 2.5, dots: true },
      { name: 'p10', label: 'p10', colour: 'line', edge: true, silent: true },
      { name: 'p90', label: 'p10 to p90', colour: 'line', edge: true, from: 'p10' },
      { name: 'baseline', label: 'baseline', colour: 'quiet', dash: [6, 4], stepped: true },
      { name: 'anchor', label: 'anchor', colour: 'anchor', dash: [2, 3], dotted: true, stepped: true },
    ],
    range: (low, high) => roomy(low, high),
  },
  {
    title: 'Drift monitor',
    note: 'weekly runs; the CUSUM raises alarm at 100 % of its limit',
    form: 'limit',
    height: 130,
    limit: 1,
    lines: [
      { name: 'ewma', label: 'EWMA', colour: 'quiet', width: 1.25, gaps: true },
      { name: 'cusum', label: 'CUSUM', colour: 'bad', width: 2, fill: true, gaps: true },
      { name: 'judge', label: 'CUSUM of the judge', colour: 'anchor', width: 1.5, dash: [6, 4], gaps: true },
    ],
    range: (low, high) => [Math.max(-1, Math.min(0, low)), Math.min(4, Math.max(1.5, high * 1.05))],
  },
  {
    title: 'Latency',
    note: 'seconds a call',
    form: 'seconds',
    empty: 'no latency is known',
    height: 165,
    small: true,
    lines: [
      { name: 'p95', label: 'p95', colour: 'anchor', width: 1.5 },
      { name: 'p50', label: 'p50', colour: 'line', width: 2 },
    ],
  },
  {
    title: 'Cost',
    note: 'dollars for 1,000 answers',
    empty: 'no price is known; give one in evalci.yaml',
    form: 'dollars',
    height: 165,
    small: true,
    lines: [{ name: 'cost', label: 'cost', colour: 'line', width: 2 }],
  },
  {
    title: 'Unusable answers',
    note: 'share of all',
    form: 'percent',
    height: 165,
    small: true,
    lines: [
      { name: 'refused', label: 'refused', colour: 'bad', width: 2 },
      { name: 'truncated', label: 'truncated', colour: 'anchor', width: 1.5, dash: [6, 4] },
      { name: 'malformed', label: 'wrong form', colour: 'line', width: 1.5, dash: [2, 3], dotted: true },
    ],
  },
];

// At least 0.2 high, so that a steady line looks steady.
function roomy(low, high) {
  const room = Math.max(0.03, (0.2 - (high - low)) / 2);
  return [Math.max(0, low - room), Math.min(1.01, high + room)];
}

const TALL = 28; // pixels that a label of a vertical axis needs
const DAY = 24 * 3600;
const WEEK = 7 * DAY;
const STEPS_OF_TIME = [1, 2, 7, 14, 30, 60, 90, 180, 365].map((days) => days * DAY);

let plots = [];
let watching = null;

function drawCharts(host, series, category) {
  if (watching) watching.disconnect();
  for (const { plot } of plots) plot.destroy();
  plots = [];
  host.replaceChildren();
  const small = make('div', { class: 'small' });
  for (const chart of CHARTS) {
    const figure = frame(chart, series, category);
    (chart.small ? small : host).append(figure.element);
    plots.push(figure);
  }
  host.append(small, table(series, category));
  for (const figure of plots) figure.plot = plotOf(figure, series, category);
  watching = new ResizeObserver(() => plots.forEach(fit));
  plots.forEach(({ place }) => watching.observe(place));
  point(null);
}

// The figure around a plot: title, legend with the values at the cursor, and a place for keys.
function frame(chart, series, category) {
  const lines = chart.lines.filter((line) => category.lines[line.name].some((one) => one !== null));
  const when = make('span', { class: 'when' });
  const { legend, values } = legendOf(lines);
  const place = make('div', {
    class: 'plot',
    tabindex: '0',
    role: 'slider',
    'aria-label': `${chart.title} of ${category.label}, run by run; arrow keys move`,
    'aria-valuemin': '1',
    'aria-valuemax': String(series.times.length),
  });
  place.addEventListener('keydown', (event) => step(event, series));
  const seen = make('p', { class: 'seen' });
  const words = make('span', { class: 'note' }, category.notes[chart.title] ?? chart.note);
  const id = `chart-${CHARTS.indexOf(chart)}`;
  const element = make('figure', { class: 'chart', 'aria-labelledby': id }, make('h2', { id }, chart.title, ' ', words));
  if (!lines.length) place.hidden = legend.hidden = when.hidden = true;
  element.append(make('div', { class: 'above' }, when, legend), place);
  if (chart.band) place.before(seen);
  if (!lines.length) element.append(make('p', { class: 'note empty' }, chart.empty ?? 'nothing is known'));
  return { chart, lines, values, when, place, seen, element, series, category };
}

function legendOf(lines) {
  const legend = make('dl', { class: 'legend' });
  const values = lines.map((line) => {
    const value = make('dd');
    const kind = line.edge ? 'edge' : line.dotted ? 'dotted' : line.dash ? 'dashed' : '';
    const key = make('span', { class: `key ${line.colour} ${kind}` });
    if (!line.silent) legend.append(make('div', {}, make('dt', {}, key, line.label), value));
    return value;
  });
  return { legend, values };
}

function plotOf(figure, series, category) {
  const { chart, lines, place } = figure;
  const rows = lines.map((line) => category.lines[line.name]);
  const options = {
    width: Math.max(100, place.clientWidth),
    height: chart.height,
    legend: { show: false },
    padding: [chart.band ? 20 : 8, 22, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: 'evalci' },
      points: { size: (u, at) => (lines[at - 1].edge ? 0 : 8) },
    },
    scales: { x: { range: around }, y: { range: (u, low, high) => range(chart, low, high) } },
    axes: [dates(), numbers(chart)],
    series: [{}, ...lines.map((line) => lineOf(line, series.times.length === 1))],
    bands: bandOf(chart, lines),
    hooks: {
      drawAxes: [
        (u) => falls(u, chart, figure),
        (u) => limitLine(u, chart),
        (u) => series.times.length === 1 && levels(u, lines, rows),
        (u) => eventLines(u, chart, figure),
      ],
      setCursor: chart === CHARTS[0] ? [(u) => read(u.cursor.idx ?? null)] : [],
    },
  };
  return new uPlot(options, [series.times, ...rows], place);
}

// A single run stands in the middle of a week.
const around = ({ data: [[first, second]] }, low, high) =>
  second === undefined ? [first - WEEK / 2, first + WEEK / 2] : [low, high];

function range(chart, low, high) {
  if (low === null || high === null) return [0, 1];
  return chart.range ? chart.range(low, high) : [0, high * 1.15 || 1];
}

function lineOf(line, lonely) {
  const stroke = () => (line.edge ? 'transparent' : colour(line.colour));
  return {
    label: line.label,
    stroke,
    width: line.edge ? 0 : (line.width ?? 1.5),
    dash: line.dash,
    spanGaps: Boolean(line.gaps),
    fill: line.fill ? () => `${colour(line.colour)}26` : undefined,
    paths: line.stepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
    points: { show: Boolean(line.dots) || (lonely && !line.stepped), size: lonely && !line.edge ? 8 : 5, fill: () => colour(line.colour) },
  };
}

function bandOf(chart, lines) {
  const edges = (chart.band ?? []).map((name) => lines.findIndex((line) => line.name === name) + 1);
  const whole = edges.length === 2 && edges.every((edge) => edge > 0);
  return whole ? [{ series: edges, fill: () => `${colour('line')}24` }] : undefined;
}

function dates() {
  const words = (seconds, at, all) => {
    const [day, before] = [new Date(seconds * 1000), new Date((all[at - 1] ?? 0) * 1000)];
    const label = `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]}`;
    return day.getUTCFullYear() === before.getUTCFullYear() ? label : `${label}\n${day.getUTCFullYear()}`;
  };
  return { ...axis(), space: 64, size: 38, gap: 4, incrs: STEPS_OF_TIME, values: (u, splits) => splits.map(words) };
}

function numbers(chart) {
  const form = FORMS[chart.form];
  return { ...axis(), space: TALL, size: 58, values: (u, splits) => splits.map((one) => form(one)) };
}

const axis = () => ({
  stroke: () => colour('quiet'),
  grid: { stroke: () => colour('grid'), width: 1 },
  ticks: { show: false },
  font: '12px system-ui, sans-serif',
});

function fit({ plot, place, chart }) {
  const width = place.clientWidth;
  if (plot && width && width !== plot.width) plot.setSize({ width, height: chart.height });
}

// Draw in the colours of another scheme.
function recolour() {
  for (const { plot } of plots) plot.redraw(false);
}

// Put the cursor of every chart on a run, or nowhere.
function point(at) {
  for (const { plot } of plots) {
    const left = at === null ? -10 : plot.valToPos(plot.data[0][at], 'x');
    plot.setCursor({ left, top: at === null ? -10 : 5 }, false);
  }
  read(at);
}

// Let every legend say what was measured at a run; without one, at the last.
function read(at) {
  for (const figure of plots) {
    const { series, category, chart, lines } = figure;
    const place = at ?? series.times.length - 1;
    if (place < 0) return;
    const valueOf = (name) => shown(category.lines[name][place], chart.form);
    const words = lines.map((line, which) => {
      const value = line.from ? `${valueOf(line.from)} to ${valueOf(line.name)}` : valueOf(line.name);
      figure.values[which].textContent = value;
      return line.silent ? '' : `${line.label} ${value}`;
    });
    figure.when.textContent = series.days[place];
    const happened = eventsAt(series, category, place).map((one) => `${one.label}: ${one.text}`);
    figure.seen.replaceChildren(...(at === null ? [] : dated(happened.join(' · '))));
    figure.place.setAttribute('aria-valuenow', String(place + 1));
    const told = [series.days[place], ...words, ...(chart.band ? happened : [])];
    figure.place.setAttribute('aria-valuetext', told.filter(Boolean).join(', '));
  }
}

// What a run was the first to see, or somebody saw since the run before.
function eventsAt(series, category, place) {
  const [after, until] = [series.times[place - 1] ?? -Infinity, series.times[place]];
  return series.events.filter(
    (one) => one.time > after && one.time <= until && concerns(one, category.name),
  );
}

function step(event, series) {
  const last = series.times.length - 1;
  const now = Number(event.currentTarget.getAttribute('aria-valuenow')) - 1;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -4, PageUp: 4 };
  const to = { Home: 0, End: last }[event.key] ?? (event.key in steps ? now + steps[event.key] : undefined);
  if (to === undefined || last < 0) return;
  event.preventDefault();
  point(Math.min(last, Math.max(0, to)));
}
