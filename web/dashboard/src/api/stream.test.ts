import { expect, test } from 'vitest';
import { messages } from './stream';

/** The messages of a stream that comes in these pieces. */
async function read(...pieces: string[]) {
  const encoder = new TextEncoder();
  const bytes = new ReadableStream<Uint8Array>({
    start(controller) {
      pieces.forEach((piece) => controller.enqueue(encoder.encode(piece)));
      controller.close();
    },
  });
  const found = [];
  for await (const { kind, data } of messages(bytes)) found.push([kind, data]);
  return found;
}

test.each([
  ['one message', ['event: event\ndata: {"a":1}\n\n'], [['event', '{"a":1}']]],
  ['without a kind', ['data:x\n\n'], [['message', 'x']]],
  ['several lines of data', ['data: a\ndata: b\n\n'], [['message', 'a\nb']]],
  ['a comment keeps the connection', [': hi\n\n', 'data: x\n\n'], [['message', 'x']]],
  ['in pieces', ['event: ev', 'ent\nda', 'ta: x\n', '\n'], [['event', 'x']]],
  [
    'all ends of lines',
    ['data: a\r\n\r\ndata: b\r\rdata: c\n\n'],
    [
      ['message', 'a'],
      ['message', 'b'],
      ['message', 'c'],
    ],
  ],
  [
    'an end of line in two pieces',
    ['data: a\r', '\n\r', '\ndata: b\n\n'],
    [
      ['message', 'a'],
      ['message', 'b'],
    ],
  ],
  ['what is not complete is not given', ['data: a\n\ndata: b\n'], [['message', 'a']]],
  ['a kind without data says nothing', ['event: x\n\ndata: y\n\n'], [['message', 'y']]],
  ['colons in data', ['data: {"path":"/a:b"}\n\n'], [['message', '{"path":"/a:b"}']]],
])('%s', async (_, pieces, expected) => expect(await read(...pieces)).toEqual(expected));
