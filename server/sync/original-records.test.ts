import { expect, it } from 'vitest';
import { originalRecordOf } from '#lib/conventions/original-record.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { type OriginalRecordOptions, withOriginals } from '#server/sync/original-records.ts';

/** What topics do that a header names; with a real Kafka: `server/engine/original-records.test.ts`. */

const queue = { kind: 'kafka', queueName: 'orders.dlq', origins: [] } as const;
const never = new AbortController().signal;

function about(topic: string, offset: number): RawDeadLetter {
  const said = { topic, partition: '0', offset: `${offset}`, group: 'shipping', message: 'Too often.' };
  const bare = Object.entries(said).reduce(
    (letter, [name, value]) => letter.withHeader(`__dlq.errors.${name}`, value),
    aDeadLetter().withKey(null).withBody(null),
  );
  return { ...bare.raw(), identity: `${topic}:${offset}` };
}

/** Each topic does as it is called. */
function topics(): Pick<BrokerDriver, 'hold'> & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async *hold(topic, wanted, _, signal) {
      asked.push(topic);
      if (topic === 'offline') throw new AppError('unreachable', 'A partition of topic offline has no leader.');
      if (topic === 'forbidden') throw new AppError('forbidden', 'This account may not read it.');
      if (topic === 'gone') throw new AppError('not_found', 'There is no topic gone.');
      if (topic === 'silent') {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        throw new AppError('cancelled', 'Stopped.');
      }
      const messages = wanted.map(({ position }) => ({ ...aDeadLetter().raw(), position }));
      yield { messages, remove: async () => [] };
    },
  };
}

const bytesMax = 1_000_000;

async function read(
  names: readonly string[],
  options: Partial<OriginalRecordOptions> = {},
  driver: Pick<BrokerDriver, 'hold'> = topics(),
) {
  const letters = names.map((name, offset) => about(name, offset));
  const whole = await withOriginals(driver, queue, letters, { bytesMax, ...options }, never);
  return whole.map(originalRecordOf);
}

it('a topic that is in trouble holds up nobody else: its letters stay bare and say why', async () => {
  const [offline, forbidden, gone, good] = await read(['offline', 'forbidden', 'gone', 'good']);
  expect(offline).toEqual({
    content: 'not-copied',
    code: 'unreachable',
    text: 'the original record offline-0 @ 0 was not read: A partition of topic offline has no leader.',
  });
  expect(forbidden).toEqual({
    content: 'not-copied',
    code: 'forbidden',
    text: 'this account may not read the original record forbidden-0 @ 1',
  });
  expect(gone).toMatchObject({ content: 'removed' });
  expect(good).toMatchObject({ content: 'fetched' });
});

it('a topic that was in trouble is left alone for the rest of a read, and asked again by the next', async () => {
  const driver = topics();
  const troubled: OriginalRecordOptions['troubled'] = new Map();
  await read(['offline'], { troubled }, driver);
  expect(await read(['offline', 'good'], { troubled }, driver)).toMatchObject([
    { code: 'unreachable' },
    { content: 'fetched' },
  ]);
  expect(driver.asked).toEqual(['offline', 'good']);
  await read(['offline'], {}, driver);
  expect(driver.asked).toEqual(['offline', 'good', 'offline']);
});

it('a topic that never answers takes the time of one batch, and it is said which letters that cost', async () => {
  const [first, silent, after] = await read(['good', 'silent', 'late'], { timeMsMax: 50 });
  expect(first).toMatchObject({ content: 'fetched' });
  expect(silent).toMatchObject({ code: 'timed_out', text: expect.stringContaining('did not answer in time') });
  expect(after).toMatchObject({ code: 'timed_out', text: expect.stringContaining('took all the time') });
});

it('what is beyond the memory of a batch is not called forbidden', async () => {
  const [first, second] = await read(['good', 'better'], { bytesMax: 1 });
  expect(first).toMatchObject({ content: 'fetched' });
  expect(second).toMatchObject({ content: 'not-copied', code: 'too_large' });
});

it('whoever stops it is told so', async () => {
  const stopped = AbortSignal.abort();
  const reading = withOriginals(topics(), queue, [about('offline', 0)], { bytesMax }, stopped);
  await expect(reading).rejects.toThrow();
});
