import { expect, test } from 'vitest';
import { type ItemState, itemStates, type ReplayState, replayStates } from '#lib/domain/replay.ts';
import { canItemGo, canReplayGo } from '#lib/replay/transitions.ts';

/** Every state that can be reached, the state itself not counted unless there is a way back to it. */
function reach<State>(from: State, states: readonly State[], can: (from: State, to: State) => boolean): Set<State> {
  const reached = new Set<State>();
  const open = [from];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const next of states) {
      if (!can(state, next) || reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return reached;
}

test('an item never comes back to a state that it left', () => {
  for (const state of itemStates) expect(reach(state, itemStates, canItemGo).has(state), state).toBe(false);
});

test('an item can only be sent after it was intended', () => {
  const before: readonly ItemState[] = ['planned', 'skipped', 'failed'];
  for (const from of before)
    for (const to of ['sent', 'settled', 'unknown'] as const)
      expect(canItemGo(from, to), `${from} → ${to}`).toBe(false);
});

test('an item that was sent can only be settled: nothing can make it look unsent', () => {
  expect([...reach('sent', itemStates, canItemGo)]).toEqual(['settled']);
});

test('every way of a replay, in full', () => {
  const ways = replayStates.flatMap((from) =>
    replayStates.filter((to) => canReplayGo(from, to)).map((to) => `${from} → ${to}`),
  );
  expect(ways).toMatchInlineSnapshot(`
    [
      "planned → queued",
      "planned → cancelled",
      "queued → sending",
      "queued → paused",
      "queued → cancelled",
      "queued → stopped",
      "sending → queued",
      "sending → paused",
      "sending → watching",
      "sending → settled",
      "sending → cancelled",
      "sending → stopped",
      "paused → queued",
      "paused → sending",
      "paused → cancelled",
      "paused → stopped",
      "watching → settled",
      "watching → cancelled",
      "watching → stopped",
      "stopped → queued",
      "stopped → cancelled",
    ]
  `);
});

test('every way of an item, in full', () => {
  const ways = itemStates.flatMap((from) =>
    itemStates.filter((to) => canItemGo(from, to)).map((to) => `${from} → ${to}`),
  );
  expect(ways).toMatchInlineSnapshot(`
    [
      "planned → intended",
      "planned → skipped",
      "planned → failed",
      "intended → sent",
      "intended → settled",
      "intended → skipped",
      "intended → failed",
      "intended → unknown",
      "sent → settled",
      "unknown → sent",
      "unknown → settled",
      "unknown → skipped",
      "unknown → failed",
    ]
  `);
});

test('a replay that has settled or was cancelled stays so', () => {
  const ends: readonly ReplayState[] = ['settled', 'cancelled'];
  for (const end of ends) expect(reach(end, replayStates, canReplayGo).size).toBe(0);
});

test('a plan that nobody confirmed can only be confirmed or dropped', () => {
  expect(replayStates.filter((to) => canReplayGo('planned', to))).toEqual(['queued', 'cancelled']);
});
