import { expect, test } from 'vitest';
import { hostOf, nameOf } from './name';

test.each([
  ['https://www.Shop.example:8080/cart?x=1', 'www.shop.example', 'shop'],
  ['shop.example', 'shop.example', 'shop'],
  ['blog.shop.example', 'blog.shop.example', 'blog'],
  ['  Shop-24.example ', 'shop-24.example', 'shop-24'],
  ['127.0.0.1:8642', '127.0.0.1', 'site'],
  ['localhost', 'localhost', 'localhost'],
  ['', '', ''],
  ['not a host', '', ''],
  ['not%20a%20host', '', ''],
  ['shop..example', '', ''],
  ['shop,example', '', ''],
  ['*.shop.example', '', ''],
  ['http://', '', ''],
  ['bücher.example', 'xn--bcher-kva.example', 'xn--bcher-kva'],
  ['[::1]:8642', '[::1]', 'site'],
  ['my_shop.example', 'my_shop.example', 'my_shop'],
])('%j', (typed, host, name) => {
  expect(hostOf(typed)).toBe(host);
  expect(nameOf(host)).toBe(name);
});
