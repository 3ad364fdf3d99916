import { utf8, valueText } from '#lib/conventions/header-index.ts';
import type { Destination, Header, HeaderValue, RawDeadLetter } from '#lib/domain/message.ts';
import { mark } from '#lib/masking/mark.ts';
import type { Masking, RulesMet } from '#lib/masking/masking.ts';

/** Of larger bodies nothing but the beginning is read when they are indexed. */
const wholeBodyBytesMax = 256 * 1024;
const beginningBytes = 16 * 1024;
/** A key of so many bytes is a number, whatever the rules are. */
const numberBytesMax = 8;

/**
 * The message as it may be read: what the index, the search and the groups are made from. Never what is replayed. Where a body is no text it is
 * left as it is, because nothing of it is read without being decoded, and what is decoded is masked then. The very same object where nothing is masked.
 */
export function maskMessage(raw: RawDeadLetter, masking: Masking): RawDeadLetter {
  const headers = maskHeaders(raw.headers, masking);
  const properties = maskHeaders(raw.properties, masking);
  const key = raw.key === null ? null : maskKey(raw.key, raw, masking);
  const body = raw.body === null ? null : maskBody(raw.body, masking, hasSchema(raw.headers, '__value_schema_id'));
  const isSame = headers === raw.headers && properties === raw.properties && key === raw.key && body === raw.body;
  return isSame ? raw : { ...raw, headers, properties, key, body };
}

export function maskHeader(header: Header, masking: Masking, rules?: RulesMet): Header {
  const value = maskValue(header.name, header.value, masking, rules);
  // A name is a stranger's text as well.
  const name = masking.text(header.name, rules);
  return value === header.value && name === header.name ? header : { ...header, name, value };
}

/** A place where a message came from or goes to, for people: its names may hold what a pattern knows. */
export function maskDestination(destination: Destination, masking: Masking): Destination {
  switch (destination.kind) {
    case 'kafka':
      return { ...destination, topic: masking.text(destination.topic) };
    case 'rabbitmq':
      return {
        ...destination,
        exchange: masking.text(destination.exchange),
        routingKey: masking.text(destination.routingKey),
      };
    case 'sqs':
      return { ...destination, queue: masking.text(destination.queue) };
  }
}

function maskHeaders(headers: readonly Header[], masking: Masking): readonly Header[] {
  const shown = headers.map((header) => maskHeader(header, masking));
  return shown.every((header, index) => header === headers[index]) ? headers : shown;
}

function maskValue(name: string, value: HeaderValue, masking: Masking, rules?: RulesMet): HeaderValue {
  const rule = masking.headerRule(name);
  if (rule !== null) {
    if (value.kind === 'null') return value;
    rules?.add(rule);
    return { kind: 'text', text: mark };
  }
  switch (value.kind) {
    case 'null':
    case 'boolean':
      return value;
    case 'table': {
      const entries = value.entries.map((entry) => maskHeader(entry, masking, rules));
      return entries.every((entry, index) => entry === value.entries[index]) ? value : { kind: 'table', entries };
    }
    case 'list': {
      const items = value.items.map((item) => maskValue(name, item, masking, rules));
      return items.every((item, index) => item === value.items[index]) ? value : { kind: 'list', items };
    }
    case 'bytes': {
      // Names within it, which rules may be about, were not looked at.
      if (value.type === 'table' || value.type === 'list') return { kind: 'text', text: mark };
      const text = utf8(value.bytes);
      if (text === undefined) return isSafe(value.bytes, masking) ? value : { kind: 'text', text: mark };
      const shown = masking.text(text, rules);
      return shown === text ? value : { ...value, bytes: new TextEncoder().encode(shown) };
    }
    case 'text':
    case 'integer':
    case 'decimal':
    case 'number':
    case 'timestamp': {
      const text = valueText(value) ?? '';
      const shown = masking.text(text, rules);
      return shown === text ? value : { kind: 'text', text: shown };
    }
  }
}

/** A number in binary is no document. */
function isSafe(bytes: Uint8Array, masking: Masking): boolean {
  return bytes.length <= numberBytesMax || masking.canShowBytes(bytes);
}

/** The very same bytes where nothing is masked; where the message has no key, it is the group of a FIFO queue. */
export function maskKey(key: Uint8Array, raw: Pick<RawDeadLetter, 'key' | 'headers'>, masking: Masking): Uint8Array {
  const isLane = raw.key === null;
  if (masking.settings.keys || (isLane && masking.headerRule(laneProperty) !== null)) return hidden();
  const text = hasSchema(raw.headers, '__key_schema_id') ? undefined : utf8(key);
  if (text === undefined) return isSafe(key, masking) ? key : hidden();
  const shown = masking.text(text);
  return shown === text ? key : new TextEncoder().encode(shown);
}

/** The property of SQS that says which lane of a FIFO queue a message is in; the lane plays the part that a key plays on Kafka. */
export const laneProperty = 'MessageGroupId';

/** The same for a key as tables show it: as text, or in hex. `isLane` where it is, or may be, a FIFO queue's group. */
export function maskKeyText(text: string, masking: Masking, { isLane }: { readonly isLane: boolean }): string {
  if (masking.settings.keys || (isLane && masking.headerRule(laneProperty) !== null)) return mark;
  const hex = /^0x((?:[\da-f]{2}){9,})$/.exec(text)?.[1];
  if (hex === undefined) return masking.text(text);
  const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, at) =>
    Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16),
  );
  return masking.canShowBytes(bytes) ? masking.text(text) : mark;
}

/** Without a frame before them, bytes of a schema can pass for text that holds no document. */
function hasSchema(headers: readonly Header[], name: string): boolean {
  return headers.some((header) => header.name === name);
}

function maskBody(body: Uint8Array, masking: Masking, isEncoded: boolean): Uint8Array {
  if (isEncoded) return isSafe(body, masking) ? body : hidden();
  const isWhole = body.length <= wholeBodyBytesMax;
  // Broken text is text all the same: its beginning may be without fault.
  const text = new TextDecoder().decode(isWhole ? body : body.subarray(0, beginningBytes));
  const shown = masking.text(text);
  if (isWhole) return shown === text ? body : new TextEncoder().encode(shown);
  // Something that the end of the beginning cuts through would not be known: no table shows so much of it.
  return new TextEncoder().encode(shown.slice(0, beginningBytes / 2));
}

function hidden(): Uint8Array {
  return new TextEncoder().encode(mark);
}
