/** What came of one send. */
export type SendOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | null }
  /** No answer, or none in time. */
  | { readonly kind: 'unanswered' };

export type Verdict =
  | { readonly kind: 'delivered' }
  /** Sent again after so long. `all`: the receiver asked for patience, which holds for whatever else it would be sent. */
  | { readonly kind: 'retry'; readonly afterMs: number; readonly all: boolean }
  /** It will never be taken. */
  | { readonly kind: 'refused' }
  /** It was tried often enough. */
  | { readonly kind: 'given-up' };

export const attemptsMax = 15;
const firstPauseMs = 5_000;
const pauseMsMax = 5 * 60_000;
const retryAfterMsMax = 60 * 60_000;

/** Answers that say "later" and not "never". */
const laterStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * What to do after an attempt. `attempts`: how many there were, this one included. `random`: from 0 to 1, so that many who wait for the same receiver
 * do not come back at once. Fifteen attempts take about 50 minutes.
 */
export function judge(outcome: SendOutcome, attempts: number, random: number): Verdict {
  if (outcome.kind === 'answered') {
    const { status } = outcome;
    if (status >= 200 && status < 300) return { kind: 'delivered' };
    // Nothing is sent to where a receiver points: that is not the place that the operator named.
    if (status < 500 && !laterStatuses.has(status)) return { kind: 'refused' };
  }
  if (attempts >= attemptsMax) return { kind: 'given-up' };
  const asked = outcome.kind === 'answered' ? outcome.retryAfterMs : null;
  const ownMs = Math.min(pauseMsMax, firstPauseMs * 2 ** (attempts - 1)) * (0.5 + random / 2);
  if (asked === null) return { kind: 'retry', afterMs: Math.round(ownMs), all: false };
  return { kind: 'retry', afterMs: Math.round(Math.min(retryAfterMsMax, Math.max(asked, ownMs))), all: true };
}

/** Of a `Retry-After` header: seconds, or an instant (RFC 9110, 10.2.3). `null` where there is none that makes sense. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim()) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
