import { expect, test } from 'vitest';
import { isFilterable } from '#components/message-detail/message-actions.ts';

test('a value can be filtered by wherever a filter looks: in JSON, and in what is decoded to it', () => {
  const shown = (label: string, truncated = false) => ({ kind: 'json' as const, label, truncated });
  expect(isFilterable(shown('JSON'))).toBe(true);
  expect(isFilterable(shown('Avro'))).toBe(true);
  expect(isFilterable(shown('base64, then gzip, then JSON'))).toBe(true);
  // Plain JSON is looked into whole, however long it is; what is decoded only as far as it is shown.
  expect(isFilterable(shown('JSON', true))).toBe(true);
  expect(isFilterable(shown('Avro', true))).toBe(false);
  expect(isFilterable({ kind: 'text', label: 'text (UTF-8)', truncated: false })).toBe(false);
});
