import type { Queue } from '#lib/domain/queue.ts';
import { expiryRule, type KeepingQueue } from '#lib/expiry/expiry-rule.ts';
import type { Filter, TimeRange } from '#lib/filter/filter.ts';

type ExpiringQueue = Pick<Queue, 'id'> & KeepingQueue;

/** Whether a filter asks when messages expire, which their queues have to tell. */
export function asksForExpiry(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.some(asksForExpiry);
    case 'not':
      return asksForExpiry(filter.term);
    default:
      return filter.kind === 'time' && filter.field === 'expires';
  }
}

/** Puts in what each queue makes of it: how long it keeps its messages from the time that the broker counts from, and what they say of themselves. As `soonestExpiry` has it. */
export function expandExpiry(filter: Filter, queues: readonly ExpiringQueue[]): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { ...filter, terms: filter.terms.map((term) => expandExpiry(term, queues)) };
    case 'not':
      return { ...filter, term: expandExpiry(filter.term, queues) };
    case 'time':
      return filter.field === 'expires'
        ? { kind: 'or', terms: alike(queues).flatMap((some) => ofQueues(some, filter)) }
        : filter;
    default:
      return filter;
  }
}

/** Those that keep their messages in the same way: a thousand queues are mostly a few kinds. */
function alike(queues: readonly ExpiringQueue[]): readonly (readonly [ExpiringQueue, ...ExpiringQueue[]])[] {
  const groups = Map.groupBy(queues, ({ kind, retention, capabilities }) =>
    JSON.stringify([kind, retention, capabilities.remove]),
  );
  return [...groups.values()].flatMap(([first, ...others]) => (first ? [[first, ...others] as const] : []));
}

function ofQueues(
  [first, ...others]: readonly [ExpiringQueue, ...ExpiringQueue[]],
  range: TimeRange,
): readonly Filter[] {
  const rule = expiryRule(first);
  if (rule === null) return [];
  const { keptMs, haveLives, over } = rule;
  const before = (at: number | null): Filter => {
    const terms: Filter[] = [];
    if (keptMs !== null) terms.push({ kind: 'time', field: 'kept', from: null, to: at === null ? null : at - keptMs });
    if (haveLives) terms.push({ kind: 'time', field: 'ends', from: null, to: at });
    return { kind: 'or', terms };
  };
  return [
    {
      kind: 'and',
      terms: [
        { kind: 'or', terms: [first, ...others].map(({ id }) => ({ kind: 'equals', field: 'queue', value: id })) },
        ...over.map((state): Filter => ({ kind: 'not', term: { kind: 'state', state } })),
        before(range.to),
        ...(range.from === null ? [] : [{ kind: 'not', term: before(range.from) } as const]),
      ],
    },
  ];
}
