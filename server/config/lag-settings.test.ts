import { describe, expect, test } from 'vitest';
import { lagEveryMs } from '#server/config/lag-settings.ts';
import { load, refusal } from '#server/config/testing/load.ts';

describe('lag', () => {
  const broker = 'connections: [{ name: a, kind: kafka, brokers: [k:1] }, { name: b, kind: kafka, brokers: [k:2] }]\n';

  test('is read as often as is said, of each connection', () => {
    const { lag } = load({}, `${broker}lag: { every: 1m, connections: { a: off } }`);
    expect(['a', 'b'].map((name) => lagEveryMs(lag, name))).toEqual([null, 60_000]);
    expect(lagEveryMs(load({}, broker).lag, 'a')).toBe(30_000);
  });

  test.each([
    ['lag: { every: 1s }', 'lag.every', 'a time such as 30s'],
    ['lag: { connections: { a: often } }', 'lag.connections.a', 'must be a time such as 5m, or off'],
    ['lag: { connections: { c: 1m } }', 'lag.connections.c', 'is no connection: there are a, b'],
  ])('%s is refused', (yaml, key, message) => {
    const error = refusal({}, `${broker}${yaml}`);
    expect(error.details).toEqual({ key });
    expect(error.message).toContain(message);
  });
});
