import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { withConfigured } from '#lib/conventions/chain.ts';
import { textHeader, type Header } from '#lib/domain/message.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { hasRoomForReplayHeaders, headerChanges, makeOutgoing } from '#lib/replay/outgoing.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';

const mark = { replayId: 'r-1', itemId: 'i-1', count: 1, at: 1_795_318_869_114 };
const names = (headers: readonly Header[]) => headers.map((header) => header.name);

describe('an outgoing message', () => {
  it('keeps key, body and every header in order, and adds exactly the replay headers', () => {
    const header = fc.record({
      name: fc.string().map((name) => `h-${name}`),
      value: fc.uint8Array().map((bytes) => ({ kind: 'bytes' as const, bytes })),
    });
    fc.assert(
      fc.property(fc.array(header), fc.option(fc.uint8Array()), fc.option(fc.uint8Array()), (headers, key, body) => {
        const raw = { ...aDeadLetter().raw(), headers, key, body };
        const outgoing = makeOutgoing(raw, 'kafka', mark, 'keep');
        expect(outgoing.key).toBe(key);
        expect(outgoing.body).toBe(body);
        expect(outgoing.headers.slice(0, headers.length)).toEqual(headers);
        expect(names(outgoing.headers.slice(headers.length))).toEqual([
          'replayed',
          'replayed-at',
          'replay-id',
          'replay-item',
          'replay-count',
        ]);
      }),
    );
  });

  it('carries the replay headers of this replay only', () => {
    const raw = aDeadLetter()
      .withHeader('replay-id', 'older')
      .withHeader('Replayed', 'true')
      .withHeader('tenant', 'acme')
      .raw();
    const outgoing = makeOutgoing(raw, 'kafka', mark, 'keep');
    expect(names(outgoing.headers)).toEqual([
      'tenant',
      'replayed',
      'replayed-at',
      'replay-id',
      'replay-item',
      'replay-count',
    ]);
  });

  it('loses what the operator has called a failure header, too', () => {
    const acme = { name: 'acme', fields: { error: { header: 'x-acme-error', decoder: 'text' as const } } };
    const raw = aDeadLetter().withHeader('tenant', 'acme').withHeader('X-Acme-Error', 'TimeoutError').raw();
    const conventions = withConfigured([acme]);
    const stripped = makeOutgoing(raw, 'kafka', mark, 'strip', conventions);
    expect(names(stripped.headers)).not.toContain('X-Acme-Error');
    expect(names(stripped.headers)).toContain('tenant');
    expect(names(makeOutgoing(raw, 'kafka', mark, 'keep', conventions).headers)).toContain('X-Acme-Error');
    expect(headerChanges(raw, 'kafka', { ...usualOptions, failureHeaders: 'strip' }, conventions)).toContainEqual(
      expect.objectContaining({ change: 'removed', name: 'X-Acme-Error' }),
    );
  });

  it('loses its failure headers only when asked', () => {
    const raw = aDeadLetter().fromOwnConvention().withHeader('tenant', 'acme').raw();
    expect(names(makeOutgoing(raw, 'kafka', mark, 'keep').headers)).toContain('dlq-error');
    expect(names(makeOutgoing(raw, 'kafka', mark, 'strip').headers)).toEqual([
      'tenant',
      'replayed',
      'replayed-at',
      'replay-id',
      'replay-item',
      'replay-count',
    ]);
  });

  it('for RabbitMQ never carries x-death, CC, expiration or a user id', () => {
    const raw = aDeadLetter().fromRabbitMq().withHeader('CC', 'copy').withProperty('user-id', 'guest').raw();
    const outgoing = makeOutgoing(raw, 'rabbitmq', mark, 'keep');
    expect(names(outgoing.headers)).toEqual(['replayed', 'replayed-at', 'replay-id', 'replay-item', 'replay-count']);
    expect(names(outgoing.properties)).toEqual(['content-type']);
  });

  it('for SQS stays within ten attributes, and keeps first what a return is recognised by', () => {
    const eight = Array.from({ length: 8 }, (_, number) => textHeader(`a${number}`, 'x', 'String'));
    const raw = { ...aDeadLetter().fromSqs().raw(), headers: eight };
    expect(hasRoomForReplayHeaders(raw, 'sqs', mark, 'keep')).toBe(false);
    expect(names(makeOutgoing(raw, 'sqs', mark, 'keep').headers).slice(8)).toEqual(['replay-item', 'replay-id']);
    expect(
      makeOutgoing({ ...raw, headers: [...eight, ...eight.slice(0, 2)] }, 'sqs', mark, 'keep').headers,
    ).toHaveLength(10);
  });
});

describe('the header diff', () => {
  it('names what is added, kept and removed, and why', () => {
    const changes = headerChanges(
      aDeadLetter().fromRabbitMq().withHeader('dlq-error', 'x').raw(),
      'rabbitmq',
      usualOptions,
    );
    expect(changes.filter((change) => change.change === 'added').map((change) => change.name)).toEqual([
      'replayed',
      'replayed-at',
      'replay-id',
      'replay-item',
      'replay-count',
    ]);
    expect(changes).toContainEqual(expect.objectContaining({ change: 'removed', name: 'x-death' }));
    expect(changes).toContainEqual(
      expect.objectContaining({ change: 'removed', name: 'expiration', why: 'it would expire again' }),
    );
    expect(changes).toContainEqual(expect.objectContaining({ change: 'kept', name: 'dlq-error' }));
  });
});
