import { audioViewer } from './audio.js';
import { bytes, capital, h, plural, seconds } from './dom.js';
import { fileUrl, previewUrl, resultUrl, send, zipUrl } from './api.js';
import { pictureViewer } from './picture.js';
import { scoreGallery, tableViewer } from './scores.js';

export const STATES = {
  queued: 'Waiting', running: 'Running', done: 'Done', 'partly-done': 'Partly done', failed: 'Failed', cancelled: 'Cancelled',
};
export const isFinal = (job) => job.state !== 'queued' && job.state !== 'running';

export function titleOf(job) {
  const first = job.files[0].name.split('/').pop();
  return job.files.length === 1 ? first : `${first} + ${job.files.length - 1} more`;
}

export const VERB_NAMES = { clean: 'Clean', fit: 'Learn what is normal', score: 'Find what is unusual' };

function subtitleOf(job) {
  const settings = Object.entries(job.parameters).map(([name, value]) => `${name} ${value}`);
  return [job.plugin ? `${VERB_NAMES[job.verb]} · ${job.plugin}` : VERB_NAMES[job.verb], ...settings].join(' · ');
}

/** How far a job is, from 0 to 1; undefined where that is not known. */
function fractionOf(job, progress) {
  if (isFinal(job)) return 1;
  const ended = job.files.filter((file) => file.state !== 'queued' && file.state !== 'running').length;
  const at = job.files.findIndex((file) => file.state === 'running');
  const part = at >= 0 ? progress.get(`${job.id}/${at}`)?.fraction : 0;
  if (part === null || part === undefined) return job.files.length > 1 ? ended / job.files.length : undefined;
  return (ended + part) / job.files.length;
}

export function problemText(problem) {
  return h('p', { class: 'problem' },
    h('strong', {}, `${problem.subject}: ${problem.problem}.`), ` ${capital(problem.remedy)}.`);
}

/** The large view of one job. Built once; `update` changes what has changed, so that focus and zoom stay. */
export class JobPanel {
  constructor(job, progress, { deleted, failed }) {
    this.job = job;
    this.progress = progress;
    this.failed = failed;
    this.viewer = null;
    this.shown = null;
    this.selected = 0;
    this.state = h('span', { class: 'state' });
    this.bar = h('progress', { max: 1, 'aria-label': 'Progress' });
    this.message = h('p', { class: 'quiet message', role: 'status' });
    this.problem = h('div');
    this.downloads = h('div', { class: 'downloads' });
    this.cancel = h('button', { type: 'button', on: { click: () => this.act('POST', '/cancel') } }, 'Cancel');
    this.remove = h('button', {
      type: 'button',
      on: { click: async () => { if (await this.act('DELETE', '')) deleted(job.id); } },
    }, 'Delete');
    this.zip = h('a', { class: 'button', href: zipUrl(job), download: true }, 'Download all');
    this.rows = job.files.map((file, index) => this.row(file, index));
    this.list = h('ol', { class: 'files', 'aria-label': 'Files of this job' }, ...this.rows.map((row) => row.element));
    this.list.hidden = job.files.length < 2;
    this.scores = h('div');
    this.gallery = null;
    this.place = h('div', { class: 'place' });
    this.heading = h('h2', { tabindex: '-1' }, titleOf(job));
    this.element = h('article', { class: 'job' },
      h('header', { class: 'job-head' },
        h('div', { class: 'grow' }, this.heading, h('p', { class: 'quiet' }, subtitleOf(job))),
        h('div', { class: 'actions' }, this.state, this.cancel, this.zip, this.remove)),
      this.bar, this.message, this.problem, this.list, this.scores, this.downloads, this.place);
    this.update(job);
  }

  row(file, index) {
    const state = h('span', { class: 'state' });
    const note = h('span', { class: 'quiet number' });
    const button = h('button', { type: 'button', on: { click: () => this.select(index) } },
      h('span', { class: 'name' }, file.name), note, state);
    return { element: h('li', {}, button), button, state, note };
  }

  async act(method, path) {
    try {
      await send(method, `/api/jobs/${this.job.id}${path}`);
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  select(index) {
    this.selected = index;
    this.update(this.job);
  }

  /** Selects a card of the gallery, below which the picture may be out of sight. */
  async selectScore(index) {
    this.selected = index;
    this.gallery.select(index);
    await this.showFile();
    this.viewer?.element.scrollIntoView({ block: 'nearest' });
  }

  update(job) {
    this.job = job;
    const final = isFinal(job);
    this.state.textContent = STATES[job.state];
    this.state.dataset.state = job.state;
    this.cancel.hidden = final;
    this.zip.hidden = job.results.length < 2;
    this.bar.hidden = final;
    this.problem.replaceChildren(...(job.problem ? [problemText(job.problem)] : []));
    job.files.forEach((file, index) => {
      const row = this.rows[index];
      row.state.textContent = STATES[file.state];
      row.state.dataset.state = file.state;
      row.note.textContent = file.state === 'done' ? seconds(file.seconds) : bytes(file.bytes);
      row.button.setAttribute('aria-current', index === this.selected);
    });
    this.advance();
    if (!this.gallery && job.verb === 'score' && final && job.files.length > 1) {
      this.gallery = scoreGallery(job, (index) => this.selectScore(index));
      this.scores.append(this.gallery.element);
      this.list.hidden = true;
      this.selected = this.gallery.mostUnusual;
      this.gallery.select(this.selected);
    }
    this.showFile();
  }

  /** Shows the latest progress. */
  advance() {
    const { job } = this;
    const fraction = fractionOf(job, this.progress);
    if (fraction === undefined) this.bar.removeAttribute('value');
    else this.bar.value = fraction;
    if (isFinal(job)) {
      const done = job.files.filter((file) => file.state === 'done');
      const took = done.reduce((sum, file) => sum + file.seconds, 0);
      this.message.textContent = done.length
        ? `${job.files.length === 1 ? 'Took' : `${plural(done.length, 'file')} in`} ${seconds(took)}${done.length < job.files.length ? `, ${job.files.length - done.length} ${job.state === 'cancelled' ? 'not' : 'failed'}` : ''}`
        : '';
      return;
    }
    const at = job.files.findIndex((file) => file.state === 'running');
    const detail = at >= 0 ? this.progress.get(`${job.id}/${at}`)?.message : '';
    const percent = fraction ? `${Math.round(100 * fraction)} %` : '';
    const which = job.files.length > 1 && at >= 0 ? `file ${at + 1} of ${job.files.length}` : '';
    this.message.textContent = job.state === 'queued' ? 'Waits for its turn' : [percent, which, detail].filter(Boolean).join(' · ');
  }

  async showFile() {
    const { job, selected } = this;
    const file = job.files[selected];
    const results = job.results.filter((result) => result.file === selected || result.file < 0);
    const isOver = file.state !== 'queued' && file.state !== 'running';
    const key = `${selected}/${isOver ? file.state : ''}/${results.length}`;
    if (this.shown === key) return;
    this.shown = key;
    this.viewer?.close();
    this.viewer = null;
    const parts = [];
    if (file.problem && !job.problem) parts.push(problemText(file.problem));
    parts.push(...file.warnings.map((warning) => h('p', { class: 'quiet' }, warning)));
    this.downloads.replaceChildren(...this.links(results), ...this.notes(file));
    this.place.replaceChildren(...parts);
    try {
      const viewer = await this.viewerOf(file, results);
      if (this.shown !== key) {
        viewer?.close();
        return;
      }
      this.viewer = viewer;
      if (viewer) this.place.append(viewer.element);
    } catch (error) {
      if (this.shown === key) this.place.append(h('p', { class: 'quiet' }, `No preview: ${error.message} The result can be downloaded.`));
    }
  }

  viewerOf(file, results) {
    const { job, selected } = this;
    const own = results.filter((result) => result.file === selected);
    const main = own.find((result) => result.role === 'main');
    const table = results.find((result) => result.mediaType === 'text/csv');
    const names = job.verb === 'score' ? { before: 'Picture', after: 'Heat map' } : null;
    const before = file.kind === 'picture' ? previewUrl(fileUrl(job, selected), file.stored) : null;
    if (main?.mediaType.startsWith('image/')) return pictureViewer(before, previewUrl(resultUrl(job, main), main.stored), names);
    if (main?.mediaType.startsWith('audio/')) return audioViewer(fileUrl(job, selected), resultUrl(job, main), Math.max(file.bytes, main.bytes));
    const map = own.find((result) => result.mediaType.startsWith('image/'));
    if (map && file.kind === 'picture') return pictureViewer(before, resultUrl(job, map), names);
    const isOpen = file.state === 'queued' || file.state === 'running';
    if (isOpen && /\.(png|jpe?g|webp|gif|bmp)$/.test(file.stored)) return pictureViewer(null, fileUrl(job, selected));
    if (table) return tableViewer(resultUrl(job, table), table.bytes);
    return null;
  }

  links(results) {
    return results.map((result) => h('a', { class: 'button', href: resultUrl(this.job, result, true), download: true },
      `Download ${result.name.split('/').pop()}`, h('span', { class: 'quiet number' }, ` ${bytes(result.bytes)}`)));
  }

  notes(file) {
    const entries = Object.entries(file.notes);
    if (entries.length === 0) return [];
    const words = (name) => name.replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`)
      .replace(/ decibels$/, ', dB').replace(/^p value$/, 'p-value');
    const shown = (value) => {
      if (typeof value === 'boolean') return value ? 'yes' : 'no';
      return typeof value === 'number' && !Number.isInteger(value) ? String(+value.toPrecision(4)) : String(value);
    };
    return [h('dl', { class: 'notes' }, ...entries.map(([name, value]) =>
      h('div', {}, h('dt', {}, words(name)), h('dd', { class: 'number' }, shown(value)))))];
  }

  close() {
    this.shown = null;
    this.viewer?.close();
  }
}

/** One line of the history. */
export class HistoryLine {
  constructor(job, select) {
    this.state = h('span', { class: 'state' });
    this.when = h('span', { class: 'quiet number' });
    this.bar = h('progress', { max: 1, 'aria-hidden': 'true' });
    this.button = h('button', { type: 'button', on: { click: () => select(job.id) } },
      h('span', { class: 'name' }, titleOf(job)), this.state, this.when, this.bar);
    this.element = h('li', {}, this.button);
  }

  update(job, progress, selected) {
    this.state.textContent = STATES[job.state];
    this.state.dataset.state = job.state;
    const created = new Date(job.created);
    const today = created.toDateString() === new Date().toDateString();
    this.when.textContent = `${VERB_NAMES[job.verb]} · ${plural(job.files.length, 'file')} · ${
      today ? created.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) : created.toLocaleDateString()}`;
    this.button.setAttribute('aria-current', selected);
    this.bar.hidden = job.state !== 'running';
    const fraction = fractionOf(job, progress);
    if (fraction === undefined) this.bar.removeAttribute('value');
    else this.bar.value = fraction;
  }
}
