import type { Message, MessageAttributeValue, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import { AppError } from '#lib/domain/errors.ts';
import type { Header, HeaderValue, RawDeadLetter, RawMessage } from '#lib/domain/message.ts';

/** SQS takes at most so many attributes a message, and so many bytes a message and a batch. */
const attributesMax = 10;
export const batchBytesMax = 1_048_576;

/** What is sent for a message; its size as SQS counts it: body plus names, types and values of the attributes. */
export interface EncodedMessage {
  readonly entry: Omit<SendMessageBatchRequestEntry, 'Id'>;
  readonly bytes: number;
}

export function toDeadLetter(message: Message, fifo: boolean): RawDeadLetter {
  const system = message.Attributes ?? {};
  const identity = message.MessageId ?? '';
  const sent = Number(system.SentTimestamp);
  return {
    identity,
    position: identity,
    // Fair queues put a group on standard messages too; it keeps no order there.
    lane: fifo ? (system.MessageGroupId ?? '') : '',
    sequence: fifo && system.SequenceNumber !== undefined ? withoutLeadingZeros(system.SequenceNumber) : null,
    brokerAt: Number.isSafeInteger(sent) && sent > 0 ? sent : null,
    key: null,
    body: new TextEncoder().encode(message.Body ?? ''),
    headers: Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => ({
      name,
      value: toHeaderValue(value),
    })),
    properties: Object.entries(system).map(([name, text]) => ({ name, value: { kind: 'text', text } })),
  };
}

function withoutLeadingZeros(digits: string): string {
  return /^\d+$/.test(digits) ? BigInt(digits).toString() : digits;
}

function toHeaderValue(value: MessageAttributeValue): HeaderValue {
  const type = value.DataType ?? 'String';
  // A copy: the SDK's bytes are a window on a larger buffer.
  if (type.startsWith('Binary')) return { kind: 'bytes', bytes: new Uint8Array(value.BinaryValue ?? []), type };
  const text = value.StringValue ?? '';
  if (!type.startsWith('Number')) return { kind: 'text', text, type };
  return { kind: /^-?\d+$/.test(text) ? 'integer' : 'decimal', text, type };
}

/** Throws `unencodable`, `rejected` or `too_large` with a sentence that names the attribute, never its value. */
export function encodeMessage(message: RawMessage, deduplicationId: string | undefined): EncodedMessage {
  if (message.key !== null) throw unencodable('SQS messages have no key, and this one has.');
  if (message.body === null) throw unencodable('SQS has no message without a body.');
  if (message.body.length === 0) throw unencodable('SQS takes no empty body.');
  const body = sqsText(message.body, 'The body');
  const attributes = encodeAttributes(message.headers);
  const group = textProperty(message, 'MessageGroupId');
  const trace = textProperty(message, 'AWSTraceHeader');
  const bytes =
    message.body.length +
    Object.entries(attributes).reduce(
      (sum, [name, value]) =>
        sum +
        byteLength(name) +
        byteLength(value.DataType ?? '') +
        byteLength(value.StringValue ?? '') +
        (value.BinaryValue?.length ?? 0),
      0,
    );
  if (bytes > batchBytesMax) throw tooLarge(bytes, batchBytesMax);
  return {
    bytes,
    entry: {
      MessageBody: body,
      ...(message.headers.length === 0 ? {} : { MessageAttributes: attributes }),
      ...(group === null ? {} : { MessageGroupId: group }),
      ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: deduplicationId }),
      ...(trace === null
        ? {}
        : { MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } } }),
    },
  };
}

export function tooLarge(bytes: number, bytesMax: number): AppError {
  return new AppError(
    'too_large',
    `The message has ${bytes} bytes with its attributes; the queue takes at most ${bytesMax}.`,
    { details: { bytes, bytesMax } },
  );
}

function encodeAttributes(headers: readonly Header[]): Record<string, MessageAttributeValue> {
  if (headers.length > attributesMax) {
    throw new AppError(
      'rejected',
      `The message has ${headers.length} attributes; SQS takes at most ${attributesMax}. Strip some before sending it.`,
      {
        details: { attributes: headers.length, attributesMax },
      },
    );
  }
  const attributes = new Map<string, MessageAttributeValue>();
  for (const header of headers) {
    checkName(header);
    if (attributes.has(header.name))
      throw unencodable(`SQS carries an attribute name only once; ${header.name} stands there twice.`);
    attributes.set(header.name, toAttribute(header));
  }
  return Object.fromEntries(attributes);
}

/** The rules of the developer guide's "Message attribute components". */
function checkName({ name, nameIsLatin1 }: Header): void {
  if (nameIsLatin1) throw unencodable('An attribute name is not text.');
  if (name.length > 256 || !/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(name)) {
    throw unencodable(
      'SQS attribute names are up to 256 letters, digits, hyphens, underscores and single dots; one of this message is not.',
    );
  }
  // The SDK loses an attribute of this name on its way.
  if (name === '__proto__') throw unencodable('An attribute is called __proto__, which cannot be sent.');
  if (/^(aws|amazon)\./i.test(name)) {
    throw new AppError(
      'rejected',
      `SQS keeps attribute names that begin with AWS. or Amazon. to itself; strip ${name} before sending.`,
    );
  }
}

function toAttribute({ name, value }: Header): MessageAttributeValue {
  switch (value.kind) {
    case 'text':
      return {
        DataType: typeOf(value.type, 'String', ['String', 'Number']),
        StringValue: attributeText(value.text, name),
      };
    case 'integer':
    case 'decimal':
      return { DataType: typeOf(value.type, 'Number', ['Number']), StringValue: attributeText(value.text, name) };
    case 'number':
      if (!Number.isFinite(value.value)) throw unencodable(`Attribute ${name} is not a finite number.`);
      return { DataType: typeOf(value.type, 'Number', ['Number']), StringValue: String(value.value) };
    case 'bytes':
      if (value.bytes.length === 0) throw unencodable(`SQS takes no empty attribute; ${name} is empty.`);
      return { DataType: typeOf(value.type, 'Binary', ['Binary']), BinaryValue: value.bytes };
    case 'null':
    case 'boolean':
    case 'timestamp':
    case 'table':
    case 'list':
      throw unencodable(`SQS attributes are text, numbers or bytes; ${name} is a ${value.kind}.`);
  }
}

/** Keeps the custom suffix that it came with (`Number.int`); a type of another broker is replaced. */
function typeOf(type: string | undefined, fallback: string, allowed: readonly string[]): string {
  return type !== undefined && allowed.some((base) => type === base || type.startsWith(`${base}.`)) ? type : fallback;
}

function attributeText(text: string, name: string): string {
  if (text === '') throw unencodable(`SQS takes no empty attribute; ${name} is empty.`);
  if (!isSqsText(text)) throw unencodable(`Attribute ${name} holds characters that SQS does not carry.`);
  return text;
}

function sqsText(bytes: Uint8Array, what: string): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unencodable(`${what} is not UTF-8 text, and SQS carries only text.`);
  }
  if (!isSqsText(text)) throw unencodable(`${what} holds control characters that SQS does not carry.`);
  return text;
}

/** #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF (SendMessage in the API reference). */
function isSqsText(text: string): boolean {
  return /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u.test(text);
}

function textProperty(message: RawMessage, name: string): string | null {
  const value = message.properties.find((property) => property.name === name)?.value;
  return value?.kind === 'text' && value.text !== '' ? value.text : null;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

function unencodable(message: string): AppError {
  return new AppError('unencodable', message);
}
