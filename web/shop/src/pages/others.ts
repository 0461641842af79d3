// The pages beside the shop: notes on brewing, of which the first has the video, the account, and what is not there.

import { html, type Html } from '../html';
import { page, to } from './layout';

const video = html`<figure class="video">
  <video
    id="pour-over"
    controls
    muted
    playsinline
    preload="metadata"
    width="640"
    height="360"
    aria-label="A pour in twelve seconds"
  >
    <source src="${to('/pour-over.webm')}" type="video/webm" />
    <track kind="captions" src="${to('/pour-over.vtt')}" srclang="en" label="English" default />
  </video>
  <figcaption>A pour in twelve seconds. In the kitchen it takes three minutes.</figcaption>
</figure>`;

const NOTES: { title: string; body: Html }[] = [
  {
    title: 'A pour, step by step',
    body: html`${video}
      <ol class="recipe">
        <li><b>Rinse.</b> Hot water through the paper, and away with it.</li>
        <li><b>Bloom.</b> Twice as much water as coffee, then wait for half a minute while it rises.</li>
        <li><b>Pour.</b> In circles from the middle outwards, slowly, until the scale says stop.</li>
        <li><b>Wait.</b> When the last drop has fallen, lift the cone, stir once, and drink.</li>
      </ol>
      <p>
        You need a <a href="${to('/p/drippers-sku-0004')}">dripper</a>,
        <a href="${to('/p/filters-sku-0003')}">paper</a>, a
        <a href="${to('/p/kettles-sku-0010')}">kettle with a thin spout</a> and a
        <a href="${to('/p/scales-sku-0013')}">scale</a>.
      </p>`,
  },
  {
    title: 'How fine to grind',
    body: html`<p>
        Fine grounds give their taste away quickly, coarse ones slowly. So what has little time needs a fine
        grind: a moka pot more than a filter, a filter more than a press.
      </p>
      <p>
        If it tastes sour, go finer. If it tastes bitter, go coarser. Change one thing at a time, and
        <a href="${to('/p/grinders-sku-0030')}">count the turns</a>.
      </p>`,
  },
  {
    title: 'Tea wants less heat than you think',
    body: html`<p>
        Boiling water is right for dark tea, and wrong for nearly all others. Let the kettle stand open: after
        two minutes it suits an <a href="${to('/p/teas-sku-0001')}">oolong</a>, after five a green tea.
      </p>
      <p>A <a href="${to('/p/mugs-sku-0035')}">bowl without a handle</a> tells you the rest.</p>`,
  },
];

/** Paths and pages of the notes. */
export const notes = (): [string, string][] =>
  NOTES.map(({ title, body }, at) => {
    const next = NOTES[(at + 1) % NOTES.length]!;
    const nextPath = to(`/brewing-notes-${((at + 1) % NOTES.length) + 1}`);
    return [
      `brewing-notes-${at + 1}`,
      page({
        title,
        body: html`<article class="note">
          <p class="crumbs">Brewing notes, ${at + 1} of ${NOTES.length}</p>
          <h1>${title}</h1>
          ${body}
          <p class="next">Next: <a href="${nextPath}">${next.title}</a></p>
        </article>`,
      }),
    ];
  });

export const account = (): string =>
  page({
    title: 'A new account',
    body: html`<div class="narrow">
      <h1>A new account</h1>
      <p>
        So that the next order is quicker. In this demonstration nothing is kept: there is nowhere to sign in
        later.
      </p>
      <form id="account" data-wm-event="account_created" data-account>
        <p class="field">
          <label for="account-name">Name</label><input id="account-name" autocomplete="name" required />
        </p>
        <p class="field">
          <label for="account-mail">E-mail</label
          ><input id="account-mail" type="email" autocomplete="email" required />
        </p>
        <p class="actions"><button class="button">Make the account</button></p>
      </form>
      <p class="done" role="status" data-done></p>
    </div>`,
  });

export const missing = (): string =>
  page({
    title: 'Not here',
    body: html`<div class="narrow">
      <h1>This page is not here.</h1>
      <p>The simulated shop has five hundred products; this storefront shows the ones that sell best.</p>
      <p><a class="button" href="${to('/')}#products">Look around</a></p>
    </div>`,
  });
