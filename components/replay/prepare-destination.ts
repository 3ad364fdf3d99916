import { countOf, formatCount } from '#components/ui/numbers.ts';
import type { QueueRow } from '#lib/api/queues.ts';
import type { ReplayView } from '#lib/api/replays.ts';
import type { BrokerKind, Destination } from '#lib/domain/message.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import { isPossible } from '#lib/conventions/places.ts';

/** What these rules ask of a plan and of the overview. */
interface PlacesOfPlan {
  readonly destinations: readonly Pick<ReplayView['plan']['destinations'][number], 'destination' | 'label'>[];
  readonly suggestions: readonly Pick<ReplayView['plan']['suggestions'][number], 'destination' | 'why'>[];
}
interface Queues {
  readonly queues: readonly Pick<QueueRow, 'connection' | 'name' | 'kind' | 'origins'>[];
}

/** The one connection that all messages of a plan are on; `null` where there are several: then they go where they came from. */
export function connectionOfPlan(
  { queueIds }: Pick<ReplayView, 'queueIds'>,
  { queues }: Queues,
): { readonly name: string; readonly kind: BrokerKind } | null {
  const names = new Set(queueIds.map((id) => splitQueueId(id)?.connection));
  const [name] = names;
  const kind = queues.find((queue) => queue.connection === name)?.kind;
  return names.size === 1 && name !== undefined && kind !== undefined ? { name, kind } : null;
}

/** What a person may mean by another place: what the plan suggests first, then where dead letters of the connection came from. */
export function knownPlaces(
  { plan }: { readonly plan: PlacesOfPlan },
  { queues }: Queues,
  connection: string,
): readonly { readonly name: string; readonly why: string | null }[] {
  const places = new Map<string, string | null>();
  for (const { destination, why } of plan.suggestions) places.set(fieldsOf(destination).name, why);
  for (const { destination } of plan.destinations) places.set(fieldsOf(destination).name, null);
  for (const queue of queues) {
    if (queue.connection !== connection) continue;
    for (const origin of queue.origins) if (!places.has(origin)) places.set(origin, `its failures go to ${queue.name}`);
  }
  return Array.from(places, ([name, why]) => ({ name, why }));
}

/** A place as its form has it. On RabbitMQ the name is the exchange, or with an empty one the routing key names the queue. */
export interface PlaceFields {
  readonly name: string;
  readonly exchange: string;
}

export function fieldsOf(destination: Destination | null): PlaceFields {
  switch (destination?.kind) {
    case 'kafka':
      return { name: destination.topic, exchange: '' };
    case 'sqs':
      return { name: destination.queue, exchange: '' };
    case 'rabbitmq':
      return { name: destination.routingKey, exchange: destination.exchange };
    case undefined:
      return { name: '', exchange: '' };
  }
}

/** The place that the fields name; `null` where they name none. */
export function placeOf(kind: BrokerKind, fields: PlaceFields): Destination | null {
  const name = fields.name.trim();
  const exchange = fields.exchange.trim();
  const place: Destination =
    kind === 'kafka'
      ? { kind, topic: name, partition: null }
      : kind === 'sqs'
        ? { kind, queue: name }
        : { kind, exchange, routingKey: name };
  // A fanout exchange needs no key.
  const isNamed = name !== '' || (kind === 'rabbitmq' && exchange !== '');
  return isNamed && isPossible(place) ? place : null;
}

/** Whether the fields name another place than the plan is for, or none: then what the plan says is not what its reader means. */
export function isUnplanned(kind: BrokerKind, fields: PlaceFields, planned: Destination | null): boolean {
  const place = placeOf(kind, fields);
  return (
    place === null || planned === null || JSON.stringify(place) !== JSON.stringify(placeOf(kind, fieldsOf(planned)))
  );
}

/** What the name stands for, as the field is labelled. */
export const placeWords: Readonly<Record<BrokerKind, string>> = {
  kafka: 'Topic',
  rabbitmq: 'Routing key, or queue',
  sqs: 'Queue',
};

/** What a rule for these messages would compare: the one place that all of them came from, else the queue that they are in. */
export function ruleFor({
  plan,
  queueIds,
}: { readonly plan: Pick<PlacesOfPlan, 'destinations'> } & Pick<ReplayView, 'queueIds'>): {
  readonly matches: 'origin' | 'queue';
  readonly pattern: string;
} | null {
  const [only] = queueIds;
  const queue = queueIds.length === 1 && only !== undefined ? splitQueueId(only) : null;
  if (queue) return { matches: 'queue', pattern: queue.name };
  const labels = new Set(plan.destinations.map(({ label }) => label));
  const [label] = labels;
  return labels.size === 1 && label !== undefined ? { matches: 'origin', pattern: label } : null;
}

/** Where the messages of a plan go: `rules` where a saved rule sends some of them elsewhere. */
export function wayOf(
  { redirected }: Pick<ReplayView['plan'], 'redirected'>,
  { destination }: Pick<ReplayView['options'], 'destination'>,
): 'back' | 'rules' | 'elsewhere' {
  if (destination !== null) return 'elsewhere';
  return redirected.length > 0 ? 'rules' : 'back';
}

/** `2 of 5 messages do not go back where they came from: a redirect rule applies.` The refused ones are counted, too. `null` where no rule applied. */
export function redirectWords({ redirected, total }: Pick<ReplayView['plan'], 'redirected' | 'total'>): string | null {
  const count = redirected.reduce((sum, rule) => sum + rule.count, 0);
  if (count === 0) return null;
  const who = count >= total ? countOf(count, 'message') : `${formatCount(count)} of ${countOf(total, 'message')}`;
  const rules = redirected.length === 1 ? 'a redirect rule applies' : 'redirect rules apply';
  return count === 1
    ? `${who} does not go back where it came from: ${rules}.`
    : `${who} do not go back where they came from: ${rules}.`;
}

/** What is asked before a rule is deleted: it counts for every plan, not only for this one. */
export function deleteQuestion(
  { name }: { readonly name: string },
  { redirected }: Pick<ReplayView['plan'], 'redirected'>,
): string {
  const here = redirected.find(({ rule }) => rule === name)?.count ?? 0;
  const ofPlan = here === 0 ? '' : ` ${countOf(here, 'message')} of this plan would go elsewhere.`;
  return `Delete the rule “${name}” for every plan from now on?${ofPlan}`;
}
