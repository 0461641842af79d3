// A customer's story, in the calls that Segment's and RudderStack's clients for servers share.

const userAgent =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const ann = { anonymousId: 'a-1', userId: 'u-1' };

const story = [
  {
    type: 'page',
    anonymousId: 'a-1',
    name: 'Tea',
    category: 'Shop',
    properties: {
      url: 'https://shop.example/tea?utm_source=news&utm_medium=email&token=secret',
      path: '/tea',
      search: '?utm_source=news&utm_medium=email&token=secret',
      title: 'Teas',
      referrer: 'https://mail.example/inbox',
      theme: 'dark',
    },
    context: { ip: '203.0.113.7', userAgent },
  },
  {
    type: 'identify',
    ...ann,
    traits: { plan: 'pro', email: 'ann@shop.example', address: { city: 'Bonn' }, since: 2019, vip: true },
  },
  {
    type: 'track',
    ...ann,
    event: 'Product Viewed',
    properties: { sku: 't-7', price: 4.5, tags: ['green', 'loose'], note: null },
    context: {
      ip: '203.0.113.7',
      userAgent,
      page: { url: 'https://shop.example/tea/7', path: '/tea/7' },
      campaign: { name: 'may', source: 'news', medium: 'email' },
      locale: 'de-DE',
      device: { id: 'd-1' },
    },
  },
  {
    type: 'track',
    ...ann,
    event: 'Order Completed',
    properties: {
      order_id: 'o-7',
      revenue: 19.9,
      currency: 'EUR',
      coupon: 'MAY',
      products: [{ sku: 't-7', quantity: 2 }],
    },
  },
  {
    type: 'track',
    ...ann,
    event: 'Order Refunded',
    properties: { order_id: 'o-7', total: 5, currency: 'EUR' },
  },
  { type: 'screen', anonymousId: 'a-2', name: 'Cart', properties: { items: 2 } },
  { type: 'group', ...ann, groupId: 'g-1', traits: { name: 'Acme' } },
  { type: 'alias', previousId: 'a-1', userId: 'u-1' },
];

/** One call a minute, long past: servers with a key are believed. */
export const calls = story.map((call, index) => ({
  ...call,
  timestamp: `2025-03-01T10:0${index}:00.000Z`,
  messageId: `m-${index}`,
}));
