import { expect, it } from 'vitest';
import { stepsWords, summaryParts } from '#components/replay/prepare-summary.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { usualCanary } from '#lib/replay/canary.ts';

const plan = { willSend: 412, redirected: [], toFurtherDestinations: 0, destinations: [{ label: 'orders' }] };
const words = (given: Partial<typeof plan>, options: Partial<typeof usualOptions> = {}) =>
  summaryParts({ ...plan, ...given }, { ...usualOptions, ...options }).map((part) => part.words);

it('says where to, how fast and how many first', () => {
  expect(words({})).toEqual(['Back to orders', 'as fast as it goes', 'all at once']);
  expect(words({}, { ratePerSecond: 200, rampSeconds: 30, canary: usualCanary })).toEqual([
    'Back to orders',
    '200 a second, reached after 30 s',
    '1 → 5 → 50 → rest',
  ]);
});

it('never says "back" of what goes elsewhere', () => {
  const destination = { kind: 'sqs', queue: 'orders' } as const;
  expect(words({}, { destination })[0]).toBe('To orders, another place');
  expect(summaryParts({ ...plan, redirected: [{ rule: 'a', count: 2 }] }, usualOptions)[0]?.words).toBe(
    'To orders, by redirect rules',
  );
});

it('counts several places, and does not claim to know more than the plan lists', () => {
  const destinations = [{ label: 'a' }, { label: 'b' }];
  expect(words({ destinations })[0]).toBe('Back to 2 places');
  expect(words({ destinations, toFurtherDestinations: 9 })[0]).toBe('Back to more than 2 places');
});

it('says of one message only where to, and nothing where nothing can be sent', () => {
  expect(words({ willSend: 1 })).toEqual(['Back to orders']);
  expect(words({ willSend: 0 })).toEqual([]);
});

it('shows no step that there are no messages for', () => {
  expect(stepsWords(usualCanary, 57)).toBe('1 → 5 → 50 → rest');
  expect(stepsWords(usualCanary, 56)).toBe('1 → 5 → rest');
  expect(stepsWords(usualCanary, 3)).toBe('1 → rest');
  expect(stepsWords(usualCanary, 1)).toBe('all at once');
  expect(stepsWords(null, 1_000)).toBe('all at once');
});
