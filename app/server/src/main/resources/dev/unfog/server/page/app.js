import { follow, get, openSession, Problem, submit } from './api.js';
import { bytes, h, newId, plural } from './dom.js';
import { ParameterForm } from './form.js';
import { HistoryLine, JobPanel, VERB_NAMES, isFinal, problemText, titleOf } from './jobs.js';

const $ = (id) => document.getElementById(id);
const jobs = new Map();
const lines = new Map();
const progress = new Map();
let installed = null;
let chosen = [];
let form = null;
let operation = null;
let panel = null;

// What kind of media a file holds is decided by the server; here it only narrows down what is offered.
const EXTENSIONS = {
  picture: 'png jpg jpeg jfif tif tiff webp bmp gif'.split(' '),
  audio: 'wav wave aif aiff aifc au flac ogg oga mp3 m4a aac opus wma webm'.split(' '),
  rows: 'csv tsv txt'.split(' '),
};

function kindOf(file) {
  const extension = file.name.split('.').pop().toLowerCase();
  return Object.keys(EXTENSIONS).find((kind) => EXTENSIONS[kind].includes(extension)) ?? 'other';
}

// --- choosing files

/** The files of what was dropped: a file, or an entry of the file system, whose folders are walked. */
async function filesOf(entry) {
  if (entry instanceof File) return [{ file: entry, name: entry.name }];
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, name: entry.fullPath.replace(/^\//, '') }];
  }
  const reader = entry.createReader();
  const all = [];
  for (;;) {
    // A folder is read in pieces until one is empty.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    for (const each of some) all.push(...(await filesOf(each)));
  }
  return all;
}

function choose(files) {
  chosen = files.filter(({ name }) => !name.split('/').pop().startsWith('.'));
  const total = chosen.reduce((sum, { file }) => sum + file.size, 0);
  $('chosen').hidden = chosen.length === 0;
  if (chosen.length > 0) {
    const names = chosen.length === 1 ? [] : chosen.slice(0, 4).map(({ file, name }) => h('li', {}, h('span', { class: 'name' }, name), h('span', { class: 'quiet number' }, bytes(file.size))));
    if (chosen.length > 4) names.push(h('li', { class: 'quiet' }, `and ${chosen.length - 4} more`));
    $('chosen').replaceChildren(
      h('div', { class: 'chosen-head' },
        h('strong', { class: 'name' }, `${chosen.length === 1 ? chosen[0].name : plural(chosen.length, 'file')}, ${bytes(total)}`),
        h('button', { type: 'button', class: 'plain', on: { click: () => { choose([]); $('choose-files').focus(); } } }, 'Clear')),
      h('ul', {}, ...names));
  }
  offer();
}

function fromInput(input) {
  choose([...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name })));
  input.value = '';
}

$('choose-files').addEventListener('click', () => $('files').click());
$('choose-folder').addEventListener('click', () => $('folder').click());
$('files').addEventListener('change', () => fromInput($('files')));
$('folder').addEventListener('change', () => fromInput($('folder')));
let depth = 0;
for (const type of ['dragenter', 'dragover', 'dragleave', 'drop']) {
  document.addEventListener(type, async (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes('Files')) return;
    event.preventDefault();
    if (type === 'dragenter') depth++;
    if (type === 'dragleave') depth--;
    if (type === 'drop') depth = 0;
    $('drop').classList.toggle('over', depth > 0);
    if (type !== 'drop') return;
    const entries = [...event.dataTransfer.items].filter((item) => item.kind === 'file')
      .map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile()).filter(Boolean);
    try {
      choose((await Promise.all(entries.map(filesOf))).flat());
    } catch (error) {
      tell(`What was dropped cannot be read: ${error.message}`);
    }
  });
}

// --- choosing what to do

const VERBS = Object.keys(VERB_NAMES);

/** What can be done with the files: each operation of each plugin that takes one of their kinds, cleaning first. */
function candidates() {
  const kinds = new Set(chosen.map(({ file }) => kindOf(file)));
  const any = kinds.size === 0 || kinds.has('other');
  return (installed?.plugins ?? []).flatMap((plugin) => plugin.operations
    .filter((each) => any || each.accepts.some((kind) => kinds.has(kind)))
    .map((each) => ({ ...each, plugin: plugin.id, key: `${each.verb} ${plugin.id}` })))
    .sort((a, b) => VERBS.indexOf(a.verb) - VERBS.indexOf(b.verb));
}

const stored = (key, fallback) => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
};
const presetsOf = (key) => stored(`presets ${key}`, {});

function offer() {
  const all = chosen.length > 0 ? candidates() : [];
  $('operation').hidden = all.length === 0;
  if (all.length === 0) {
    $('parameters').replaceChildren();
    form = null;
    operation = null;
    tell(chosen.length > 0 && installed ? 'No installed plugin takes files of this kind.' : '');
    $('run').disabled = true;
    return;
  }
  tell('');
  const kept = all.find((each) => each.key === operation?.key) ?? all[0];
  const id = newId('operation');
  const select = h('select', { id, on: { change: () => pick(all.find((each) => each.key === select.value)) } },
    ...all.map((each) => h('option', { value: each.key }, nameOf(each))));
  select.value = kept.key;
  const help = newId('help');
  select.setAttribute('aria-describedby', help);
  $('operation').replaceChildren(h('label', { for: id }, 'What to do'), select, h('p', { class: 'help', id: help }));
  if (kept.key !== operation?.key || form === null) pick(kept);
  else describe();
  $('run').disabled = false;
}

/** Returns what an operation is called; one of several that do the same is told by its plugin. */
function nameOf(each) {
  const alike = candidates().filter((other) => other.verb === each.verb);
  return alike.length > 1 ? `${VERB_NAMES[each.verb]} · ${each.plugin}` : VERB_NAMES[each.verb];
}

function describe() {
  $('operation').querySelector('.help').textContent = operation.summary;
}

function pick(next, initial = {}) {
  operation = next;
  describe();
  form = new ParameterForm(next.parameters, initial);
  const parts = [];
  if (next.verb === 'score') parts.push(modelField());
  parts.push(presetField(), form.element);
  $('parameters').replaceChildren(...parts);
}

function modelField() {
  const fitted = [...jobs.values()].filter((job) => job.verb === 'fit' && job.state === 'done');
  const id = newId('model');
  return h('div', { class: 'field' }, h('label', { for: id }, 'What is normal'),
    h('select', { id, name: 'model' }, ...fitted.map((job) => h('option', { value: job.id }, titleOf(job)))),
    h('p', { class: 'help' }, fitted.length ? 'learnt in an earlier job' : 'nothing has been learnt yet: run “learn” on normal samples first'));
}

function presetField() {
  const { key } = operation;
  const presets = presetsOf(key);
  const id = newId('preset');
  const select = h('select', { id, on: { change: () => pick(operation, presets[select.value] ?? {}) } },
    h('option', { value: '' }, 'Defaults'), ...Object.keys(presets).map((name) => h('option', { value: name }, name)));
  const save = (change) => {
    localStorage.setItem(`presets ${key}`, JSON.stringify(change));
    pick(operation, form.values().values);
  };
  const name = h('input', { type: 'text', 'aria-label': 'Name of the preset', placeholder: 'Name', maxlength: 40 });
  return h('details', { class: 'presets' }, h('summary', {}, 'Presets'),
    h('div', { class: 'field' }, h('label', { for: id }, 'Load'), select),
    h('div', { class: 'inline' }, name,
      h('button', { type: 'button', on: { click: () => name.value && save({ ...presets, [name.value]: form.values().values }) } }, 'Save'),
      h('button', { type: 'button', on: { click: () => { const { [select.value]: _, ...rest } = presets; save(rest); } } }, 'Remove')));
}

function tell(text) {
  $('form-problem').textContent = text;
  $('form-problem').hidden = text === '';
}

$('job-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!form || chosen.length === 0) return;
  const invalid = form.invalid();
  if (invalid) {
    invalid.input.closest('details')?.setAttribute('open', '');
    invalid.input.focus();
    invalid.input.reportValidity();
    return;
  }
  const { values, files } = form.values();
  const body = new FormData();
  body.append('verb', operation.verb);
  body.append('plugin', operation.plugin);
  body.append('parameters', JSON.stringify(values));
  const model = $('parameters').querySelector('[name=model]')?.value;
  if (model) body.append('model', model);
  for (const [name, file] of Object.entries(files)) body.append(`parameter.${name}`, file);
  for (const { file, name } of chosen) body.append('file', file, name);
  const run = $('run');
  run.disabled = true;
  try {
    const job = await submit(body, (fraction) => { run.textContent = fraction < 1 ? `Sending ${Math.round(100 * fraction)} %` : 'Sending'; });
    changed(job);
    show(job.id);
    tell('');
    choose([]);
  } catch (error) {
    failed(error);
    run.disabled = false;
  }
  run.textContent = 'Run';
});

function failed(error) {
  if (error instanceof Problem && error.status === 401) login();
  tell(error.message);
}

// --- the history and the job at hand

function changed(job) {
  const known = jobs.has(job.id);
  jobs.set(job.id, job);
  if (!known) {
    const line = new HistoryLine(job, show);
    lines.set(job.id, line);
    const later = [...jobs.values()].filter((each) => each.created < job.created)
      .sort((a, b) => (a.created < b.created ? 1 : -1))[0];
    const before = later ? lines.get(later.id)?.element : null;
    $('history').insertBefore(line.element, before?.parentNode ? before : null);
    $('history-empty').hidden = true;
  }
  if (isFinal(job)) job.files.forEach((_, i) => progress.delete(`${job.id}/${i}`));
  refresh(job.id);
  if (operation?.verb === 'score' && job.verb === 'fit' && job.state === 'done') pick(operation, form.values().values);
}

function refresh(id) {
  const job = jobs.get(id);
  lines.get(id)?.update(job, progress, panel?.job.id === id);
  if (panel?.job.id === id) panel.update(job);
}

function show(id) {
  const before = panel?.job.id;
  const job = jobs.get(id);
  if (before === id) return;
  panel?.close();
  panel = job ? new JobPanel(job, progress, { deleted: gone, failed }) : null;
  $('stage').replaceChildren(panel ? panel.element : welcome());
  history.replaceState(null, '', panel ? `#job=${id}` : location.pathname);
  document.title = panel ? `${titleOf(job)} – Unfog` : 'Unfog';
  for (const each of [before, id]) if (jobs.has(each)) refresh(each);
  if (panel && matchMedia('(max-width: 860px)').matches) {
    panel.heading.focus();
    panel.element.scrollIntoView();
  }
}

function gone(id) {
  jobs.delete(id);
  lines.get(id)?.element.remove();
  lines.delete(id);
  $('history-empty').hidden = jobs.size > 0;
  if (panel?.job.id === id) show(undefined);
}

function welcome() {
  const operations = (installed?.plugins ?? [])
    .flatMap((plugin) => plugin.operations.map((each) => ({ ...each, provider: `${plugin.id} ${plugin.version}` })))
    .sort((a, b) => VERBS.indexOf(a.verb) - VERBS.indexOf(b.verb))
    .map((each) => h('li', {}, h('strong', {}, each.summary), h('span', { class: 'quiet' }, each.provider)));
  return h('div', { class: 'welcome' },
    h('h2', {}, 'Clean a recording, restore a picture, find what is out of the ordinary'),
    h('p', { class: 'quiet' }, 'Everything stays on this machine. Drop a file, look at the result beside the original, keep what you like.'),
    operations.length ? h('ul', { class: 'operations' }, ...operations) : null,
    ...(installed?.failures ?? []).map((failure) => problemText(failure)));
}

// --- beginning

function login() {
  if (!$('login').open) $('login').showModal();
}

$('login').addEventListener('close', async () => {
  try {
    await openSession($('token').value);
    $('token').value = '';
    tell('');
    begin();
  } catch {
    login();
  }
});

async function refreshAll() {
  const { jobs: all } = await get('/api/jobs');
  const present = new Set(all.map((job) => job.id));
  for (const id of [...jobs.keys()]) if (!present.has(id)) gone(id);
  [...all].reverse().forEach(changed);
}

let following = false;
async function begin() {
  try {
    await refreshAll();
  } catch (error) {
    failed(error);
    return;
  }
  const wanted = new URLSearchParams(location.hash.slice(1)).get('job');
  show(jobs.has(wanted) ? wanted : undefined);
  if (!following) {
    following = true;
    let lost = false;
    follow({
      job: changed,
      deleted: ({ job }) => gone(job),
      progress: (event) => {
        const key = `${event.job}/${event.file}`;
        progress.set(key, event);
        const job = jobs.get(event.job);
        if (!job) return;
        lines.get(event.job)?.update(job, progress, panel?.job.id === event.job);
        if (panel?.job.id === event.job) panel.advance();
      },
      connected: () => {
        $('connection').textContent = '';
        if (lost) refreshAll();
        lost = false;
      },
      lost: () => {
        lost = true;
        $('connection').textContent = 'The server does not answer; trying again …';
      },
    });
  }
  for (;;) {
    try {
      installed = await get('/api/plugins');
      break;
    } catch (error) {
      failed(error);
      // The worker may still be starting.
      if (error.status !== 503) return;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
  tell('');
  $('version').textContent = installed.version;
  offer();
  if (!panel) $('stage').replaceChildren(welcome());
}

const token = new URLSearchParams(location.hash.slice(1)).get('token');
if (token) {
  // Not to be seen over a shoulder, nor in the browser's history.
  history.replaceState(null, '', location.pathname);
  try {
    await openSession(token);
  } catch {
    login();
  }
}
begin();
