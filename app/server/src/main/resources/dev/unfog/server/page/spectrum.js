/** In-place radix-2 FFT of `real` and `imaginary`, whose length is a power of two. */
export function transform(real, imaginary) {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
  for (let length = 2; length <= n; length <<= 1) {
    const angle = (-2 * Math.PI) / length;
    for (let k = 0; k < length / 2; k++) {
      const c = Math.cos(angle * k);
      const s = Math.sin(angle * k);
      for (let i = k; i < n; i += length) {
        const j = i + length / 2;
        const re = real[j] * c - imaginary[j] * s;
        const im = real[j] * s + imaginary[j] * c;
        real[j] = real[i] - re;
        imaginary[j] = imaginary[i] - im;
        real[i] += re;
        imaginary[i] += im;
      }
    }
  }
}

const SIZE = 1024;
const WINDOW = Float32Array.from({ length: SIZE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE));
const FLOOR = -100;
const CEILING = -20;

/** Colours from quiet to loud; lightness rises evenly, so that it reads in grey as well. */
const STOPS = [[8, 10, 24], [28, 32, 92], [20, 92, 128], [40, 152, 128], [160, 204, 92], [252, 244, 180]];
const PALETTE = Array.from({ length: 256 }, (_, i) => {
  const at = (i / 255) * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(at));
  return STOPS[low].map((value, c) => Math.round(value + (at - low) * (STOPS[low + 1][c] - value)));
});

/** Draws a spectrogram, one short-time spectrum for each column of pixels, a few columns at a time; `wanted` says whether to go on. */
export async function drawSpectrogram(context, width, height, samples, wanted) {
  const column = context.createImageData(1, height);
  const real = new Float32Array(SIZE);
  const imaginary = new Float32Array(SIZE);
  const scale = 2 / (SIZE * 0.5);
  for (let x = 0; x < width; x++) {
    const middle = Math.round(((x + 0.5) / width) * samples.length);
    for (let i = 0; i < SIZE; i++) {
      real[i] = WINDOW[i] * (samples[middle + i - SIZE / 2] || 0);
      imaginary[i] = 0;
    }
    transform(real, imaginary);
    for (let y = 0; y < height; y++) {
      const bin = Math.min(SIZE / 2, Math.round(((height - 1 - y) / height) * (SIZE / 2)));
      const level = 20 * Math.log10(scale * Math.hypot(real[bin], imaginary[bin]) + 1e-9);
      const shade = PALETTE[Math.max(0, Math.min(255, Math.round((255 * (level - FLOOR)) / (CEILING - FLOOR))))];
      column.data.set(shade, 4 * y);
      column.data[4 * y + 3] = 255;
    }
    context.putImageData(column, x, 0);
    if (x % 48 === 47) {
      await new Promise((resolve) => setTimeout(resolve));
      if (!wanted()) return;
    }
  }
}
