import { builtInChain, type ConventionChain } from '#lib/conventions/chain.ts';
import type { QueueContext } from '#lib/conventions/convention.ts';
import { originalPlaceOf } from '#lib/conventions/original-place.ts';
import {
  type OriginalPlace,
  originalPlaceLabel,
  withOriginal,
  withoutOriginal,
} from '#lib/conventions/original-record.ts';
import { type ErrorRecord, toErrorRecord } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';

/** Why, by name. */
export type TroubledTopics = Map<string, ErrorRecord>;

export interface OriginalRecordOptions {
  readonly conventions?: ConventionChain | undefined;
  /** No more are fetched when what was fetched has so many bytes. */
  readonly bytesMax: number;
  /** No more are fetched after so long. */
  readonly timeMsMax?: number;
  /** These are not asked, and others are put in. Whoever reads on hands in the same map; the next read begins with an empty one. */
  readonly troubled?: TroubledTopics;
}

const positionsAtOnce = 100;
const usualTimeMs = 30_000;

/**
 * The dead letters of a log, with the messages of those that hold no copy of theirs: these are read from their original topic, or are
 * said to be removed from it. Which topic that is, a header says, so trouble with it is no trouble with the queue: such a dead letter stays as it is,
 * with the reason. Throws only when it is aborted.
 */
export async function withOriginals(
  driver: Pick<BrokerDriver, 'hold'>,
  queue: QueueContext,
  messages: readonly RawDeadLetter[],
  options: OriginalRecordOptions,
  signal: AbortSignal,
): Promise<readonly RawDeadLetter[]> {
  const {
    conventions = builtInChain,
    bytesMax,
    timeMsMax = usualTimeMs,
    troubled = new Map<string, ErrorRecord>(),
  } = options;
  const places = new Map<string, OriginalPlace>();
  for (const raw of messages) {
    const place = originalPlaceOf(raw, queue, conventions);
    if (place !== null) places.set(raw.identity, place);
  }
  if (places.size === 0) return messages;

  const originals = new Map<string, RawDeadLetter | null>();
  const late = AbortSignal.timeout(timeMsMax);
  let bytes = 0;
  for (const [topic, here] of Map.groupBy(places.values(), (place) => place.topic)) {
    const positions = [...new Set(here.map(({ position }) => position))];
    for (let at = 0; at < positions.length; at += positionsAtOnce) {
      if (bytes >= bytesMax || late.aborted || troubled.has(topic)) break;
      const some = positions.slice(at, at + positionsAtOnce);
      const { records, trouble } = await recordsAt(driver, topic, some, { caller: signal, late });
      for (const [position, original] of records) {
        originals.set(`${topic} ${position}`, original);
        bytes += (original?.body?.length ?? 0) + (original?.key?.length ?? 0);
      }
      if (trouble) troubled.set(topic, late.aborted ? tookTooLong : trouble);
    }
  }
  return messages.map((raw) => {
    const place = places.get(raw.identity);
    if (place === undefined) return raw;
    const original = originals.get(`${place.topic} ${place.position}`);
    if (original !== undefined) return withOriginal(raw, place, original);
    const { code, message } = troubled.get(place.topic) ?? (late.aborted ? othersTookTooLong : othersWereTooLarge);
    return withoutOriginal(raw, code, reasonOf(code, message, originalPlaceLabel(place)));
  });
}

const tookTooLong: ErrorRecord = { code: 'timed_out', message: 'its topic did not answer in time' };
const othersTookTooLong: ErrorRecord = { code: 'timed_out', message: 'those before it took all the time there was' };
const othersWereTooLarge: ErrorRecord = { code: 'too_large', message: 'those before it filled the memory there was' };

function reasonOf(code: ErrorRecord['code'], message: string, label: string): string {
  return code === 'forbidden'
    ? `this account may not read the original record ${label}`
    : `the original record ${label} was not read: ${message}`;
}

interface RecordsFound {
  /** `null` where nothing stands at a position any more. */
  readonly records: ReadonlyMap<string, RawDeadLetter | null>;
  /** Why the others were not found out about. */
  readonly trouble: ErrorRecord | null;
}

async function recordsAt(
  driver: Pick<BrokerDriver, 'hold'>,
  topic: string,
  positions: readonly string[],
  { caller, late }: { readonly caller: AbortSignal; readonly late: AbortSignal },
): Promise<RecordsFound> {
  const found = new Map<string, RawDeadLetter>();
  const wanted = positions.map((position) => ({ identity: position, position }));
  try {
    const signal = AbortSignal.any([caller, late]);
    for await (const { messages } of driver.hold(topic, wanted, { insist: false }, signal))
      for (const message of messages) found.set(message.position, message);
  } catch (error) {
    if (caller.aborted) throw error;
    const trouble = toErrorRecord(error);
    // With its topic the record is gone.
    if (trouble.code !== 'not_found') return { records: found, trouble };
  }
  return { records: new Map(positions.map((position) => [position, found.get(position) ?? null])), trouble: null };
}
