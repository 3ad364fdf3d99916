import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { type HeaderValue, type RawMessage, textHeader } from '#lib/domain/message.ts';

// Written apart from the driver's own translation, so that the tests do not compare it with itself.

export function propertyOf(message: RawMessage, name: string): string | null {
  const value = message.properties.find((property) => property.name === name)?.value;
  return value?.kind === 'text' ? value.text : null;
}

export function foreignAttribute(value: HeaderValue): MessageAttributeValue {
  if (value.kind === 'bytes') return { DataType: 'Binary', BinaryValue: value.bytes };
  if (value.kind === 'integer') return { DataType: 'Number', StringValue: value.text };
  if (value.kind === 'text') return { DataType: value.type ?? 'String', StringValue: value.text };
  throw new Error(`SQS has no attribute for a ${value.kind}.`);
}

export function toRawMessage(message: Message): RawMessage {
  return {
    key: null,
    body: new TextEncoder().encode(message.Body ?? ''),
    headers: Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => ({
      name,
      value: fromForeign(value),
    })),
    properties: Object.entries(message.Attributes ?? {}).map(([name, text]) => textHeader(name, text)),
  };
}

function fromForeign({ DataType, StringValue = '', BinaryValue }: MessageAttributeValue): HeaderValue {
  if (BinaryValue !== undefined) return { kind: 'bytes', bytes: Uint8Array.from(BinaryValue) };
  return DataType?.startsWith('Number') === true
    ? { kind: 'integer', text: StringValue }
    : { kind: 'text', text: StringValue };
}
