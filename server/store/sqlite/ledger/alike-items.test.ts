import { expect, test } from 'vitest';
import { fc } from '#lib/testing/properties.ts';
import { alikeIntents, alikeItems, toChanges, toIntents } from '#server/store/sqlite/ledger/alike-items.ts';
import type { ItemChange } from '#server/store/store.ts';

const ids = fc.constantFrom('a', 'b', 'c', 'd');
const reason = { code: 'rejected', message: 'No.' } as const;

test('what is handed over is what was given, in its order', () => {
  const change: fc.Arbitrary<ItemChange> = fc.oneof(
    fc.record({ itemId: ids, state: fc.constantFrom('settled', 'sent') }),
    fc.record({ itemId: ids, state: fc.constant('sent'), sentPosition: fc.constantFrom('0:1', '0:2') }),
    fc.record({ itemId: ids, state: fc.constantFrom('failed', 'unknown', 'skipped'), reason: fc.constant(reason) }),
  );
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      expect(toChanges(alikeItems(changes))).toEqual(changes);
    }),
  );
  const intent = fc.record({ itemId: ids, watermark: fc.constantFrom('{"equals":1}', '{"equals":2}', null) });
  fc.assert(
    fc.property(fc.array(intent), (intents) => {
      expect(toIntents(alikeIntents(intents))).toEqual(intents);
    }),
  );
});

test('the sent ones of a batch are one object, and those that are settled another', () => {
  const sent = (itemId: string): ItemChange => ({ itemId, state: 'sent', sentPosition: `0:${itemId}` });
  const settled = (itemId: string): ItemChange => ({ itemId, state: 'settled' });
  expect(alikeItems([settled('a'), settled('b'), sent('c'), sent('d')])).toEqual([
    { state: 'settled', itemIds: ['a', 'b'] },
    { state: 'sent', itemIds: ['c', 'd'], sentPositions: ['0:c', '0:d'] },
  ]);
});
