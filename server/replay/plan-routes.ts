import { createHash } from 'node:crypto';
import { AppError } from '#lib/domain/errors.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { ReplayOptions, ReplayPlan } from '#lib/domain/replay.ts';
import { type RedirectRule, type Route, routeOf } from '#lib/replay/destination.ts';

/** A dead letter with the place where this plan sends it. */
export interface RoutedLetter extends Route {
  readonly letter: DeadLetter;
  readonly connection: string;
}

export interface PlanRoutes {
  /** Throws `invalid_request` where one destination was chosen for dead letters of several connections, or of another broker. */
  of(letter: DeadLetter): RoutedLetter;
  /** Once for each message of the plan, refused or not. */
  count(routed: RoutedLetter): void;
  /** Most frequent first; undefined where no rule applied. */
  redirected(): ReplayPlan['redirected'];
}

/** The same as long as every message goes where it goes by these rules; undefined where rules do not count. */
export function digestOfRules(options: ReplayOptions, rules: readonly RedirectRule[]): string | undefined {
  if (options.destination !== null || options.redirects === 'ignore') return undefined;
  const what = rules.map(({ connection, matches, pattern, destination }) => [
    connection,
    matches,
    pattern,
    destination,
  ]);
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);
}

export function createPlanRoutes(options: ReplayOptions, rules: readonly RedirectRule[]): PlanRoutes {
  const counts = new Map<string, number>();
  let first: string | null = null;
  return {
    of(letter) {
      const connection = connectionOf(letter);
      if (options.destination !== null) {
        first ??= connection;
        if (connection !== first) throw severalConnections(first, connection);
        if (letter.kind !== options.destination.kind)
          throw new AppError(
            'invalid_request',
            `The chosen destination is one of ${brokers[options.destination.kind]}, and connection ${connection} is ${brokers[letter.kind]}. Choose a place on ${connection}; nothing was planned.`,
            { details: { field: 'options.destination' } },
          );
      }
      return { letter, connection, ...routeOf(letter, options, rules) };
    },
    count({ rule }) {
      if (rule) counts.set(rule.name, (counts.get(rule.name) ?? 0) + 1);
    },
    redirected: () =>
      counts.size === 0
        ? undefined
        : Array.from(counts, ([rule, count]) => ({ rule, count })).toSorted((a, b) => b.count - a.count),
  };
}

const brokers: Readonly<Record<DeadLetter['kind'], string>> = { kafka: 'Kafka', rabbitmq: 'RabbitMQ', sqs: 'SQS' };

function severalConnections(one: string, other: string): AppError {
  return new AppError(
    'invalid_request',
    `The selection holds dead letters of connections ${one} and ${other}, and another destination takes those of one. Narrow the selection, or send them where they came from; nothing was planned.`,
    { details: { field: 'options.destination' } },
  );
}

function connectionOf(letter: DeadLetter): string {
  const parts = splitQueueId(letter.queueId);
  if (!parts) throw new AppError('internal', `The queue id ${letter.queueId} has no connection.`);
  return parts.connection;
}
