import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import { attemptsMax, judge, retryAfterMs } from '#lib/alerts/retry.ts';

const answered = (status: number, after: number | null = null) =>
  ({ kind: 'answered', status, retryAfterMs: after }) as const;

describe('after an attempt', () => {
  test.each([200, 201, 202, 204])('%i is delivered', (status) => {
    expect(judge(answered(status), 1, 0.5)).toEqual({ kind: 'delivered' });
  });

  test.each([301, 302, 307, 400, 401, 403, 404, 410, 422])('%i is never taken', (status) => {
    expect(judge(answered(status, 1_000), 1, 0.5)).toEqual({ kind: 'refused' });
  });

  test.each([408, 425, 429, 500, 502, 503])('%i is sent again later', (status) => {
    expect(judge(answered(status), 1, 1)).toEqual({ kind: 'retry', afterMs: 5_000, all: false });
  });

  test('Retry-After is kept, for all that the receiver is sent, and not beyond an hour', () => {
    expect(judge(answered(429, 42_000), 1, 0)).toEqual({ kind: 'retry', afterMs: 42_000, all: true });
    expect(judge(answered(503, 10 * 3_600_000), 1, 0)).toEqual({ kind: 'retry', afterMs: 3_600_000, all: true });
  });

  test('waits longer and longer, never more than five minutes, and not for ever', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        const verdict = judge({ kind: 'unanswered' }, attempts, random);
        if (attempts >= attemptsMax) expect(verdict).toEqual({ kind: 'given-up' });
        else if (verdict.kind !== 'retry') expect.unreachable();
        else {
          expect(verdict.afterMs).toBeGreaterThanOrEqual(2_500);
          expect(verdict.afterMs).toBeLessThanOrEqual(300_000);
        }
      }),
    );
  });

  test('reads Retry-After as seconds or as an instant', () => {
    const now = Date.UTC(2026, 10, 23, 3, 10);
    expect(retryAfterMs('120', now)).toBe(120_000);
    expect(retryAfterMs('Mon, 23 Nov 2026 03:11:00 GMT', now)).toBe(60_000);
    expect(retryAfterMs('Mon, 23 Nov 2026 03:09:00 GMT', now)).toBe(0);
    expect(retryAfterMs('soon', now)).toBeNull();
    expect(retryAfterMs(null, now)).toBeNull();
  });
});
