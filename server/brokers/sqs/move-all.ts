import {
  CancelMessageMoveTaskCommand,
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  type ListMessageMoveTasksResultEntry,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { AppError } from '#lib/domain/errors.ts';
import type { MoveAllFacts, MoveAllProgress } from '#lib/domain/move-all.ts';
import type { MoveAll } from '#server/brokers/move-all.ts';
import type { QueueDirectory } from '#server/brokers/sqs/queue-attributes.ts';
import type { SqsClient } from '#server/brokers/sqs/sqs-client.ts';

/** StartMessageMoveTask in the API reference. */
const ratePerSecondMax = 500;

/** The most that one answer of ListDeadLetterSourceQueues holds; without it SQS gives no token for the rest. */
const sourcesAtOnce = 1_000;

const cannot = [
  'It moves everything: nothing can be picked, and what arrives meanwhile may go with it.',
  'Messages go back as they are, without replay headers: what comes back is not recognised as a return.',
  'The ledger has one line for it, and none for each message.',
  'It knows nothing of replays. It does not start while one has messages of this queue in hand, or while nobody knows whether some were sent.',
  'Nothing is edited, and nothing watches the first few.',
  'SQS runs one such task a queue at a time, and its counts are about right and late.',
];

const means = 'SQS message move task';

/** Message move tasks. SQS moves only from a queue that others name as their dead-letter queue, and each message to where it came from. */
export function createSqsMoveAll(client: SqsClient, directory: QueueDirectory): MoveAll {
  const arns = new Map<string, string>();

  async function arnOf(queue: string, signal: AbortSignal): Promise<string> {
    const known = arns.get(queue);
    if (known !== undefined) return known;
    const url = await directory.urlOf(queue, signal);
    const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
    const failure = `The attributes of queue ${queue} could not be read`;
    const answer = await client.call({ failure, queue, signal }, (http) => client.patient.send(asked, http));
    const arn = answer.Attributes?.['QueueArn'];
    if (arn === undefined)
      throw new AppError('internal', `Queue ${queue} has no ARN. Check that its server speaks SQS.`, {
        details: { queue },
      });
    arns.set(queue, arn);
    return arn;
  }

  async function newestTask(queue: string, signal: AbortSignal): Promise<ListMessageMoveTasksResultEntry | null> {
    const asked = new ListMessageMoveTasksCommand({ SourceArn: await arnOf(queue, signal), MaxResults: 1 });
    const failure = `The message move tasks of queue ${queue} could not be listed`;
    const { Results: results = [] } = await client.call({ failure, queue, signal }, (http) =>
      client.patient.send(asked, http),
    );
    return results.toSorted((a, b) => (b.StartedTimestamp ?? 0) - (a.StartedTimestamp ?? 0))[0] ?? null;
  }

  /** `null` where the server has no such call. */
  async function sourcesOf(queue: string, signal: AbortSignal): Promise<readonly string[] | null> {
    const QueueUrl = await directory.urlOf(queue, signal);
    const failure = `The sources of queue ${queue} could not be listed`;
    const names: string[] = [];
    try {
      for (let NextToken: string | undefined; ;) {
        const asked = new ListDeadLetterSourceQueuesCommand({ QueueUrl, MaxResults: sourcesAtOnce, NextToken });
        const answer = await client.call({ failure, queue, signal }, (http) => client.patient.send(asked, http));
        names.push(...(answer.queueUrls ?? []).map((url) => url.split('/').at(-1) ?? url));
        if (answer.NextToken === undefined || answer.NextToken === NextToken) return names;
        ({ NextToken } = answer);
      }
    } catch (error) {
      if (isMissingCall(error)) return null;
      throw error;
    }
  }

  async function facts(queue: string, signal: AbortSignal): Promise<MoveAllFacts> {
    const { visible, inFlight } = await directory.read(queue, signal);
    // What a reader holds at the moment is visible again soon.
    const about = visible + inFlight;
    const refused = (why: string): MoveAllFacts => ({
      available: false,
      why,
      means,
      destination: null,
      destinations: null,
      about,
      ratePerSecondMax: null,
      cannot,
    });
    const sources = await sourcesOf(queue, signal);
    if (sources === null) return refused('This server has no message move tasks. Replay all of them instead.');
    if (sources.length === 0)
      return refused(
        `No queue names ${queue} as its dead-letter queue, and SQS moves only from those that are. Replay all of them instead.`,
      );
    const [one] = sources;
    const destination =
      sources.length === 1 && one !== undefined ? one : `the queue that each came from: ${sources.join(', ')}`;
    return { available: true, why: null, means, destination, destinations: null, about, ratePerSecondMax, cannot };
  }

  return {
    facts,
    async start(queue, { ratePerSecond, to }, signal) {
      if (to !== null)
        throw new AppError(
          'unsupported',
          `SQS moves each message of ${queue} back to where it came from. Name no other queue, or replay all of them there.`,
        );
      const { available, why } = await facts(queue, signal);
      if (!available) throw new AppError('unsupported', `Queue ${queue} cannot be moved. ${why}`);
      const running = await newestTask(queue, signal);
      if (running !== null && isUnderWay(running)) throw alreadyRunning(queue);
      const asked = new StartMessageMoveTaskCommand({
        SourceArn: await arnOf(queue, signal),
        ...(ratePerSecond !== null && {
          MaxNumberOfMessagesPerSecond: Math.min(ratePerSecondMax, Math.max(1, Math.round(ratePerSecond))),
        }),
      });
      const failure = `The message move task of queue ${queue} could not be started`;
      // Tried once: a task whose answer was lost may run.
      await client.call({ failure, queue, signal }, (http) => client.once.send(asked, http));
    },
    async progress(queue, signal) {
      const task = await newestTask(queue, signal);
      return task && toProgress(task);
    },
    async cancel(queue, signal) {
      const task = await newestTask(queue, signal);
      if (task?.TaskHandle === undefined || !isUnderWay(task))
        throw new AppError(
          'conflict',
          `No message move task of queue ${queue} is running. There is nothing to cancel.`,
        );
      const asked = new CancelMessageMoveTaskCommand({ TaskHandle: task.TaskHandle });
      const failure = `The message move task of queue ${queue} could not be cancelled`;
      await client.call({ failure, queue, signal }, (http) => client.patient.send(asked, http));
    },
  };
}

const states: Readonly<Record<string, MoveAllProgress['state']>> = {
  RUNNING: 'running',
  CANCELLING: 'cancelling',
  COMPLETED: 'done',
  CANCELLED: 'cancelled',
  FAILED: 'failed',
};

function toProgress(task: ListMessageMoveTasksResultEntry): MoveAllProgress {
  return {
    state: states[task.Status ?? ''] ?? 'failed',
    moved: task.ApproximateNumberOfMessagesMoved ?? null,
    of: task.ApproximateNumberOfMessagesToMove ?? null,
    startedAt: task.StartedTimestamp ?? null,
    problem: task.FailureReason ?? null,
    canCancel: task.Status === 'RUNNING',
  };
}

function isUnderWay({ Status }: ListMessageMoveTasksResultEntry): boolean {
  return Status === 'RUNNING' || Status === 'CANCELLING';
}

/** What servers say to a call that they do not know: fauxqs, AWS's JSON protocol, and the query protocol's older words. */
const unknownCalls: ReadonlySet<unknown> = new Set([
  'InvalidAction',
  'UnknownOperationException',
  'UnknownOperation',
  'UnsupportedOperation',
]);

/** Any other failure may pass, and is told as what it is. */
function isMissingCall(error: unknown): boolean {
  return error instanceof AppError && unknownCalls.has(error.details['sqsCode']);
}

function alreadyRunning(queue: string): AppError {
  return new AppError(
    'conflict',
    `A message move task of queue ${queue} is running already, and SQS runs one a queue. Wait for it, or cancel it.`,
  );
}
