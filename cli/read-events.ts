export interface ServerSentEvent {
  readonly event: string;
  readonly data: unknown;
}

/** The events of a stream as our console writes it: one `data` line of JSON each, comments in between. */
export async function* readEvents(pieces: AsyncIterable<string>): AsyncGenerator<ServerSentEvent, void, void> {
  let rest = '';
  for await (const piece of pieces) {
    const blocks = `${rest}${piece}`.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) as unknown };
    }
  }
}
