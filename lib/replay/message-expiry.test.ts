import { describe, expect, it } from 'vitest';
import { textHeader, type Header } from '#lib/domain/message.ts';
import { expiredAt } from '#lib/replay/message-expiry.ts';

const sentAt = 1_795_000_000_000;
const expiry = (headers: readonly Header[], properties: readonly Header[] = []) =>
  expiredAt({ key: null, body: null, headers, properties }, sentAt);

describe('a message expires', () => {
  it('after the expiration that RabbitMQ keeps of it, or that it still has', () => {
    const death = (reason: string): Header => {
      const entries = [textHeader('original-expiration', '60000', 'longstr'), textHeader('reason', reason)];
      return { name: 'x-death', value: { kind: 'list', items: [{ kind: 'table', entries }] } };
    };
    expect(expiry([death('rejected')])).toBe(sentAt + 60_000);
    // A queue that only delays lets everything expire.
    expect(expiry([death('expired')])).toBeNull();
    expect(expiry([], [textHeader('expiration', '5000')])).toBe(sentAt + 5_000);
  });

  it('at the instant that a header names', () => {
    expect(expiry([textHeader('Expires-At', '2026-11-22T03:31:07Z')])).toBe(Date.UTC(2026, 10, 22, 3, 31, 7));
    expect(expiry([textHeader('ce_expirytime', '2026-11-22T03:31:07Z')])).toBe(Date.UTC(2026, 10, 22, 3, 31, 7));
    expect(expiry([textHeader('expires_at', '1795000001')])).toBe(1_795_000_001_000);
    expect(expiry([textHeader('expires-at', '1795000001000')])).toBe(1_795_000_001_000);
  });

  it('after a ttl that may be seconds: by the longer reading', () => {
    expect(expiry([textHeader('ttl', '30')])).toBe(sentAt + 30_000);
  });

  it('never, where nothing says so or what it says is no time', () => {
    expect(expiry([])).toBeNull();
    expect(expiry([textHeader('ttl', '-1'), textHeader('expires-at', 'tomorrow')])).toBeNull();
  });
});
