// What all pages share: the head with the browser script, the header, the footer.

import { FOLDER } from '../catalogue';
import { html, type Html } from '../html';

interface Page {
  title: string;
  body: Html;
  /** What is said to search engines and screen readers of the page. */
  about?: string;
}

/** The address of a path of this shop. */
export const to = (path: string): string => FOLDER + path;

const head = ({ title, about }: Page): Html =>
  html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="robots" content="noindex" />
    ${about && html`<meta name="description" content="${about}" />`}
    <title>${title} · Little Kettle</title>
    <link rel="icon" href="${to('/icon.svg')}" type="image/svg+xml" />
    <link rel="stylesheet" href="${to('/shop.css')}" />
    <script defer src="/wm.js" data-site="shop"></script>
    <script type="module" src="${to('/shop.js')}"></script>`;

const header = html`<a class="skip" href="#main">To the content</a>
  <p class="notice">
    <span>A demonstration: nothing is sold here, and every click is counted by Waymark.</span>
    <a href="/sites/shop/live">See them live</a>
  </p>
  <header class="top">
    <a class="brand" href="${to('/')}">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path d="M7 13h17v9a5 5 0 0 1-5 5h-7a5 5 0 0 1-5-5z" />
        <path d="M7 15 3 12M24 15c6-1 6 8 0 8" class="stroke" />
        <path d="M12 9c-2-3 2-4 0-7M18 9c-2-3 2-4 0-7" class="stroke" />
      </svg>
      Little Kettle
    </a>
    <nav aria-label="Shop">
      <a href="${to('/')}#products">Products</a>
      <a href="${to('/brewing-notes-1')}">Brewing notes</a>
      <a href="${to('/account/new')}">Account</a>
      <a class="to-cart" href="${to('/cart')}">Cart <span data-cart-count hidden></span></a>
    </nav>
  </header>`;

const footer = html`<footer class="bottom">
  <div>
    <h2>Ask us</h2>
    <p>
      <a href="mailto:hello@shop.example" data-wm-event="contact" data-wm-prop-way="mail"
        >hello@shop.example</a
      ><br />
      <a href="tel:+4930555010" data-wm-event="contact" data-wm-prop-way="phone">+49 30 555 010</a>
    </p>
  </div>
  <div>
    <h2>Your privacy</h2>
    <p>Your visit is counted, and nothing is stored on your device for that.</p>
    <label class="switch">
      <input type="checkbox" role="switch" data-consent />
      <span>Recognise this browser next time</span>
    </label>
  </div>
  <div>
    <h2>This shop</h2>
    <p>
      It comes with Waymark, to click through and to watch what is counted. There is no payment, no parcel,
      and no one who reads your address.
    </p>
  </div>
</footer>`;

/** A whole page. */
export const page = (it: Page): string => `<!doctype html>
${html`<html lang="en">
  <head>
    ${head(it)}
  </head>
  <body>
    ${header}
    <main id="main">${it.body}</main>
    ${footer}
  </body>
</html>`}
`;
