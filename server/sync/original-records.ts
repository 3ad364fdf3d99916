import { builtInChain, type ConventionChain } from '#lib/conventions/chain.ts';
import type { QueueContext } from '#lib/conventions/convention.ts';
import { originalPlaceOf } from '#lib/conventions/original-place.ts';
import { type OriginalPlace, withOriginal } from '#lib/conventions/original-record.ts';
import { toErrorRecord } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';

export interface OriginalRecordOptions {
  readonly conventions?: ConventionChain | undefined;
  /** No more are fetched when what was fetched has so many bytes. */
  readonly bytesMax: number;
}

const positionsAtOnce = 100;

/**
 * The dead letters of a log, with the messages of those that hold no copy of theirs: these are read from their original topic, or are
 * said to be removed from it. Where this account may not read that topic, the dead letter stays as it is. Throws what else the driver throws.
 */
export async function withOriginals(
  driver: Pick<BrokerDriver, 'hold'>,
  queue: QueueContext,
  messages: readonly RawDeadLetter[],
  { conventions = builtInChain, bytesMax }: OriginalRecordOptions,
  signal: AbortSignal,
): Promise<readonly RawDeadLetter[]> {
  const places = new Map<string, OriginalPlace>();
  for (const raw of messages) {
    const place = originalPlaceOf(raw, queue, conventions);
    if (place !== null) places.set(raw.identity, place);
  }
  if (places.size === 0) return messages;

  const originals = new Map<string, RawDeadLetter | null>();
  let bytes = 0;
  for (const [topic, here] of Map.groupBy(places.values(), (place) => place.topic)) {
    const positions = [...new Set(here.map(({ position }) => position))];
    for (let at = 0; at < positions.length && bytes < bytesMax; at += positionsAtOnce) {
      const found = await recordsAt(driver, topic, positions.slice(at, at + positionsAtOnce), signal);
      for (const [position, original] of found ?? []) {
        originals.set(`${topic} ${position}`, original);
        bytes += (original?.body?.length ?? 0) + (original?.key?.length ?? 0);
      }
    }
  }
  return messages.map((raw) => {
    const place = places.get(raw.identity);
    const original = place && originals.get(`${place.topic} ${place.position}`);
    return place === undefined || original === undefined ? raw : withOriginal(raw, place, original);
  });
}

/** What stands at each of these positions now, `null` where nothing does any more; `null` for all where this account may not read the topic. */
async function recordsAt(
  driver: Pick<BrokerDriver, 'hold'>,
  topic: string,
  positions: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RawDeadLetter | null> | null> {
  const records = new Map<string, RawDeadLetter | null>(positions.map((position) => [position, null]));
  const wanted = positions.map((position) => ({ identity: position, position }));
  try {
    for await (const { messages } of driver.hold(topic, wanted, { insist: false }, signal)) {
      for (const message of messages) records.set(message.position, message);
    }
  } catch (error) {
    const { code } = toErrorRecord(error);
    if (code === 'forbidden') return null;
    // With its topic the record is gone.
    if (code !== 'not_found') throw error;
  }
  return records;
}
