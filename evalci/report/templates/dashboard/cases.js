'use strict';
// The worst cases as a table with sparklines, and as a heatmap of case by week.
const STEPS = 10;
const HEAD_CLASSES = [null, 'wide', null, 'number wide', 'number', 'number'];

function drawCases(section, series, category) {
  const cases = casesOf(series, category);
  const heads = ['Case', 'Category', 'Trend', 'Before', 'Now', 'Change'];
  const head = make('tr');
  heads.forEach((name, at) => head.append(make('th', { scope: 'col', class: HEAD_CLASSES[at] }, name)));
  const body = make('tbody');
  for (const one of cases.slice(0, 12)) body.append(caseRow(one));
  section.querySelector('.note').textContent =
    `${told(series, category, Math.min(12, cases.length))}; now is ${nowOf(series, category)}`;
  section.querySelector('.box').replaceChildren(make('table', {}, make('thead', {}, head), body));
}

function nowOf(series, category) {
  const drifts = series.categories.filter((one) => one.name && ['drift', 'down'].includes(one.standing.title));
  if (category.name) return drifts.includes(category) ? 'since the fall' : 'the last 4 weeks';
  return drifts.length ? 'the last 4 weeks, or since the fall' : 'the last 4 weeks';
}

function casesOf(series, category) {
  return series.cases.filter((one) => category.name === '' || one.category === category.name).slice(0, 40);
}

function told(series, category, count) {
  const total = series.measured[category.name] ?? count;
  const where = category.name && ` of ${category.name}`;
  return `${count} of ${total.toLocaleString('en')} cases${where}, those that fell most first`;
}

function caseRow(one) {
  const values = one.cells.map((cell) => (cell === null ? null : cell / 100));
  return make(
    'tr',
    { class: one.tone },
    make('th', { scope: 'row', class: 'long', title: one.id }, make('code', {}, one.id)),
    make('td', { class: 'wide long', title: one.category }, one.category),
    make('td', { class: 'trend' }, sparkline(values, { low: -0.02, high: 1.02 })),
    make('td', { class: 'number wide' }, one.earlier),
    make('td', { class: 'number' }, one.latest),
    make('td', { class: 'number change' }, one.change),
  );
}

function drawHeatmap(section, series, category) {
  const cases = casesOf(series, category);
  const size = series.weeks.length < 12 ? 'heat few' : 'heat';
  const grid = make('table', { role: 'grid', class: size, 'aria-label': 'Case by week' });
  grid.append(make('thead', {}, weekRow(series)));
  const body = make('tbody');
  const names = series.weeks.map((week, at) => `${week} (${dayOf(series.mondays[at])})`);
  cases.forEach((one) => body.append(heatRow(one, names)));
  grid.append(body);
  section.querySelector('.note').textContent =
    `${told(series, category, cases.length)}; arrow keys move from cell to cell`;
  const box = section.querySelector('.box');
  box.replaceChildren(grid);
  box.scrollLeft = box.scrollWidth; // the newest weeks
  section.querySelector('.readout').textContent = 'Point at a cell to read it.';
  const first = body.querySelector('td');
  if (first) first.tabIndex = 0;
  grid.addEventListener('keydown', (event) => moveCell(event, body));
  grid.addEventListener('focusin', (event) => readCell(section, event.target));
  grid.addEventListener('pointerover', (event) => readCell(section, event.target));
  drawScale(section.querySelector('.scale'));
}

// A name above every few weeks, the newest among them; the others are there for screen readers.
function weekRow({ weeks, mondays }) {
  const row = make('tr', {}, make('th', { scope: 'col' }, 'Case'));
  const every = Math.max(1, Math.ceil(weeks.length / 8));
  const years = new Set(mondays.map((day) => day.slice(0, 4))).size > 1;
  const name = (day) => (years ? `${dayOf(day)} ${day.slice(0, 4)}` : dayOf(day));
  weeks.forEach((week, at) => {
    const back = weeks.length - 1 - at;
    const place = back % every ? 'unseen' : back % (3 * every) ? 'week roomy' : back ? 'week' : 'week newest';
    row.append(make('th', { scope: 'col', title: week }, make('span', { class: place }, name(mondays[at]))));
  });
  return row;
}

function heatRow(one, weeks) {
  const row = make('tr', {}, make('th', { scope: 'row', title: one.id }, make('code', {}, one.id)));
  one.cells.forEach((cell, at) => {
    const words = cell === null ? 'not measured' : (cell / 100).toFixed(2);
    const level = cell === null ? 'none' : Math.round((cell / 100) * STEPS);
    row.append(
      make('td', {
        class: `h${level}`,
        tabindex: '-1',
        'aria-label': words,
        'data-told': `${one.id}, ${weeks[at]}: ${words}`,
      }),
    );
  });
  return row;
}

function readCell(section, cell) {
  if (cell.dataset.told) section.querySelector('.readout').textContent = cell.dataset.told;
}

const STEPS_OF_KEYS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-Infinity, 0],
  End: [Infinity, 0],
};

function moveCell(event, body) {
  const [cell, found] = [event.target, STEPS_OF_KEYS[event.key]];
  if (!found || cell.tagName !== 'TD') return;
  event.preventDefault();
  const row = body.rows[cell.parentElement.sectionRowIndex + found[1]];
  if (!row) return;
  const next = row.cells[Math.min(row.cells.length - 1, Math.max(1, cell.cellIndex + found[0]))];
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function drawScale(place) {
  const steps = [...Array(STEPS + 1).keys()].map((level) => make('span', { class: `h${level}` }));
  place.replaceChildren('score 0', ...steps, '1');
}
