import { fc } from '#lib/testing/properties.ts';
import { expect } from 'vitest';
import type { Store } from '#server/store/store.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';

/** Which fingerprint is merged into which. */
async function merges({ ledger }: Store, prefix: string): Promise<Record<string, string>> {
  const triage = await ledger.listTriage();
  return Object.fromEntries(
    triage.flatMap(({ fingerprint, mergedInto }) =>
      fingerprint.startsWith(prefix) && mergedInto !== null ? [[fingerprint, mergedInto]] : [],
    ),
  );
}

export function describeTriageClauses({ clause }: Clauses): void {
  clause('a decision about a group changes what it says and leaves the rest', async ({ ledger }) => {
    const record = async () => (await ledger.listTriage()).find((each) => each.fingerprint === 'decided');
    await ledger.changeGroup('decided', { owner: 'ada' }, 'ada', 1);
    expect(await record()).toEqual({
      fingerprint: 'decided',
      decision: { kind: 'open' },
      owner: 'ada',
      mergedInto: null,
      notes: 0,
      changedAt: 1,
      changedBy: 'ada',
    });
    await ledger.changeGroup('decided', { decision: { kind: 'ignored', until: 99 }, note: 'first' }, 'bob', 2);
    await ledger.changeGroup('decided', { note: 'second' }, 'cid', 3);
    expect(await record()).toMatchObject({ decision: { kind: 'ignored', until: 99 }, owner: 'ada', notes: 2 });
    await ledger.changeGroup('decided', { owner: null, decision: { kind: 'resolved', at: 4 } }, 'bob', 4);
    expect(await record()).toMatchObject({ decision: { kind: 'resolved', at: 4 }, owner: null, changedBy: 'bob' });
    expect(await ledger.listNotes(['decided', 'decided', 'nothing'])).toMatchObject([
      { fingerprint: 'decided', at: 3, by: 'cid', text: 'second' },
      { fingerprint: 'decided', at: 2, by: 'bob', text: 'first' },
    ]);
  });

  clause('merging is one step deep, takes members along, goes to the head, and can be undone', async (store) => {
    const { ledger } = store;
    const merge = (from: string, into: string | null) => ledger.changeGroup(from, { mergeInto: into }, 'ada', 1);
    await merge('m-b', 'm-a');
    await merge('m-c', 'm-b');
    expect(await merges(store, 'm-')).toEqual({ 'm-b': 'm-a', 'm-c': 'm-a' });
    await merge('m-a', 'm-d');
    expect(await merges(store, 'm-')).toEqual({ 'm-a': 'm-d', 'm-b': 'm-d', 'm-c': 'm-d' });
    await expect(merge('m-d', 'm-b')).rejects.toMatchObject({ code: 'conflict' });
    await expect(merge('m-e', 'm-e')).rejects.toMatchObject({ code: 'conflict' });
    const decide = ledger.changeGroup('m-b', { decision: { kind: 'open' } }, 'ada', 2);
    await expect(decide).rejects.toMatchObject({ code: 'conflict' });
    await ledger.changeGroup('m-b', { note: 'still mine' }, 'ada', 2);
    await merge('m-b', null);
    expect(await merges(store, 'm-')).toEqual({ 'm-a': 'm-d', 'm-c': 'm-d' });
    await ledger.changeGroup('m-b', { decision: { kind: 'open' } }, 'ada', 3);
  });

  clause('whatever is merged and taken out, no group is merged into one that is merged itself', async (store) => {
    const name = fc.constantFrom('r-1', 'r-2', 'r-3', 'r-4', 'r-5');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, fc.option(name)), { maxLength: 12 }), async (steps) => {
        for (const [from, into] of steps) {
          const before = await merges(store, 'r-');
          const done = store.ledger.changeGroup(from, { mergeInto: into }, 'ada', 1);
          const isCircle = into !== null && (before[into] ?? into) === from;
          if (isCircle) await expect(done).rejects.toMatchObject({ code: 'conflict' });
          else await done;
          const after = await merges(store, 'r-');
          if (isCircle) expect(after).toEqual(before);
          else expect(after[from] ?? null).toBe(into === null ? null : (before[into] ?? into));
          expect(Object.values(after).filter((head) => after[head] !== undefined)).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  });

  clause('a group is split or merged, and never both', async (store) => {
    const { ledger } = store;
    const change = (fingerprint: string, what: Parameters<typeof ledger.changeGroup>[1]) =>
      ledger.changeGroup(fingerprint, what, 'ada', 1);
    await change('s-a', { splitBy: 'queue' });
    await change('s-a', { splitBy: 'type' });
    expect((await ledger.listSplits()).filter((split) => split.fingerprint.startsWith('s-'))).toEqual([
      { fingerprint: 's-a', by: 'type' },
    ]);
    await expect(change('s-a', { mergeInto: 's-b' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(change('s-b', { mergeInto: 's-a' })).rejects.toMatchObject({ code: 'conflict' });
    await change('s-b', { mergeInto: 's-c' });
    await expect(change('s-b', { splitBy: 'queue' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(change('s-c', { splitBy: 'queue' })).rejects.toMatchObject({ code: 'conflict' });
    await change('s-a', { splitBy: null });
    expect((await ledger.listSplits()).filter((split) => split.fingerprint.startsWith('s-'))).toEqual([]);
    await expect(change('s-d', { owner: 'ada', mergeInto: 's-d' })).rejects.toMatchObject({ code: 'conflict' });
    expect((await ledger.listTriage()).map((record) => record.fingerprint)).not.toContain('s-d');
  });

  clause('a saved view is kept under a name of its own', async ({ ledger }) => {
    const page = { kind: 'messages', order: 'oldest' } as const;
    const view = {
      name: 'Payments',
      owner: 'ada',
      createdAt: 1,
      queueId: null,
      page,
      filter: 'state:new',
      range: '24h',
    };
    const saved = await ledger.saveView(view);
    expect(saved).toEqual({ ...view, id: saved.id, changedAt: 1 });
    await expect(ledger.saveView({ ...view, name: 'payments' })).rejects.toMatchObject({ code: 'conflict' });
    const other = await ledger.saveView({ ...view, name: 'another', queueId: 'kafka/a', range: { from: 1, to: 2 } });
    expect((await ledger.listViews()).map((each) => each.name)).toEqual(['another', 'Payments']);
    await expect(ledger.changeView(other.id, { name: 'PAYMENTS' }, 5)).rejects.toMatchObject({ code: 'conflict' });
    expect(await ledger.changeView(saved.id, { name: 'PAYMENTS', range: null }, 5)).toEqual({
      ...saved,
      name: 'PAYMENTS',
      range: null,
      changedAt: 5,
    });
    const groups = { kind: 'groups', sort: 'trend', states: ['new', 'regressed'] } as const;
    expect(await ledger.changeView(saved.id, { page: groups }, 6)).toMatchObject({ page: groups, filter: 'state:new' });
    await ledger.deleteView(saved.id);
    expect(await ledger.listViews()).toEqual([other]);
    await expect(ledger.deleteView(saved.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(ledger.changeView(saved.id, {}, 6)).rejects.toMatchObject({ code: 'not_found' });
  });
}
