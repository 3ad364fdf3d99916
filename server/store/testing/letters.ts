import { createHash } from 'node:crypto';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { fingerprintOf } from '#lib/fingerprint/fingerprint.ts';
import type { IngestBatch } from '#server/store/store.ts';

export type TestLetter = IngestBatch['letters'][number];

/** A dead letter as a Kafka topic would have it; what a test is about is handed in. */
export function aLetter(identity: string, changes: Partial<Omit<DeadLetter, 'queueId'>> = {}): TestLetter {
  const bare: Omit<TestLetter['letter'], 'fingerprint'> = {
    id: createHash('sha256').update(identity).digest('base64url').slice(0, 22),
    kind: 'kafka',
    identity,
    position: identity,
    lane: '0',
    sequence: null,
    failure: {
      errorClass: 'TimeoutError',
      errorMessage: 'No answer after 30 s',
      stackTrace: null,
      reason: null,
      attempts: 3,
    },
    origin: { destination: { kind: 'kafka', topic: 'orders', partition: null }, failedIn: 'orders', position: '0:1' },
    at: 1_000,
    atIs: 'said',
    originalAt: 900,
    eventId: null,
    eventType: null,
    correlationId: null,
    causationId: null,
    traceId: null,
    conventions: [{ name: 'dlq', fields: ['errorMessage'] }],
    replay: null,
    firstSeenAt: 2_000,
    keptFrom: changes.at ?? 1_000,
    endsAt: null,
    keyText: null,
    keyDigest: null,
    sizeBytes: 10,
    preview: '{"order":1}',
    state: 'new',
    stateAt: 2_000,
    lastReplayId: null,
    returns: 0,
    ...changes,
  };
  const group = fingerprintOf(bare, { source: 'orders', payloadShape: () => '' });
  const letter = { fingerprint: group.id, ...bare };
  const raw: RawDeadLetter = {
    key: null,
    body: new TextEncoder().encode(letter.preview.toWellFormed()),
    headers: [],
    properties: [],
    identity,
    position: letter.position,
    lane: letter.lane,
    sequence: letter.sequence,
    brokerAt: null,
  };
  return { letter, raw, group };
}

export function manyLetters(
  count: number,
  changes: (n: number) => Partial<Omit<DeadLetter, 'queueId'>> = () => ({}),
  prefix = 'm',
): TestLetter[] {
  return Array.from({ length: count }, (_, n) => aLetter(`${prefix}:${n}`, changes(n)));
}
