import { choice, clock, colour, h, sharp } from './dom.js';
import { drawSpectrogram } from './spectrum.js';

/** Beyond this a recording is played, but not decoded as a whole. */
const MOST_BYTES = 150e6;
const FADE = 0.012;

/** Steps that people count in, of seconds and of kilohertz. */
const STEPS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];

/** The labels of an axis from 0 to `end`: at most so many, each at its share of the whole, none where the axis ends. */
function ticks(end, most, text) {
  const step = STEPS.find((each) => end / each <= most) ?? end;
  const labels = [];
  for (let i = 1; i * step < end * 0.97; i++) {
    const label = h('span', { class: 'tick number' }, text(i * step));
    label.style.setProperty('--at', `${(100 * i * step) / end}%`);
    labels.push(label);
  }
  return labels;
}

const load = async (url) => (await fetch(url)).arrayBuffer();

/** The sample rate of a WAV or FLAC file; undefined for others. Browsers convert to their own rate unless told. */
function rateOf(data) {
  const view = new DataView(data);
  if (data.byteLength < 44) return undefined;
  const magic = view.getUint32(0);
  if (magic === 0x52494646) {
    for (let at = 12; at + 16 < Math.min(data.byteLength, 1 << 16); at += 8 + view.getUint32(at + 4, true)) {
      if (view.getUint32(at) === 0x666d7420) return view.getUint32(at + 12, true);
    }
  }
  if (magic === 0x664c6143) return view.getUint32(18) >>> 12;
  return undefined;
}

function contextFor(rate) {
  try {
    return new AudioContext(rate ? { sampleRate: rate } : {});
  } catch {
    // Not a rate that this browser plays.
    return new AudioContext();
  }
}

/** The mean of the channels. */
function mono(buffer) {
  const mixed = Float32Array.from(buffer.getChannelData(0));
  for (let c = 1; c < buffer.numberOfChannels; c++) {
    const channel = buffer.getChannelData(c);
    for (let i = 0; i < mixed.length; i++) mixed[i] += channel[i];
  }
  for (let i = 0; i < mixed.length; i++) mixed[i] /= buffer.numberOfChannels;
  return mixed;
}

function drawWaveform(context, width, height, samples, peak) {
  context.clearRect(0, 0, width, height);
  context.fillStyle = colour('line');
  context.fillRect(0, Math.floor(height / 2), width, 1);
  context.fillStyle = colour('wave');
  const scale = (height / 2 - 2) / peak;
  for (let x = 0; x < width; x++) {
    const from = Math.floor((x / width) * samples.length);
    const to = Math.max(from + 1, Math.floor(((x + 1) / width) * samples.length));
    let low = Infinity;
    let high = -Infinity;
    for (let i = from; i < to; i++) {
      if (samples[i] < low) low = samples[i];
      if (samples[i] > high) high = samples[i];
    }
    const top = height / 2 - high * scale;
    context.fillRect(x, top, 1, Math.max(1, (high - low) * scale));
  }
}

const peakOf = (samples) => samples.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);

/** Plays two recordings in step and shows both as waveforms or spectrograms, drawn from their samples. */
export async function audioViewer(beforeUrl, afterUrl, byteCount) {
  if (byteCount > MOST_BYTES) return plainPlayers(beforeUrl, afterUrl);
  const files = await Promise.all([load(beforeUrl), load(afterUrl)]);
  const rate = rateOf(files[0]) ?? rateOf(files[1]);
  const audio = contextFor(rate);
  const [before, after] = await Promise.all(files.map((file) => audio.decodeAudioData(file)));
  const lanes = [
    { key: 'before', label: 'A · before', buffer: before, samples: mono(before) },
    { key: 'after', label: 'B · after', buffer: after, samples: mono(after) },
  ];
  const duration = Math.max(before.duration, after.duration);
  const peak = Math.max(peakOf(lanes[0].samples), peakOf(lanes[1].samples), 1e-4);
  let view = 'waveform';
  let heard = 'after';
  let playing = null; // { sources, gains, at: audio time at position 0 }
  let position = 0;
  let drawing = 0;

  for (const lane of lanes) {
    lane.canvas = h('canvas', { class: 'lane', 'aria-hidden': 'true' });
    const kilohertz = lane.buffer.sampleRate / 2000;
    lane.scale = h('div', { class: 'scale', 'aria-hidden': 'true' }, ...ticks(kilohertz, 4.5, (value) => `${value} kHz`));
    lane.head = h('div', { class: 'playhead', 'aria-hidden': 'true' });
    lane.element = h('div', { class: 'lane-row' }, h('p', { class: 'lane-name' }, lane.label),
      h('div', { class: 'lane-box', on: { pointerdown: (event) => seek((event.offsetX / event.currentTarget.clientWidth) * duration) } },
        lane.canvas, lane.scale, lane.head));
  }
  const times = h('div', { class: 'times', 'aria-hidden': 'true' });

  const play = h('button', { type: 'button', class: 'main', on: { click: toggle } }, 'Play');
  const time = h('output', { class: 'number' });
  const slider = h('input', {
    type: 'range', min: 0, max: duration, step: 0.01, value: 0, 'aria-label': 'Position in seconds',
    on: { input: () => seek(Number(slider.value)) },
  });
  const listen = choice('Listen to', { before: 'A before', after: 'B after' }, heard, hear);
  const views = choice('View', { waveform: 'Waveform', spectrogram: 'Spectrogram' }, view, (key) => { view = key; draw(); });

  function hear(key) {
    heard = key;
    lanes.forEach((lane, i) => {
      lane.element.classList.toggle('heard', lane.key === heard);
      playing?.gains[i].gain.setTargetAtTime(lane.key === heard ? 1 : 0, audio.currentTime, FADE / 3);
    });
  }

  function start() {
    if (position >= duration - 0.01) position = 0;
    const begin = audio.currentTime + 0.03;
    const sources = [];
    const gains = [];
    for (const lane of lanes) {
      const source = audio.createBufferSource();
      const gain = audio.createGain();
      source.buffer = lane.buffer;
      gain.gain.value = lane.key === heard ? 1 : 0;
      source.connect(gain).connect(audio.destination);
      source.start(begin, Math.min(position, lane.buffer.duration));
      sources.push(source);
      gains.push(gain);
    }
    playing = { sources, gains, at: begin - position };
    play.textContent = 'Pause';
    requestAnimationFrame(tick);
  }

  function stop() {
    if (!playing) return;
    position = Math.max(0, Math.min(duration, audio.currentTime - playing.at));
    playing.sources.forEach((source) => source.stop());
    playing = null;
    play.textContent = 'Play';
    show();
  }

  async function toggle() {
    if (playing) {
      stop();
    } else {
      await audio.resume();
      start();
    }
  }

  function seek(to) {
    const wasPlaying = playing !== null;
    stop();
    position = Math.max(0, Math.min(duration, to));
    if (wasPlaying) start();
    show();
  }

  function tick() {
    if (!playing) return;
    position = Math.max(0, audio.currentTime - playing.at);
    if (position >= duration) stop();
    else requestAnimationFrame(tick);
    show();
  }

  function show() {
    slider.value = position;
    time.value = `${clock(position)} / ${clock(duration)}`;
    slider.setAttribute('aria-valuetext', time.value);
    for (const lane of lanes) lane.head.style.setProperty('--at', `${(100 * position) / duration}%`);
  }

  function draw() {
    const mine = ++drawing;
    const seconds = duration < 120 ? (value) => `${+value.toFixed(2)} s` : (value) => clock(value).replace(/\.0$/, '');
    times.replaceChildren(...ticks(duration, Math.max(2, times.clientWidth / 90), seconds));
    for (const lane of lanes) {
      lane.scale.hidden = view === 'waveform';
      const context = sharp(lane.canvas);
      if (!context) continue;
      const { width, height } = lane.canvas;
      const share = Math.round((width * lane.buffer.duration) / duration);
      context.clearRect(0, 0, width, height);
      if (view === 'waveform') drawWaveform(context, share, height, lane.samples, peak);
      else drawSpectrogram(context, share, height, lane.samples, () => mine === drawing);
    }
  }

  const observer = new ResizeObserver(draw);
  observer.observe(lanes[0].canvas);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', draw);
  hear(heard);
  show();
  const element = h('div', {
    class: 'viewer audio', tabindex: '-1',
    on: {
      keydown: (event) => {
        if (event.target.matches('input, select, button') && event.key === ' ') return;
        if (event.key === ' ') toggle();
        else if (event.key === 'a' || event.key === 'b') listen.children[event.key === 'a' ? 0 : 1].click();
        else return;
        event.preventDefault();
      },
    },
  },
  h('div', { class: 'tools' }, play, listen, views, time),
  ...lanes.map((lane) => lane.element), times, slider,
  h('p', { class: 'quiet' }, `${after.sampleRate / 1000} kHz${rate === after.sampleRate ? '' : ' as played here'} · keys A and B switch, space plays`));
  return {
    element,
    close: () => {
      stop();
      drawing++;
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      audio.close();
    },
  };
}

function plainPlayers(beforeUrl, afterUrl) {
  return {
    element: h('div', { class: 'viewer' },
      h('p', { class: 'quiet' }, 'This recording is too long to draw here; both versions can be played.'),
      h('p', {}, 'Before'), h('audio', { controls: true, preload: 'none', src: beforeUrl }),
      h('p', {}, 'After'), h('audio', { controls: true, preload: 'none', src: afterUrl })),
    close: () => {},
  };
}
