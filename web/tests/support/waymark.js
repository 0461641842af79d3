// The real `waymark`, on a data folder of its own that is removed in the end.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MOST_OUTPUT = 64 << 20;

/** The program under test. */
const program = process.env.WAYMARK_BIN;

export class Waymark {
  /** Makes a folder with a site `shop`, which is made with these options. */
  static async create(...options) {
    const it = await Waymark.empty();
    await it.command('site', 'add', 'shop', '--timezone', 'UTC', ...options);
    return it;
  }

  /**
   * Makes a folder with the demonstration's site `shop`, simulated with about so many events over so many days; without,
   * the demonstration's own shop.
   */
  static async demo(events, days) {
    const it = await Waymark.empty();
    const size = events ? ['--events', String(events), '--days', String(days)] : [];
    await it.command('demo', '--report', ...size);
    return it;
  }

  /** Makes a folder with nothing in it. */
  static async empty() {
    if (!program) throw new Error('WAYMARK_BIN must name the waymark program: see `cargo xtask test`');
    const it = new Waymark();
    it.folder = await mkdtemp(join(tmpdir(), 'waymark-web-'));
    return it;
  }

  /** Runs a command on the folder; its output. */
  async command(...args) {
    const { stdout } = await run(program, ['--data', this.folder, ...args], { maxBuffer: MOST_OUTPUT });
    return stdout;
  }

  /** What the command line answers to a question, given as JSON; `site` is the site's name. */
  async query(question, site = 'shop') {
    const folder = await mkdtemp(join(tmpdir(), 'waymark-question-'));
    try {
      const file = join(folder, 'question.json');
      await writeFile(file, JSON.stringify(question));
      return JSON.parse(await this.command('--json', 'query', '--site', site, file));
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** Serves, on the port that it had before if there was one; `said` is what it prints. */
  async serve(...options) {
    const listen = `127.0.0.1:${this.port ?? 0}`;
    this.process = spawn(program, ['--data', this.folder, 'serve', '--listen', listen, ...options], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.ended = new Promise((ended) => this.process.once('exit', ended));
    this.said = '';
    this.address = await new Promise((resolve, reject) => {
      this.process.stderr.on('data', (text) => {
        this.said += text;
        const found = /listens on (http:\S+)\n/.exec(this.said);
        if (found) resolve(found[1]);
      });
      this.ended.then((code) => reject(new Error(`waymark serve ended with ${code}: ${this.said}`)));
    });
    this.port = new URL(this.address).port;
  }

  async stop() {
    if (!this.process) return;
    this.process.kill('SIGTERM');
    const code = await this.ended;
    this.process = undefined;
    if (code !== 0) throw new Error(`waymark serve ended with ${code}`);
  }

  /** Stops, and reads all that was stored, in order of time. */
  async stored() {
    await this.stop();
    const lines = (await this.command('export', '--site', 'shop')).split('\n').filter(Boolean);
    const events = lines.map((line) => JSON.parse(line));
    return events.sort((a, b) => a.time.localeCompare(b.time));
  }

  async remove() {
    this.process?.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
