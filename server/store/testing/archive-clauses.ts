import { expect } from 'vitest';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import type { Ledger } from '#server/store/store.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** With what a careless archive would lose: bytes that are no text, a header twice, types, an empty key. */
function aMessage(n: number): RawDeadLetter {
  return {
    key: n % 2 === 0 ? new Uint8Array() : null,
    body: new Uint8Array([0, 255, 254, n]),
    headers: [
      { name: 'twice', value: { kind: 'integer', text: '9223372036854775807', type: 'int64' } },
      { name: 'twice', value: { kind: 'list', items: [{ kind: 'null' }, { kind: 'bytes', bytes: bytes('x') }] } },
    ],
    properties: [{ name: 'delivery-mode', value: { kind: 'integer', text: '2', type: 'octet' } }],
    identity: `0:${n}`,
    position: `0:${n}`,
    lane: '0',
    sequence: null,
    brokerAt: 1_700_000_000_123,
  };
}

const mark = '{"watermark":null,"equals":1}';

async function aDiscard(ledger: Ledger, id: string, count: number): Promise<void> {
  const options = { ...usualOptions, action: 'discard' as const };
  const plan = aReplay(id, count, { options });
  // Messages of their own: the data are shared by all clauses.
  const items = plan.items.map((item) => ({ ...item, messageId: `${id} ${item.ordinal}` }));
  await writePlan(ledger, { ...plan, items });
  await ledger.confirmReplay(id, `hash of ${id}`, 'ada', 1_500);
}

export function describeArchiveClauses({ clause }: Clauses): void {
  clause('a discarded message is archived to the byte, and its item may then be removed', async ({ ledger }) => {
    await aDiscard(ledger, 'archived', 3);
    await ledger.archive(
      [
        { itemId: 'archived-0', raw: aMessage(0), mark },
        { itemId: 'archived-1', raw: aMessage(1), mark },
      ],
      2_000,
    );
    const kept = await ledger.readArchived(['archived-1', 'archived-0', 'archived-2', 'nothing']);
    expect(new Map(kept.map(({ itemId, raw }) => [itemId, raw]))).toEqual(
      new Map([
        ['archived-0', aMessage(0)],
        ['archived-1', aMessage(1)],
      ]),
    );
    expect((await ledger.getReplay('archived')).account).toMatchObject({ planned: 1, intended: 0, sent: 2 });
    const [item] = await ledger.findItems('archived', ['archived-0']);
    expect(item).toMatchObject({ state: 'sent', watermark: mark, intendedAt: 2_000, sentAt: 2_000 });
    expect(await ledger.listArchived({ messageIds: ['archived 1', 'archived 2', 'nothing'] })).toEqual([
      {
        itemId: 'archived-1',
        discardId: 'archived',
        discardNumber: (await ledger.getReplay('archived')).number,
        by: 'ada',
        ordinal: 1,
        messageId: 'archived 1',
        queueId: 'kafka/orders.dlq',
        identity: '0:1',
        lane: '0',
        state: 'sent',
        archivedAt: 2_000,
        restoredAt: null,
        sizeBytes: expect.any(Number),
      },
    ]);
  });

  clause('of a batch with one that may not be archived nothing is archived', async ({ ledger }) => {
    await aDiscard(ledger, 'half', 2);
    await ledger.archive([{ itemId: 'half-0', raw: aMessage(0), mark }], 2_000);
    const again = [
      { itemId: 'half-1', raw: aMessage(1), mark },
      { itemId: 'half-0', raw: aMessage(0), mark },
    ];
    await expect(ledger.archive(again, 2_100)).rejects.toMatchObject({ code: 'conflict' });
    await expect(ledger.archive([{ itemId: 'no such item', raw: null, mark }], 2_100)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await ledger.getReplay('half')).account).toMatchObject({ planned: 1, sent: 1 });
    expect(await ledger.readArchived(['half-1'])).toEqual([]);
  });

  clause(
    'a discard lists what it archived in its order, a page at a time; the newest discard of a message comes first',
    async ({ ledger }) => {
      await aDiscard(ledger, 'paged', 5);
      const entries = [4, 2, 0, 1, 3].map((n) => ({ itemId: `paged-${n}`, raw: n === 3 ? null : aMessage(n), mark }));
      await ledger.archive(entries, 2_000);
      const first = await ledger.listArchived({ discardId: 'paged', after: null, limit: 3 });
      const rest = await ledger.listArchived({ discardId: 'paged', after: first.at(-1)?.ordinal ?? null, limit: 3 });
      expect([first, rest].map((page) => page.map((archived) => archived.ordinal))).toEqual([
        [0, 1, 2],
        [3, 4],
      ]);
      // What a log keeps is not kept twice.
      expect(rest[0]).toMatchObject({ itemId: 'paged-3', sizeBytes: null });
      expect(await ledger.readArchived(['paged-3'])).toEqual([]);
      await expect(ledger.listArchived({ discardId: 'nothing', after: null, limit: 1 })).rejects.toMatchObject({
        code: 'not_found',
      });

      const again = aReplay('paged-again', 1, { options: { ...usualOptions, action: 'discard' } });
      await writePlan(ledger, { ...again, items: again.items.map((item) => ({ ...item, messageId: 'paged 0' })) });
      await ledger.archive([{ itemId: 'paged-again-0', raw: aMessage(0), mark }], 3_000);
      const both = await ledger.listArchived({ messageIds: ['paged 0'] });
      expect(both.map((archived) => archived.discardId)).toEqual(['paged-again', 'paged']);
    },
  );

  clause('a discard counts which of its messages a later restore brought back, each once', async ({ ledger }) => {
    await aDiscard(ledger, 'taken', 3);
    for (const [id, states] of [
      ['taken-back', ['settled', 'failed', 'sent']],
      ['taken-twice', ['sent']],
    ] as const) {
      const plan = aReplay(id, states.length, { options: { ...usualOptions, action: 'restore' } });
      const items = plan.items.map((item) => ({ ...item, position: `taken-${item.ordinal}` }));
      await writePlan(ledger, { ...plan, items });
      await ledger.confirmReplay(id, `hash of ${id}`, 'ada', 1_500);
      expect(await ledger.countRestoredOf('taken')).toBe(id === 'taken-back' ? 0 : 2);
      for (const [n, state] of states.entries()) {
        await ledger.intend([{ itemId: `${id}-${n}`, watermark: null }], 2_000);
        if (state === 'settled') await ledger.recordItems([{ itemId: `${id}-${n}`, state: 'sent' }], 2_050);
        await ledger.recordItems([{ itemId: `${id}-${n}`, state }], 2_100);
      }
    }
    expect(await ledger.countRestoredOf('taken')).toBe(2);
    expect(await ledger.countRestoredOf('taken-back')).toBe(0);
  });

  clause('what was restored says since when, and stays so', async ({ ledger }) => {
    await aDiscard(ledger, 'back', 2);
    await ledger.archive([{ itemId: 'back-0', raw: aMessage(0), mark }], 2_000);
    await ledger.markRestored(['back-0'], 5_000);
    await ledger.markRestored(['back-0'], 6_000);
    expect(await ledger.listArchived({ messageIds: ['back 0'] })).toMatchObject([{ restoredAt: 5_000 }]);
    await ledger.markRestored(['back-1', 'nothing'], 5_000);
    expect(await ledger.listArchived({ messageIds: ['back 1'] })).toEqual([]);
  });

  clause(
    'only what is too old is forgotten, without a trace of its content; what a log keeps stays',
    async ({ ledger }) => {
      await aDiscard(ledger, 'aged', 4);
      await ledger.archive(
        [
          { itemId: 'aged-0', raw: aMessage(0), mark },
          { itemId: 'aged-1', raw: null, mark },
          { itemId: 'aged-3', raw: aMessage(3), mark },
        ],
        100,
      );
      await ledger.archive([{ itemId: 'aged-2', raw: aMessage(2), mark }], 200);
      const settled = ['aged-0', 'aged-1', 'aged-2'].map((itemId) => ({ itemId, state: 'settled' as const }));
      await ledger.recordItems(settled, 250);
      let forgotten = 0;
      for (let went = await ledger.forgetArchived(200); went > 0; went = await ledger.forgetArchived(200))
        forgotten += went;
      expect(forgotten).toBe(1);
      const left = await ledger.listArchived({ discardId: 'aged', after: null, limit: 10 });
      expect(left.map((archived) => archived.itemId)).toEqual(['aged-1', 'aged-2', 'aged-3']);
      expect(await ledger.readArchived(['aged-0', 'aged-2'])).toMatchObject([{ itemId: 'aged-2' }]);
      // Old enough, but not removed from its queue yet: the archive has what the queue is about to lose.
      expect(await ledger.readArchived(['aged-3'])).toMatchObject([{ itemId: 'aged-3' }]);
      // That it was discarded is known for ever.
      expect(await ledger.findItems('aged', ['aged-0'])).toMatchObject([{ state: 'settled' }]);
    },
  );

  clause(
    'a restored message that is met in its queue is linked once, and proves a restore that was unknown',
    async ({ ledger }) => {
      const before = await ledger.measureReplays();
      const plan = aReplay('restored', 2, { options: { ...usualOptions, action: 'restore' } });
      await writePlan(ledger, plan);
      await ledger.confirmReplay('restored', 'hash of restored', 'ada', 1_500);
      await ledger.intend([{ itemId: 'restored-0', watermark: null }], 2_000);
      await ledger.recordItems([{ itemId: 'restored-0', state: 'unknown' }], 2_100);
      const link = { replayId: 'restored', itemId: 'restored-0', messageId: 'the new one', at: 3_000 };
      const met = { messageId: 'the new one', replayId: 'restored', restoredFrom: plan.items[0]?.messageId };
      expect(await ledger.linkRestored([link])).toEqual([met]);
      expect(await ledger.linkRestored([{ ...link, messageId: 'a copy' }, link])).toEqual([met]);
      const [item] = await ledger.findItems('restored', ['restored-0']);
      expect(item).toMatchObject({ state: 'sent', returned: { messageId: 'the new one', at: 3_000 } });
      expect((await ledger.getReplay('restored')).account).toMatchObject({ unknown: 0, sent: 1, returned: 0 });

      // It is no return of a replay.
      expect(await ledger.findReturnedAs(['the new one'])).toEqual([]);

      await writePlan(ledger, aReplay('no-restore', 1));
      expect(await ledger.linkRestored([{ ...link, replayId: 'no-restore', itemId: 'no-restore-0' }])).toEqual([]);
      expect(await ledger.measureReplays()).toMatchObject({
        returned: before.returned,
        returnedDifferent: before.returnedDifferent,
      });
      expect(await ledger.findItems('no-restore', ['no-restore-0'])).toMatchObject([{ returned: null }]);
    },
  );

  clause(
    'a restored message that is met also corrects a failure, and the archive knows in the same step that it is back',
    async ({ ledger }) => {
      await aDiscard(ledger, 'met', 3);
      const entries = [0, 1, 2].map((n) => ({ itemId: `met-${n}`, raw: aMessage(n), mark }));
      await ledger.archive(entries, 2_000);
      const plan = aReplay('met-again', 3, { options: { ...usualOptions, action: 'restore' } });
      const items = plan.items.map((item) => ({ ...item, position: `met-${item.ordinal}` }));
      await writePlan(ledger, { ...plan, items });
      await ledger.confirmReplay('met-again', 'hash of met-again', 'ada', 2_500);
      await ledger.intend(
        ['met-again-0', 'met-again-1'].map((itemId) => ({ itemId, watermark: null })),
        2_600,
      );
      await ledger.recordItems(
        ['met-again-0', 'met-again-1'].map((itemId) => ({ itemId, state: 'unknown' })),
        2_700,
      );
      const decision = { outcome: 'not-sent', by: 'ada', at: 2_800, reason: 'It is not there.' } as const;
      await ledger.decideUnknown('met-again', ['met-again-0'], decision);
      const link = { replayId: 'met-again', messageId: 'the new one', at: 3_000 };
      await ledger.linkRestored(
        ['met-again-0', 'met-again-1', 'met-again-2'].map((itemId) => ({
          ...link,
          itemId,
          messageId: `new ${itemId}`,
        })),
      );
      const found = await ledger.findItems('met-again', ['met-again-0', 'met-again-1']);
      expect(found.map(({ state }) => state)).toEqual(['sent', 'sent']);
      expect((await ledger.getReplay('met-again')).account).toMatchObject({ failed: 0, unknown: 0, sent: 2 });
      // What was never sent proves nothing: anyone may write the mark.
      const archived = await ledger.listArchived({ discardId: 'met', after: null, limit: 10 });
      expect(archived.map(({ restoredAt }) => restoredAt)).toEqual([3_000, 3_000, null]);
      const read = await ledger.readArchived(['met-0', 'met-2']);
      expect(new Map(read.map(({ itemId, restoredAt }) => [itemId, restoredAt]))).toEqual(
        new Map([
          ['met-0', 3_000],
          ['met-2', null],
        ]),
      );
    },
  );
}
