import { toErrorRecord } from '#lib/domain/errors.ts';
import { type Destination, destinationLabel } from '#lib/domain/message.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { PlanChange, PlannedDestination, ReplayItem } from '#lib/domain/replay.ts';
import { wholePlace } from '#lib/replay/destination.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { eachAtOnce } from '#server/replay/each-at-once.ts';

/** Every answer may list all groups of a cluster: few at a time. */
const askedAtOnce = 8;

/** What was asked so shortly before the time was over is not said to be silent: there was no time for it. */
const fairMs = 3_000;

/** Of a kind of change; those beyond are one sentence. */
const namedMax = 20;

/** The destinations of a plan that is confirmed: each topic, queue or exchange is asked again once, however many routing keys it has. */
export interface ChangedPlaces {
  /** Those that the plan lists, with all of their messages. */
  askListed(rows: readonly PlannedDestination[]): Promise<void>;
  /** Those of items that the plan does not list; each item is given once. */
  askFurther(items: readonly ReplayItem[]): Promise<void>;
  /** Most messages first. */
  changes(): readonly PlanChange[];
  /** Messages whose destination there was no time to ask. */
  notAsked(): number;
}

type Kind = keyof typeof furtherTexts;

interface Place {
  readonly connection: string;
  readonly destination: Destination;
  readonly name: string;
  count: number;
  /** Until there is an answer, `not asked`. */
  found: 'not asked' | 'as planned' | { readonly kind: Kind; /** `to orders, which …` */ readonly text: string };
}

/** `late` is when the time is over: no broker is asked then, or waited for, any more. */
export function createChangedPlaces(
  driverOf: (connection: string) => BrokerDriver,
  late: AbortSignal,
  signal: AbortSignal,
): ChangedPlaces {
  const places = new Map<string, Place>();
  const listed = new Set<string>();

  function meet(connection: string, destination: Destination, count: number): string {
    const name = nameOf(destination);
    const key = JSON.stringify([connection, name]);
    const known = places.get(key);
    if (known) known.count += count;
    else places.set(key, { connection, destination: wholePlace(destination), name, count, found: 'not asked' });
    return key;
  }

  async function ask(keys: ReadonlySet<string>): Promise<void> {
    await eachAtOnce(keys, askedAtOnce, async (key) => {
      const place = places.get(key);
      if (place?.found === 'not asked' && !late.aborted) place.found = await changeOf(driverOf, place, late, signal);
    });
  }

  return {
    askListed(rows) {
      for (const { connection, destination } of rows) listed.add(rowKey(connection, destination));
      return ask(new Set(rows.map(({ connection, destination, count }) => meet(connection, destination, count))));
    },
    async askFurther(items) {
      const keys = new Set<string>();
      for (const { destination, queueId } of items) {
        const connection = splitQueueId(queueId)?.connection;
        if (destination === null || connection === undefined) continue;
        if (!listed.has(rowKey(connection, destination))) keys.add(meet(connection, destination, 1));
      }
      await ask(keys);
    },
    changes() {
      const byKind = Map.groupBy(changed(places), ({ kind }) => kind);
      return [...byKind].flatMap(([kind, all]) => shortened(kind, all)).toSorted((a, b) => b.count - a.count);
    },
    notAsked: () =>
      [...places.values()].reduce((sum, { found, count }) => sum + (found === 'not asked' ? count : 0), 0),
  };
}

function rowKey(connection: string, destination: Destination): string {
  return JSON.stringify([connection, wholePlace(destination)]);
}

/** What can vanish or be closed: of an exchange that does not depend on the routing key. */
function nameOf(destination: Destination): string {
  return destination.kind === 'rabbitmq' && destination.exchange !== ''
    ? `exchange ${destination.exchange}`
    : destinationLabel(wholePlace(destination));
}

const furtherTexts = {
  'destination-gone': 'which are no longer there',
  'destination-closed': 'where this account may no longer write',
  'destination-unreachable': 'which cannot be asked now',
} as const;

async function changeOf(
  driverOf: (connection: string) => BrokerDriver,
  { connection, destination, name }: Place,
  late: AbortSignal,
  signal: AbortSignal,
): Promise<Place['found']> {
  const askedAt = performance.now();
  try {
    const asking = AbortSignal.any([signal, late]);
    const { exists, writable } = await driverOf(connection).describeDestination(destination, asking);
    if (!exists) return { kind: 'destination-gone', text: `to ${name}, which is no longer there` };
    if (writable === 'no')
      return { kind: 'destination-closed', text: `to ${name}, where this account may no longer write` };
    return 'as planned';
  } catch (error) {
    const waitedMs = performance.now() - askedAt;
    if (late.aborted && waitedMs < fairMs) return 'not asked';
    const why = late.aborted
      ? `the connection "${connection}" has not answered for ${Math.round(waitedMs / 1_000)} s`
      : toErrorRecord(error).message.replace(/\.$/, '');
    return { kind: 'destination-unreachable', text: `to ${name}, which cannot be asked now: ${why}` };
  }
}

function changed(places: ReadonlyMap<string, Place>): readonly (PlanChange & { readonly kind: Kind })[] {
  return [...places.values()].flatMap(({ found, count }) =>
    typeof found === 'string'
      ? []
      : [{ kind: found.kind, count, text: `${count === 1 ? 'goes' : 'go'} ${found.text}` }],
  );
}

function shortened(kind: Kind, all: readonly PlanChange[]): readonly PlanChange[] {
  const sorted = all.toSorted((a, b) => b.count - a.count);
  if (sorted.length <= namedMax + 1) return sorted;
  const further = sorted.slice(namedMax);
  const count = further.reduce((sum, change) => sum + change.count, 0);
  const text = `go to ${further.length} further destinations, ${furtherTexts[kind]}`;
  return [...sorted.slice(0, namedMax), { kind, count, text }];
}
