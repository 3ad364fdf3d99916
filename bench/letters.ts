import { createHash } from 'node:crypto';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { fingerprintOf } from '#lib/fingerprint/fingerprint.ts';
import type { IngestBatch } from '#server/store/store.ts';

/**
 * Dead letters as a busy company has them: 30 queues and 40 error classes with Zipf-like weights, ten messages to a class, 90 days with bursts,
 * a body of about 1.2 KB and headers of about 0.4 KB. The same for the same seed.
 */
export interface LetterStream {
  /** The next messages of some queue, as a reader of that queue would hand them over. */
  nextBatch(size: number): { readonly queue: number; readonly letters: IngestBatch['letters'] };
}

export const benchQueues = 30;
export const benchErrorClasses = 40;

export function createLetterStream({ now, seed = 1 }: { now: number; seed?: number }): LetterStream {
  const random = mulberry32(seed);
  const zipf = (n: number) => Math.min(n - 1, Math.floor(n * random() ** 2.5));
  const pick = <Item>(items: readonly Item[]): Item => items[zipf(items.length)] ?? (items[0] as Item);
  const encoder = new TextEncoder();
  let count = 0;

  const next = (queue: number): IngestBatch['letters'][number] => {
    count += 1;
    const classNumber = zipf(benchErrorClasses);
    const errorClass = `com.example.${wordAt(classNumber)}.${wordAt(classNumber + 7)}Exception${classNumber}`;
    const template = classNumber * 10 + zipf(10);
    const order = Math.floor(random() * 1e9);
    const errorMessage = `${wordAt(template)} ${wordAt(template * 3)} failed for order ${order}: ${wordAt(template * 7)} after ${zipf(30_000)} ms (${wordAt(template + 3)} template ${wordAt(template % 11)})`;
    const body = `{"eventType":"order.${pick(words)}","orderId":${order},"items":[${Array.from({ length: 18 }, () => `{"sku":"${pick(words)}-${Math.floor(random() * 1e6)}","quantity":${zipf(9)},"note":"${pick(words)} ${pick(words)}"}`).join(',')}]}`;
    const day = random() < 0.3 ? zipf(6) : random() * 90;
    const at = Math.floor(now - day * 86_400_000 - random() * 3_600_000);
    const key = `customer-${zipf(50_000)}`;
    const identity = `0:${count}`;
    const trace = classNumber % 2 === 0 ? stackTrace(errorClass, errorMessage) : null;
    const raw: RawDeadLetter = {
      key: encoder.encode(key),
      body: encoder.encode(body),
      headers: [
        { name: 'dlq-error', value: { kind: 'bytes', bytes: encoder.encode(errorMessage) } },
        { name: 'dlq-error-class', value: { kind: 'bytes', bytes: encoder.encode(errorClass) } },
        ...(trace === null
          ? []
          : [{ name: 'dlq-stack', value: { kind: 'bytes', bytes: encoder.encode(trace) } } as const]),
        { name: 'dlq-original-topic', value: { kind: 'bytes', bytes: encoder.encode(`topic-${queue}`) } },
        { name: 'dlq-attempts', value: { kind: 'bytes', bytes: encoder.encode('5') } },
        { name: 'traceparent', value: { kind: 'bytes', bytes: encoder.encode(`00-${hash(identity)}-01`) } },
      ],
      properties: [{ name: 'offset', value: { kind: 'integer', text: String(count) } }],
      identity,
      position: identity,
      lane: '0',
      sequence: String(count),
      brokerAt: at,
    };
    const bare: Omit<DeadLetter, 'queueId' | 'fingerprint'> = {
      id: hash(`${seed} ${queue} ${identity}`).slice(0, 22),
      kind: 'kafka',
      identity,
      position: identity,
      lane: '0',
      sequence: String(count),
      failure: {
        errorClass,
        errorMessage,
        stackTrace: trace,
        reason: null,
        attempts: 5,
      },
      origin: {
        destination: { kind: 'kafka', topic: `topic-${queue}`, partition: null },
        failedIn: `service-${queue}`,
        position: `0:${count}`,
      },
      at,
      atIs: 'said',
      originalAt: at - 60_000,
      eventId: hash(`event ${count}`).slice(0, 20),
      eventType: `order.${pick(words)}`,
      correlationId: hash(`correlation ${zipf(500_000)}`).slice(0, 20),
      causationId: null,
      traceId: null,
      conventions: [{ name: 'dlq', fields: ['errorMessage', 'errorClass', 'attempts', 'destination'] }],
      replay: null,
      firstSeenAt: now,
      keptFrom: at,
      endsAt: null,
      keyText: key,
      keyDigest: hash(key).slice(0, 22),
      sizeBytes: sizeOf(raw),
      preview: body.slice(0, 300),
      state: 'new',
      stateAt: now,
      lastReplayId: null,
      returns: 0,
    };
    const group = fingerprintOf(bare, { source: `topic-${queue}`, payloadShape: () => '' });
    return { letter: { ...bare, fingerprint: group.id }, raw, group };
  };

  return {
    nextBatch(size) {
      const queue = zipf(benchQueues);
      return { queue, letters: Array.from({ length: size }, () => next(queue)) };
    },
  };
}

/** What the broker keeps of it: key, body and headers. */
function sizeOf({ key, body, headers }: RawDeadLetter): number {
  const sizes = headers.map(({ name, value }) => name.length + (value.kind === 'bytes' ? value.bytes.length : 0));
  return sizes.reduce((sum, size) => sum + size, (key?.length ?? 0) + (body?.length ?? 0));
}

function stackTrace(errorClass: string, message: string): string {
  const frames = Array.from(
    { length: 2 },
    (_, line) => `    at com.example.service.Handler${line}.handle(Handler${line}.java:${100 + line})`,
  );
  return `${errorClass}: ${message}\n${frames.join('\n')}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

const wordAt = (n: number) => words[n % words.length] ?? '';

/** Small, seeded and good enough for weights. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const words =
  'timeout connection refused payment inventory shipping invoice customer validation schema missing field null pointer duplicate conflict throttled gateway upstream certificate expired parse unexpected token address postal currency rounding ledger refund coupon'.split(
    ' ',
  );
