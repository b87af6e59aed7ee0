import { bytes, choice, h } from './dom.js';
import { fileUrl, resultUrl } from './api.js';

const figure = (value) => (typeof value === 'number' ? value.toPrecision(3) : '–');

/** The files of a scoring job as a gallery that can be sorted, with their heat maps. */
export function scoreGallery(job, select) {
  const entries = job.files.map((file, index) => ({
    file, index,
    score: file.notes.score,
    pValue: file.notes.pValue,
    map: job.results.find((result) => result.file === index && result.mediaType.startsWith('image/')),
  }));
  const list = h('ol', { class: 'gallery', 'aria-label': 'Files by how unusual they are' });
  const cards = entries.map(card);
  let selected = -1;
  const orders = {
    unusual: (a, b) => (a.pValue ?? 2) - (b.pValue ?? 2) || (b.score ?? -Infinity) - (a.score ?? -Infinity),
    usual: (a, b) => (b.pValue ?? -1) - (a.pValue ?? -1) || (a.score ?? Infinity) - (b.score ?? Infinity),
    name: (a, b) => a.file.name.localeCompare(b.file.name, undefined, { numeric: true }),
  };
  function sort(key) {
    list.replaceChildren(...[...entries].sort(orders[key]).map((entry) => cards[entry.index]));
  }
  function card(entry) {
    const picture = entry.file.kind === 'picture' && !entry.file.problem;
    return h('li', {}, h('button', { type: 'button', class: 'card', on: { click: () => select(entry.index) } },
      picture
        ? h('span', { class: 'thumbs' },
          h('img', { src: fileUrl(job, entry.index), alt: '', loading: 'lazy' }),
          entry.map ? h('img', { src: resultUrl(job, entry.map), alt: 'Where it is unusual', loading: 'lazy' }) : null)
        : null,
      h('span', { class: 'name' }, entry.file.name),
      h('span', { class: entry.pValue < 0.01 ? 'p flagged' : 'p' },
        entry.file.problem ? entry.file.problem.problem : `p = ${figure(entry.pValue)} · score ${figure(entry.score)}`)));
  }
  sort('unusual');
  return {
    element: h('div', { class: 'scores' },
      h('div', { class: 'tools' }, choice('Order', { unusual: 'Most unusual first', usual: 'Most usual first', name: 'By name' }, 'unusual', sort)),
      list),
    mostUnusual: [...entries].sort(orders.unusual)[0].index,
    select: (index) => {
      cards[selected]?.firstChild.removeAttribute('aria-current');
      cards[index].firstChild.setAttribute('aria-current', 'true');
      selected = index;
    },
  };
}

/** Parses the text of a CSV file. */
function parse(text) {
  const rows = [[]];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"') {
      quoted = true;
    } else if (c === ',' || c === '\n') {
      rows.at(-1).push(cell);
      cell = '';
      if (c === '\n') rows.push([]);
    } else if (c !== '\r') {
      cell += c;
    }
  }
  if (cell) rows.at(-1).push(cell);
  return rows.filter((row) => row.length > 0);
}

const MOST_ROWS = 500;

/** A table of a CSV result that can be sorted by a click on a column's name. */
export async function tableViewer(url, byteCount) {
  if (byteCount > 20e6) return { element: h('p', { class: 'quiet' }, `A table of ${bytes(byteCount)}: download it to see it.`), close: () => {} };
  const [names, ...lines] = parse(await (await fetch(url)).text());
  // What is the same for all, or empty, is for programs.
  const columns = names.map((_, i) => i).filter((i) => names[i] !== 'model_sha256' && lines.some((line) => line[i]));
  const head = columns.map((i) => names[i]);
  const rows = lines.map((line) => columns.map((i) => line[i]));
  const body = h('tbody');
  const note = h('p', { class: 'quiet' });
  let order = { column: -1, up: true };
  const heads = head.map((name, column) =>
    h('th', { scope: 'col' }, h('button', { type: 'button', on: { click: () => sort(column) } }, name)));
  function fill(sorted) {
    body.replaceChildren(...sorted.slice(0, MOST_ROWS).map((row) =>
      h('tr', {}, ...row.map((cell) => h('td', { class: cell !== '' && !Number.isNaN(Number(cell)) ? 'number' : '' },
        cell.length > 7 && cell.includes('.') && Number(cell) ? Number(cell).toPrecision(4) : cell)))));
    note.textContent = rows.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${rows.length} rows.` : `${rows.length} rows.`;
  }
  function sort(column) {
    order = { column, up: order.column === column ? !order.up : true };
    const sign = order.up ? 1 : -1;
    const compare = (a, b) => {
      const difference = Number(a[column]) - Number(b[column]);
      return sign * (Number.isNaN(difference) ? String(a[column]).localeCompare(String(b[column])) : difference);
    };
    heads.forEach((each, i) => each.setAttribute('aria-sort', i === column ? (order.up ? 'ascending' : 'descending') : 'none'));
    fill([...rows].sort(compare));
  }
  if (head.includes('p_value')) sort(head.indexOf('p_value'));
  else fill(rows);
  return {
    element: h('div', { class: 'viewer' }, note,
      h('div', { class: 'table-box', tabindex: '0', role: 'region', 'aria-label': 'Table' },
        h('table', {}, h('thead', {}, h('tr', {}, ...heads)), body))),
    close: () => {},
  };
}
