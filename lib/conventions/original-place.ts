import type { ConventionChain } from '#lib/conventions/chain.ts';
import type { QueueContext } from '#lib/conventions/convention.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import { type OriginalPlace, originalRecordOf } from '#lib/conventions/original-record.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';

/** `null` where the dead letter holds its message, where it was looked for already, or where nothing says where it is. */
export function originalPlaceOf(
  raw: RawDeadLetter,
  queue: QueueContext,
  conventions: ConventionChain,
): OriginalPlace | null {
  // A message with a key or a body needs no reading for that.
  if (raw.key !== null || raw.body !== null || originalRecordOf(raw) !== null) return null;
  const { content, destination, position } = normalise(raw, queue, conventions).origin;
  const isNamed = content === 'not-copied' && destination?.kind === 'kafka' && /^\d+:\d+$/.test(position ?? '');
  return isNamed && position !== null ? { topic: destination.topic, position } : null;
}
