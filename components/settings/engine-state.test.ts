import { expect, test } from 'vitest';
import { engineState } from '#components/settings/engine-state.ts';

const startedAt = 1_000_000;

test('an engine that has not told of itself yet is starting for half a minute, and silent after that', () => {
  const engine = { state: 'silent', seenAt: null } as const;
  expect(engineState({ asOf: startedAt + 13_000, startedAt, engine }).state).toBe('starting');
  expect(engineState({ asOf: startedAt + 31_000, startedAt, engine }).state).toBe('silent');
});

test('one that was there and is no more is silent, however young the process', () => {
  const engine = { state: 'silent', seenAt: startedAt + 1_000 } as const;
  expect(engineState({ asOf: startedAt + 20_000, startedAt, engine })).toEqual({
    state: 'silent',
    note: 'Nothing is read or sent. The log says why.',
  });
});

test('of one that lives there is nothing more to say', () => {
  const engine = { state: 'live', seenAt: startedAt } as const;
  expect(engineState({ asOf: startedAt, startedAt, engine })).toEqual({ state: 'live', note: null });
});
