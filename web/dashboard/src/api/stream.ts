// Server-sent events (HTML Living Standard, 9.2.6) out of bytes. `EventSource` cannot send a shared link's token.

export interface Message {
  /** The kind of message; `message` where the server names none. */
  kind: string;
  data: string;
}

/** The messages of a stream as they are complete. Comments, which keep the connection open, are left out. */
export async function* messages(bytes: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  let kind = '';
  let data: string[] = [];
  let rest = '';
  function* complete(lines: string[]): Generator<Message> {
    for (const line of lines) {
      if (!line) {
        if (data.length) yield { kind: kind || 'message', data: data.join('\n') };
        [kind, data] = ['', []];
        continue;
      }
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === 'event') kind = value;
      else if (field === 'data') data.push(value);
    }
  }

  for await (const text of texts(bytes)) {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    yield* complete(lines);
  }
}

async function* texts(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = bytes.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    // Nobody may be reading any more: the connection is not kept.
    void reader.cancel().catch(() => {});
  }
}
