import { hash } from 'node:crypto';
import { builtInChain, type ConventionChain } from '#lib/conventions/chain.ts';
import { utf8, valueText, wholeNumber } from '#lib/conventions/header-index.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Header, HeaderValue, RawDeadLetter, RawMessage } from '#lib/domain/message.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { laneProperty, maskKey, maskMessage } from '#lib/masking/mask-message.ts';
import { maskReading } from '#lib/masking/mask-reading.ts';
import type { Masking } from '#lib/masking/masking.ts';
import { attributesOf } from '#lib/fingerprint/attributes-of.ts';
import { type Fingerprint, fingerprintOf } from '#lib/fingerprint/fingerprint.ts';
import { payloadShapeOf } from '#lib/fingerprint/payload-shape.ts';
import type { BodyDecoder } from '#server/payload/body-decoder.ts';
import { previewOf } from '#lib/payload/show-payload.ts';

const keyCharacters = 200;
const previewCharacters = 300;

export interface ReadLetter {
  readonly letter: Omit<DeadLetter, 'queueId'>;
  /** Shared by the letters of one group. */
  readonly group: Fingerprint;
}

export interface ReadLetterOptions {
  /** How dead letters are understood; the built-in conventions where absent. */
  readonly conventions?: ConventionChain | undefined;
  readonly masking?: Masking | undefined;
  /** Headers by which dead letters without any error text are told apart. */
  readonly groupedBy?: readonly string[] | undefined;
  /** Looks into bodies that are no plain JSON; absent where filters see them as they are. */
  readonly bodies?: BodyDecoder | undefined;
}

/** What the index keeps of a raw dead letter of this queue, first seen at `now`. What is masked never gets into it, so that no search finds it. */
export function readLetter(
  queue: Pick<Queue, 'id' | 'kind' | 'name' | 'origins'>,
  raw: RawDeadLetter,
  now: number,
  { conventions = builtInChain, masking, groupedBy }: ReadLetterOptions = {},
): ReadLetter {
  const read = (message: RawDeadLetter) =>
    normalise(message, { kind: queue.kind, queueName: queue.name, origins: queue.origins }, conventions);
  const said = read(raw);
  const shown = masking === undefined ? raw : maskMessage(raw, masking);
  const reading = masking === undefined ? said : maskReading(said, shown === raw ? said : read(shown), masking);
  const key = raw.key ?? routingKey(raw);
  const shownKey = key === null || masking === undefined ? key : maskKey(key, raw, masking);
  const group = fingerprintOf(reading, {
    source: queue.name,
    payloadShape: () => payloadShapeOf(shown.body),
    attributes: groupedBy && (() => attributesOf(shown, groupedBy)),
  });
  const letter: ReadLetter['letter'] = {
    ...reading,
    id: messageId(queue.id, raw.identity),
    kind: queue.kind,
    identity: raw.identity,
    position: raw.position,
    lane: raw.lane,
    sequence: raw.sequence,
    at: reading.at ?? now,
    atIs: reading.at === null ? 'first-seen' : reading.at === raw.brokerAt ? 'broker' : 'said',
    firstSeenAt: now,
    ...keptOf(reading.at, raw),
    keyText: shownKey === null ? null : keyTextOf(shownKey),
    // What a masked key is could be found out by trying digests.
    keyDigest: key === null || shownKey !== key ? null : digestOf(key),
    sizeBytes: sizeOf(raw),
    preview: previewOf(shown.body, previewCharacters),
    fingerprint: group.id,
    state: 'new',
    stateAt: now,
    lastReplayId: null,
    // Anyone may have written the header.
    returns: Math.min(Math.max(0, reading.replay?.count ?? 0), 1_000_000),
  };
  return { letter, group };
}

/** Further apart than this, the broker's own time is not that of the failure: producers pass on the time of the original, and headers of an earlier failure stay. */
const sameTimeMs = 60_000;

function keptOf(at: number | null, { brokerAt, properties }: RawDeadLetter): Pick<DeadLetter, 'keptFrom' | 'endsAt'> {
  if (at === null) return { keptFrom: null, endsAt: null };
  const keptFrom = brokerAt !== null && Math.abs(brokerAt - at) > sameTimeMs ? brokerAt : at;
  const life = properties.find(({ name }) => name === 'expiration')?.value;
  const lifeMs = life === undefined ? undefined : wholeNumber(valueText(life));
  const endsAt = lifeMs === undefined || lifeMs < 0 ? null : keptFrom + lifeMs;
  return { keptFrom, endsAt: endsAt !== null && Number.isSafeInteger(endsAt) ? endsAt : null };
}

/** The same for the same message on every machine and after every rebuild, so that a link to it stays true. */
export function messageId(queueId: string, identity: string): string {
  return digestOf(`${queueId}\0${identity}`);
}

function digestOf(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64url').slice(0, 22);
}

/** SQS FIFO's group plays the part that a key plays on Kafka. */
function routingKey(raw: RawDeadLetter): Uint8Array | null {
  return raw.lane !== '' && raw.key === null && raw.properties.some((property) => property.name === laneProperty)
    ? new TextEncoder().encode(raw.lane)
    : null;
}

function keyTextOf(key: Uint8Array): string {
  const text = utf8(key.subarray(0, endOfCharacter(key, keyCharacters * 4)));
  const shown =
    text ??
    `0x${Array.from(key.subarray(0, keyCharacters / 2), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  const cut = shown.slice(0, keyCharacters);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** The last place up to `end` at which no character of UTF-8 is cut. */
function endOfCharacter(bytes: Uint8Array, end: number): number {
  if (bytes.length <= end) return bytes.length;
  let at = end;
  while (at > end - 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

/** Bytes of key, body and headers. */
export function sizeOf(raw: RawMessage): number {
  return (
    (raw.key?.length ?? 0) + (raw.body?.length ?? 0) + raw.headers.reduce((sum, header) => sum + headerSize(header), 0)
  );
}

function headerSize(header: Header): number {
  return header.name.length + valueSize(header.value);
}

function valueSize(value: HeaderValue): number {
  switch (value.kind) {
    case 'bytes':
      return value.bytes.length;
    case 'text':
      return Buffer.byteLength(value.text);
    case 'table':
      return value.entries.reduce((sum, entry) => sum + headerSize(entry), 0);
    case 'list':
      return value.items.reduce((sum, item) => sum + valueSize(item), 0);
    case 'integer':
    case 'decimal':
    case 'timestamp':
    case 'number':
      return 8;
    case 'boolean':
      return 1;
    case 'null':
      return 0;
  }
}
