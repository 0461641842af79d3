// The home page and the pages of categories: products in a grid, with filters.

import { CATEGORIES, PRODUCTS, pageOf, type Category, type Product } from '../catalogue';
import { drawing } from '../drawings/all';
import { html, type Html } from '../html';
import { price } from '../money';
import { page, to } from './layout';

const card = (product: Product): Html =>
  html`<li class="card" data-sku="${product.sku}" data-price="${product.price}" data-drink="${product.drink}">
    <a href="${to(pageOf(product))}">
      <span class="tile tone-${product.tone}">${drawing(product.drawing)}</span>
      <span class="card-name">${product.name}</span>
      <span class="card-line">${product.line}</span>
      <span class="card-price">${price(product.price)}</span>
    </a>
  </li>`;

/** A choice of one among few, as a row of buttons. */
const choice = (name: string, label: string, options: [string, string][]): Html =>
  html`<fieldset class="choice">
    <legend>${label}</legend>
    ${options.map(
      ([value, text], at) =>
        html`<label
          ><input type="radio" name="${name}" value="${value}" ${at === 0 && html`checked`} /><span
            >${text}</span
          ></label
        >`,
    )}
  </fieldset>`;

const DRINKS: [string, string][] = [
  ['', 'All'],
  ['coffee', 'Coffee'],
  ['tea', 'Tea'],
];
const PRICES: [string, string][] = [
  ['', 'Any'],
  ['0-1500', 'Under €15'],
  ['1500-4000', '€15–40'],
  ['4000-', 'Over €40'],
];

const filters = html`<div class="filters" data-filters role="group" aria-label="Filters">
  ${choice('drink', 'For', DRINKS)} ${choice('price', 'Price', PRICES)}
  <label class="sort">
    Order
    <select name="sort">
      <option value="">As we like them</option>
      <option value="up">Cheapest first</option>
      <option value="down">Dearest first</option>
    </select>
  </label>
</div>`;

const grid = (products: Product[]): Html =>
  html`<p class="found" data-found aria-live="polite">${products.length} products</p>
    <ul class="grid" data-grid>
      ${products.map(card)}
    </ul>`;

const categories = (current?: Category): Html =>
  html`<nav class="categories" aria-label="Categories">
    <a href="${to('/')}#products" ${!current && html`aria-current="page"`}>All</a>
    ${Object.entries(CATEGORIES).map(
      ([name, title]) =>
        html`<a href="${to(`/c/${name}`)}" ${name === current && html`aria-current="page"`}>${title}</a>`,
    )}
  </nav>`;

const hero = html`<section class="hero">
  <div>
    <h1>Coffee and tea, made slowly.</h1>
    <p>Kettles, mills and cups that last, and something good to put into them.</p>
    <p class="actions">
      <a class="button" href="#products">Look around</a>
      <a class="button quiet" href="${to('/brewing-notes-1')}">Watch a pour</a>
    </p>
  </div>
  <div class="hero-drawing tone-clay">${drawing('gooseneck')}${drawing('dripper')}</div>
</section>`;

const newsletter = html`<section class="panel" aria-labelledby="letter">
  <h2 id="letter">A letter on Sundays</h2>
  <p>One recipe and one thing learnt, once a week.</p>
  <form id="newsletter" class="inline" data-wm-event="newsletter_signup" data-newsletter>
    <label for="newsletter-mail">E-mail</label>
    <input id="newsletter-mail" type="email" autocomplete="email" placeholder="you@shop.example" required />
    <button>Sign up</button>
  </form>
  <p class="done" role="status" data-done></p>
</section>`;

const brochures = html`<section class="panel" aria-labelledby="papers">
  <h2 id="papers">To read on paper</h2>
  <p>How much, how hot, how long: the brewing guide has it all on one page.</p>
  <p class="actions">
    <a
      class="button quiet"
      href="${to('/brewing-guide.pdf')}"
      download
      data-wm-event="brochure_download"
      data-wm-prop-file="brewing-guide.pdf"
      >Brewing guide (PDF)</a
    >
    <a
      class="button quiet"
      href="${to('/catalogue.pdf')}"
      download
      data-wm-event="brochure_download"
      data-wm-prop-file="catalogue.pdf"
      >Catalogue (PDF)</a
    >
  </p>
</section>`;

const network = (name: string): Html => {
  const host = `https://www.${name.toLowerCase()}.com/`;
  return html`<a
    class="button quiet"
    href="${host}"
    target="_blank"
    rel="noopener"
    data-wm-event="social_follow"
    data-wm-prop-network="${name.toLowerCase()}"
    >${name}</a
  >`;
};

const follow = html`<section class="panel" aria-labelledby="follow">
  <h2 id="follow">Follow us</h2>
  <p>The links lead to the networks' own front pages: this shop is on none of them.</p>
  <p class="actions">${['Instagram', 'Pinterest', 'YouTube'].map(network)}</p>
</section>`;

export const home = (): string =>
  page({
    title: 'Coffee and tea, made slowly',
    about: 'The storefront of Waymark’s demonstration.',
    body: html`${hero}
      <section id="products" aria-labelledby="products-title">
        <h2 id="products-title">Products</h2>
        ${categories()} ${filters} ${grid(PRODUCTS)}
      </section>
      <div class="panels">${newsletter}${brochures}${follow}</div>`,
  });

export const category = (name: Category): string => {
  const products = PRODUCTS.filter((product) => product.category === name);
  return page({
    title: CATEGORIES[name],
    body: html`<h1>${CATEGORIES[name]}</h1>
      ${categories(name)} ${grid(products)}`,
  });
};
