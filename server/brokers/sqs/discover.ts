import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { AppError } from '#lib/domain/errors.ts';
import type { DiscoveredQueue } from '#server/brokers/driver.ts';
import { type QueueAttributes, readAttributes } from '#server/brokers/sqs/queue-attributes.ts';
import { capabilitiesOf } from '#server/brokers/sqs/read-facts.ts';
import type { SqsClient } from '#server/brokers/sqs/sqs-client.ts';
import { takeTurns } from '#server/brokers/take-turns.ts';
import { defaultDeadLetterPatterns, type PinnedQueue } from '#server/brokers/sqs/sqs-settings.ts';

export interface DiscoverOptions {
  readonly client: SqsClient;
  readonly patterns?: readonly string[];
  readonly pinned?: readonly PinnedQueue[];
  readonly hiddenSecondsMax: number;
  readonly clock: () => number;
}

/** There is no request for the attributes of many queues: so many are asked for at once. */
const readsAtOnce = 16;
/** A redrive policy seldom changes; a queue that is new is looked at at once. */
const policyKeptMs = 5 * 60_000;

export interface QueuePolicy extends Pick<QueueAttributes, 'fifo' | 'retentionSeconds'> {
  /** The dead-letter queue that it names; `null` where it has none. */
  readonly target: string | null;
  readonly until: number;
}

export interface Discovery {
  find(signal: AbortSignal): Promise<readonly DiscoveredQueue[]>;
  /** `known` of every queue that may be listed and looked at; `listed` are all names that may be listed. */
  policies(
    signal: AbortSignal,
  ): Promise<{ readonly known: ReadonlyMap<string, QueuePolicy>; readonly listed: ReadonlySet<string> }>;
}

/** Finds dead-letter queues by redrive policies, by name and by configuration; keeps the policies between calls. */
export function createDiscovery(options: DiscoverOptions): Discovery {
  const { client, pinned = [], hiddenSecondsMax, clock } = options;
  const patterns = (options.patterns ?? defaultDeadLetterPatterns).map(nameMatcher);
  let policies: ReadonlyMap<string, QueuePolicy> = new Map();

  async function find(signal: AbortSignal): Promise<readonly DiscoveredQueue[]> {
    const urls = await listQueues(client, signal).catch((error: unknown) => {
      // An account that may not list can still be given its queues by configuration.
      if (error instanceof AppError && error.code === 'forbidden' && pinned.length > 0)
        return new Map<string, string>();
      throw error;
    });
    policies = await readPolicies(client, urls, policies, clock, signal);

    const sources = new Map<string, string[]>();
    for (const [name, { target }] of policies) {
      if (target !== null && urls.has(target)) sources.set(target, [...(sources.get(target) ?? []), name]);
    }
    const byName = [...urls.keys()].filter((name) => patterns.some((matches) => matches(name)));
    const names = new Set([...sources.keys(), ...pinned.map((queue) => queue.name), ...byName]);
    return [...names].toSorted().map((name) => {
      const pins = pinned.filter((queue) => queue.name === name);
      const known = [...(sources.get(name) ?? []), ...pins.flatMap((pin) => pin.origin ?? [])];
      return {
        name,
        foundBy: sources.has(name) ? 'topology' : pins.length > 0 ? 'configuration' : 'pattern',
        origins: [...new Set(known.length > 0 ? known : originsByName(name, urls))].toSorted(),
        capabilities: capabilitiesOf(name.endsWith('.fifo'), hiddenSecondsMax),
      };
    });
  }

  return {
    find,
    async policies(signal) {
      const urls = await listQueues(client, signal);
      policies = await readPolicies(client, urls, policies, clock, signal);
      return { known: policies, listed: new Set(urls.keys()) };
    },
  };
}

async function listQueues(client: SqsClient, signal: AbortSignal): Promise<Map<string, string>> {
  const urls = new Map<string, string>();
  let token: string | undefined;
  do {
    // The annotation breaks the circle that the token makes for the type checker.
    const input: { MaxResults: number; NextToken?: string } = {
      MaxResults: 1000,
      ...(token !== undefined && { NextToken: token }),
    };
    const page = await client.call({ failure: 'The queues could not be listed', signal }, (http) =>
      client.patient.send(new ListQueuesCommand(input), http),
    );
    for (const url of page.QueueUrls ?? []) urls.set(nameOf(url), url);
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return urls;
}

async function readPolicies(
  client: SqsClient,
  urls: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, QueuePolicy>,
  clock: () => number,
  signal: AbortSignal,
): Promise<Map<string, QueuePolicy>> {
  const now = clock();
  const policies = new Map<string, QueuePolicy>();
  const toRead: [string, string][] = [];
  for (const [name, url] of urls) {
    const policy = known.get(name);
    if (policy !== undefined && policy.until > now) policies.set(name, policy);
    else toRead.push([name, url]);
  }
  await takeTurns(toRead, readsAtOnce, async ([name, url]) => {
    try {
      const { redrive, fifo, retentionSeconds } = await readAttributes(client, name, url, signal);
      policies.set(name, { target: redrive?.target ?? null, fifo, retentionSeconds, until: now + policyKeptMs });
    } catch (error) {
      // Deleted meanwhile, or closed to this account: neither hides the other queues.
      if (!(error instanceof AppError && (error.code === 'not_found' || error.code === 'forbidden'))) throw error;
    }
  });
  return policies;
}

/** `orders-dlq` gives `orders` where there is such a queue; several endings are in use. */
function originsByName(name: string, urls: ReadonlyMap<string, string>): string[] {
  const fifo = name.endsWith('.fifo') ? '.fifo' : '';
  const stem = fifo === '' ? name : name.slice(0, -fifo.length);
  const origin =
    stem.replace(/[-_.](dlq|dlt|dead|deadletter|dead[-_]letters?)$/i, '').replace(/^(dlq|dlt|dead)[-_.]/i, '') + fifo;
  return origin !== name && urls.has(origin) ? [origin] : [];
}

/** SQS names are letters, digits, hyphens and underscores, so only `*` has a meaning. */
function nameMatcher(pattern: string): (name: string) => boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${literal.join('.*')}(\\.fifo)?$`, 'i');
  return (name) => expression.test(name);
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
