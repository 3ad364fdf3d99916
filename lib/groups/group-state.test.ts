import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { groupStates } from '#lib/domain/error-group.ts';
import { type GroupSigns, groupState } from '#lib/groups/group-state.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.UTC(2026, 10, 22);
const quiet: GroupSigns = { decision: null, firstAt: now - 30 * day, regressedAt: null, lastHour: 0, weekBefore: 0 };
const stateOf = (signs: Partial<GroupSigns>) => groupState({ ...quiet, ...signs }, now);

describe('the state of a group', () => {
  it('is new for a day after its first dead letter, however many come', () => {
    expect(stateOf({ firstAt: now - day + 1 })).toBe('new');
    expect(stateOf({ firstAt: now - day + 1, lastHour: 100_000 })).toBe('new');
    expect(stateOf({ firstAt: now - day })).toBe('ongoing');
  });

  it('is escalating when the last hour has ten and four times what is usual', () => {
    expect(stateOf({ lastHour: 10 })).toBe('escalating');
    expect(stateOf({ lastHour: 9 })).toBe('ongoing');
    expect(stateOf({ lastHour: 40, weekBefore: 168 * 10 })).toBe('escalating');
    expect(stateOf({ lastHour: 39, weekBefore: 168 * 10 })).toBe('ongoing');
  });

  it('compares only with the hours since its first dead letter', () => {
    const twoDays = { firstAt: now - hour - 2 * day, weekBefore: 48 * 10 };
    expect(stateOf({ ...twoDays, lastHour: 39 })).toBe('ongoing');
    expect(stateOf({ ...twoDays, lastHour: 40 })).toBe('escalating');
  });

  it('is resolved until a dead letter comes, and then regressed until someone decides again', () => {
    const decision = { kind: 'resolved', at: now - hour } as const;
    expect(stateOf({ decision, lastHour: 1_000 })).toBe('resolved');
    expect(stateOf({ decision, regressedAt: now - 1 })).toBe('regressed');
    expect(stateOf({ decision: { kind: 'open' }, regressedAt: null })).toBe('ongoing');
  });

  it('is ignored for good, or until the instant that was said', () => {
    expect(stateOf({ decision: { kind: 'ignored', until: null }, lastHour: 1_000 })).toBe('ignored');
    expect(stateOf({ decision: { kind: 'ignored', until: now + 1 } })).toBe('ignored');
    expect(stateOf({ decision: { kind: 'ignored', until: now } })).toBe('ongoing');
  });

  it('is one of the states whatever clocks say', () => {
    const instant = fc.integer({ min: -1e15, max: 1e15 });
    fc.assert(
      fc.property(instant, fc.nat(), fc.nat(), fc.option(instant), (firstAt, lastHour, weekBefore, regressedAt) => {
        expect(groupStates).toContain(groupState({ decision: null, firstAt, lastHour, weekBefore, regressedAt }, now));
      }),
    );
  });
});
