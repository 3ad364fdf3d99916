import { expect, it } from 'vitest';
import { fingerprintOf } from '#lib/fingerprint/fingerprint.ts';
import { otherParts, splitOff, splitting } from '#lib/groups/split-group.ts';

const failure = { errorClass: 'TimeoutError', errorMessage: 'late', stackTrace: null, reason: null, attempts: null };
const group = fingerprintOf({ failure }, { source: 'orders', payloadShape: () => '' });

it('each value is a part of its own, none and the others included, and its id is the same everywhere', () => {
  const parts = [
    splitOff(group, 'queue', 'kafka/a'),
    splitOff(group, 'queue', 'kafka/b'),
    splitOff(group, 'type', 'kafka/a'),
    splitOff(group, 'type', null),
    splitOff(group, 'type', 'null'),
    splitOff(group, 'type', 'others'),
    otherParts(group, 'type'),
    splitOff(group, 'type', 'x'.repeat(9_000)),
    group,
  ];
  expect(new Set(parts.map((part) => part.id)).size).toBe(parts.length);
  expect(splitOff(group, 'queue', 'kafka/a')).toEqual(parts[0]);
  expect(parts.every((part) => part.title.length <= 200)).toBe(true);
});

it('only letters of a split group are counted elsewhere', () => {
  const split = splitting([{ fingerprint: group.id, by: 'type' }]);
  expect(split(group, { queueId: 'kafka/a', eventType: 'order' })).toEqual(splitOff(group, 'type', 'order'));
  const other = { ...group, id: 'other' };
  expect(split(other, { queueId: 'kafka/a', eventType: 'order' })).toBe(other);
});
