import type { HeaderIndex } from '#lib/conventions/header-index.ts';
import type { Reading } from '#lib/domain/dead-letter.ts';

/** The headers that a replay adds, in this order. */
export const replayHeaderNames = ['replayed', 'replayed-at', 'replay-id', 'replay-item', 'replay-count'] as const;

/** When the message was first produced, epoch milliseconds as text: added by choice, and kept from then on. */
export const originalTimeHeader = 'replay-original-timestamp';

/** The `traceparent` of the message as it was first met, where a replay has put its own in its place; kept from then on. */
export const originalTraceHeader = 'replay-original-traceparent';

/** Tells a dead letter that was discarded and restored, and from what; see `lib/replay/restored.ts`. No replay sends it on. */
export const restoredHeader = 'restored-item';

const names = new Set<string>([...replayHeaderNames, restoredHeader]);
/** What is none of them in lower case mostly has another length already, which no letter changes that becomes one of ASCII. */
const lengths = new Set(Array.from(names, (name) => name.length));

export function isReplayHeader(name: string): boolean {
  return lengths.has(name.length) && names.has(name.toLowerCase());
}

export function readReplayHeaders(headers: HeaderIndex): Reading['replay'] {
  const replayId = headers.text('replay-id');
  const itemId = headers.text('replay-item');
  if (replayId === undefined || itemId === undefined || replayId.length > 100 || itemId.length > 100) return null;
  return { replayId, itemId, count: headers.integer('replay-count') ?? 1 };
}
