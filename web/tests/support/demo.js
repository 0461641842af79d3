// `waymark demo`, on a data folder of its own, and what arrives there: the site's live stream.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATIENCE_MS = 15_000;
const MOST_OUTPUT = 64 << 20;

/** The program under test. */
const program = process.env.WAYMARK_BIN;

/** The events of a server-sent stream, as they arrive. */
const events = async function* (body) {
  let text = '';
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    text += part;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      const data = /^data: ?(.*)$/m.exec(block);
      if (data && /^event: ?event$/m.test(block)) yield JSON.parse(data[1]);
    }
  }
};

export class Demo {
  /** What has arrived: `{ at, event }`, oldest first. */
  seen = [];
  #looks = new Set();

  /** Simulates and serves; `options` are further ones of `waymark demo`. */
  static async start(...options) {
    if (!program) throw new Error('WAYMARK_BIN must name the waymark program: see `cargo xtask test`');
    const it = new Demo();
    it.folder = await mkdtemp(join(tmpdir(), 'waymark-demo-'));
    const args = ['--json', '--data', it.folder, 'demo', '--port', '0', ...options];
    it.process = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    it.ended = new Promise((ended) => it.process.once('exit', ended));
    it.places = await it.#told();
    return it;
  }

  /** Where it says that it serves. */
  async #told() {
    let [said, failed] = ['', ''];
    this.process.stderr.on('data', (text) => (failed += text));
    return new Promise((resolve, reject) => {
      this.process.stdout.on('data', (text) => {
        said += text;
        if (/^}$/m.test(said)) resolve(JSON.parse(said));
      });
      this.ended.then((code) => reject(new Error(`waymark demo ended with ${code}: ${failed}`)));
    });
  }

  /** Runs a command on the folder while it is served; its output. */
  async command(...args) {
    const { stdout } = await run(program, ['--data', this.folder, ...args], { maxBuffer: MOST_OUTPUT });
    return stdout;
  }

  /** Begins to watch what arrives. */
  async watch() {
    const { key } = JSON.parse(await this.command('--json', 'key', 'add', 'shop', '--scope', 'read'));
    this.watching = new AbortController();
    const answer = await fetch(new URL('/api/v1/sites/shop/live', this.places.dashboard), {
      headers: { authorization: `Bearer ${key}` },
      signal: this.watching.signal,
    });
    if (!answer.ok) throw new Error(`the live stream answers ${answer.status}`);
    this.watched = this.#listen(answer.body).catch(() => {});
  }

  async #listen(body) {
    for await (const event of events(body)) {
      this.seen.push({ at: Date.now(), event });
      this.#looks.forEach((look) => look());
    }
  }

  /** Resolves with what the condition finds among the events that have arrived, once it does. */
  arrived(find, what = String(find)) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#looks.delete(look);
        const names = this.seen.map(({ event }) => event.name);
        reject(new Error(`waited in vain for ${what}; arrived: ${names.join(' ')}`));
      }, PATIENCE_MS);
      const look = () => {
        const found = find(this.seen);
        if (!found) return;
        clearTimeout(timer);
        this.#looks.delete(look);
        resolve(found);
      };
      this.#looks.add(look);
      look();
    });
  }

  /** All events that real browsers sent, in order, as they are stored. */
  async stored() {
    const lines = (await this.command('export', '--site', 'shop')).split('\n').filter(Boolean);
    const real = lines.map((line) => JSON.parse(line)).filter(({ host }) => host?.startsWith('127.0.0.1'));
    return real.sort((a, b) => a.time.localeCompare(b.time));
  }

  /** What the report counts of each goal. */
  async goals() {
    const report = JSON.parse(await this.command('--json', 'report', '--site', 'shop'));
    return Object.fromEntries(report.overview.total.goals.map((goal) => [goal.name, goal]));
  }

  async stop() {
    this.watching?.abort();
    await this.watched;
    this.process.kill('SIGTERM');
    const code = await this.ended;
    await rm(this.folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`waymark demo ended with ${code}`);
  }
}
