// The way to a purchase: cart, the two pages of the checkout, thanks. What stands in them is filled in by the browser,
// which alone knows the cart.

import { PRODUCTS } from '../catalogue';
import { drawing } from '../drawings/all';
import { html, type Html } from '../html';
import { page, to } from './layout';

const STEPS = ['Cart', 'Address', 'Delivery', 'Thanks'];

const steps = (current: number): Html =>
  html`<ol class="steps" aria-label="Steps of the order">
    ${STEPS.map((name, at) => html`<li ${at === current && html`aria-current="step"`} ${at < current && html`class="past"`}>${name}</li>`)}
  </ol>`;

/** What stands there when there is nothing to order. */
const empty = (text: string): Html =>
  html`<div class="empty" data-empty hidden>
    <p>${text}</p>
    <p><a class="button" href="${to('/')}#products">Look around</a></p>
  </div>`;

const summary = html`<aside class="summary" aria-labelledby="summary-title">
  <h2 id="summary-title">Your order</h2>
  <ul data-lines></ul>
  <p class="sum">Sum <span data-sum></span></p>
</aside>`;

const pictures = PRODUCTS.map(
  (product) =>
    html`<template id="${product.sku}"
      ><span class="tile tone-${product.tone}">${drawing(product.drawing)}</span></template
    >`,
);

export const cart = (): string =>
  page({
    title: 'Cart',
    body: html`${steps(0)}
      <h1>Cart</h1>
      ${empty('There is nothing in it yet.')}
      <div data-full hidden>
        <ul class="cart" data-cart></ul>
        <p class="sum">Sum <span data-sum></span></p>
        <p class="actions">
          <a class="button" href="${to('/checkout')}">To the checkout</a>
          <a class="button quiet" href="${to('/')}#products">Look further</a>
        </p>
      </div>
      ${pictures}`,
  });

const field = (id: string, label: string, autocomplete: string, type = 'text'): Html =>
  html`<p class="field">
    <label for="${id}">${label}</label>
    <input id="${id}" type="${type}" autocomplete="${autocomplete}" required />
  </p>`;

export const checkout = (): string =>
  page({
    title: 'Address',
    body: html`${steps(1)}
      <h1>Your address</h1>
      ${empty('There is nothing to send yet.')}
      <div class="checkout" data-full hidden>
        <form id="checkout-address" data-address>
          <p class="hint">
            Nothing is sent: what you write stays in this browser.
            <button type="button" class="plain" data-example>Fill in an example</button>
          </p>
          ${field('name', 'Name', 'name')} ${field('mail', 'E-mail', 'email', 'email')}
          ${field('street', 'Street and number', 'street-address')}
          <div class="pair">
            ${field('postcode', 'Postcode', 'postal-code')} ${field('city', 'City', 'address-level2')}
          </div>
          <p class="actions">
            <button class="button">Go on to delivery</button>
            <a class="button quiet" href="${to('/cart')}">Back to the cart</a>
          </p>
        </form>
        ${summary}
      </div>`,
  });

const option = (group: string, id: string, title: string, text: string, checked = false): Html =>
  html`<label class="option">
    <input type="radio" id="${group}-${id}" name="${group}" value="${id}" ${checked && html`checked`} />
    <span><b>${title}</b> <small>${text}</small></span>
  </label>`;

export const details = (): string =>
  page({
    title: 'Delivery and payment',
    body: html`${steps(2)}
      <h1>Delivery and payment</h1>
      ${empty('There is nothing to order yet.')}
      <div class="checkout" data-full hidden>
        <form id="checkout-details" data-order>
          <p>To <b data-recipient></b>. <a href="${to('/checkout')}">Change</a></p>
          <fieldset data-wm-step="delivery">
            <legend>Delivery</legend>
            ${option('delivery', 'parcel', 'By parcel', 'two days', true)}
            ${option('delivery', 'bicycle', 'By bicycle', 'today, if it does not rain')}
          </fieldset>
          <fieldset data-wm-step="payment">
            <legend>Payment</legend>
            ${option('payment', 'pretend', 'Pretend to pay', 'no card, no account, no money', true)}
            ${option('payment', 'invoice', 'Pretend invoice', 'never due')}
            <p class="hint">
              This is no real payment, and no real order: nothing is charged, and nothing is sent.
            </p>
          </fieldset>
          <p class="actions">
            <button class="button">Place the pretend order</button>
            <a class="button quiet" href="${to('/checkout')}">Back</a>
          </p>
        </form>
        ${summary}
      </div>`,
  });

export const thanks = (): string =>
  page({
    title: 'Thank you',
    body: html`${steps(3)}
      <div data-thanks hidden>
        <h1>Thank you<span data-recipient></span>.</h1>
        <p class="line">
          Your order <b><code data-key></code></b> is counted. Nothing was charged, and nothing will be sent.
        </p>
        <p>Load this page again: the order stays one, however often it is reported.</p>
        ${summary}
        <p class="actions">
          <a class="button" href="${to('/')}">Back to the shop</a>
          <a class="button quiet" href="/sites/shop/overview">See it in Waymark</a>
        </p>
      </div>
      ${empty('There is no order yet.')}`,
  });
