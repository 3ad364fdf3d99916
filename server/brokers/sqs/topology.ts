import { AppError } from '#lib/domain/errors.ts';
import type { DeadLettering, Topology, TopologyQueue } from '#lib/domain/topology.ts';
import type { Discovery, QueuePolicy } from '#server/brokers/sqs/discover.ts';
import { retentionOf } from '#server/brokers/sqs/read-facts.ts';

/** SQS knows no consumers: whoever asks is given messages. */
export async function readSqsTopology(discovery: Discovery, signal: AbortSignal): Promise<Topology> {
  try {
    const { known, listed } = await discovery.policies(signal);
    return { queues: topologyOf(known, listed), notes: notesOf(listed.size - known.size) };
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'forbidden')) throw error;
    const note = 'This account may not list queues (sqs:ListQueues): where they dead-letter to is not known.';
    return { queues: [], notes: [note] };
  }
}

/** `listed` are there, looked at or not. Exported for its test: no server lets a redrive policy name a queue that is not there, but it may be deleted later. */
export function topologyOf(
  policies: ReadonlyMap<string, Omit<QueuePolicy, 'until'>>,
  listed: ReadonlySet<string>,
): readonly TopologyQueue[] {
  const queues = [...policies].map(([name, { fifo, target, retentionSeconds }]): TopologyQueue => {
    const deadLetters: DeadLettering =
      target === null
        ? { kind: 'nowhere' }
        : { kind: 'to', queues: listed.has(target) ? [target] : [], via: `queue "${target}"` };
    return {
      name,
      kind: fifo ? 'FIFO queue' : 'standard queue',
      deadLetters,
      retention: retentionOf({ fifo, retentionSeconds }),
      deliveryLimit: null,
      consumers: null,
      isShortLived: false,
    };
  });
  return queues.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function notesOf(hidden: number): readonly string[] {
  if (hidden === 0) return [];
  const many = hidden === 1 ? 'One queue' : `${hidden} queues`;
  return [`${many} may be listed and not looked at (sqs:GetQueueAttributes): nothing is known of them.`];
}
