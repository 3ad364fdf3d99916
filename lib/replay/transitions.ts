import type { ItemState, ReplayState } from '#lib/domain/replay.ts';

/**
 * Where a replay may go from each state. `planned → queued` is the operator's confirmation and has its own door (`Ledger.confirmReplay`).
 * A replay that stopped may be queued again; one that was cancelled or has settled stays so.
 */
export const replayWays: Readonly<Record<ReplayState, readonly ReplayState[]>> = {
  planned: ['queued', 'cancelled'],
  queued: ['sending', 'paused', 'cancelled', 'stopped'],
  sending: ['queued', 'paused', 'watching', 'settled', 'cancelled', 'stopped'],
  paused: ['queued', 'sending', 'cancelled', 'stopped'],
  watching: ['settled', 'stopped', 'cancelled'],
  settled: [],
  cancelled: [],
  stopped: ['queued', 'cancelled'],
};

/**
 * Where an item may go from each state; never back. `intended → settled` is for logs, where nothing is removed after the confirmed send.
 * An item that was planned may fail without a send: it is no longer there, or its destination refused before anything left.
 * `unknown` ends when a proof is found or a person decides.
 */
export const itemWays: Readonly<Record<ItemState, readonly ItemState[]>> = {
  planned: ['intended', 'skipped', 'failed'],
  intended: ['sent', 'settled', 'failed', 'skipped', 'unknown'],
  sent: ['settled'],
  settled: [],
  skipped: [],
  failed: [],
  unknown: ['sent', 'settled', 'failed', 'skipped'],
};

export function canReplayGo(from: ReplayState, to: ReplayState): boolean {
  return replayWays[from].includes(to);
}

export function canItemGo(from: ItemState, to: ItemState): boolean {
  return itemWays[from].includes(to);
}
