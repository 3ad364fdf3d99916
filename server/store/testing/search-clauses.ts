import { expect } from 'vitest';
import type { Filter } from '#lib/filter/filter.ts';
import { parse } from '#lib/filter/parse.ts';
import { bytesHeader, textHeader } from '#lib/domain/message.ts';
import type { MessagePage, Store } from '#server/store/store.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aLetter, manyLetters, type TestLetter } from '#server/store/testing/letters.ts';
import { addQueue, ids, inQueue, range, readAll } from '#server/store/testing/reading.ts';

const utf8 = new TextEncoder();

/** `rows` letters, each a minute younger than the one before, with a body that only a look at it can tell. */
function oneIn(rows: number, every: number, prefix: string, from = 1_000): TestLetter[] {
  return manyLetters(rows, (n) => ({ at: from + n }), prefix).map((given, n) => ({
    ...given,
    raw: { ...given.raw, body: utf8.encode(JSON.stringify({ amount: n % every === 0 ? 500 : 5 })) },
  }));
}

function within(queueId: string, text: string): Filter {
  const parsed = parse(text, { now: 0 });
  if ('error' in parsed) throw new Error(parsed.error.message);
  return { kind: 'and', terms: [inQueue(queueId), parsed.filter] };
}

async function pagesOf(store: Store, filter: Filter, effort: { examinedMax: number; timeMsMax: number }) {
  const pages: MessagePage[] = [];
  let cursor: string | null = null;
  do {
    const page: MessagePage = await store.index.listMessages({ filter, range, cursor, limit: 10, effort });
    pages.push(page);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return pages;
}

export function describeSearchClauses({ clause }: Clauses): void {
  clause('a search that would take long ends early, says how far it looked, and goes on from there', async (store) => {
    const queueId = await addQueue(store, 'sought');
    const letters = oneIn(700, 200, 'sought');
    await store.index.ingest({ queueId, letters, scan: 's' });
    const filter = within(queueId, 'payload.amount:>100');
    const pages = await pagesOf(store, filter, { examinedMax: 100, timeMsMax: 60_000 });
    const found = pages.flatMap((page) => page.messages.map((message) => message.id));
    expect(found).toEqual(ids([600, 400, 200, 0].flatMap((n) => letters[n] ?? [])));
    const [first] = pages;
    expect(first).toMatchObject({ incomplete: { searchedTo: 1_600, examined: 100 } });
    expect(pages.every((page) => (page.incomplete?.examined ?? 0) <= 100)).toBe(true);
    expect(pages.at(-1)).toMatchObject({ nextCursor: null, incomplete: null });
    const looked = pages.flatMap((page) => page.incomplete?.searchedTo ?? []);
    expect(looked).toEqual(looked.toSorted((a, b) => b - a));
  });

  clause('however little effort is allowed, a search comes to its end', async (store) => {
    const queueId = await addQueue(store, 'little');
    const letters = oneIn(30, 10, 'little');
    await store.index.ingest({ queueId, letters, scan: 's' });
    const pages = await pagesOf(store, within(queueId, 'payload.amount:>100'), { examinedMax: 1, timeMsMax: 0 });
    expect(pages.flatMap((page) => page.messages)).toHaveLength(3);
  });

  clause('a count for which the effort was not enough says "at least"', async (store) => {
    const queueId = await addQueue(store, 'counted');
    // Newer than what other clauses left, which is looked at while it is not sealed.
    await store.index.ingest({ queueId, letters: oneIn(300, 2, 'counted', 10 ** 14), scan: 's' });
    const filter = within(queueId, 'payload.amount:>100');
    const little = { examinedMax: 100, timeMsMax: 60_000 };
    expect(await store.index.countMessages({ filter, range, effort: little }, 1_000)).toEqual({
      count: 50,
      capped: true,
    });
    const enough = { examinedMax: 1_000, timeMsMax: 60_000 };
    expect(await store.index.countMessages({ filter, range, effort: enough }, 1_000)).toEqual({
      count: 150,
      capped: false,
    });
  });

  clause('what no one has to look at is listed and counted whatever the effort', async (store) => {
    const queueId = await addQueue(store, 'unhurried');
    await store.index.ingest({ queueId, letters: manyLetters(300, undefined, 'whole'), scan: 's' });
    const query = { filter: inQueue(queueId), range, effort: { examinedMax: 1, timeMsMax: 0 } };
    expect(await store.index.listMessages({ ...query, cursor: null, limit: 300 })).toMatchObject({ incomplete: null });
    expect(await store.index.countMessages(query, 1_000)).toEqual({ count: 300, capped: false });
  });

  clause('a header is found by its text, whatever its type, its case and its place', async (store) => {
    const queueId = await addQueue(store, 'headers');
    const letters = [
      [textHeader('Tenant', 'acme')],
      [bytesHeader('tenant', 'acme')],
      [bytesHeader('tenant', 'acme corp')],
      [{ name: 'tenants', value: { kind: 'list', items: [{ kind: 'text', text: 'acme' }] } } as const],
      [{ name: 'x-death', value: { kind: 'table', entries: [textHeader('queue', 'orders')] } } as const],
      [{ name: 'tries', value: { kind: 'integer', text: '12345678901234567890' } } as const],
    ].map((headers, n) => {
      const given = aLetter(`headers:${n}`, { at: n });
      return { ...given, raw: { ...given.raw, headers } };
    });
    await store.index.ingest({ queueId, letters, scan: 's' });
    const found = async (text: string) => {
      const known = ids(letters);
      return (await readAll(store, { filter: within(queueId, text) })).map((id) => known.indexOf(id)).toSorted();
    };
    expect(await found('header.tenant:acme')).toEqual([0, 1]);
    expect(await found('header.TENANT:acme*')).toEqual([0, 1, 2]);
    expect(await found('header.tenant:"acme corp"')).toEqual([2]);
    expect(await found('header.tenant:Acme')).toEqual([]);
    expect(await found('header.tenants:acme')).toEqual([3]);
    expect(await found('header.x-death.queue:orders')).toEqual([4]);
    expect(await found('header.tries:>12345678901234567889')).toEqual([5]);
    expect(await found('-header.tenant:*')).toEqual([3, 4, 5]);
  });

  clause('a payload is found by the values at its paths, numbers to the last digit', async (store) => {
    const queueId = await addQueue(store, 'payloads');
    const bodies = [
      '{"customer":{"id":9007199254740993,"name":"Ada"},"items":[{"sku":"A1"},{"sku":"B2"}]}',
      '{"customer":{"id":9007199254740992},"total":12.50,"items":[]}',
      '{"customer":{"id":"9007199254740993"},"odd name":{"a.b":true}}',
      '{"customer":{"id":9007199254740993}',
      `{"customer":{"deep":${'{"x":'.repeat(12)}1${'}'.repeat(12)}}}`,
    ];
    const letters = bodies.map((body, n) => {
      const given = aLetter(`payloads:${n}`, { at: n });
      return { ...given, raw: { ...given.raw, body: utf8.encode(body) } };
    });
    await store.index.ingest({ queueId, letters, scan: 's' });
    const found = async (text: string) => {
      const known = ids(letters);
      return (await readAll(store, { filter: within(queueId, text) })).map((id) => known.indexOf(id)).toSorted();
    };
    expect(await found('payload.customer.id:9007199254740993')).toEqual([0, 2]);
    expect(await found('payload.customer.id:>9007199254740992')).toEqual([0, 2]);
    expect(await found('payload.items.sku:B2')).toEqual([0]);
    expect(await found('payload.total:12.5')).toEqual([1]);
    expect(await found('payload.total:12..13')).toEqual([1]);
    expect(await found('payload."odd name"."a.b":true')).toEqual([2]);
    expect(await found('payload.customer:*')).toEqual([0, 1, 2, 4]);
    expect(await found(`payload.customer.deep.${'x.'.repeat(11)}x:1`)).toEqual([4]);
  });
}
