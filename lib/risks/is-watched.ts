import type { AlertKind, AlertRule } from '#lib/alerts/rule.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';

/** Fire because of what comes into a dead-letter queue. The other kinds are about consumer groups, replays, connections and what is about to go. */
const tellsOfArrivals: ReadonlySet<AlertKind> = new Set([
  'new-group',
  'depth-above',
  'arrivals-above',
  'arrivals-unusual',
  'oldest-above',
]);

/** `no-rule`: nothing fires for what comes into it. `nobody-told`: something does, and has no receiver. */
export type Watched = 'watched' | 'no-rule' | 'nobody-told';

/** Whether anyone is told when dead letters come into a queue. `receivers`: the names of all that there are. */
export function isWatched(
  queueId: string,
  rules: readonly Pick<AlertRule, 'kind' | 'queues' | 'receivers'>[],
  receivers: readonly string[],
): Watched {
  const covering = rules.filter(
    ({ kind, queues }) =>
      tellsOfArrivals.has(kind) && (queues === null || queues.some((pattern) => matchesQueue(pattern, queueId))),
  );
  if (covering.length === 0) return 'no-rule';
  return covering.some((rule) => (rule.receivers ?? receivers).length > 0) ? 'watched' : 'nobody-told';
}
