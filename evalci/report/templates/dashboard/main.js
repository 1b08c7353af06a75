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

// Keep what is chosen possible: the nearest golden set, model and category that exist.
function settle() {
  const sets = unique(DATA.series.map((one) => one.golden_set));
  if (!sets.includes(chosen.goldenSet)) chosen.goldenSet = sets[0];
  const models = DATA.series.filter((one) => one.golden_set === chosen.goldenSet).map((one) => one.model);
  if (!models.includes(chosen.model)) chosen.model = models[0];
  const { categories } = seriesOf(chosen.goldenSet, chosen.model);
  if (!categories.some((one) => one.name === chosen.category)) chosen.category = worst(categories);
  fill(selects.goldenSet, sets.map((name) => [name, name]), chosen.goldenSet);
  fill(selects.model, models.map((name) => [name, name]), chosen.model);
  fill(selects.category, categories.map((one) => [one.name, one.label]), chosen.category);
}

const worst = (categories) => (categories.find((one) => one.name && one.tone === 'bad') ?? categories[0]).name;

function draw() {
  settle();
  const series = seriesOf(chosen.goldenSet, chosen.model);
  const category = series.categories.find((one) => one.name === chosen.category);
  document.title = `evalci: ${series.golden_set} with ${series.model}, ${series.title}`;
  drawVerdict(byId('verdict'), series);
  drawCards(byId('cards'), series);
  byId('charts').hidden = byId('cases').hidden = byId('heatmap').hidden = !series.times.length;
  if (series.times.length) {
    drawCharts(byId('charts'), series, category);
    drawCases(byId('cases'), series, category);
    drawHeatmap(byId('heatmap'), series, category);
  }
  drawEvents(byId('events'), series, category);
}

function drawVerdict(place, series) {
  place.className = `verdict ${series.tone}`;
  const subject = make('p', { class: 'subject' }, make('code', {}, series.golden_set), ' with ');
  subject.append(make('code', {}, series.model), ' (', make('code', {}, series.asked), ')');
  const title = make('h1', {}, mark(series.sign), make('span', {}, series.title));
  place.replaceChildren(subject, title, make('p', { class: 'sentence' }, series.sentence));
}

function drawCards(place, series) {
  place.replaceChildren(
    ...series.categories.map((one) => {
      const button = make(
        'button',
        { type: 'button', class: `card ${one.tone}`, 'aria-pressed': String(one.name === chosen.category) },
        make('span', { class: 'name' }, one.label),
        make('span', { class: 'status' }, mark(one.sign), one.status),
        make('span', { class: 'latest' }, one.latest),
        sparkline(one.lines.mean, spread(one.lines.mean)),
        make('span', { class: 'moved' }, one.change),
      );
      button.addEventListener('click', () => choose('category', one.name));
      return make('li', {}, button);
    }),
  );
}

function drawEvents(section, series, category) {
  const events = series.events.filter((one) => concerns(one, category.name));
  const list = section.querySelector('ol');
  const lines = events.map((one) =>
    make(
      'li',
      { class: `event ${one.kind}` },
      mark(letter(one.kind)),
      make('time', { datetime: one.day }, one.day),
      make('span', {}, make('strong', {}, one.label), ` ${one.text}`),
    ),
  );
  const nothing = make('li', { class: 'note' }, 'Nothing changed in this time.');
  list.replaceChildren(...(lines.length ? lines.reverse() : [nothing]));
}

// The choice stands in the address, so that a link to it can be kept.
function choose(name, value) {
  const [pressed, before] = [document.activeElement?.closest('#cards'), window.scrollY];
  chosen[name] = value;
  draw();
  history.replaceState(null, '', `#${new URLSearchParams(chosen)}`);
  if (pressed) byId('cards').querySelector('[aria-pressed=true]').focus();
  window.scrollTo(0, before);
}

function recall() {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    if (name in chosen) chosen[name] = value;
  }
}

function begin() {
  if (!DATA.series.length) {
    byId('filters').hidden = byId('events').hidden = byId('cases').hidden = byId('heatmap').hidden = true;
    byId('verdict').append(make('h1', {}, 'The history is empty'));
    byId('verdict').append(make('p', {}, 'Keep a run with `evalci history add`, or look at `evalci demo --history`.'));
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
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);
}

begin();
