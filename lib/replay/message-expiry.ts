import { entryOf, entryText, indexHeaders, valueText } from '#lib/conventions/header-index.ts';
import { anyInstant, epochMs } from '#lib/conventions/instants.ts';
import type { RawMessage } from '#lib/domain/message.ts';

/**
 * When its sender no longer wanted the message to be delivered, epoch milliseconds; `null` where it does not say. `sentAt`: when it was first produced, or at the latest was:
 * what lives for a time lived from then on.
 */
export function expiredAt(raw: RawMessage, sentAt: number): number | null {
  const headers = indexHeaders(raw.headers);
  for (const name of instantNames) {
    const instant = anyInstant(headers.text(name)) ?? epochSeconds(headers.text(name));
    if (instant !== undefined) return instant;
  }
  const lifeMs = livesMs(raw);
  if (lifeMs !== undefined) return sentAt + lifeMs;
  for (const name of lifeNames) {
    const life = headers.integer(name);
    // Some libraries count seconds and others milliseconds, and none says which: only what is over by the longer reading is over.
    if (life !== undefined && life > 0) return sentAt + life * 1_000;
  }
  return null;
}

const instantNames = [
  'expires-at',
  'expires_at',
  'x-expires-at',
  'expiresat',
  'expiry-time',
  'ce_expirytime',
  'cloudevents:expirytime',
  'x-opt-expiration-time',
] as const;
const lifeNames = ['ttl', 'x-ttl', 'message-ttl', 'x-message-ttl', 'time-to-live'] as const;

/**
 * RabbitMQ's own `expiration`, in milliseconds: it takes it off a message that it dead-letters, and keeps it in `x-death`. Where the message expired in that
 * queue it may have been a delay before the next try, which says nothing of how long it is wanted.
 */
function livesMs({ headers, properties }: RawMessage): number | undefined {
  const deaths = headers.find(({ name }) => name === 'x-death')?.value;
  const kept =
    deaths?.kind === 'list'
      ? deaths.items
          .filter((entry) => entryText(entry, 'reason') !== 'expired')
          .flatMap((entry) => entryOf(entry, 'original-expiration') ?? [])
      : [];
  const own = properties.find(({ name }) => name === 'expiration')?.value;
  for (const value of [...(own ? [own] : []), ...kept]) {
    const ms = epochMs(valueText(value));
    if (ms !== undefined) return ms;
  }
  return undefined;
}

function epochSeconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{9,10}$/.test(text) ? Number(text) * 1_000 : undefined;
}
