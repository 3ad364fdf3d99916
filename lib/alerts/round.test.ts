import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import type { Alert, Notification } from '#lib/alerts/alert.ts';
import type { Mute } from '#lib/alerts/mute.ts';
import { type Observation, takeRound } from '#lib/alerts/round.ts';
import { type AlertRule, standingMax } from '#lib/alerts/rule.ts';
import { anObservation, aQueueSubject, aRule } from '#lib/alerts/testing/a-rule.ts';

const second = 1_000;
const every = 30 * second;

/** The rounds of an engine, with what its ledger keeps between them. */
function anEngine({ rules, receivers = ['chat'] }: { rules: readonly AlertRule[]; receivers?: readonly string[] }) {
  const standing = new Map<string, Alert>();
  const over: Alert[] = [];
  const sent: Notification[] = [];
  let now = 1_795_000_000_000;
  let ids = 0;
  const round = (
    seen: readonly (readonly [string, readonly Observation[]])[],
    given: { mutes?: readonly Mute[]; rules?: readonly AlertRule[]; receivers?: readonly string[] } = {},
  ) => {
    now += every;
    const newId = () => `a${(ids += 1)}`;
    const known = [...standing.values()];
    const result = takeRound({ rules, receivers, mutes: [], ...given, known, seen: new Map(seen), now, newId });
    for (const id of result.dropped) standing.delete(id);
    for (const alert of result.alerts) {
      if (alert.phase === 'resolved') standing.delete(alert.id);
      else standing.set(alert.id, alert);
      if (alert.phase === 'resolved') over.push(alert);
    }
    sent.push(...result.notifications);
    return result;
  };
  const told = () => sent.map(({ transition, receiver }) => `${transition} ${receiver}`);
  return { round, told, sent, standing, over, now: () => now };
}

const depth = aRule('depth-above', { above: 100, clearAt: 90, clearForMs: 2 * every });
const seen = (
  value: number | null,
  rule: AlertRule = depth,
): readonly (readonly [string, readonly Observation[]])[] => [[rule.name, [anObservation(value)]]];
const mute = (changes: Partial<Mute>): Mute => ({
  ...{ id: 'm', rule: null, queue: null, group: null, subject: null, label: null },
  ...{ until: null, by: 'ann', reason: 'known', createdAt: 0, ...changes },
});

describe('a round', () => {
  test('tells of a cause once, at the first look where nothing is waited for', () => {
    const engine = anEngine({ rules: [depth] });
    for (const value of [50, 101, 500, 5_000, 101]) engine.round(seen(value));
    expect(engine.told()).toEqual(['fired chat']);
    expect(engine.sent[0]?.alert).toMatchObject({ phase: 'firing', rule: 'depth-above', sentence: 'it is 101' });
  });

  test('waits as long as the rule says, through a round that could not look, and forgets what came to nothing', () => {
    const patient = aRule('depth-above', { above: 100, forMs: 2 * every });
    const engine = anEngine({ rules: [patient] });
    engine.round(seen(101, patient));
    engine.round(seen(99, patient));
    expect(engine.standing.size).toBe(0);
    engine.round(seen(101, patient));
    engine.round([]);
    expect(engine.told()).toEqual([]);
    engine.round(seen(101, patient));
    expect(engine.told()).toEqual(['fired chat']);
  });

  test('is over only once it was low enough for long enough', () => {
    const engine = anEngine({ rules: [depth] });
    for (const value of [200, 95, 95, 95, 95, 90, 91, 80, 80]) engine.round(seen(value));
    expect(engine.told()).toEqual(['fired chat']);
    engine.round(seen(80));
    expect(engine.told()).toEqual(['fired chat', 'resolved chat']);
    expect(engine.over[0]).toMatchObject({ phase: 'resolved', sentence: 'it is 80' });
  });

  test('nothing changes while it is not known', () => {
    const engine = anEngine({ rules: [depth] });
    engine.round(seen(200));
    for (let n = 0; n < 10; n += 1) engine.round(n % 2 === 0 ? [] : seen(null));
    expect(engine.told()).toEqual(['fired chat']);
    expect([...engine.standing.values()]).toMatchObject([{ phase: 'firing', clearSince: null }]);
  });

  test('what is no longer there is over', () => {
    const engine = anEngine({ rules: [depth] });
    engine.round(seen(200));
    for (let n = 0; n < 3; n += 1) engine.round([[depth.name, []]]);
    expect(engine.told()).toEqual(['fired chat', 'resolved chat']);
  });

  test('a rule that is switched off ends what it said', () => {
    const engine = anEngine({ rules: [depth] });
    engine.round(seen(200));
    engine.round([], { rules: [] });
    expect(engine.told()).toEqual(['fired chat', 'resolved chat']);
    expect(engine.standing.size).toBe(0);
  });

  test('the second time is another alert under the same key', () => {
    const engine = anEngine({ rules: [depth] });
    for (const value of [200, 0, 0, 0, 200]) engine.round(seen(value));
    const fired = engine.sent.filter(({ transition }) => transition === 'fired');
    expect(new Set(fired.map(({ id }) => id)).size).toBe(2);
    expect(new Set(fired.map(({ alert }) => alert.key)).size).toBe(1);
  });

  test('a muted alert fires in silence, and is told when the mute ends while it fires', () => {
    const engine = anEngine({ rules: [depth] });
    const mutes = [mute({ queue: 'shop/*' })];
    engine.round(seen(200), { mutes });
    expect(engine.told()).toEqual([]);
    expect([...engine.standing.values()]).toMatchObject([{ phase: 'firing', told: [] }]);
    engine.round(seen(200));
    expect(engine.told()).toEqual(['fired chat']);
  });

  test('what was told before it was muted is told to be over; what never was told is not', () => {
    const engine = anEngine({ rules: [depth] });
    const mutes = [mute({ rule: 'depth-above' })];
    engine.round(seen(200));
    for (let n = 0; n < 3; n += 1) engine.round(seen(0), { mutes });
    expect(engine.told()).toEqual(['fired chat', 'resolved chat']);
    for (const value of [200, 0, 0, 0]) engine.round(seen(value), { mutes });
    expect(engine.told()).toEqual(['fired chat', 'resolved chat']);
  });

  test('tells the receivers that the rule names, and one that is added while it fires', () => {
    const named = { ...depth, receivers: ['pager', 'chat'] };
    const engine = anEngine({ rules: [named], receivers: ['chat', 'log'] });
    engine.round(seen(200));
    engine.round(seen(200), { receivers: ['chat', 'log', 'pager'] });
    expect(engine.told()).toEqual(['fired chat', 'fired pager']);
    for (let n = 0; n < 3; n += 1) engine.round(seen(0), { receivers: ['pager'] });
    expect(engine.told()).toEqual(['fired chat', 'fired pager', 'resolved pager']);
  });

  test('a flood is twenty alerts and one for all the others', () => {
    const engine = anEngine({ rules: [depth] });
    const many = Array.from({ length: 500 }, (_, n) => anObservation(200, { subject: aQueueSubject(`shop/q${n}`) }));
    engine.round([[depth.name, many]]);
    expect(engine.sent).toHaveLength(standingMax + 1);
    expect(engine.sent.at(-1)?.alert).toMatchObject({
      subject: { kind: 'others' },
      sentence: '480 further alerts of the rule depth-above: 20 are told one by one',
    });
    engine.round([[depth.name, many]]);
    expect(engine.sent).toHaveLength(standingMax + 1);
    for (let n = 0; n < 3; n += 1) engine.round([[depth.name, many.slice(0, 20)]]);
    expect(engine.sent.at(-1)).toMatchObject({ transition: 'resolved', alert: { subject: { kind: 'others' } } });
  });
});

const timeline = fc.array(fc.option(fc.integer({ min: 0, max: 200 }), { nil: null }), { maxLength: 80 });
const limits = fc.record({
  above: fc.integer({ min: 0, max: 200 }),
  gap: fc.integer({ min: 0, max: 50 }),
  forMs: fc.integer({ min: 0, max: 4 }).map((n) => n * every),
  clearForMs: fc.integer({ min: 0, max: 4 }).map((n) => n * every),
});

describe('whatever is measured', () => {
  test('each transition is told exactly once, and a beginning comes before its end', () => {
    fc.assert(
      fc.property(timeline, limits, ({ length, ...values }, { above, gap, ...times }) => {
        const rule = aRule('depth-above', { above, clearAt: Math.max(0, above - gap), ...times });
        const engine = anEngine({ rules: [rule] });
        for (let at = 0; at < length; at += 1) engine.round(seen(values[at] ?? null, rule));
        const ids = engine.sent.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const transitions = engine.sent.map(({ transition }) => transition);
        expect(transitions).toEqual(transitions.map((_, at) => (at % 2 === 0 ? 'fired' : 'resolved')));
        expect(engine.standing.size).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('what sways above the lower limit, or is low for too short a time, is told once', () => {
    const swaying = fc.array(fc.integer({ min: 91, max: 10_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(swaying, fc.array(fc.boolean(), { maxLength: 60 }), (values, dips) => {
        const engine = anEngine({ rules: [depth] });
        engine.round(seen(200));
        for (const [at, value] of values.entries()) {
          // One round below is shorter than the two that it takes.
          if (dips[at]) engine.round(seen(0));
          engine.round(seen(value));
        }
        expect(engine.told()).toEqual(['fired chat']);
      }),
    );
  });

  test('it fires at the first look after the cause has lasted as long as the rule says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), (rounds) => {
        const rule = aRule('depth-above', { above: 100, forMs: rounds * every });
        const engine = anEngine({ rules: [rule] });
        engine.round(seen(101, rule));
        for (let n = 0; n < rounds; n += 1) {
          expect(engine.told()).toEqual([]);
          engine.round(seen(101, rule));
        }
        expect(engine.told()).toEqual(['fired chat']);
      }),
    );
  });
});
