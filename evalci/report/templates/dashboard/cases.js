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
    `${told(series, category, Math.min(12, cases.length))}; now is the mean of the last 4 weeks`;
  section.querySelector('.box').replaceChildren(make('table', {}, make('thead', {}, head), body));
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
    make('th', { scope: 'row' }, make('code', {}, one.id)),
    make('td', { class: 'wide' }, one.category),
    make('td', {}, sparkline(values, { low: -0.02, high: 1.02 })),
    make('td', { class: 'number wide' }, one.earlier),
    make('td', { class: 'number' }, one.latest),
    make('td', { class: 'number change' }, one.change),
  );
}

function drawHeatmap(section, series, category) {
  const cases = casesOf(series, category);
  const size = series.weeks.length < 12 ? 'heat few' : 'heat';
  const grid = make('table', { role: 'grid', class: size, 'aria-label': 'Case by week' });
  grid.append(make('thead', {}, weekRow(series.weeks)));
  const body = make('tbody');
  cases.forEach((one) => body.append(heatRow(one, series.weeks)));
  grid.append(body);
  section.querySelector('.note').textContent =
    `${told(series, category, cases.length)}; arrow keys move from cell to cell`;
  section.querySelector('.box').replaceChildren(grid);
  section.querySelector('.readout').textContent = 'Point at a cell to read it.';
  const first = body.querySelector('td');
  if (first) first.tabIndex = 0;
  grid.addEventListener('keydown', (event) => moveCell(event, body));
  grid.addEventListener('focusin', (event) => readCell(section, event.target));
  grid.addEventListener('pointerover', (event) => readCell(section, event.target));
  drawScale(section.querySelector('.scale'));
}

function weekRow(weeks) {
  const row = make('tr', {}, make('th', { scope: 'col' }, 'Case'));
  const every = Math.max(1, Math.ceil(weeks.length / 8));
  weeks.forEach((week, at) => {
    const shown = at % every ? 'unseen' : at % (3 * every) ? 'week roomy' : 'week';
    const words = make('span', { class: shown }, week);
    row.append(make('th', { scope: 'col' }, words));
  });
  return row;
}

function heatRow(one, weeks) {
  const row = make('tr', {}, make('th', { scope: 'row' }, make('code', {}, one.id)));
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

function moveCell(event, body) {
  const cell = event.target;
  const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
  if (across === undefined || cell.tagName !== 'TD') return;
  event.preventDefault();
  const row = body.rows[cell.parentElement.sectionRowIndex + down];
  const next = row?.cells[cell.cellIndex + across];
  if (next?.tagName !== 'TD') return;
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function drawScale(place) {
  const steps = [...Array(STEPS + 1).keys()].map((level) => make('span', { class: `h${level}` }));
  place.replaceChildren('0', ...steps, '1');
}
