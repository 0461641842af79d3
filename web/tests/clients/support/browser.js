// Chromium as people use it, at a shop's pages whose script sends to `stats.example`: the real server.

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
/** Clients are silent in a browser that says it is without a person. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** Where the shop is and where its events go; every test's own ports are behind these names. */
export const SHOP = 'http://shop.example';
export const STATS = 'http://stats.example';

/** The source of a script with its packages, as one file for browsers. */
const bundle = async (contents) => {
  const resolveDir = fileURLToPath(new URL('..', import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].text;
};

export class Shop {
  #server;
  #browser;

  /** A shop whose pages all run this script. */
  static async open(waymark, source, html = '') {
    if (!existsSync(executablePath))
      throw new Error(`${executablePath} is missing: apt-get install chromium`);
    const shop = new Shop();
    const script = await bundle(source);
    const page = `<!doctype html><title>A shop</title>${html}<script src="/script.js"></script>`;
    shop.#server = createServer((request, response) => {
      const isScript = request.url === '/script.js';
      response.setHeader('content-type', `${isScript ? 'text/javascript' : 'text/html'}; charset=utf-8`);
      response.end(isScript ? script : page);
    });
    await new Promise((ready) => shop.#server.listen(0, '127.0.0.1', ready));
    const rules = [
      `MAP stats.example:80 127.0.0.1:${waymark.port}`,
      `MAP shop.example:80 127.0.0.1:${shop.#server.address().port}`,
      'MAP * ~NOTFOUND',
      'EXCLUDE 127.0.0.1',
    ];
    shop.#browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-blink-features=AutomationControlled',
        `--host-resolver-rules=${rules.join(', ')}`,
      ],
    });
    return shop;
  }

  /** A new person at a page of the shop. */
  async visit(path, options) {
    const context = await this.#browser.newContext({
      userAgent,
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
    });
    const page = await context.newPage();
    page.errors = [];
    page.answers = [];
    page.on('pageerror', (error) => page.errors.push(String(error)));
    page.on('response', (response) => {
      if (response.url().startsWith(STATS))
        page.answers.push(`${response.request().method()} ${response.status()}`);
    });
    await page.goto(SHOP + path, options);
    return page;
  }

  async close() {
    await this.#browser?.close();
    this.#server?.closeAllConnections();
    await new Promise((done) => this.#server?.close(done));
  }
}
