import { describe, expect, test } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { BrokerLimits } from '#server/brokers/broker-limits.ts';
import { createBroker } from '#server/brokers/broker.ts';
import type {
  BrokerDriver,
  BrowseBatch,
  BrowseOptions,
  DiscoveredQueue,
  HeldBatch,
  PublishOutcome,
} from '#server/brokers/driver.ts';
import { withoutMoveAll } from '#server/brokers/move-all.ts';

const never = new AbortController().signal;
const broken = () => new AppError('interrupted', 'The connection "test" broke. Try again.');

describe('reads', () => {
  test('are tried again after a break, and counted', async () => {
    let tries = 0;
    const broker = brokerOf({
      async discover() {
        tries += 1;
        if (tries < 3) throw broken();
        return [found];
      },
    });
    expect(await broker.discover(never)).toEqual([found]);
    expect(broker.counts()).toMatchObject({ calls: 1, retries: 2, errors: {} });
  });

  test('are given up after the last try, with the last error', async () => {
    const broker = brokerOf({ discover: () => Promise.reject(broken()) });
    await expect(broker.discover(never)).rejects.toMatchObject({ code: 'interrupted' });
    expect(broker.counts()).toMatchObject({ retries: 2, errors: { interrupted: 1 } });
  });

  test.each(['forbidden', 'not_found', 'unauthenticated', 'would_destroy'] as const)(
    'are not tried again after %s',
    async (code) => {
      const broker = brokerOf({ discover: () => Promise.reject(new AppError(code, 'No. Ask someone.')) });
      await expect(broker.discover(never)).rejects.toMatchObject({ code });
      expect(broker.counts().retries).toBe(0);
    },
  );

  test('end in time when the driver does not, with a name and a next step', async () => {
    const broker = brokerOf({ inspect: () => new Promise<never>(() => {}) }, { callMs: 30 });
    await expect(broker.inspect('orders.dlq', never)).rejects.toMatchObject({
      code: 'timed_out',
      message: expect.stringMatching(/orders\.dlq.*"test" did not answer within 1 s\. Check whether/),
    });
  });

  test('end with cancelled when the caller aborts, also while waiting for the next try', async () => {
    const caller = new AbortController();
    const broker = brokerOf({ discover: () => new Promise<never>(() => {}) });
    const pending = broker.discover(caller.signal);
    caller.abort();
    await expect(pending).rejects.toMatchObject({ code: 'cancelled' });

    const waiting = new AbortController();
    const slow = brokerOf(
      {
        discover() {
          waiting.abort();
          return Promise.reject(broken());
        },
      },
      { backoffBaseMs: 600_000, backoffCapMs: 600_000 },
    );
    await expect(slow.discover(waiting.signal)).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('end with cancelled when the broker is closed', async () => {
    const broker = brokerOf({ discover: () => new Promise<never>(() => {}) });
    const pending = broker.discover(never);
    await broker.close();
    await expect(pending).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('turn what is no error of the contract into a defect', async () => {
    const broker = brokerOf({ discover: () => Promise.reject(new TypeError('x is not a function')) });
    await expect(broker.discover(never)).rejects.toMatchObject({ code: 'internal' });
  });

  test('a check is not tried again: it is asked how things are now', async () => {
    const broker = brokerOf({ check: () => Promise.reject(broken()) });
    await expect(broker.check(never)).rejects.toMatchObject({ code: 'interrupted' });
    expect(broker.counts().retries).toBe(0);
  });
});

describe('a browse', () => {
  test('of a log goes on from its cursor after a break, within its limit and with progress that counts on', async () => {
    const asked: BrowseOptions[] = [];
    const broker = brokerOf({
      async *browse(_queue, options) {
        asked.push(options);
        const from = Number(options.from ?? 0);
        yield batchOf([from, from + 1], String(from + 2), null);
        if (asked.length === 1) throw broken();
        yield batchOf([from + 2], String(from + 3), 'limit', 3);
      },
    });
    const batches = await all(broker.browse('orders.dlq', { from: null, limit: 5 }, never));
    expect(batches.flatMap(({ messages }) => messages.map(({ identity }) => identity))).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
    ]);
    expect(batches.map(({ progress }) => progress.read)).toEqual([2, 4, 5]);
    expect(asked).toEqual([
      { from: null, limit: 5 },
      { from: '2', limit: 3 },
    ]);
    expect(broker.counts()).toMatchObject({ messagesRead: 5, retries: 1 });
  });

  test('that was begun again midway is not called gapless: nobody knows what the part before the break has missed', async () => {
    const gapless = { complete: false, reason: 'reached-end', lostBefore: [], gapless: true } as const;
    const ends = async (breaks: 'before anything came' | 'midway') => {
      let tries = 0;
      const broker = brokerOf({
        async *browse(_queue, { from }) {
          tries += 1;
          if (tries === 1 && breaks === 'midway') yield batchOf([0], '1', null);
          if (tries === 1) throw broken();
          yield { ...batchOf([1], '2', null), end: { ...gapless, lostBefore: [{ lane: '0', before: from ?? '' }] } };
        },
      });
      return (await all(broker.browse('orders', { from: '0' }, never))).at(-1)?.end;
    };
    expect(await ends('before anything came')).toEqual({ ...gapless, lostBefore: [{ lane: '0', before: '0' }] });
    expect(await ends('midway')).toEqual({
      complete: false,
      reason: 'reached-end',
      lostBefore: [{ lane: '0', before: '1' }],
    });
  });

  test('of a queue is not begun again once messages were yielded', async () => {
    const broker = brokerOf({
      async *browse() {
        yield batchOf([0], null, null);
        throw broken();
      },
    });
    await expect(all(broker.browse('email_dlq', { from: null }, never))).rejects.toMatchObject({ code: 'interrupted' });
    expect(broker.counts()).toMatchObject({ retries: 0, messagesRead: 1 });
  });

  test('that goes backwards is begun again before anything came, and never amid a slice: that would come twice', async () => {
    let tries = 0;
    const broker = brokerOf({
      async *browse(_queue, { from }) {
        if (++tries === 1) throw broken();
        yield batchOf([7], from, null);
        throw broken();
      },
    });
    const slice = all(broker.browse('orders.dlq', { from: '8', backwards: true, limit: 5 }, never));
    await expect(slice).rejects.toMatchObject({ code: 'interrupted' });
    expect(broker.counts()).toMatchObject({ retries: 1, messagesRead: 1 });
  });

  test('ends with byte-cap, and the driver gives back what it held', async () => {
    let released = false;
    const broker = brokerOf(
      {
        async *browse() {
          try {
            for (let index = 0; ; index += 1) yield batchOf([index], null, null);
          } finally {
            released = true;
          }
        },
      },
      { browseBytesMax: 3 * bytesOfMessage },
    );
    const batches = await all(broker.browse('email_dlq', { from: null }, never));
    expect(batches).toHaveLength(3);
    expect(batches.at(-1)?.end).toMatchObject({ complete: false, reason: 'byte-cap' });
    expect(released).toBe(true);
  });

  test('that stalls is ended in time, after the driver gave back', async () => {
    let released = false;
    const broker = brokerOf(
      {
        async *browse(_queue, _options, signal) {
          try {
            yield batchOf([0], null, null);
            await new Promise((_, reject) =>
              signal.addEventListener('abort', () => reject(new AppError('cancelled', 'Stopped. Ask again.'))),
            );
          } finally {
            released = true;
          }
        },
      },
      { batchMs: 30 },
    );
    await expect(all(broker.browse('email_dlq', { from: null }, never))).rejects.toMatchObject({ code: 'timed_out' });
    expect(released).toBe(true);
  });

  test('that is left early lets the driver give back before the caller goes on', async () => {
    let released = false;
    const broker = brokerOf({
      async *browse() {
        try {
          for (let index = 0; ; index += 1) yield batchOf([index], null, null);
        } finally {
          await Promise.resolve();
          released = true;
        }
      },
    });
    for await (const batch of broker.browse('email_dlq', { from: null }, never)) if (batch.messages.length > 0) break;
    expect(released).toBe(true);
  });
});

describe('a hold', () => {
  test('is not begun again once messages were handed out, and counts what was removed', async () => {
    const broker = brokerOf({
      async *hold() {
        yield heldBatch;
        throw broken();
      },
    });
    const held = broker.hold('email_dlq', [], { insist: false }, never)[Symbol.asyncIterator]();
    const first = await held.next();
    if (first.done !== true) await first.value.remove(['0']);
    await expect(held.next()).rejects.toMatchObject({ code: 'interrupted' });
    expect(broker.counts()).toMatchObject({ retries: 0, removed: { removed: 1, failed: 0, unknown: 0 } });
  });
});

describe('a publish', () => {
  const messages = ['a', 'b'].map((ref) => ({
    ref,
    destination: { kind: 'sqs' as const, queue: 'orders' },
    message: { key: null, body: null, headers: [], properties: [] },
  }));
  const options = { timeoutMs: 10, signal: never };

  test('is never tried again', async () => {
    let tries = 0;
    const broker = brokerOf({
      publish() {
        tries += 1;
        return Promise.reject(broken());
      },
    });
    await expect(broker.publish(messages, options)).rejects.toMatchObject({ code: 'interrupted' });
    expect(tries).toBe(1);
  });

  test('that is late is aborted, and what the driver then says of it counts', async () => {
    const broker = brokerOf(
      {
        publish: (_messages, { signal }) =>
          new Promise((resolve) =>
            signal.addEventListener('abort', () =>
              resolve([
                { kind: 'sent', ref: 'a', position: null },
                { kind: 'failed', ref: 'b', error: { code: 'cancelled', message: 'Not sent. Send it again.' } },
              ]),
            ),
          ),
      },
      { publishGraceMs: 20 },
    );
    const outcomes = await broker.publish(messages, options);
    expect(outcomes.map(({ ref, kind }) => `${ref} ${kind}`)).toEqual(['a sent', 'b failed']);
  });

  test('that is late with nothing sent says so', async () => {
    const publish: BrokerDriver['publish'] = (_messages, { signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new AppError('cancelled', 'Stopped. Ask again.'))),
      );
    await expect(brokerOf({ publish }, { publishGraceMs: 20 }).publish(messages, options)).rejects.toMatchObject({
      code: 'timed_out',
      message: expect.stringContaining('Nothing was sent'),
    });
  });

  test.each([
    ['does not answer in time', () => new Promise<never>(() => {})],
    ['throws what the contract does not know', () => Promise.reject(new TypeError('defect'))],
    ['answers for nobody', async () => []],
  ])('is unknown when the driver %s', async (_what, publish) => {
    const broker = brokerOf({ publish }, { publishGraceMs: 20, publishEndMs: 20 });
    const outcomes = await broker.publish(messages, options);
    expect(outcomes.map(({ ref, kind }) => `${ref} ${kind}`)).toEqual(['a unknown', 'b unknown']);
    expect(broker.counts().published).toEqual({ sent: 0, failed: 0, unknown: 2 });
  });

  test('answers in the order of its messages, and unknown for those that the driver forgot', async () => {
    const sent: PublishOutcome = { kind: 'sent', ref: 'b', position: null };
    const outcomes = await brokerOf({ publish: async () => [sent] }).publish(messages, options);
    expect(outcomes.map(({ ref, kind }) => `${ref} ${kind}`)).toEqual(['a unknown', 'b sent']);
  });
});

const found: DiscoveredQueue = {
  name: 'orders.dlq',
  foundBy: 'pattern',
  origins: ['orders'],
  capabilities: { browse: 'log', remove: false, order: 'partition', costs: [], description: '1 partition' },
};

const heldBatch: HeldBatch = {
  messages: [],
  remove: async (identities) => identities.map((identity) => ({ kind: 'removed', identity })),
};

const bytesOfMessage = 10;

function batchOf(
  numbers: readonly number[],
  cursor: string | null,
  end: 'limit' | null,
  read = numbers.length,
): BrowseBatch {
  const messages = numbers.map((number): RawDeadLetter => {
    const place = { identity: String(number), position: String(number), lane: '', sequence: null, brokerAt: null };
    return { ...place, key: null, body: new Uint8Array(bytesOfMessage), headers: [], properties: [] };
  });
  return {
    messages,
    cursor,
    progress: { read, of: null, exact: true },
    end: end === null ? null : { complete: false, reason: end, lostBefore: [] },
  };
}

/** A broker around a driver that fails as the test says, without waits between tries unless the limits ask for some. */
function brokerOf(methods: Partial<BrokerDriver>, limits: Partial<BrokerLimits> = {}) {
  const unasked = () => {
    throw new Error('This test asks for something else.');
  };
  const driver: BrokerDriver = {
    kind: 'kafka',
    check: unasked,
    discover: unasked,
    inspect: unasked,
    browse: unasked,
    hold: unasked,
    describeDestination: unasked,
    publish: unasked,
    readLag: unasked,
    topology: unasked,
    moveAll: withoutMoveAll('none', 'There are no means.'),
    close: async () => {},
    ...methods,
  };
  return createBroker(driver, { connection: 'test', limits: { backoffBaseMs: 1, ...limits }, random: () => 0.5 });
}

async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}
