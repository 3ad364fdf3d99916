import { expect, it } from 'vitest';
import { createTrailing } from '#server/replay/trailing.ts';

it('a pass waits for what the one before it left to be settled, and learns what became of it', async () => {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const trailing = createTrailing();
  await trailing.follow(first.promise);
  let isThrough = false;
  const behind = trailing.follow(second.promise).finally(() => (isThrough = true));
  await Promise.resolve();
  expect(isThrough).toBe(false);
  first.reject(new Error('The disk is full.'));
  await expect(behind).rejects.toThrow('The disk is full.');
  second.resolve();
  await expect(trailing.ended()).resolves.toBeUndefined();
});
