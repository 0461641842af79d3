// Makes `files/pour-over.webm` of the scene, in Chromium: `node clip/make.js`. Its result is committed.

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { webm } from './webm.js';

const RATE = 15;
const KEY_EVERY = 60;
const BITS_PER_SECOND = 36_000;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** In the page: every frame of the scene, encoded. */
const encode = async ({ rate, keyEvery, bitrate }) => {
  const { draw, WIDTH: width, HEIGHT: height, SECONDS: seconds } = await import('/scene.js');
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  const frames = [];
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      frames.push({ ms: Math.round(chunk.timestamp / 1000), key: chunk.type === 'key', data: [...data] });
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({
    codec: 'vp09.00.21.08',
    width,
    height,
    bitrate,
    framerate: rate,
    latencyMode: 'quality',
  });
  for (let at = 0; at < seconds * rate; at++) {
    draw(context, at / rate);
    const frame = new VideoFrame(canvas, { timestamp: (at / rate) * 1e6, duration: 1e6 / rate });
    encoder.encode(frame, { keyFrame: at % keyEvery === 0 });
    frame.close();
  }
  await encoder.flush();
  return { frames, width, height, seconds };
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage();
const scene = await readFile(here('scene.js'), 'utf8');
await page.route('**/*', (route) => {
  const isScene = route.request().url().endsWith('/scene.js');
  return route.fulfill(
    isScene
      ? { contentType: 'text/javascript', body: scene }
      : { contentType: 'text/html', body: '<title>clip</title>' },
  );
});
await page.goto('http://localhost/');
const { frames, ...about } = await page.evaluate(encode, {
  rate: RATE,
  keyEvery: KEY_EVERY,
  bitrate: BITS_PER_SECOND,
});
await browser.close();
const file = webm(frames, about);
await writeFile(here('../files/pour-over.webm'), file);
console.log(`${frames.length} frames, ${file.length} bytes`);
