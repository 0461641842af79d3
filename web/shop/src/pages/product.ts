// A product's page. The view of it and the click on its button are events that the HTML declares.

import { CATEGORIES, PRODUCTS, pageOf, type Product } from '../catalogue';
import { drawing } from '../drawings/all';
import { html, type Html } from '../html';
import { price, value } from '../money';
import { page, to } from './layout';

const others = (product: Product): Product[] => {
  const kin = PRODUCTS.filter(
    ({ sku, drink }) => sku !== product.sku && (drink === product.drink || drink === 'both'),
  );
  const at = PRODUCTS.indexOf(product);
  return [0, 1, 2, 3].map((step) => kin[(at + step) % kin.length]!);
};

const small = (product: Product): Html =>
  html`<li class="card">
    <a href="${to(pageOf(product))}">
      <span class="tile tone-${product.tone}">${drawing(product.drawing)}</span>
      <span class="card-name">${product.name}</span>
      <span class="card-price">${price(product.price)}</span>
    </a>
  </li>`;

const buy = (product: Product): Html =>
  html`<div class="buy">
    <div class="quantity">
      <label for="quantity">How many</label>
      <input id="quantity" type="number" min="1" max="9" value="1" inputmode="numeric" data-quantity />
    </div>
    <button
      class="button"
      type="button"
      data-wm-event="add_to_cart"
      data-wm-prop-item="${product.sku}"
      data-wm-prop-category="${product.category}"
      data-wm-value="${value(product.price)}"
      data-add
      data-sku="${product.sku}"
      data-category="${product.category}"
      data-price="${product.price}"
      data-name="${product.name}"
    >
      Add to cart
    </button>
    <p class="done" role="status" data-added></p>
  </div>`;

export const product = (it: Product): string =>
  page({
    title: it.name,
    about: it.line,
    body: html`<p class="crumbs">
        <a href="${to('/')}#products">Products</a> ›
        <a href="${to(`/c/${it.category}`)}">${CATEGORIES[it.category]}</a>
      </p>
      <article class="product">
        <div
          class="tile tone-${it.tone}"
          data-wm-event="view_item"
          data-wm-on="seen"
          data-wm-prop-item="${it.sku}"
          data-wm-prop-category="${it.category}"
        >
          ${drawing(it.drawing)}
        </div>
        <div>
          <h1>${it.name}</h1>
          <p class="line">${it.line}</p>
          <p class="price">${price(it.price)} <small>with VAT, and with delivery</small></p>
          <p>${it.text}</p>
          <dl class="facts">
            ${it.facts.map(
              ([what, is]) =>
                html`<div>
                  <dt>${what}</dt>
                  <dd>${is}</dd>
                </div>`,
            )}
          </dl>
          ${buy(it)}
        </div>
      </article>
      <section aria-labelledby="others">
        <h2 id="others">Goes well with it</h2>
        <ul class="grid few">
          ${others(it).map(small)}
        </ul>
      </section>`,
  });
