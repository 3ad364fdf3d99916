import { expect } from 'vitest';
import { deadLetterStates } from '#lib/domain/dead-letter.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { expiryInQueue } from '#lib/expiry/expiry-rule.ts';
import type { Filter, TimeRange } from '#lib/filter/filter.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aLetter, type TestLetter } from '#server/store/testing/letters.ts';
import { ids, range, readAll } from '#server/store/testing/reading.ts';
import type { Store } from '#server/store/store.ts';

const day = 86_400_000;
const connection = 'expiring-order';
const inConnection: Filter = { kind: 'equals', field: 'connection', value: connection };
const and = (...terms: readonly Filter[]): Filter => ({ kind: 'and', terms: [inConnection, ...terms] });

/** Queues of every kind of keeping; a name each. */
const queues: readonly (Pick<Queue, 'name' | 'kind' | 'retention'> & { readonly remove: boolean })[] = [
  { name: 'log', kind: 'kafka', retention: { kind: 'for', ms: 7 * day, bound: 'at-least' }, remove: false },
  { name: 'compacted', kind: 'kafka', retention: { kind: 'untold' }, remove: false },
  { name: 'queue', kind: 'sqs', retention: { kind: 'for', ms: 4 * day, bound: 'exact' }, remove: true },
  { name: 'kept', kind: 'rabbitmq', retention: { kind: 'unlimited' }, remove: true },
  { name: 'living', kind: 'rabbitmq', retention: { kind: 'for', ms: 2 * day, bound: 'at-least' }, remove: true },
];

export function describeExpiryOrderClauses({ clause }: Clauses): void {
  clause('in order of expiry every message is met once, by the rule that each row is shown by', async (store) => {
    const saved = await saveQueues(store);
    const letters = new Map<string, readonly TestLetter[]>();
    for (const [q, queue] of saved.entries()) {
      const own = Array.from({ length: 60 }, (_, n) => drawn(queue, q, n));
      letters.set(queue.id, own);
      await store.index.ingest({ queueId: queue.id, letters: own, scan: 's' });
    }
    const orderOf = (isMet: (letter: TestLetter['letter'], queue: Queue) => boolean) => {
      const all = saved.flatMap((queue) => (letters.get(queue.id) ?? []).map(({ letter }) => ({ queue, letter })));
      return all
        .filter(({ letter, queue }) => isMet(letter, queue))
        .map(({ letter, queue }, arrived) => ({ letter, arrived, expiry: expiryInQueue(queue, letter)?.at ?? null }))
        .toSorted(
          (a, b) =>
            Number(a.expiry === null) - Number(b.expiry === null) ||
            (a.expiry ?? a.letter.at) - (b.expiry ?? b.letter.at) ||
            a.arrived - b.arrived,
        )
        .map(({ letter }) => letter.id);
    };
    const fingerprint = letters.get(`${connection}/log`)?.[0]?.letter.fingerprint ?? '';
    const since: TimeRange = { from: 11 * day, to: 15 * day };
    const cases: readonly [Filter, TimeRange, Parameters<typeof orderOf>[0]][] = [
      [inConnection, range, () => true],
      [and({ kind: 'queue', pattern: '*/l*' }), range, (_, { name }) => name.startsWith('l')],
      [and({ kind: 'not', term: { kind: 'state', state: 'gone' } }), range, ({ state }) => state !== 'gone'],
      [and({ kind: 'group', fingerprints: [fingerprint] }), range, (letter) => letter.fingerprint === fingerprint],
      [and({ kind: 'equals', field: 'key', value: 'k-3' }), range, ({ keyText }) => keyText === 'k-3'],
      [and({ kind: 'contains', field: 'text', value: 'odd' }), range, ({ preview }) => preview.includes('odd')],
      [inConnection, since, ({ at }) => at >= 11 * day && at < 15 * day],
    ];
    for (const [filter, within, isMet] of cases) {
      const expected = orderOf(isMet);
      expect(expected.length, JSON.stringify(filter)).toBeGreaterThan(10);
      const query = { filter, range: within, order: 'expiring' } as const;
      expect(await readAll(store, { ...query, limit: 7 }), JSON.stringify(filter)).toEqual(expected);
      const effort = { examinedMax: 17, timeMsMax: 0 };
      expect(await readAll(store, { ...query, effort }), `slowly ${JSON.stringify(filter)}`).toEqual(expected);
    }
  });

  clause(
    'a list by expiry of many queues is a full page, also where to begin with them took all of its time',
    async (store) => {
      const letters = Array.from({ length: 12 }, (_, n) => aLetter(`many:${n}`, { at: n === 11 ? 100 * day : 1_000 }));
      for (const [n, letter] of letters.entries()) {
        const [log] = await saveQueues(store, `many-${n}-`);
        await store.index.ingest({ queueId: log?.id ?? '', letters: [letter], scan: 's' });
      }
      const filter: Filter = { kind: 'queue', pattern: 'many-*' };
      const effort = { examinedMax: 10_000, timeMsMax: 0 };
      const page = { filter, range, limit: 10, order: 'expiring', effort } as const;
      const first = await store.index.listMessages({ ...page, cursor: null });
      expect(first.messages.map(({ id }) => id)).toEqual(ids(letters).slice(0, 10));
      const second = await store.index.listMessages({ ...page, cursor: first.nextCursor });
      expect(second.messages.map(({ id }) => id)).toEqual(ids(letters).slice(10, 11));
      const third = await store.index.listMessages({ ...page, cursor: second.nextCursor });
      expect(third.messages.map(({ id }) => id)).toEqual(ids(letters).slice(11));
    },
  );

  clause(
    'a list by expiry goes on where it was while messages arrive, and its cursor is of no other list',
    async (store) => {
      const [log] = await saveQueues(store, 'arriving-');
      const queueId = log?.id ?? '';
      const filter: Filter = { kind: 'queue', pattern: queueId };
      const letters = Array.from({ length: 40 }, (_, n) => aLetter(`soon:${n}`, { at: 1_000 + n }));
      await store.index.ingest({ queueId, letters, scan: 's' });
      const page = { filter, range, limit: 15, order: 'expiring' } as const;
      const first = await store.index.listMessages({ ...page, cursor: null });
      const sooner = aLetter('soon:later', { at: 500 });
      await store.index.ingest({ queueId, letters: [sooner], scan: 's' });
      const second = await store.index.listMessages({ ...page, cursor: first.nextCursor });
      expect([...first.messages, ...second.messages].map(({ id }) => id)).toEqual(ids(letters).slice(0, 30));
      await expect(
        store.index.listMessages({ ...page, order: 'oldest', cursor: first.nextCursor }),
      ).rejects.toMatchObject({ code: 'invalid_request' });
    },
  );
}

async function saveQueues(store: Store, prefix = ''): Promise<readonly Queue[]> {
  const name = prefix === '' ? connection : `${prefix}${connection}`;
  const capabilities = { browse: 'log', order: 'partition', costs: [], description: 'test' } as const;
  await store.index.saveQueues(
    name,
    queues.map((queue) => ({
      name: queue.name,
      kind: queue.kind,
      foundBy: 'pattern',
      origins: ['orders'],
      capabilities: { ...capabilities, remove: queue.remove },
    })),
  );
  for (const { name: queue, retention } of queues) await store.index.saveQueueStatus(`${name}/${queue}`, { retention });
  const all = await store.index.listQueues();
  return queues.map((queue) => {
    const saved = all.find(({ id }) => id === `${name}/${queue.name}`);
    if (!saved) throw new Error(`${queue.name} was not saved`);
    return saved;
  });
}

/** Of all kinds: counted from another time or from none, with a life of its own, in every state, several of one instant. */
function drawn(queue: Queue, q: number, n: number): TestLetter {
  const at = 10 * day + ((n * 37 + q * 11) % 50) * (day / 8);
  const isUnknown = n % 11 === 5;
  return aLetter(`${queue.id}:${n}`, {
    kind: queue.kind,
    at,
    atIs: isUnknown ? 'first-seen' : 'said',
    keptFrom: isUnknown ? null : n % 4 === 1 ? at - ((n * 13) % 9) * (day / 5) - 1 : at,
    endsAt: queue.kind === 'rabbitmq' && n % 3 === 0 && !isUnknown ? at + ((n * 7) % 10) * (day / 3) : null,
    state: deadLetterStates[n % 5 === 0 ? (n / 5) % deadLetterStates.length : 0] ?? 'new',
    keyText: `k-${n % 7}`,
    preview: n % 2 === 0 ? '{"even":1}' : '{"odd":1}',
    failure: {
      errorClass: n % 3 === 0 ? 'TimeoutError' : 'SyntaxError',
      errorMessage: 'It failed',
      stackTrace: null,
      reason: null,
      attempts: 1,
    },
  });
}
