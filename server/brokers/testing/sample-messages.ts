import { type Header, type RawMessage, textHeader } from '#lib/domain/message.ts';
import type { MessageFeature } from '#server/brokers/testing/harness.ts';

const utf8 = new TextEncoder();

/**
 * A small order event that every broker can carry: ASCII JSON, three text headers whose names are not in alphabetical order, and a
 * `marker` that stands in the body too, so that a message can be told from its neighbours in the queue and on the wire.
 */
export function aMessage(marker: string): RawMessage {
  return {
    key: null,
    body: utf8.encode(JSON.stringify({ type: 'order.completed', marker, data: { id: 'A-1042', total: 1999 } })),
    headers: [
      textHeader('marker', marker),
      textHeader('correlation-id', `c-${marker}`),
      textHeader('attempt', 'three'),
      textHeader('app', 'shop'),
    ],
    properties: [],
  };
}

export function markerOf(message: RawMessage): string | null {
  const value = message.headers.find((header) => header.name === 'marker')?.value;
  if (value?.kind === 'text') return value.text;
  return value?.kind === 'bytes' ? new TextDecoder().decode(value.bytes) : null;
}

export function withHeaders(message: RawMessage, ...headers: readonly Header[]): RawMessage {
  return { ...message, headers: [...message.headers, ...headers] };
}

export function withProperties(message: RawMessage, properties: readonly Header[]): RawMessage {
  return { ...message, properties: [...message.properties, ...properties] };
}

/** A body of exactly so many bytes of ASCII. */
export function withBodyOf(message: RawMessage, bytes: number): RawMessage {
  return { ...message, body: utf8.encode('0123456789abcdef'.repeat(Math.ceil(bytes / 16)).slice(0, bytes)) };
}

/** The message with one thing that not every broker can carry; the marker header stays. */
export function withFeature(message: RawMessage, feature: MessageFeature): RawMessage {
  switch (feature) {
    case 'key':
      // Not UTF-8, so that nobody can have taken it for text on the way.
      return { ...message, key: Uint8Array.of(0x6b, 0x00, 0xff, 0x79) };
    case 'null body':
      return { ...message, body: null };
    case 'empty body':
      return { ...message, body: new Uint8Array() };
    case '1 MB body':
      return withBodyOf(message, 1_000_000);
    case 'binary body':
      return { ...message, body: Uint8Array.from({ length: 512 }, (_, index) => index % 256) };
    case 'header order':
      return withHeaders(
        message,
        ...['zebra', '10', 'Alpha', '9', 'beta'].map((name) => textHeader(name, `value of ${name}`)),
      );
    case 'repeated header names':
      return withHeaders(
        message,
        textHeader('repeated', 'first'),
        textHeader('between', 'x'),
        textHeader('repeated', 'second'),
        textHeader('repeated', 'first'),
      );
    case 'null header value':
      return withHeaders(message, { name: 'nothing', value: { kind: 'null' } });
    case 'invalid UTF-8 header value':
      return withHeaders(message, {
        name: 'raw',
        value: { kind: 'bytes', bytes: Uint8Array.of(0xff, 0xfe, 0x41, 0xc3, 0x28, 0x80) },
      });
    case '64-bit integer header':
      return withHeaders(
        message,
        { name: 'big', value: { kind: 'integer', text: '9223372036854775807' } },
        { name: 'uneven', value: { kind: 'integer', text: '-9007199254740993' } },
      );
    case 'nested header table':
      return withHeaders(message, { name: 'nested', value: { kind: 'table', entries: nestedEntries } });
  }
}

const nestedEntries: readonly Header[] = [
  textHeader('reason', 'rejected'),
  { name: 'count', value: { kind: 'integer', text: '9007199254740993' } },
  { name: 'nothing', value: { kind: 'null' } },
  {
    name: 'path',
    value: {
      kind: 'list',
      items: [
        { kind: 'text', text: 'orders' },
        { kind: 'boolean', value: true },
        { kind: 'table', entries: [textHeader('inner', 'ünïcode')] },
      ],
    },
  },
];

export const messageFeatures = [
  'key',
  'null body',
  'empty body',
  '1 MB body',
  'binary body',
  'header order',
  'repeated header names',
  'null header value',
  'invalid UTF-8 header value',
  '64-bit integer header',
  'nested header table',
] as const satisfies readonly MessageFeature[];
