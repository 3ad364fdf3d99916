import { expect, test } from 'vitest';
import { createTurns } from '#server/sync/turns.ts';

test('one works at a time; who is preferred comes first, the last one before all, and others in their order', async () => {
  const turns = createTurns();
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  let atOnce = 0;
  const work = async (name: string) => {
    expect((atOnce += 1)).toBe(1);
    order.push(name);
    if (name === 'first') await first.promise;
    atOnce -= 1;
  };
  const all = ['first', 'a', 'b', 'c', 'd', 'b'].map((name) => turns.take(name, () => work(name)));
  turns.prefer('c');
  turns.prefer('b');
  first.resolve();
  await Promise.all(all);
  expect(order).toEqual(['first', 'b', 'b', 'c', 'a', 'd']);
});

test('who fails lets the next one work', async () => {
  const turns = createTurns();
  const failing = turns.take('a', () => Promise.reject(new Error('broken')));
  const next = turns.take('b', async () => 'worked');
  await expect(failing).rejects.toThrow('broken');
  await expect(next).resolves.toBe('worked');
});
