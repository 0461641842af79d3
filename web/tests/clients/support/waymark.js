// The real `waymark`, with a data folder of its own: it takes events until it is stopped, and then gives what it stored.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const binary = process.env.WAYMARK_BIN;
const run = promisify(execFile);

/** Fields of an event that are pseudonyms: which number stands for whom is the server's secret. */
const PSEUDONYMS = ['visitor', 'user', 'key', 'event_id'];

export class Waymark {
  #folder;
  #process;

  /** A server with the site `shop`, which takes events from `shop.example`. */
  static async start() {
    if (!binary)
      throw new Error('WAYMARK_BIN is not set: `cargo xtask clients` builds the server and sets it');
    const waymark = new Waymark();
    waymark.#folder = await mkdtemp(join(tmpdir(), 'waymark-clients-'));
    await waymark.#cli('site', 'add', 'shop', '--timezone', 'UTC', '--host', 'shop.example');
    waymark.secret = JSON.parse(await waymark.#cli('key', 'add', 'shop', '--scope', 'collect', '--json')).key;
    waymark.#process = spawn(binary, [...waymark.#data, 'serve', '--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    for await (const line of createInterface({ input: waymark.#process.stderr })) {
      const address = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
      if (!address) continue;
      waymark.port = Number(address[1]);
      waymark.host = `http://127.0.0.1:${waymark.port}`;
      // What it says later is read and left, so that it never waits for a reader.
      waymark.#process.stderr.resume();
      return waymark;
    }
    throw new Error('the server did not start');
  }

  /** Ends the server, and gives its events in the order of their times: pseudonyms are counted instead. */
  async stored() {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
    const text = await this.#cli('export', '--site', 'shop', '--format', 'ndjson');
    const events = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    events.sort((a, b) => a.time.localeCompare(b.time));
    for (const field of PSEUDONYMS) {
      const known = [...new Set(events.map((event) => event[field]).filter(Boolean))];
      for (const event of events) if (field in event) event[field] = known.indexOf(event[field]) + 1;
    }
    return events;
  }

  async remove() {
    this.#process?.kill('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #data() {
    return ['--data', join(this.#folder, 'data')];
  }

  async #cli(...args) {
    return (await run(binary, [...this.#data, ...args])).stdout;
  }
}
