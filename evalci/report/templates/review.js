// Keeps what a reviewer chooses in this browser, counts it, and saves it as CSV. No request is made.
'use strict';
(() => {
  const sample = document.querySelector('main').dataset.sample;
  const reviewer = document.getElementById('reviewer');
  const progress = document.getElementById('progress');
  const items = [...document.querySelectorAll('.item')].map((section) => ({
    section,
    name: section.dataset.item,
    note: section.querySelector('textarea'),
    questions: [...section.querySelectorAll('fieldset')],
  }));
  const all = items.flatMap((item) => item.questions);
  const chosen = (question) => question.querySelector('input:checked');
  const place = `evalci-review-${sample}`;

  // A browser may refuse to keep anything: then the page works all the same.
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(place)) || {};
    } catch {
      return {};
    }
  };
  const keep = () => {
    const state = { reviewer: reviewer.value };
    for (const item of items) {
      state[item.note.id] = item.note.value;
      for (const input of item.section.querySelectorAll('input:checked')) state[input.name] = input.value;
    }
    try {
      localStorage.setItem(place, JSON.stringify(state));
    } catch {
      // Nothing to do about it.
    }
  };
  const restore = () => {
    const state = kept();
    reviewer.value = state.reviewer || '';
    for (const item of items) {
      item.note.value = state[item.note.id] || '';
      for (const input of item.section.querySelectorAll('input')) input.checked = state[input.name] === input.value;
    }
  };

  const count = () => {
    for (const item of items) item.section.classList.toggle('done', item.questions.every(chosen));
    const done = items.filter((item) => item.questions.every(chosen)).length;
    progress.textContent = `${done} of ${items.length} answers done`;
  };

  const cell = (text) => `"${String(text).replaceAll('"', '""')}"`;
  const csv = () => {
    const rows = [['sample', 'item', 'criterion', 'score', 'reviewer', 'note']];
    for (const item of items) {
      item.questions.forEach((question, index) => {
        const input = chosen(question);
        const note = index === 0 ? item.note.value.trim() : '';
        const score = input ? input.value : '';
        rows.push([sample, item.name, question.dataset.criterion, score, reviewer.value.trim(), note]);
      });
    }
    return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
  };

  const save = () => {
    const name = reviewer.value.trim();
    reviewer.classList.toggle('missing', !name);
    if (!name) {
      progress.textContent = 'Your name is missing';
      reviewer.focus();
      return;
    }
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([csv()], { type: 'text/csv' }));
    link.download = `review-${sample}-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
    const left = all.filter((question) => !chosen(question)).length;
    progress.textContent = left ? `Saved, with ${left} of ${all.length} still open` : 'Saved: send the file back';
  };

  restore();
  count();
  document.addEventListener('input', () => {
    keep();
    count();
  });
  document.getElementById('save').addEventListener('click', save);
})();
