import type { LetterView } from '#lib/conventions/convention.ts';

/**
 * When the message was first produced, for frameworks that give the dead letter its source's timestamp; epoch milliseconds. A topic that stamps
 * records by its own clock (`LogAppendTime`) overwrites it.
 */
export function keptTimestamp({ raw, properties, queue }: LetterView): number | undefined {
  if (queue.kind !== 'kafka' || properties.text('timestamp-type') !== 'CreateTime') return undefined;
  return raw.brokerAt ?? undefined;
}
