// The simulated shop of `waymark demo`, smaller, served by the real binary, and people who may look at it.

import { Waymark } from '../../support/waymark.js';

export const PASSWORD = 'a long sentence for tests';

/** The address of whoever has this role on the shop. */
export const emailOf = (name) => `${name}@shop.example`;

/** What a browser says that no test drives. */
const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

export class Shop {
  #sessions = new Map();

  /**
   * Simulates (or does what `fill` does instead, which gives a `Waymark`), serves with these options and makes the first
   * account, an owner's.
   */
  static async open({ events = 20_000, days = 90, fill, serve = [] } = {}) {
    const it = new Shop();
    it.waymark = await (fill ? fill() : Waymark.demo(events, days));
    await it.waymark.serve(...serve);
    const token = /\/setup#(\S+)/.exec(it.waymark.said)?.[1];
    if (!token) throw new Error(`no set-up link was printed: ${it.waymark.said}`);
    const account = { token, email: emailOf('owner'), name: 'Owner', password: PASSWORD };
    await it.#keep('owner', await it.#send('POST', '/setup', account));
    return it;
  }

  get address() {
    return this.waymark.address;
  }

  close() {
    return this.waymark.remove();
  }

  /** The cookies of somebody with this role on the shop, who is invited when first needed. */
  async cookies(role) {
    if (!this.#sessions.has(role)) await this.#invite(role);
    const { name, value } = this.#sessions.get(role);
    return [{ name, value, url: this.address }];
  }

  /** Calls the API as that person; the answer's body. */
  async api(method, path, body, as = 'owner') {
    const response = await this.#send(method, path, body, this.#sessions.get(as));
    return response.json();
  }

  /** Events as a browser sends them, now. */
  async send(...events) {
    const body = JSON.stringify({ site: 'shop', events });
    const response = await fetch(`${this.address}/v1/events`, {
      method: 'POST',
      headers: { 'user-agent': BROWSER },
      body,
    });
    const { refused } = await response.json();
    if (!response.ok || refused.length)
      throw new Error(`not taken: ${response.status} ${JSON.stringify(refused)}`);
  }

  async #invite(role) {
    const member = { email: emailOf(role), name: role, site: 'shop', role };
    const { link } = await this.api('POST', '/members', member);
    await this.#send('POST', '/recovery/finish', { token: link.split('#')[1], password: PASSWORD });
    await this.#keep(
      role,
      await this.#send('POST', '/session', { email: emailOf(role), password: PASSWORD }),
    );
  }

  async #keep(role, response) {
    const [name, value] = response.headers.getSetCookie()[0].split(';')[0].split('=');
    this.#sessions.set(role, { name, value, csrf: (await response.json()).csrf });
  }

  async #send(method, path, body, session) {
    const response = await fetch(`${this.address}/api/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        origin: this.address,
        ...(session && { cookie: `${session.name}=${session.value}`, 'x-waymark-csrf': session.csrf }),
      },
      body: body && JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
}
