// A site with a collector, in one small server: it serves pages and the built script, and records what arrives.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const BUILT = new URL('../../tracker/dist/', import.meta.url);
const PATIENCE_MS = 10_000;

/** A silent sound of one second, which a video element plays without any codec. */
const SILENCE = (() => {
  const rate = 8000;
  const wave = Buffer.alloc(44 + rate, 0x80);
  wave.write('RIFF', 0);
  wave.writeUInt32LE(36 + rate, 4);
  wave.write('WAVEfmt ', 8);
  wave.writeUInt32LE(16, 16);
  wave.writeUInt16LE(1, 20);
  wave.writeUInt16LE(1, 22);
  wave.writeUInt32LE(rate, 24);
  wave.writeUInt32LE(rate, 28);
  wave.writeUInt16LE(1, 32);
  wave.writeUInt16LE(8, 34);
  wave.write('data', 36);
  wave.writeUInt32LE(rate, 40);
  return wave;
})();

const body = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
};

/** Every host name leads here; see `browser.js`. */
export class Site {
  /** Pages by path: `{ html, headers }`, or the HTML alone. */
  pages = new Map();
  /** What has arrived: `{ at, path, headers, text, envelope, answered }`, oldest first. */
  requests = [];
  /** Paths that were asked for, the collector's apart. */
  asked = [];
  /** How the collector answers: a status, `{ status, headers, body }`, `'reset'`, or a promise of one of these. */
  answer = () => 200;
  #waiting = new Set();

  async start() {
    this.server = createServer((request, response) => this.#serve(request, response));
    await new Promise((ready) => this.server.listen(0, '127.0.0.1', ready));
    this.port = this.server.address().port;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** Which test it is. */
  turn = 0;

  /** Forgets what has arrived, for the next test. What pages of this one send later is not recorded. */
  clear() {
    this.turn++;
    this.pages.clear();
    this.requests = [];
    this.asked = [];
    this.answer = () => 200;
  }

  /** Events of requests that were answered well, in the order of arrival. */
  get events() {
    return this.requests
      .filter(({ answered }) => answered === 200)
      .flatMap(({ envelope }) => envelope.events);
  }

  named(name) {
    return this.events.filter((event) => event.name === name);
  }

  /** Resolves once the condition gives something true; fails with what did arrive. */
  until(condition, what = String(condition)) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const names = this.events.map(({ name }) => name);
        reject(new Error(`waited in vain for ${what}; arrived: ${JSON.stringify(names)}`));
      }, PATIENCE_MS);
      const look = () => {
        const found = condition();
        if (!found) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** The first event of that name, once it has arrived. */
  event(name) {
    return this.until(() => this.named(name)[0], name);
  }

  async #serve(request, response) {
    // Browsers repeat by themselves what fails on a connection that was used before.
    response.shouldKeepAlive = false;
    const path = new URL(request.url, 'http://site').pathname;
    if (path.endsWith('/events')) await this.#collect(path, request, response);
    else {
      this.asked.push(path);
      await this.#give(path, request, response);
    }
    this.#look();
  }

  #look() {
    this.#waiting.forEach((look) => look());
  }

  async #collect(path, request, response) {
    const text = await body(request).catch(() => null);
    if (text === null) return;
    const turn = /Turn\/(\d+)/.exec(request.headers['user-agent'])?.[1];
    if (turn && Number(turn) !== this.turn) return response.writeHead(200).end();
    const recorded = { at: Date.now(), path, headers: request.headers, text, envelope: JSON.parse(text) };
    this.requests.push(recorded);
    this.#look();
    const answer = await this.answer(recorded);
    if (answer === 'reset') return request.socket.destroy();
    const { status, headers, body: told } = typeof answer === 'number' ? { status: answer } : answer;
    recorded.answered = status;
    response.writeHead(status, {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'retry-after',
      ...headers,
    });
    const stored = { stored: recorded.envelope.events.length, duplicates: 0, refused: [] };
    response.end(JSON.stringify(told ?? stored));
  }

  async #give(path, request, response) {
    const page = this.pages.get(path);
    if (page !== undefined) {
      const { html, headers } = typeof page === 'string' ? { html: page } : page;
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
      return response.end(html);
    }
    const script = /\/(wm(-more)?\.js)$/.exec(path);
    if (script) {
      response.writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' });
      return response.end(await readFile(new URL(script[1], BUILT)));
    }
    if (path === '/silence.wav') {
      const from = Number(/^bytes=(\d+)-/.exec(request.headers.range)?.[1] ?? 0);
      response.writeHead(206, {
        'content-type': 'audio/wav',
        'content-range': `bytes ${from}-${SILENCE.length - 1}/${SILENCE.length}`,
      });
      return response.end(SILENCE.subarray(from));
    }
    response.writeHead(path === '/favicon.ico' ? 204 : 404, { 'content-type': 'text/html' });
    response.end();
  }
}
