'use strict';
// All numbers of the charts for whoever cannot see them, filled when it is opened.
function table(series, category) {
  const details = make('details', {}, make('summary', {}, 'All numbers as a table'));
  const fill = () => {
    const charts = CHARTS.filter((chart) => chart.lines.some((line) => category.lines[line.name].some((one) => one !== null)));
    const lines = charts.flatMap((chart) => chart.lines.map((line) => ({ ...line, form: chart.form })));
    const above = make('tr', {}, make('td'));
    charts.forEach((chart) =>
      above.append(make('th', { scope: 'colgroup', colspan: chart.lines.length, class: 'group' }, chart.title)),
    );
    const head = make('tr', {}, make('th', { scope: 'col' }, 'Run'));
    lines.forEach((line) => head.append(make('th', { scope: 'col', class: 'number' }, line.from ? line.name : line.label)));
    const body = make('tbody', {}, ...series.days.map((day, at) => numberRow(day, at, lines, category)));
    const caption = make('caption', { class: 'unseen' }, `${category.label}, run by run`);
    const whole = make('table', {}, caption, make('thead', {}, above, head), body);
    details.append(make('div', { class: 'box', role: 'region', 'aria-label': 'All numbers', tabindex: '0' }, whole));
  };
  details.addEventListener('toggle', fill, { once: true });
  return details;
}

function numberRow(day, at, lines, category) {
  const row = make('tr', {}, make('th', { scope: 'row' }, day));
  for (const line of lines) {
    row.append(make('td', { class: 'number' }, shown(category.lines[line.name][at], line.form)));
  }
  return row;
}
