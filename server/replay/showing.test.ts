import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createShowing } from '#server/replay/showing.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { manyLetters } from '#server/store/testing/letters.ts';
import { addQueue, ids } from '#server/store/testing/reading.ts';
import type { MessageIndex, StateChange } from '#server/store/store.ts';

const longMs = 600_000;

/** Five messages in a real index, and how many changes each call took. */
async function aShownQueue(
  gatherMs: number,
  around: (setStates: MessageIndex['setStates']) => MessageIndex['setStates'],
) {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-showing-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const queueId = await addQueue(store, 'shown');
  const letters = manyLetters(5, undefined, 'shown');
  await store.index.ingest({ queueId, letters, scan: 'one' });
  const calls: number[] = [];
  const setStates = around(store.index.setStates);
  const counted = async (changes: readonly StateChange[]) => {
    calls.push(changes.length);
    await setStates(changes);
  };
  const showing = createShowing({ index: { ...store.index, setStates: counted } }, gatherMs);
  return {
    calls,
    showing,
    show: (place: number) =>
      showing.show([{ messageId: ids(letters)[place] ?? '', state: 'replayed', at: 3_000, replayId: 'r1' }]),
    states: async () => (await store.index.getMessages(ids(letters))).map(({ state }) => state),
  };
}

test('what was sent within a moment is written by one call, and whoever waits hears when it is there', async () => {
  const { show, calls, states } = await aShownQueue(20, (setStates) => setStates);
  await Promise.all([show(0), show(1), show(2)]);
  expect(calls).toEqual([3]);
  expect(await states()).toEqual(['replayed', 'replayed', 'replayed', 'new', 'new']);
  await show(3);
  expect(calls).toEqual([3, 1]);
});

test('at its end nothing waits for others, neither what is there nor what still comes', async () => {
  const { show, showing, calls, states } = await aShownQueue(longMs, (setStates) => setStates);
  const early = show(0);
  await showing.hurried(async () => {
    await early;
    await show(1);
  });
  expect(calls).toEqual([1, 1]);
  expect(await states()).toEqual(['replayed', 'replayed', 'new', 'new', 'new']);
});

test('without a wait, what comes while a call runs goes with the next one', async () => {
  const begun = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const { show, calls, states } = await aShownQueue(0, (setStates) => async (changes) => {
    begun.resolve();
    await mayEnd.promise;
    await setStates(changes);
  });
  const first = show(0);
  await begun.promise;
  const others = [show(1), show(2), show(3)];
  mayEnd.resolve();
  await Promise.all([first, ...others]);
  expect(calls).toEqual([1, 3]);
  expect(await states()).toEqual(['replayed', 'replayed', 'replayed', 'replayed', 'new']);
});

test('a call that fails is told to those that it was for, and the next is made all the same', async () => {
  let isFirst = true;
  const { show, states } = await aShownQueue(0, (setStates) => async (changes) => {
    const fails = isFirst;
    isFirst = false;
    if (fails) throw new Error('The disk is full.');
    await setStates(changes);
  });
  await expect(show(0)).rejects.toThrow('The disk is full.');
  await show(1);
  expect(await states()).toEqual(['new', 'replayed', 'new', 'new', 'new']);
});
