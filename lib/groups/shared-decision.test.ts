import { expect, it } from 'vitest';
import { sharedDecision } from '#lib/groups/shared-decision.ts';

const resolved = (at: number) => ({ kind: 'resolved', at }) as const;
const ignored = (until: number | null) => ({ kind: 'ignored', until }) as const;

it('only what was decided alike about all parts holds for the whole, from or until the earlier instant', () => {
  expect(sharedDecision([])).toEqual({});
  const both = [
    { decision: resolved(7), owner: 'ada' },
    { decision: resolved(5), owner: 'ada' },
  ];
  expect(sharedDecision(both)).toEqual({ decision: resolved(5), owner: 'ada' });
  expect(sharedDecision([...both, { decision: { kind: 'open' }, owner: null }])).toEqual({});
  expect(sharedDecision([null, 9, 8].map((until) => ({ decision: ignored(until), owner: null })))).toEqual({
    decision: ignored(8),
    owner: null,
  });
});
