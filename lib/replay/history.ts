import type { ReplayState } from '#lib/domain/replay.ts';

/** What is said to a replay, and `stop`, which is said by nobody. */
export const historyKinds = ['confirm', 'pause', 'resume', 'cancel', 'stop'] as const;
export type HistoryKind = (typeof historyKinds)[number];

export interface HistoryEntry {
  readonly at: number;
  readonly kind: HistoryKind;
  /** `null`: it did so by itself. */
  readonly by: string | null;
  readonly reason: string | null;
}

export interface HistoryLine {
  readonly at: number;
  /** `paused by`; who did stands behind it. */
  readonly words: string;
  /** `ada`, `itself`. */
  readonly by: string;
  /** How long it stood still then; `null` of what does not stand still. */
  readonly stoodMs: number | null;
  /** It still does. */
  readonly isNow: boolean;
  readonly reason: string | null;
}

const done: Readonly<Record<HistoryKind, string>> = {
  confirm: 'confirmed by',
  pause: 'paused by',
  resume: 'resumed by',
  cancel: 'cancelled by',
  stop: 'stopped by',
};

/** A history, the oldest first, in words: with how long it stood still each time. */
export function historyLines(
  history: readonly HistoryEntry[],
  state: ReplayState,
  now: number,
): readonly HistoryLine[] {
  return history.map(({ at, kind, by, reason }, index) => {
    const next = history[index + 1];
    const stands = kind === 'pause' || kind === 'stop';
    const isNow = stands && next === undefined && (state === 'paused' || state === 'stopped');
    const until = next?.at ?? (isNow ? now : null);
    const stoodMs = stands && until !== null ? Math.max(0, until - at) : null;
    return { at, words: done[kind], by: by ?? 'itself', stoodMs, isNow, reason };
  });
}
