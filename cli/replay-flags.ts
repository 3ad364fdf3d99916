import type { z } from 'zod';
import type { planBody } from '#lib/api/replays.ts';
import { usualCanary } from '#lib/replay/canary.ts';

type GivenOptions = NonNullable<z.input<typeof planBody>['options']>;

export interface ReplayFlag {
  readonly flag: string;
  /** The option of a plan that it sets, in full or in part. */
  readonly option: keyof GivenOptions;
  /** The part of that option, where several flags set one. */
  readonly part?: string;
  /** What stands behind it; `null` for a switch. */
  readonly takes: string | null;
  readonly help: string;
  /** Of a discard and a restore, too. */
  readonly ofEvery?: true;
  /** Of a switch the text is empty; of `<file>` it is what the file holds. Wrong values go through: the contract of the HTTP interface refuses them. */
  apply(text: string, options: GivenOptions): GivenOptions;
}

/** Every option of a plan, one line each. */
export const replayFlags: readonly ReplayFlag[] = [
  {
    flag: 'failure-headers',
    option: 'failureHeaders',
    takes: '<keep|strip>',
    help: 'whether what says why they failed goes along (keep)',
    apply: (text) => ({ failureHeaders: text as 'keep' }),
  },
  {
    flag: 'rate',
    option: 'ratePerSecond',
    takes: '<number>',
    help: 'messages a second; else as fast as it goes',
    ofEvery: true,
    apply: (text) => ({ ratePerSecond: numberOf(text) }),
  },
  {
    flag: 'ramp',
    option: 'rampSeconds',
    takes: '<seconds>',
    help: 'so long until that rate is reached (0)',
    apply: (text) => ({ rampSeconds: numberOf(text) }),
  },
  {
    flag: 'concurrency',
    option: 'concurrency',
    takes: '<number>',
    help: 'so much side by side (4)',
    apply: (text) => ({ concurrency: numberOf(text) }),
  },
  {
    flag: 'canary',
    option: 'canary',
    part: 'steps',
    takes: '<1,5,50>',
    help: 'so many first, in steps, each watched before the next; the rest after the last',
    apply: (text, options) => canary(options, { steps: text.split(',').map(numberOf) }),
  },
  {
    flag: 'canary-watch',
    option: 'canary',
    part: 'watchMs',
    takes: '<seconds>',
    help: `how long each step is watched (${usualCanary.watchMs / 1_000})`,
    apply: (text, options) => canary(options, { watchMs: numberOf(text) * 1_000 }),
  },
  {
    flag: 'canary-bad',
    option: 'canary',
    part: 'badShareMax',
    takes: '<share>',
    help: 'it pauses when more than this share comes back or fails, 0 to 1 (0)',
    apply: (text, options) => canary(options, { badShareMax: numberOf(text) }),
  },
  {
    flag: 'send-quarantined',
    option: 'quarantined',
    takes: null,
    help: 'also what has come back so often that it is in quarantine',
    apply: () => ({ quarantined: 'send' }),
  },
  {
    flag: 'to',
    option: 'destination',
    takes: '<kind:place>',
    help: 'elsewhere: kafka:topic, kafka:topic/2, sqs:queue, rabbitmq:queue, rabbitmq:exchange/key, or JSON',
    apply: (text) => ({ destination: destinationOf(text) }),
  },
  {
    flag: 'ignore-redirects',
    option: 'redirects',
    takes: null,
    help: 'not where a saved redirect sends them',
    apply: () => ({ redirects: 'ignore' }),
  },
  {
    flag: 'partition',
    option: 'partition',
    takes: '<original|by-key>',
    help: 'of Kafka: where it was, or where its key puts it now (original)',
    apply: (text) => ({ partition: text as 'original' }),
  },
  {
    flag: 'timestamp',
    option: 'timestamp',
    takes: '<now|header|original>',
    help: 'of Kafka: the time of the send, with the original one in a header, or the original one (now)',
    apply: (text) => ({ timestamp: text as 'now' }),
  },
  {
    flag: 'trace',
    option: 'traceContext',
    takes: '<keep|replace>',
    help: 'whether they keep the trace that they came from, or continue that of the replay (keep)',
    apply: (text) => ({ traceContext: text as 'keep' }),
  },
  {
    flag: 'patch',
    option: 'edit',
    takes: '<file>',
    help: 'a JSON Patch (RFC 6902) that is applied to each body; "-" is standard input',
    apply: (text, { edit }) => ({ edit: { ...edit, body: { kind: 'patch', operations: text } } }),
  },
  {
    flag: 'edit',
    option: 'edit',
    takes: '<file>',
    help: 'body, headers and key as POST replays/plan takes them, as JSON',
    apply: (text, { edit }) => ({ edit: { ...edit, ...jsonObject(text) } }),
  },
  {
    flag: 'insist',
    option: 'insist',
    takes: null,
    help: 'read them in spite of what reading does to their queue',
    ofEvery: true,
    apply: () => ({ insist: true }),
  },
];

/** No text is zero, as `Number` has it. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** An exchange or a queue that has a slash in its name is said in JSON. */
function destinationOf(text: string): GivenOptions['destination'] {
  if (text.startsWith('{')) return jsonObject(text) as GivenOptions['destination'];
  const [, kind = '', name = '', rest] = /^(\w+):([^/]*)(?:\/(.*))?$/.exec(text) ?? [];
  switch (kind) {
    case 'kafka':
      return { kind, topic: name, partition: rest === undefined ? null : numberOf(rest) };
    case 'rabbitmq':
      return rest === undefined ? { kind, exchange: '', routingKey: name } : { kind, exchange: name, routingKey: rest };
    case 'sqs':
      if (rest === undefined) return { kind, queue: name };
  }
  throw new Error(`"${text}" is no place. Say kafka:topic, sqs:queue, rabbitmq:queue or rabbitmq:exchange/key.`);
}

function jsonObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error('it is no JSON object.');
}

function canary({ canary: before }: GivenOptions, change: Partial<typeof usualCanary>): GivenOptions {
  return { canary: { ...usualCanary, ...before, ...change } };
}
