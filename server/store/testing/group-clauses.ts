import { fc } from '#lib/testing/properties.ts';
import { expect } from 'vitest';
import { deadLetterStates, type DeadLetter } from '#lib/domain/dead-letter.ts';
import { groupStates, type GroupTriage } from '#lib/domain/error-group.ts';
import type { Filter } from '#lib/filter/filter.ts';
import type { GroupQuery } from '#server/store/group-store.ts';
import type { Store } from '#server/store/store.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { countedByHand, timelineByHand } from '#server/store/testing/count-groups.ts';
import { aLetter, type TestLetter } from '#server/store/testing/letters.ts';
import { addQueue, ids, inQueue, range, readAll } from '#server/store/testing/reading.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** However busy the machine is. */
const unhurried = { examinedMax: 1_000_000, timeMsMax: 60_000 };

/** All groups, whatever their state. */
export const allGroups = {
  now: 1_000,
  triage: [],
  states: groupStates,
  sort: 'count',
  limit: 500,
} as const satisfies Partial<GroupQuery>;

/** What a person decided about a group; what a test is about is handed in. */
export function aDecision(fingerprint: string, changes: Partial<GroupTriage> = {}): GroupTriage {
  return {
    fingerprint,
    decision: { kind: 'open' },
    owner: null,
    mergedInto: null,
    notes: 0,
    changedAt: 1,
    changedBy: 'ada',
    ...changes,
  };
}

/** Letters of one error, with what a test is about. */
export function lettersOf(
  errorClass: string,
  count: number,
  changes: (n: number) => Partial<Omit<DeadLetter, 'queueId'>> = () => ({}),
  prefix = errorClass,
): TestLetter[] {
  const failure = { errorClass, errorMessage: 'Failed', stackTrace: null, reason: null, attempts: null };
  return Array.from({ length: count }, (_, n) => aLetter(`${prefix}:${n}`, { failure, ...changes(n) }));
}

const errorClasses = ['CountedA', 'CountedB', 'CountedC', 'CountedD'];
const errorMessages = ['timeout', 'refused'];
const failureOf = (errorClass: string, errorMessage: string) => ({
  errorClass,
  errorMessage,
  stackTrace: null,
  reason: null,
  attempts: null,
});
const fingerprints = errorClasses.flatMap((errorClass) =>
  errorMessages.map((errorMessage) => aLetter('', { failure: failureOf(errorClass, errorMessage) }).letter.fingerprint),
);

/** Which groups a person has merged into which. */
const anyMerges = fc
  .array(fc.option(fc.nat(fingerprints.length - 1)), { minLength: fingerprints.length, maxLength: fingerprints.length })
  .map((heads) => {
    const isHead = (n: number) => heads[n] === null || heads[n] === n;
    return new Map(
      heads.flatMap((head, n) => {
        const [from, into] = [fingerprints[n], fingerprints[head ?? n]];
        return from === undefined || into === undefined || isHead(n) || !isHead(head ?? n) ? [] : [[from, into]];
      }),
    );
  });

const anyLetter = fc.record({
  errorClass: fc.constantFrom(...errorClasses),
  errorMessage: fc.constantFrom(...errorMessages),
  keyText: fc.constantFrom('k1', 'k2', null),
  at: fc.integer({ min: 0, max: 60 }),
  state: fc.constantFrom(...deadLetterStates),
  queue: fc.constantFrom('kafka/counted-a', 'kafka/counted-b', 'sqs/counted-a'),
});

/** Also some that ask for the content, so that both ways of counting are taken. */
const anyGroupFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Filter>(
      { kind: 'all' },
      { kind: 'queue', pattern: 'counted-a' },
      { kind: 'queue', pattern: 'kafka/*' },
      { kind: 'equals', field: 'key', value: 'k1' },
      { kind: 'contains', field: 'error', value: 'timeout' },
      { kind: 'contains', field: 'error', value: 'm' },
    ),
    fc.subarray(fingerprints).map((some): Filter => ({ kind: 'group', fingerprints: some })),
    fc.constantFrom(...deadLetterStates).map((state): Filter => ({ kind: 'state', state })),
    tie('filter').map((term): Filter => ({ kind: 'not', term })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('filter'), { minLength: 1, maxLength: 3 }))
      .map(([kind, terms]): Filter => ({ kind, terms })),
  ),
})).filter;

async function stored(store: Store, letters: readonly TestLetter[]): Promise<readonly DeadLetter[]> {
  return store.index.getMessages(ids(letters));
}

export function describeGroupClauses({ clause }: Clauses): void {
  clause(
    'groups, their queues, their trend, the timeline and facets are counted as one would by hand, whatever is merged',
    async (store) => {
      await addQueue(store, 'counted-a', 'sqs');
      await addQueue(store, 'counted-a');
      await addQueue(store, 'counted-b');
      const drawn = fc.sample(anyLetter, { numRuns: 400, seed: 11 });
      const given = drawn.map(({ queue, errorClass, errorMessage, ...fields }, n) => ({
        queue,
        letter: aLetter(`by-hand:${n}`, { ...fields, failure: failureOf(errorClass, errorMessage) }),
      }));
      for (const [queueId, some] of Map.groupBy(given, ({ queue }) => queue))
        await store.index.ingest({ queueId, letters: some.map(({ letter }) => letter), scan: 's' });
      const all = await stored(
        store,
        given.map(({ letter }) => letter),
      );
      const mine: Filter = { kind: 'queue', pattern: '*/counted-*' };
      const limit = fc.option(fc.integer({ min: 0, max: 60 }));
      await fc.assert(
        fc.asyncProperty(anyGroupFilter, limit, limit, fc.nat(9), anyMerges, async (some, from, to, shown, merges) => {
          const triage = [...merges].map(([fingerprint, mergedInto]) => aDecision(fingerprint, { mergedInto }));
          const headOf = (fingerprint: string) => merges.get(fingerprint) ?? fingerprint;

          const query = {
            filter: { kind: 'and', terms: [mine, some] } as const,
            range: { from, to },
            effort: unhurried,
          };
          const listed = new Set(await readAll(store, query));
          const met = all.filter((letter) => listed.has(letter.id));
          const list = await store.index.listGroups({ ...allGroups, ...query, triage });
          expect(list).toMatchObject({ count: met.length, searchedTo: null, queueCounts: 'matching' });
          expect(
            list.groups.map(
              ({ description: _, errorClass: __, errorMessage: ___, reason: ____, splitFrom: _____, ...numbers }) =>
                numbers,
            ),
          ).toEqual(countedByHand(all, met, list, headOf));

          const timeline = await store.index.readTimeline({
            ...allGroups,
            ...query,
            triage,
            buckets: 7,
            groups: shown,
          });
          expect(timeline).toMatchObject(timelineByHand(met, timeline, shown, headOf));

          const facets = await store.index.readFacets({
            ...query,
            fields: ['key', 'state', 'queue', 'class'],
            limit: 10,
          });
          const frequent = (valueOf: (letter: DeadLetter) => string | null) =>
            [...Map.groupBy(met, valueOf)]
              .flatMap(([value, letters]) => (value === null ? [] : [{ value, count: letters.length }]))
              .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
          expect(facets).toEqual([
            { field: 'key', values: frequent((letter) => letter.keyText), among: null },
            { field: 'state', values: frequent((letter) => letter.state), among: null },
            { field: 'queue', values: frequent((letter) => letter.queueId), among: null },
            { field: 'class', values: frequent((letter) => letter.failure.errorClass), among: null },
          ]);
        }),
        { numRuns: 150 },
      );
    },
  );

  clause('what cannot be counted quickly is counted from the newest, and says how far', async (store) => {
    const queueId = await addQueue(store, 'effort');
    const letters = lettersOf('Effort', 300, (n) => ({ at: 1_000 + n }));
    await store.index.ingest({ queueId, letters, scan: 's' });
    const filter: Filter = {
      kind: 'and',
      terms: [inQueue(queueId), { kind: 'not', term: { kind: 'contains', field: 'error', value: 'xy' } }],
    };
    const query = { ...allGroups, filter, range, effort: { examinedMax: 100, timeMsMax: 60_000 } };
    const list = await store.index.listGroups(query);
    expect(list.searchedTo).toBe(1_300 - list.count);
    expect(list.count).toBeGreaterThanOrEqual(100);
    expect(list.count).toBeLessThan(300);
    expect(list.groups).toMatchObject([{ count: list.count, open: 300, firstAt: 1_000 }]);
    const timeline = await store.index.readTimeline({ ...query, buckets: 10, groups: 1 });
    expect(timeline).toMatchObject({ count: list.count, searchedTo: list.searchedTo });
    const [facet] = await store.index.readFacets({ ...query, fields: ['state'], limit: 5 });
    expect(facet).toMatchObject({ among: list.count, values: [{ value: 'new', count: list.count }] });
  });

  clause('a group has a state of its own, until a person decides', async (store) => {
    const queueId = await addQueue(store, 'states');
    const now = 400 * day;
    const many = (count: number, from: number, to: number) => (n: number) => ({
      at: from + Math.floor(((to - from) * n) / count),
    });
    const letters = [
      ...lettersOf('StateNew', 20, many(20, now - hour + 1, now)),
      ...lettersOf('StateOngoing', 20, many(20, now - 3 * day, now - 2 * hour)),
      ...lettersOf('StateEscalating', 30, (n) => ({ at: n < 18 ? now - 3 * day + n : now - n })),
    ];
    await store.index.ingest({ queueId, letters, scan: 's' });
    const query = { ...allGroups, filter: inQueue(queueId), range, now };
    const list = await store.index.listGroups(query);
    expect(Object.fromEntries(list.groups.map((group) => [group.errorClass, group.state]))).toEqual({
      StateNew: 'new',
      StateOngoing: 'ongoing',
      StateEscalating: 'escalating',
    });
    expect(list.byState).toEqual({ new: 1, ongoing: 1, escalating: 1 });
    const some = await store.index.listGroups({ ...query, states: ['escalating'] });
    expect(some.groups.map((group) => group.errorClass)).toEqual(['StateEscalating']);
    expect(some.byState).toEqual(list.byState);
  });

  clause(
    'a resolved group has regressed when a dead letter came about and arrived since, and by nothing else',
    async (store) => {
      const queueId = await addQueue(store, 'regressed');
      const resolvedAt = Date.UTC(2026, 10, 22);
      const now = resolvedAt + hour;
      const early = lettersOf('Regressed', 3, () => ({ at: resolvedAt - day, firstSeenAt: resolvedAt - day }));
      await store.index.ingest({ queueId, letters: early, scan: 's' });
      const fingerprint = early[0]?.letter.fingerprint ?? '';
      const decided = aDecision(fingerprint, { decision: { kind: 'resolved', at: resolvedAt } });
      const state = async () => {
        const group = await store.index.getGroup(fingerprint, [decided], now);
        return [group.state, group.regressedAt];
      };
      expect(await state()).toEqual(['resolved', null]);
      const readLate = lettersOf('Regressed', 3, () => ({ at: resolvedAt - 1, firstSeenAt: now }), 'late');
      const clockAhead = lettersOf('Regressed', 3, () => ({ at: now + day, firstSeenAt: resolvedAt - 1 }), 'ahead');
      await store.index.ingest({ queueId, letters: [...readLate, ...clockAhead], scan: 's' });
      expect(await state()).toEqual(['resolved', null]);
      const back = lettersOf('Regressed', 1, () => ({ at: resolvedAt + 5, firstSeenAt: now }), 'back');
      await store.index.ingest({ queueId, letters: back, scan: 's' });
      expect(await state()).toEqual(['regressed', resolvedAt + 5]);
    },
  );

  clause('what has no time but that of its arrival is no regression when its queue is read anew', async (store) => {
    const resolvedAt = Date.UTC(2026, 10, 22);
    const now = resolvedAt + hour;
    const seen = (at: number) => () => ({ at, firstSeenAt: at, atIs: 'first-seen' as const, kind: 'sqs' as const });
    const of1970 = (at: number) => (n: number) => ({ at: n, firstSeenAt: at });
    const stateOf = async (errorClass: string) => {
      const fingerprint = lettersOf(errorClass, 1)[0]?.letter.fingerprint ?? '';
      const decided = aDecision(fingerprint, { decision: { kind: 'resolved', at: resolvedAt } });
      const group = await store.index.getGroup(fingerprint, [decided], now + hour);
      return [group.state, group.regressedAt];
    };
    const anew = { scanned: await addQueue(store, 'read-anew', 'sqs'), log: await addQueue(store, 'read-anew') };
    await store.index.ingest({ queueId: anew.scanned, letters: lettersOf('AnewSeen', 2, seen(now)), scan: 'first' });
    await store.index.ingest({ queueId: anew.log, letters: lettersOf('Anew1970', 2, of1970(now)), scan: 'first' });
    expect([await stateOf('AnewSeen'), await stateOf('Anew1970')]).toEqual([
      ['resolved', null],
      ['resolved', null],
    ]);
    const back = lettersOf('AnewSeen', 1, seen(now + 7), 'anew-back');
    await store.index.ingest({ queueId: anew.scanned, letters: back, scan: 'second' });
    expect(await stateOf('AnewSeen')).toEqual(['regressed', now + 7]);

    const known = await addQueue(store, 'read-before');
    const before = lettersOf('Before1970', 2, of1970(resolvedAt - 1));
    await store.index.ingest({ queueId: known, letters: before, scan: 'first' });
    expect(await stateOf('Before1970')).toEqual(['resolved', null]);
    const late = lettersOf('Before1970', 1, of1970(now + 7), 'late-1970');
    await store.index.ingest({ queueId: known, letters: late, scan: 'second' });
    expect(await stateOf('Before1970')).toEqual(['regressed', now + 7]);
  });

  clause('a few clocks that are far off do not stretch the timeline, and are said to lie outside', async (store) => {
    const queueId = await addQueue(store, 'clocks');
    const now = Date.UTC(2026, 10, 22);
    const letters = [
      ...lettersOf('Clocks', 30, (n) => ({ at: now - n * hour })),
      ...lettersOf('Clocks', 2, (n) => ({ at: n }), '1970'),
      ...lettersOf('Clocks', 1, () => ({ at: Date.UTC(2100, 0, 1) }), '2100'),
    ];
    await store.index.ingest({ queueId, letters, scan: 's' });
    const query = { ...allGroups, filter: inQueue(queueId), range, now, buckets: 60, groups: 5 };
    const timeline = await store.index.readTimeline(query);
    expect(timeline).toMatchObject({ from: now - 29 * hour, count: 33, outside: 3 });
    expect(timeline.to).toBeLessThanOrEqual(now + day + 1);
    const asked = await store.index.readTimeline({ ...query, range: { from: 0, to: now + 1 } });
    expect(asked).toMatchObject({ from: 0, to: now + 1, count: 32, outside: 0 });
  });

  clause('a group is told by itself, with its messages, their states and their keys', async (store) => {
    const queueId = await addQueue(store, 'told');
    const letters = lettersOf('Told', 6, (n) => ({ at: 1_000 + n, keyText: n < 4 ? 'often' : 'seldom' }));
    await store.index.ingest({ queueId, letters, scan: 's' });
    const [oldest, second, ...rest] = ids(letters);
    await store.index.setStates([
      { messageId: `${oldest}`, state: 'replayed', at: 2_000, replayId: 'r' },
      { messageId: `${second}`, state: 'gone', at: 2_000, replayId: null },
    ]);
    const group = await store.index.getGroup(letters[0]?.letter.fingerprint ?? '', [], 2_000);
    expect(group).toMatchObject({
      count: 6,
      open: 4,
      firstAt: 1_000,
      lastAt: 1_005,
      byState: { new: 4, replayed: 1, gone: 1 },
      queues: [{ queueId, count: 6 }],
      keys: [
        { value: 'often', count: 4 },
        { value: 'seldom', count: 2 },
      ],
      newestMessageId: rest.at(-1),
      oldestMessageId: oldest,
      touchedMessageIds: [oldest],
      mergedMembers: [],
      description: { title: 'Told: Failed' },
    });
    await expect(store.index.getGroup('nothing', [], 2_000)).rejects.toMatchObject({ code: 'not_found' });
  });

  clause(
    'keys of a group are counted by digest, those of merged ones with it, and masked ones apart',
    async (store) => {
      const queueId = await addQueue(store, 'keyed');
      const keyed = lettersOf('Keyed', 40, (n) => ({ at: n, keyText: 'all begin alike', keyDigest: `key ${n % 30}` }));
      const masked = lettersOf('Keyed', 3, () => ({ keyText: '•••', keyDigest: null }), 'Keyed masked');
      const keyless = lettersOf('Keyed', 2, () => ({ keyText: null, keyDigest: null }), 'Keyed keyless');
      const merged = lettersOf('KeyedToo', 2, (n) => ({ keyText: 'k', keyDigest: `key ${29 + n}` }));
      await store.index.ingest({ queueId, letters: [...keyed, ...masked, ...keyless, ...merged], scan: 's' });
      const [head, member] = [keyed, merged].map((some) => some[0]?.letter.fingerprint ?? '');
      const alone = await store.index.getGroup(`${head}`, [], 2_000);
      expect(alone.keyCount).toEqual({ distinct: 30, masked: 3, among: null });
      const decided = aDecision(`${member}`, { mergedInto: `${head}` });
      const both = await store.index.getGroup(`${head}`, [decided], 2_000);
      expect(both.keyCount).toEqual({ distinct: 31, masked: 3, among: null });
    },
  );
}
