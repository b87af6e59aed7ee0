import { choice, h, newId, sharp } from './dom.js';

function load(url) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error('This browser cannot show files of this format.'));
    image.src = url;
  });
}

/** Twice as bright, this many times: differences are small. */
const DOUBLINGS = 3;

function difference(before, after) {
  const canvas = h('canvas');
  canvas.width = after.naturalWidth;
  canvas.height = after.naturalHeight;
  const context = canvas.getContext('2d');
  context.drawImage(before, 0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = 'difference';
  context.drawImage(after, 0, 0);
  context.globalCompositeOperation = 'lighter';
  for (let i = 0; i < DOUBLINGS; i++) context.drawImage(canvas, 0, 0);
  return canvas;
}

/**
 * Compares two pictures: a wipe between them or their difference, with zoom. Null as `before` shows one alone. Pictures that are
 * called something else than before and after have no difference.
 */
export async function pictureViewer(beforeUrl, afterUrl, names = null) {
  const called = names ?? { before: 'Before', after: 'After' };
  const [before, after] = await Promise.all([beforeUrl ? load(beforeUrl) : null, load(afterUrl)]);
  const canvas = h('canvas', {
    class: 'view', tabindex: '0', role: 'img',
    'aria-label': before
      ? `${called.before} and ${called.after.toLowerCase()}. Arrow keys move the picture, plus and minus zoom, 0 fits it.`
      : 'Picture. Arrow keys move it, plus and minus zoom, 0 fits it.',
  });
  let mode = 'wipe';
  let wipe = 0.5;
  let zoom = 0; // 0 fits
  let centre = { x: after.naturalWidth / 2, y: after.naturalHeight / 2 };
  let differing = null;
  const readout = h('output', { class: 'quiet number' });

  const ratio = () => window.devicePixelRatio || 1;
  const fitting = () => Math.min(canvas.width / after.naturalWidth, canvas.height / after.naturalHeight, 8);
  const scale = () => (zoom === 0 ? fitting() : zoom);

  function draw() {
    const context = sharp(canvas);
    if (!context) return;
    const s = scale();
    if (zoom === 0) centre = { x: after.naturalWidth / 2, y: after.naturalHeight / 2 };
    const left = Math.round(canvas.width / 2 - centre.x * s);
    const top = Math.round(canvas.height / 2 - centre.y * s);
    const width = after.naturalWidth * s;
    const height = after.naturalHeight * s;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = s < 2 * ratio();
    context.imageSmoothingQuality = 'high';
    if (mode === 'difference' && before) {
      differing ??= difference(before, after);
      context.drawImage(differing, left, top, width, height);
    } else {
      context.drawImage(after, left, top, width, height);
      const part = mode === 'before' ? 1 : mode === 'after' ? 0 : wipe;
      if (before && part > 0) {
        const x = mode === 'before' ? canvas.width : Math.round(canvas.width * part);
        context.save();
        context.beginPath();
        context.rect(0, 0, x, canvas.height);
        context.clip();
        context.drawImage(before, left, top, width, height);
        context.restore();
        if (mode === 'wipe') drawHandle(context, x);
      }
    }
    readout.value = `${Math.round((100 * s) / ratio())} %`;
  }

  function drawHandle(context, x) {
    const r = ratio();
    context.fillStyle = '#fff';
    context.strokeStyle = 'rgb(0 0 0 / 55%)';
    context.lineWidth = r;
    context.fillRect(x - r, 0, 2 * r, canvas.height);
    context.beginPath();
    context.arc(x, canvas.height / 2, 11 * r, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.fillStyle = '#222';
    for (const side of [-1, 1]) {
      context.beginPath();
      context.moveTo(x + side * 7 * r, canvas.height / 2);
      context.lineTo(x + side * 3 * r, canvas.height / 2 - 4 * r);
      context.lineTo(x + side * 3 * r, canvas.height / 2 + 4 * r);
      context.fill();
    }
    tag(context, called.before.toLowerCase(), 10 * r, 'left');
    tag(context, called.after.toLowerCase(), canvas.width - 10 * r, 'right');
  }

  function tag(context, text, x, align) {
    const r = ratio();
    context.font = `${12 * r}px system-ui, sans-serif`;
    context.textAlign = align;
    context.textBaseline = 'top';
    const width = context.measureText(text).width;
    context.fillStyle = 'rgb(0 0 0 / 60%)';
    context.fillRect(align === 'left' ? x - 5 * r : x - width - 5 * r, 7 * r, width + 10 * r, 20 * r);
    context.fillStyle = '#fff';
    context.fillText(text, x, 11 * r);
  }

  function zoomTo(value, x = canvas.width / 2, y = canvas.height / 2) {
    const old = scale();
    const s = Math.max(Math.min(fitting(), 0.05), Math.min(value, 32));
    centre.x += (x - canvas.width / 2) * (1 / old - 1 / s);
    centre.y += (y - canvas.height / 2) * (1 / old - 1 / s);
    zoom = s;
    draw();
  }

  function pan(x, y) {
    if (zoom === 0) zoom = scale();
    centre.x = Math.max(0, Math.min(after.naturalWidth, centre.x + x / zoom));
    centre.y = Math.max(0, Math.min(after.naturalHeight, centre.y + y / zoom));
    draw();
  }

  const slider = h('input', {
    type: 'range', min: 0, max: 1000, value: 500, class: 'wipe', 'aria-label': `Where ${called.before.toLowerCase()} ends and ${called.after.toLowerCase()} begins`,
    on: { input: () => { wipe = slider.value / 1000; draw(); } },
  });
  let drag = null;
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    const x = (event.offsetX * canvas.width) / canvas.clientWidth;
    const onHandle = before && mode === 'wipe' && Math.abs(x - wipe * canvas.width) < 18 * ratio();
    drag = { onHandle, x: event.clientX, y: event.clientY };
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!drag) return;
    if (drag.onHandle) {
      wipe = Math.max(0, Math.min(1, event.offsetX / canvas.clientWidth));
      slider.value = wipe * 1000;
      draw();
    } else {
      pan((drag.x - event.clientX) * ratio(), (drag.y - event.clientY) * ratio());
      drag = { ...drag, x: event.clientX, y: event.clientY };
    }
  });
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => { drag = null; });
  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    zoomTo(scale() * Math.exp(-event.deltaY * 0.002), event.offsetX * ratio(), event.offsetY * ratio());
  }, { passive: false });
  canvas.addEventListener('keydown', (event) => {
    const step = 60 * ratio();
    const actions = {
      ArrowLeft: () => pan(-step, 0), ArrowRight: () => pan(step, 0), ArrowUp: () => pan(0, -step), ArrowDown: () => pan(0, step),
      '+': () => zoomTo(scale() * 1.25), '=': () => zoomTo(scale() * 1.25), '-': () => zoomTo(scale() / 1.25),
      0: () => { zoom = 0; draw(); }, 1: () => zoomTo(ratio()),
    };
    if (actions[event.key] && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      actions[event.key]();
    }
  });
  const modes = before
    ? choice('Comparison', { wipe: 'Wipe', ...called, ...(names ? {} : { difference: 'Difference × 8' }) }, mode, (key) => {
      mode = key;
      slider.hidden = key !== 'wipe';
      draw();
    })
    : null;
  const zooms = h('div', { class: 'choice', role: 'group', 'aria-label': 'Zoom' },
    h('button', { type: 'button', 'aria-label': 'Smaller', on: { click: () => zoomTo(scale() / 1.5) } }, '−'),
    h('button', { type: 'button', on: { click: () => { zoom = 0; draw(); } } }, 'Fit'),
    h('button', { type: 'button', on: { click: () => zoomTo(ratio()) } }, '100 %'),
    h('button', { type: 'button', 'aria-label': 'Larger', on: { click: () => zoomTo(scale() * 1.5) } }, '+'));
  const observer = new ResizeObserver(draw);
  observer.observe(canvas);
  const size = `${after.naturalWidth} × ${after.naturalHeight}`;
  return {
    element: h('div', { class: 'viewer', id: newId('viewer') },
      h('div', { class: 'tools' }, modes, zooms, readout, h('span', { class: 'quiet number' }, size)),
      canvas, before ? slider : null),
    close: () => observer.disconnect(),
  };
}

