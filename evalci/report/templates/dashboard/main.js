'use strict';
// Filters, cards and the list of events; draws everything anew when something else is chosen.
const selects = { goldenSet: byId('golden-set'), model: byId('model'), category: byId('category') };

const unique = (values) => [...new Set(values)];
const seriesOf = (goldenSet, model) =>
  DATA.series.find((one) => one.golden_set === goldenSet && one.model === model);

function fill(select, pairs, value) {
  select.replaceChildren(...pairs.map(([key, label]) => make('option', { value: key }, label)));
  select.value = value;
}

const badFirst = (all) => all.find((one) => one.standing.tone === 'bad') ?? all[0];

// Keep what is chosen possible; what is not chosen is what is worst.
function settle() {
  const sets = unique(DATA.series.map((one) => one.golden_set));
  if (!sets.includes(chosen.goldenSet)) chosen.goldenSet = badFirst(DATA.series).golden_set;
  const own = DATA.series.filter((one) => one.golden_set === chosen.goldenSet);
  const models = own.map((one) => one.model);
  if (!models.includes(chosen.model)) chosen.model = badFirst(own).model;
  const { categories } = seriesOf(chosen.goldenSet, chosen.model);
  if (!categories.some((one) => one.name === chosen.category)) chosen.category = worst(categories);
  fill(selects.goldenSet, sets.map((name) => [name, name]), chosen.goldenSet);
  fill(selects.model, models.map((name) => [name, name]), chosen.model);
  fill(selects.category, categories.map((one) => [one.name, one.label]), chosen.category);
}

const worst = (categories) =>
  (categories.find((one) => one.name && one.standing.tone === 'bad') ?? categories[0]).name;

function draw() {
  settle();
  const series = seriesOf(chosen.goldenSet, chosen.model);
  const category = series.categories.find((one) => one.name === chosen.category);
  document.title = `evalci: ${series.golden_set} with ${series.model}, ${series.standing.title}`;
  drawVerdict(byId('verdict'), series);
  drawCards(byId('cards'), series);
  for (const part of ['charts', 'cases', 'heatmap', 'categories']) byId(part).hidden = !series.times.length;
  if (series.times.length) {
    drawCharts(byId('charts'), series, category);
    drawCases(byId('cases'), series, category);
    drawHeatmap(byId('heatmap'), series, category);
  }
  drawEvents(byId('events'), series, category);
}

function drawVerdict(place, series) {
  const { tone, sign, title, sentence } = series.standing;
  place.className = `verdict ${tone}`;
  const [set, model, asked] = [series.golden_set, series.model, series.asked].map((name) =>
    make('code', { title: name }, name),
  );
  const subject = make('p', { class: 'subject' }, set, ' with ', model, ' (', asked, ')');
  const head = make('h1', {}, mark(sign), make('span', {}, title));
  place.replaceChildren(subject, head, make('p', { class: 'sentence' }, ...dated(sentence)), ...elsewhere(series));
}

// What is wrong in the other golden sets and models, to go there.
function elsewhere(series) {
  const others = DATA.series.filter((one) => one !== series && one.standing.tone === 'bad');
  return others.map((one) => {
    const words = `${one.golden_set} with ${one.model}: ${one.standing.title}`;
    const button = make('button', { type: 'button', class: 'elsewhere bad' }, mark('×'), words);
    button.addEventListener('click', () => {
      Object.assign(chosen, { goldenSet: one.golden_set, model: one.model, category: null });
      show();
      selects.goldenSet.focus();
    });
    return button;
  });
}

const mostCards = () => (matchMedia('(max-width: 40rem)').matches ? 6 : 12);
let everyCard = false;

function drawCards(place, series) {
  const all = series.categories;
  const most = mostCards();
  const few = everyCard || all.length <= most;
  const near = all.filter((one, at) => few || at < most - 1 || one.name === chosen.category);
  place.replaceChildren(...near.map((one) => make('li', {}, card(one))));
  if (few) return;
  const more = make('button', { type: 'button', class: 'more' }, `Show all ${all.length - 1} categories`);
  more.addEventListener('click', () => {
    everyCard = true;
    drawCards(place, series);
    place.children[near.length - 1].firstElementChild.focus();
  });
  place.append(make('li', {}, more));
}

function card(one) {
  const { tone, sign, title } = one.standing;
  const button = make(
    'button',
    { type: 'button', class: `card ${tone}`, 'aria-pressed': String(one.name === chosen.category) },
    make('span', { class: 'head' }, make('span', { class: 'name', title: one.label }, one.label), make('span', { class: 'status' }, mark(sign), title)),
    make('span', { class: 'latest' }, one.latest),
    sparkline(one.lines.mean, spread(one.lines.mean)),
    make('span', { class: 'moved' }, one.change),
  );
  button.addEventListener('click', () => choose('category', one.name));
  return button;
}

const MOST_EVENTS = 12;

function drawEvents(section, series, category) {
  const events = series.events.filter((one) => concerns(one, category.name)).reverse();
  const list = section.querySelector('ol');
  const nothing = make('li', { class: 'note' }, 'Nothing changed in this time.');
  list.replaceChildren(...(events.length ? events.slice(0, MOST_EVENTS).map(eventRow) : [nothing]));
  if (events.length <= MOST_EVENTS) return;
  const more = make('button', { type: 'button', class: 'more' }, `Show all ${events.length}`);
  more.addEventListener('click', () => {
    list.replaceChildren(...events.map(eventRow));
    list.children[MOST_EVENTS].tabIndex = -1;
    list.children[MOST_EVENTS].focus();
  });
  list.append(make('li', {}, more));
}

function eventRow(one) {
  const words = make('span', {}, make('strong', {}, one.label), ' ', ...dated(one.text));
  return make('li', { class: `event ${one.kind}` }, mark(letter(one.kind)), make('time', { datetime: one.day }, one.day), words);
}

function choose(name, value) {
  chosen[name] = value;
  show();
}

// Draws what is chosen and tells it to whoever cannot see it; a link to it can be kept.
function show() {
  const [pressed, before] = [document.activeElement?.closest('#cards'), window.scrollY];
  draw();
  history.replaceState(null, '', `#${new URLSearchParams(chosen)}`);
  if (pressed) byId('cards').querySelector('[aria-pressed=true]').focus();
  window.scrollTo(0, before);
  const series = seriesOf(chosen.goldenSet, chosen.model);
  const { label, standing, latest, change } = series.categories.find((one) => one.name === chosen.category);
  const words = [label, standing.title, latest, change, `${series.times.length} runs`];
  byId('told').textContent = `${series.golden_set} with ${series.model}: ${words.join(', ')}`;
}

function recall() {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    if (name in chosen) chosen[name] = value;
  }
}

function begin() {
  if (!DATA.series.length) {
    byId('filters').hidden = byId('categories').hidden = byId('events').hidden = byId('cases').hidden = byId('heatmap').hidden = true;
    byId('verdict').append(make('h1', {}, 'The history is empty'));
    const [add, demo] = ['evalci history add', 'evalci demo --history'].map((one) => make('code', {}, one));
    byId('verdict').append(make('p', {}, 'Keep a run with ', add, ', or look at ', demo, '.'));
    return;
  }
  for (const [name, select] of Object.entries(selects)) {
    select.addEventListener('change', () => choose(name, select.value));
  }
  recall();
  chosen.category = location.hash ? chosen.category : null;
  draw();
  window.addEventListener('hashchange', () => {
    recall();
    draw();
  });
  for (const query of ['(prefers-color-scheme: dark)', 'print']) {
    matchMedia(query).addEventListener('change', recolour);
  }
}

begin();
