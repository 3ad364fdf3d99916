import type { Alert } from '#lib/alerts/alert.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';

/** How far a rule is broken by one subject: the part of an alert that measuring changes. */
export type Standing = Pick<Alert, 'phase' | 'since' | 'firedAt' | 'clearSince' | 'resolvedAt'>;

export interface Measured {
  /** `null`: not known at the moment, so nothing changes. */
  readonly value: number | null;
  /** Since when it is so, where that is known better than by having looked. */
  readonly since?: number;
}

/** The next standing, or `null` where the rule is not broken. What is resolved stays so: the next time is another alert. */
export function nextStanding(
  rule: Pick<AlertRule, 'above' | 'clearAt' | 'forMs' | 'clearForMs'>,
  before: Standing | null,
  { value, since }: Measured,
  now: number,
): Standing | null {
  if (value === null || before?.phase === 'resolved') return before;
  if (before?.phase === 'firing') {
    if (value > rule.clearAt) return { ...before, clearSince: null };
    const clearSince = before.clearSince ?? now;
    if (now - clearSince < rule.clearForMs) return { ...before, clearSince };
    return { ...before, phase: 'resolved', clearSince, resolvedAt: now };
  }
  if (value <= rule.above) return null;
  const begun = before?.since ?? Math.min(now, since ?? now);
  const isLongEnough = now - begun >= rule.forMs;
  return {
    phase: isLongEnough ? 'firing' : 'pending',
    since: begun,
    firedAt: isLongEnough ? now : null,
    clearSince: null,
    resolvedAt: null,
  };
}
