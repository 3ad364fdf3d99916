import { describe, expect, test } from 'vitest';
import { anAlert } from '#lib/alerts/testing/an-alert.ts';
import { aRule } from '#lib/alerts/testing/a-rule.ts';
import { createArrivalLog, newsOf, readArrivals } from '#server/watch/alerts/arrivals.ts';
import { failing, factsAt, hour, measured, minute, now, own, put } from '#server/watch/alerts/testing/measuring.ts';

/** What rules about groups measure, and what counts as news. */

describe('groups', () => {
  const rule = aRule('new-group');

  test('are new by their first dead letter, with a masked title, until a person decides or nothing is left', async () => {
    const [letter] = await put(2, (n) => ({ at: now - minute + n, failure: failing('FreshError') }));
    await put(1, () => ({ at: now - 5 * hour, failure: failing('OldError') }));
    const text = (said: string) => said.replace('FreshError', '•••');
    const seen = await measured(rule, factsAt({ text }));
    expect(seen).toMatchObject([
      {
        value: 1,
        since: now - minute,
        subject: { kind: 'group', id: letter?.fingerprint, queueIds: [own.queueId] },
        sentence: expect.stringMatching(/^New in kafka\/orders\.dlq since 2026-11-23 03:09 UTC: •••/),
        path: `/groups/${letter?.fingerprint}?range=${now - minute}..`,
      },
    ]);
    await own.store.ledger.changeGroup(
      letter?.fingerprint ?? '',
      { decision: { kind: 'ignored', until: null } },
      'ann',
      now,
    );
    expect(await measured(rule)).toEqual([]);
  });

  test('that came while nobody looked are told afterwards, and stay for the rule’s time', async () => {
    const [letter] = await put(1, () => ({ at: now - 5 * hour, failure: failing('NightError') }));
    expect(await measured(rule, factsAt({ lastAt: now - 6 * hour }))).toHaveLength(1);
    const subject = { kind: 'group', id: letter?.fingerprint ?? '', label: '', queueIds: [] } as const;
    const told = anAlert('n', { rule: rule.name, kind: rule.kind, subject, firedAt: now - 30_000 });
    expect(await measured(rule, factsAt(), [told])).toHaveLength(1);
    expect(await measured(rule, factsAt(), [{ ...told, firedAt: now - 2 * hour }])).toEqual([]);
  });

  test('of a queue without times are not new because we came', async () => {
    const seenAt = now - minute;
    await put(3, () => ({ at: seenAt, atIs: 'first-seen', firstSeenAt: seenAt, failure: failing('ThereError') }));
    expect(await measured(rule, factsAt({ baselineOf: () => null }))).toEqual([]);
    expect(await measured(rule, factsAt({ baselineOf: () => now - 30_000 }))).toEqual([]);
    expect(await measured(rule, factsAt({ baselineOf: () => now - hour }))).toHaveLength(1);
  });

  test('regress when they come back after they were resolved, and no longer once they are resolved anew', async () => {
    const regressed = aRule('regressed-group');
    const letters = await put(1, () => ({
      at: now - 5 * hour,
      firstSeenAt: now - 5 * hour,
      failure: failing('BackError'),
    }));
    const fingerprint = letters[0]?.fingerprint ?? '';
    const resolve = (at: number) =>
      own.store.ledger.changeGroup(fingerprint, { decision: { kind: 'resolved', at } }, 'ann', at);
    await resolve(now - hour);
    expect(await measured(regressed)).toEqual([]);
    await put(1, () => ({ at: now - minute, firstSeenAt: now - minute, failure: failing('BackError') }));
    expect(await measured(regressed)).toMatchObject([
      {
        subject: { id: fingerprint },
        sentence: expect.stringContaining('Back in kafka/orders.dlq since 2026-11-23 03:09 UTC'),
      },
    ]);
    await resolve(now);
    expect(await measured(regressed)).toEqual([]);
  });
});

/** What a round has of the news since a place. */
async function newsSince(place: number | null, baselines: Readonly<Record<string, number>> = { kafka: 1 }) {
  const { counts } = await readArrivals(own.store.index, place);
  return { lastPlace: place, news: newsOf(counts, await own.store.index.listQueues(), baselines) };
}

describe('news by arrival, where messages say times of long ago', () => {
  const rule = aRule('new-group');
  const old = (errorClass: string) => () => ({ at: now - 5 * hour, firstSeenAt: now, failure: failing(errorClass) });

  test('a group that nobody met before is told, once, and one that was there is not', async () => {
    await put(2, old('KnownError'));
    const { upTo } = await readArrivals(own.store.index, null);
    await put(2, old('KnownError'));
    const [letter] = await put(2, old('LateError'));
    const facts = async () => factsAt(await newsSince(upTo));
    const seen = await measured(rule, await facts());
    expect(seen).toMatchObject([{ value: 1, subject: { id: letter?.fingerprint } }]);
    const subject = { kind: 'group', id: letter?.fingerprint ?? '', label: '', queueIds: [] } as const;
    const over = anAlert('over', { rule: rule.name, subject, phase: 'resolved', resolvedAt: now });
    await own.store.ledger.saveRound({ alerts: [over], dropped: [], notifications: [] });
    expect(await measured(rule, await facts())).toEqual([]);
  });

  test('arrivals count as they come, without those of ignored problems', async () => {
    const arrivals = aRule('arrivals-above', { above: 5 });
    const { upTo } = await readArrivals(own.store.index, null);
    const [ignored] = await put(3, old('Ignored'));
    await put(8, old('LateError'));
    expect(await measured(arrivals, factsAt(await newsSince(upTo)))).toMatchObject([{ value: 11 }]);
    await own.store.ledger.changeGroup(
      ignored?.fingerprint ?? '',
      { decision: { kind: 'ignored', until: null } },
      'ann',
      now,
    );
    expect(await measured(arrivals, factsAt(await newsSince(upTo)))).toMatchObject([{ value: 8 }]);
    const log = createArrivalLog(5 * minute);
    log.add(now - minute, (await newsSince(upTo)).news);
    expect(await measured(arrivals, factsAt({ log }))).toMatchObject([{ value: 8 }]);
  });

  test('what a first read finds is none, nor is an index that reads all anew', async () => {
    const { upTo } = await readArrivals(own.store.index, null);
    await put(3, old('ThereError'));
    expect((await newsSince(upTo, {})).news).toEqual([]);
    expect(await readArrivals(own.store.index, upTo + 1_000)).toMatchObject({ wasSetAside: true, counts: [] });
  });
});

test('a new group that is over is not new again when it returns within the hour', async () => {
  const rule = aRule('new-group');
  const [letter] = await put(1, () => ({ at: now - minute, failure: failing('ReturnsError') }));
  expect(await measured(rule)).toHaveLength(1);
  const subject = { kind: 'group', id: letter?.fingerprint ?? '', label: '', queueIds: [] } as const;
  const over = anAlert('over', { rule: rule.name, subject, phase: 'resolved', resolvedAt: now });
  await own.store.ledger.saveRound({ alerts: [over], dropped: [], notifications: [] });
  expect(await measured(rule)).toEqual([]);
});
