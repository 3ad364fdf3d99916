import { expect, test, vi } from 'vitest';
import { createSpanQueue } from '#server/tracing/span-queue.ts';

const options = { waitingMax: 8, batchMax: 3, everyMs: 5 };

function aQueue(take: (spans: readonly number[]) => Promise<boolean>) {
  const said: string[] = [];
  return { said, queue: createSpanQueue<number>(take, { ...options, say: (line) => said.push(line) }) };
}

test('full batches go at once, and what is left when its time has come', async () => {
  const taken: (readonly number[])[] = [];
  const { queue } = aQueue(async (spans) => taken.push(spans) > 0);
  for (const span of [1, 2, 3, 4]) queue.add(span);
  await vi.waitUntil(() => taken.length === 2, { timeout: 30_000 });
  expect(taken).toEqual([[1, 2, 3], [4]]);
});

test('a collector that does not answer holds nobody up: what there is no room for is dropped and told once', async () => {
  const answer = Promise.withResolvers<boolean>();
  const taken: number[] = [];
  const { queue, said } = aQueue(async (spans) => {
    taken.push(...spans);
    return answer.promise;
  });
  for (let span = 1; span <= 20; span += 1) queue.add(span);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('spans are dropped');
  answer.resolve(true);
  await queue.close(1_000);
  // Three were on their way, and eight were waiting.
  expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(said[1]).toContain('9 were dropped');
});

test('what was not taken is gone, and told when spans are taken again', async () => {
  let isUp = false;
  let tries = 0;
  const { queue, said } = aQueue(async () => {
    tries += 1;
    if (!isUp) throw new Error('away');
    return true;
  });
  for (const span of [1, 2, 3]) queue.add(span);
  await vi.waitUntil(() => tries === 1, { timeout: 30_000 });
  await vi.waitUntil(() => said.length === 1, { timeout: 30_000 });
  isUp = true;
  queue.add(4);
  await vi.waitUntil(() => said.length === 2, { timeout: 30_000 });
  expect(said[1]).toContain('3 were dropped');
});

test('a close hands over what is left, and waits no longer than it was told to', async () => {
  const taken: number[] = [];
  const { queue } = aQueue(async (spans) => taken.push(...spans) > 0);
  queue.add(1);
  await queue.close(1_000);
  expect(taken).toEqual([1]);

  const stuck = aQueue(() => new Promise(() => undefined));
  stuck.queue.add(1);
  await stuck.queue.close(20);
  stuck.queue.add(2);
  expect(stuck.said[0]).toContain('the engine stops');
});
