import { indexHeaders } from '#lib/conventions/header-index.ts';
import { readReplayHeaders } from '#lib/conventions/replay-headers.ts';
import { toErrorRecord, type ErrorCode } from '#lib/domain/errors.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { readIntentMark } from '#server/replay/intent-mark.ts';

/** What the destination itself says of an item whose answer never came. */
export type Proof =
  | { readonly kind: 'sent'; readonly position: string }
  | { readonly kind: 'not-sent' }
  /** The destination is no log, or the log no longer holds everything since the intent. */
  | { readonly kind: 'none' };

/**
 * Searches the logs that items went to, from where each ended before the send, for our own `replay-item` header. A search that met everything since then
 * and not the item proves that it was not sent, provided that no send of it can still be under way: the caller has waited that out.
 */
export async function proveSent(
  driver: BrokerDriver,
  items: readonly ReplayItem[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Proof>> {
  const proofs = new Map<string, Proof>(items.map((item) => [item.id, { kind: 'none' }]));
  for (const search of searchesFor(items)) {
    try {
      await searchOne(driver, search, proofs, signal);
    } catch (error) {
      // A topic that is gone or closed to us proves nothing, now or later.
      if (!unsearchable.has(toErrorRecord(error).code)) throw error;
    }
  }
  return proofs;
}

const unsearchable: ReadonlySet<ErrorCode> = new Set(['not_found', 'forbidden', 'unsupported']);

async function searchOne(
  driver: BrokerDriver,
  { topic, from, ids }: Search,
  proofs: Map<string, Proof>,
  signal: AbortSignal,
): Promise<void> {
  for await (const { messages, end } of driver.browse(topic, { from }, signal)) {
    for (const { headers, position } of messages) {
      const id = readReplayHeaders(indexHeaders(headers))?.itemId;
      if (id !== undefined && ids.has(id)) proofs.set(id, { kind: 'sent', position });
    }
    if (end?.gapless !== true) continue;
    for (const id of ids) if (proofs.get(id)?.kind === 'none') proofs.set(id, { kind: 'not-sent' });
  }
}

interface Search {
  readonly topic: string;
  readonly from: string;
  readonly ids: Set<string>;
}

/** One for each topic and place: the items of a pass share theirs. */
function searchesFor(items: readonly ReplayItem[]): readonly Search[] {
  const searches = new Map<string, Search>();
  for (const { id, destination, watermark } of items) {
    const from = readIntentMark(watermark)?.watermark ?? null;
    if (destination?.kind !== 'kafka' || from === null) continue;
    const key = JSON.stringify([destination.topic, from]);
    const search = searches.get(key) ?? { topic: destination.topic, from, ids: new Set() };
    search.ids.add(id);
    searches.set(key, search);
  }
  return [...searches.values()];
}
