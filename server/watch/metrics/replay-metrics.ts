import { Counter, Gauge, type Registry } from 'prom-client';
import type { ReplayMeasures } from '#server/store/measure-store.ts';

type Items = ReplayMeasures['items'];

const outcomes = ['sent', 'failed', 'unknown', 'skipped'] as const;
type Outcome = (typeof outcomes)[number];

/** What replays, discards and restores did. `begin` is how the ledger stood when the process began: counters count from there. */
export function createReplayMetrics(registry: Registry, begin: ReplayMeasures) {
  const replays = new Gauge({
    name: 'redeliver_replays',
    help: 'Confirmed replays, discards and restores, by the state they are in.',
    labelNames: ['action', 'state'],
    registers: [registry],
  });
  const messages = new Gauge({
    name: 'redeliver_replay_messages',
    help: 'Their messages, by the state they are in.',
    labelNames: ['action', 'state'],
    registers: [registry],
  });
  const outcome = new Counter({
    name: 'redeliver_replay_outcomes_total',
    help: 'Messages by what became of them. One that was unknown and is then proven or decided counts again as what it is.',
    labelNames: ['action', 'outcome'],
    registers: [registry],
  });
  const returned = new Counter({
    name: 'redeliver_returns_total',
    help: 'Replayed messages that came back to a dead-letter queue.',
    registers: [registry],
  });
  const different = new Counter({
    name: 'redeliver_returns_with_another_error_total',
    help: 'Those of them that came back with another error than before.',
    registers: [registry],
  });
  for (const each of outcomes) outcome.inc({ action: 'replay', outcome: each }, 0);
  let before = outcomesOf(begin.items);

  return {
    update(measures: ReplayMeasures): void {
      for (const gauge of [replays, messages]) gauge.reset();
      for (const { action, state, count } of measures.replays) replays.set({ action, state }, count);
      for (const { action, state, count } of measures.items) messages.set({ action, state }, count);
      const now = outcomesOf(measures.items);
      for (const [key, { action, outcome: became, count }] of now) {
        const more = count - (before.get(key)?.count ?? 0);
        if (more > 0) outcome.inc({ action, outcome: became }, more);
      }
      before = now;
      for (const [counter, count] of [
        [returned, measures.returned],
        [different, measures.returnedDifferent],
      ] as const) {
        counter.reset();
        counter.inc(count);
      }
    },
  };
}

function outcomesOf(items: Items): Map<string, { action: string; outcome: Outcome; count: number }> {
  const found = new Map<string, { action: string; outcome: Outcome; count: number }>();
  for (const { action, state, count } of items) {
    // Settled is sent, and its message removed.
    const became = state === 'settled' ? 'sent' : outcomes.find((each) => each === state);
    if (!became) continue;
    const key = `${action} ${became}`;
    found.set(key, { action, outcome: became, count: count + (found.get(key)?.count ?? 0) });
  }
  return found;
}
