import { gzipSync } from 'node:zlib';
import { encode } from '@msgpack/msgpack';
import { bytesHeader, type RawMessage } from '#lib/domain/message.ts';
import type { MaskingSettings } from '#lib/masking/masking.ts';

/** Messages with a secret in every place that a console could show it from, and the rules that mask them all. */

export const rules: MaskingSettings = {
  fields: ['customer.email', '*.pin'],
  headers: ['x-customer-*', 'Authorization'],
  patterns: ['email', 'card', { name: 'badge', expression: 'BADGE-\\d{6}' }],
  keys: false,
};

const utf8 = (text: string) => new TextEncoder().encode(text);
const secretDocument = {
  id: 'BADGE-000001',
  type: 'order.paid',
  total: 9007199254740991,
  customer: { email: 'hushhushhush-body', name: 'Ada' },
  pay: { pin: 4711471147 },
  note: 'card 4111 1111 1111 1111, hushhushhush.note@mail.example',
};
const document = JSON.stringify(secretDocument);
export const bodies: Readonly<Record<string, Uint8Array>> = {
  json: utf8(document),
  'cut json': utf8(document.slice(0, document.indexOf('hushhushhush-body') + 7)),
  'broken UTF-8': Buffer.concat([utf8(document), Uint8Array.of(0xff)]),
  base64: utf8(btoa(document)),
  gzip: gzipSync(document),
  sns: utf8(
    JSON.stringify({
      Type: 'Notification',
      TopicArn: 'arn:aws:sns:x:1:t',
      MessageId: '1',
      Subject: 'hushhushhush.subject@mail.example',
      Message: document,
    }),
  ),
  cloudEvents: utf8(
    JSON.stringify({ specversion: '1.0', type: 't', source: '/s', id: '1', data_base64: btoa(document) }),
  ),
  messagePack: encode(secretDocument),
  text: utf8('Dear hushhushhush.text@mail.example, your badge is BADGE-000002.'),
  binary: Buffer.concat([
    Uint8Array.of(0, 0, 0, 0, 9, 0x12),
    utf8('hushhushhush-body'),
    utf8('hushhushhush.binary@mail.example'),
  ]),
  big: utf8(JSON.stringify({ filler: 'x'.repeat(300_000), customer: { email: 'hushhushhush-body' } })),
};

export function planted(marker: string, body: Uint8Array): RawMessage {
  return {
    key: utf8(`hushhushhush.key+${marker.replaceAll(' ', '-')}@mail.example`),
    body,
    headers: [
      bytesHeader('marker', marker),
      bytesHeader('x-customer-token', 'hushhushhush-header'),
      bytesHeader('authorization', `Basic ${btoa('user:hushhushhush')}`),
      bytesHeader('x-trace', '{"customer":{"email":"hushhushhush-nested"}}'),
      bytesHeader('correlation-id', 'hushhushhush.correlation@mail.example'),
      bytesHeader('causation-id', 'hushhushhush.causation@mail.example'),
      bytesHeader('reply', btoa('to hushhushhush.base64@mail.example')),
      bytesHeader('dlq-error', `MailboxError: no box hushhushhush.error@mail.example for ${document}`),
      bytesHeader('dlq-stack', 'MailboxError: no box hushhushhush.stack@mail.example\n    at send (/app/mail.js:3:1)'),
      ...(marker === 'messagePack' ? [bytesHeader('content-type', 'application/msgpack')] : []),
    ],
    properties: [],
  };
}

export const secrets = ['hushhushhush', 'BADGE-0', '4111 1111', '4711471147'];

/** A secret as it stands there, and as hex, a URL and base64 would have it. */
function spellingsOf(secret: string): readonly string[] {
  const bytes = utf8(secret);
  const inBase64 = [0, 1, 2].map((before) => {
    const whole = btoa(`${' '.repeat(before)}${secret}`);
    return whole.slice(before === 0 ? 0 : before + 1, Math.floor(((before + secret.length) * 4) / 3));
  });
  const spaced = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return [secret, encodeURIComponent(secret), spaced, spaced.replaceAll(' ', ''), ...inBase64];
}

/** The first of the secrets that the text has in it, with what stands around it. */
export function leakIn(text: string, leaks: readonly string[]): string | null {
  for (const leak of leaks.flatMap(spellingsOf)) {
    const at = text.indexOf(leak);
    if (at >= 0) return `${leak} in ${text.slice(Math.max(0, at - 100), at + 60)}`;
  }
  return null;
}
