'use strict';
// What the other scripts share: the data, what is chosen, and how elements are made.
const DATA = JSON.parse(document.getElementById('data').textContent);
const chosen = { goldenSet: '', model: '', category: '' };

const byId = (id) => document.getElementById(id);

// Every text is set as text: nothing of the data is ever read as markup.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const number = (digits) => (value) => value.toFixed(digits);
const FORMS = {
  score: number(2),
  limit: (value) => `${Math.round(100 * value)} %`,
  seconds: (value) => `${value.toFixed(2)} s`,
  dollars: (value) => `$${value === 0 || value >= 1 ? value.toFixed(2) : value.toPrecision(2)}`,
  percent: (value) => `${value.toFixed(1)} %`,
};
const shown = (value, form) => (value === null || value === undefined ? '–' : FORMS[form](value));

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const dayOf = (iso) => `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1]}`;

// A sentence whose days do not break at the end of a line.
const dated = (text) =>
  text.split(/(\d{4}-\d\d-\d\d)/).map((part, at) => (at % 2 ? make('time', { datetime: part }, part) : part));

const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function mark(sign) {
  return make('span', { class: 'mark', 'aria-hidden': 'true' }, sign);
}

// A line without axes; what it says stands beside it in words.
function sparkline(values, { low = 0, high = 1 } = {}) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 100 24');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('class', 'spark');
  svg.setAttribute('aria-hidden', 'true');
  const step = 96 / Math.max(1, values.length - 1);
  const height = (value) => 22 - (20 * (value - low)) / (high - low || 1);
  const corners = values
    .map((value, at) => (value === null ? '' : `${(2 + at * step).toFixed(1)},${height(value).toFixed(1)}`))
    .filter(Boolean);
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  line.setAttribute('points', corners.join(' '));
  svg.append(line);
  return svg;
}

const spread = (values) => {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known, 1), Math.max(...known, 0)];
  const room = Math.max(0.02, (high - low) * 0.1);
  return { low: low - room, high: high + room };
};

const concerns = (event, category) =>
  category === '' || event.categories.length === 0 || event.categories.includes(category);
