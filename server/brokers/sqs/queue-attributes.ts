import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { AppError } from '#lib/domain/errors.ts';
import type { SqsClient } from '#server/brokers/sqs/sqs-client.ts';
import { z } from 'zod';

/** What SQS tells of a queue. The counts are approximate; AWS says that they may lag by a minute. */
export interface QueueAttributes {
  readonly name: string;
  readonly url: string;
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  readonly redrive: RedrivePolicy | null;
  /** `null` where the server does not tell (ElasticMQ 1.7.1). */
  readonly messageBytesMax: number | null;
  readonly retentionSeconds: number | null;
}

export interface RedrivePolicy {
  /** The dead-letter queue's name. */
  readonly target: string;
  readonly maxReceiveCount: number;
}

export interface QueueDirectory {
  urlOf(queue: string, signal?: AbortSignal, timeoutMs?: number): Promise<string>;
  /** Asked anew on every call. `not_found` where there is no such queue. */
  read(queue: string, signal?: AbortSignal, timeoutMs?: number): Promise<QueueAttributes>;
}

const count = z.coerce.number().int().nonnegative();

const attributesSchema = z.object({
  FifoQueue: z.string().optional(),
  ContentBasedDeduplication: z.string().optional(),
  ApproximateNumberOfMessages: count.default(0),
  ApproximateNumberOfMessagesNotVisible: count.default(0),
  ApproximateNumberOfMessagesDelayed: count.default(0),
  RedrivePolicy: z.string().optional(),
  MaximumMessageSize: count.optional(),
  MessageRetentionPeriod: count.optional(),
});

// AWS returns the number as a number or as text, as it was set.
const redriveSchema = z.object({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().int().positive(),
});

export function createQueueDirectory(client: SqsClient): QueueDirectory {
  const urls = new Map<string, string>();

  async function urlOf(queue: string, signal?: AbortSignal, timeoutMs?: number): Promise<string> {
    const known = urls.get(queue);
    if (known !== undefined) return known;
    const answer = await client.call(
      { failure: `Queue ${queue} could not be looked up`, queue, ...limits(signal, timeoutMs) },
      (http) => client.patient.send(new GetQueueUrlCommand({ QueueName: queue }), http),
    );
    if (answer.QueueUrl === undefined)
      throw new AppError('not_found', `Queue ${queue} has no URL. Check its name.`, { details: { queue } });
    urls.set(queue, answer.QueueUrl);
    return answer.QueueUrl;
  }

  return {
    urlOf,
    async read(queue, signal, timeoutMs) {
      const url = await urlOf(queue, signal, timeoutMs);
      try {
        return await readAttributes(client, queue, url, signal, timeoutMs);
      } catch (error) {
        if (error instanceof AppError && error.code === 'not_found') urls.delete(queue);
        throw error;
      }
    },
  };
}

export async function readAttributes(
  client: SqsClient,
  name: string,
  url: string,
  signal?: AbortSignal,
  timeoutMs?: number,
): Promise<QueueAttributes> {
  const answer = await client.call(
    { failure: `The attributes of queue ${name} could not be read`, queue: name, ...limits(signal, timeoutMs) },
    (http) => client.patient.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }), http),
  );
  const parsed = attributesSchema.safeParse(answer.Attributes ?? {});
  if (!parsed.success) {
    throw new AppError(
      'internal',
      `Queue ${name} has attributes in a form that is not known. Check that its server speaks SQS.`,
      {
        details: { queue: name },
        cause: parsed.error,
      },
    );
  }
  const attributes = parsed.data;
  return {
    name,
    url,
    fifo: attributes.FifoQueue === 'true' || name.endsWith('.fifo'),
    contentBasedDeduplication: attributes.ContentBasedDeduplication === 'true',
    visible: attributes.ApproximateNumberOfMessages,
    inFlight: attributes.ApproximateNumberOfMessagesNotVisible,
    delayed: attributes.ApproximateNumberOfMessagesDelayed,
    redrive: parseRedrivePolicy(attributes.RedrivePolicy),
    messageBytesMax: attributes.MaximumMessageSize ?? null,
    retentionSeconds: attributes.MessageRetentionPeriod ?? null,
  };
}

function limits(
  signal: AbortSignal | undefined,
  timeoutMs: number | undefined,
): { signal?: AbortSignal; timeoutMs?: number } {
  return { ...(signal !== undefined && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
}

/** A policy that cannot be read is none: SQS itself does not act on it. */
function parseRedrivePolicy(text: string | undefined): RedrivePolicy | null {
  if (text === undefined || text === '') return null;
  try {
    const policy = redriveSchema.parse(JSON.parse(text));
    // arn:aws:sqs:region:account:name; source and target share account and region.
    const target = policy.deadLetterTargetArn.split(':').at(-1);
    return target === undefined || target === '' ? null : { target, maxReceiveCount: policy.maxReceiveCount };
  } catch {
    return null;
  }
}
