import { AppError } from '#lib/domain/errors.ts';
import type { QueueCapabilities, ReadCost, ReadRefusal, Retention } from '#lib/domain/queue.ts';
import type { QueueAttributes } from '#server/brokers/sqs/queue-attributes.ts';
import type { ScanLimits } from '#server/brokers/sqs/sqs-settings.ts';

/** A slow server gives 400 messages a second (ElasticMQ releasing); the lease is meant to outlast a scan by far. */
const messagesPerSecondLeast = 300;
/** SQS hides a message for at most 12 hours. */
const leaseSecondsMax = 43_200;

/** How long a message is hidden when about `expected` of them are to be read: three times the scan, and never less than the least. */
export function leaseSeconds(expected: number, limits: ScanLimits): number {
  const estimate = Math.min(expected, limits.holdMessagesMax) / messagesPerSecondLeast;
  return Math.min(Math.max(limits.leaseSecondsMin, Math.ceil(3 * estimate)), leaseSecondsMax);
}

export function capabilitiesOf(fifo: boolean, hiddenSecondsMax: number): QueueCapabilities {
  const costs: ReadCost[] = [
    { code: 'raises-receive-count', text: 'Every read raises the receive count of the messages that it meets by one.' },
    {
      code: 'hides-messages',
      text: `While it is read, a message is hidden from other readers; if this console dies meanwhile, for up to ${hiddenSecondsMax} s.`,
    },
  ];
  if (fifo) {
    costs.push({
      code: 'heads-of-groups',
      text: 'A FIFO queue shows only the first messages of each group, ten at most, until they are removed.',
    });
  }
  return {
    browse: 'lease',
    remove: true,
    order: fifo ? 'group' : 'none',
    costs,
    description: fifo ? 'FIFO queue' : 'standard queue',
  };
}

/**
 * A standard dead-letter queue keeps the time at which a message was first sent; a FIFO one may begin anew when it is moved (SQS Developer Guide, "Configuring
 * a dead-letter queue": message retention).
 */
export function retentionOf({ retentionSeconds, fifo }: Pick<QueueAttributes, 'retentionSeconds' | 'fifo'>): Retention {
  if (retentionSeconds === null) return { kind: 'untold' };
  return { kind: 'for', ms: retentionSeconds * 1_000, bound: fifo ? 'at-least' : 'exact' };
}

/** A dead-letter queue with a redrive policy of its own moves what is received too often, and a read is a receive. */
export function refusalOf({ name, redrive }: QueueAttributes): ReadRefusal | null {
  if (redrive === null) return null;
  return {
    code: 'redrive-policy',
    reason: `Queue ${name} has a redrive policy of its own: each message that has been received ${redrive.maxReceiveCount} times moves on to ${redrive.target}, and reading counts.`,
    remedy: `Read ${redrive.target} instead, or remove the redrive policy from ${name} first.`,
    canInsist: true,
  };
}

export function refuseUnlessInsisted(attributes: QueueAttributes, insist: boolean): void {
  const refusal = refusalOf(attributes);
  if (refusal === null || (insist && refusal.canInsist)) return;
  throw new AppError('would_destroy', `${refusal.reason} ${refusal.remedy}`, {
    details: { queue: attributes.name, refusal: refusal.code, override: refusal.canInsist },
  });
}
