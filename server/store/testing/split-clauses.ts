import { fc } from '#lib/testing/properties.ts';
import { expect } from 'vitest';
import { deadLetterStates, type DeadLetter } from '#lib/domain/dead-letter.ts';
import type { GroupSplit } from '#lib/domain/error-group.ts';
import { splitting } from '#lib/groups/split-group.ts';
import type { Store } from '#server/store/store.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { countedByHand } from '#server/store/testing/count-groups.ts';
import { allGroups, lettersOf } from '#server/store/testing/group-clauses.ts';
import { aLetter, type TestLetter } from '#server/store/testing/letters.ts';
import { addQueue, ids } from '#server/store/testing/reading.ts';

const queueNames = ['split-a', 'split-b'];

/** What people, brokers and the engine do to one group of letters, in any order. */
const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('split' as const), by: fc.constantFrom('queue' as const, 'type' as const) }),
  fc.record({ kind: fc.constant('join' as const) }),
  fc.record({ kind: fc.constant('regroup' as const), limit: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    kind: fc.constant('ingest' as const),
    queue: fc.constantFrom(...queueNames),
    types: fc.array(fc.constantFrom('order', 'refund', null), { minLength: 1, maxLength: 6 }),
  }),
  fc.record({ kind: fc.constant('state' as const), n: fc.nat(), state: fc.constantFrom(...deadLetterStates) }),
  fc.record({ kind: fc.constant('gone' as const), queue: fc.constantFrom(...queueNames) }),
  fc.record({ kind: fc.constant('again' as const), n: fc.nat() }),
);

interface Given extends TestLetter {
  readonly queueId: string;
}

/** As ingest has it while these groups are split. */
function asSplit({ queueId, ...given }: Given, splits: readonly GroupSplit[]): TestLetter {
  const group = splitting(splits)(given.group, { queueId, eventType: given.letter.eventType });
  return { ...given, letter: { ...given.letter, fingerprint: group.id }, group };
}

async function regroupAll({ index }: Store, splits: readonly GroupSplit[]): Promise<void> {
  while ((await index.regroup(splits, 7)) > 0);
}

export function describeSplitClauses({ clause }: Clauses): void {
  clause(
    'whatever is split and joined while letters arrive, change and go, the counts are those of the letters',
    async (store) => {
      const queueIds = [];
      for (const name of queueNames) queueIds.push(await addQueue(store, name));
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 25 }), async (steps) => {
          const errorClass = `Split${(run += 1)}`;
          const given: Given[] = [];
          let splits: readonly GroupSplit[] = [];
          const whole = lettersOf(errorClass, 1)[0]?.letter.fingerprint ?? '';
          const met = async (): Promise<readonly DeadLetter[]> => store.index.getMessages(ids(given));
          const ingest = async (queueId: string, letters: readonly Given[]) =>
            store.index.ingest({
              queueId,
              letters: letters.map((letter) => asSplit(letter, splits)),
              scan: errorClass,
            });

          for (const step of steps) {
            switch (step.kind) {
              case 'split':
                splits = [{ fingerprint: whole, by: step.by }];
                break;
              case 'join':
                splits = [];
                break;
              case 'regroup':
                await store.index.regroup(splits, step.limit);
                break;
              case 'ingest': {
                const failure = lettersOf(errorClass, 1)[0]?.letter.failure;
                const fresh = step.types.map((eventType, n) => ({
                  queueId: `kafka/${step.queue}`,
                  ...aLetter(`${errorClass}:${given.length + n}`, {
                    eventType,
                    at: 1_000 + n,
                    ...(failure && { failure }),
                  }),
                }));
                given.push(...fresh);
                await ingest(`kafka/${step.queue}`, fresh);
                break;
              }
              case 'state': {
                const letter = given[step.n % Math.max(1, given.length)]?.letter;
                if (letter)
                  await store.index.setStates([{ messageId: letter.id, state: step.state, at: 5_000, replayId: null }]);
                break;
              }
              case 'gone':
                await store.index.markGone(`kafka/${step.queue}`, { kind: 'not-seen-in', scan: 'another' }, 6_000);
                break;
              case 'again': {
                const letter = given[step.n % Math.max(1, given.length)];
                if (letter) await ingest(letter.queueId, [letter]);
                break;
              }
            }
            await expectCounted(store, await met());
          }

          await regroupAll(store, splits);
          const letters = await met();
          await expectCounted(store, letters);
          const expected = given.map((letter) => asSplit(letter, splits).letter.fingerprint);
          expect(letters.map((letter) => letter.fingerprint)).toEqual(expected);
          await regroupAll(store, []);
          expect((await met()).map((letter) => letter.fingerprint)).toEqual(given.map(() => whole));
        }),
        { numRuns: 12 },
      );
    },
  );

  clause('a split group tells its parts, and its parts tell it', async (store) => {
    const queueId = await addQueue(store, 'split-told');
    const letters = lettersOf('SplitTold', 5, (n) => ({ at: 1_000 + n, eventType: n < 3 ? 'order' : null }));
    await store.index.ingest({ queueId, letters, scan: 's' });
    const whole = letters[0]?.letter.fingerprint ?? '';
    const splits = [{ fingerprint: whole, by: 'type' }] as const;
    await regroupAll(store, splits);
    const group = await store.index.getGroup(whole, [], 2_000);
    expect(group).toMatchObject({ count: 0, firstAt: 1_000, lastAt: 1_004, splitFrom: null });
    expect(group.splitInto).toMatchObject([
      { title: 'SplitTold: Failed · order', count: 3 },
      { title: 'SplitTold: Failed · no event type', count: 2 },
    ]);
    const [orders] = group.splitInto;
    expect(await store.index.getGroup(orders?.fingerprint ?? '', [], 2_000)).toMatchObject({
      count: 3,
      splitFrom: { fingerprint: whole, by: 'type', value: 'order' },
      splitInto: [],
    });
    expect(await store.index.listSplitOff([whole])).toHaveLength(2);
    expect(await store.index.listSplitOff([orders?.fingerprint ?? ''])).toHaveLength(1);
    await regroupAll(store, []);
    expect(await store.index.getGroup(whole, [], 2_000)).toMatchObject({ count: 5, splitInto: [] });
  });

  clause('a group that is split by what anyone can write has an end to its parts', async (store) => {
    const queueId = await addQueue(store, 'split-many');
    const letters = lettersOf('SplitMany', 130, (n) => ({ eventType: `type ${n}` }));
    await store.index.ingest({ queueId, letters, scan: 's' });
    const whole = letters[0]?.letter.fingerprint ?? '';
    await regroupAll(store, [{ fingerprint: whole, by: 'type' }]);
    const { splitInto } = await store.index.getGroup(whole, [], 2_000);
    expect(splitInto).toHaveLength(101);
    expect(splitInto[0]).toMatchObject({ title: 'SplitMany: Failed · other event types', count: 30 });
    await regroupAll(store, []);
    expect(await store.index.getGroup(whole, [], 2_000)).toMatchObject({ count: 130 });
  });

  clause('the parts of split groups take no room from the other groups of their class', async (store) => {
    const queueId = await addQueue(store, 'split-room');
    const ofMessage = (message: string, eventType: string) =>
      aLetter(`room:${message}:${eventType}`, {
        eventType,
        failure: { errorClass: 'SplitRoom', stackTrace: null, reason: null, attempts: null, errorMessage: message },
      });
    const messages = ['one', 'two', 'three', 'four', 'five'];
    const letters = messages.flatMap((message) =>
      Array.from({ length: 100 }, (_, n) => ofMessage(message, `type ${n}`)),
    );
    await store.index.ingest({ queueId, letters, scan: 's' });
    const wholes = [...new Set(letters.map(({ letter }) => letter.fingerprint))];
    await regroupAll(
      store,
      wholes.map((fingerprint) => ({ fingerprint, by: 'type' })),
    );
    const late = ofMessage('six', 'type 1');
    await store.index.ingest({ queueId, letters: [late], scan: 's' });
    expect(await store.index.getMessages(ids([late]))).toMatchObject([{ fingerprint: late.letter.fingerprint }]);
    await regroupAll(store, []);
  });
}

/** The letters of one run are those of its error class, in whichever group they are at the moment. */
async function expectCounted(store: Store, letters: readonly DeadLetter[]): Promise<void> {
  const fingerprints = [...new Set(letters.map((letter) => letter.fingerprint))];
  const list = await store.index.listGroups({
    ...allGroups,
    filter: { kind: 'group', fingerprints },
    range: { from: null, to: null },
  });
  expect(
    list.groups.map(
      ({ description: _, errorClass: __, errorMessage: ___, reason: ____, splitFrom: _____, ...numbers }) => numbers,
    ),
  ).toEqual(countedByHand(letters, letters, list));
}
