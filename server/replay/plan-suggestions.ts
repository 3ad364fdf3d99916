import { retryTopicsOf } from '#lib/conventions/retry-topics.ts';
import type { SuggestedDestination } from '#lib/domain/replay.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { RoutedLetter } from '#server/replay/plan-routes.ts';

/** Other places where the messages of a plan could go, of which it is certain that they exist. */
export interface PlanSuggestions {
  meet(letters: readonly RoutedLetter[], signal: AbortSignal): Promise<void>;
  found(): readonly SuggestedDestination[];
}

/** A plan that needs so many topics explained is not redirected by hand. */
const askedMax = 40;
const foundMax = 20;

/** The retry topics of the consumer groups that failed. Only Kafka has them. */
export function createPlanSuggestions(driverOf: (connection: string) => BrokerDriver): PlanSuggestions {
  const asked = new Set<string>();
  const found: SuggestedDestination[] = [];
  return {
    async meet(letters, signal) {
      const wanted = new Map<string, SuggestedDestination>();
      for (const { letter, connection } of letters) {
        const { destination, failedIn } = letter.origin;
        if (destination?.kind !== 'kafka') continue;
        for (const topic of retryTopicsOf(destination.topic, failedIn)) {
          const key = `${connection} ${topic}`;
          if (asked.has(key) || wanted.has(key) || asked.size + wanted.size >= askedMax) continue;
          const why = `retry topic of ${failedIn !== null && failedIn !== destination.topic ? failedIn : destination.topic}`;
          wanted.set(key, { destination: { kind: 'kafka', topic, partition: null }, connection, why });
        }
      }
      const answers = [...wanted].map(async ([key, suggestion]) => {
        asked.add(key);
        // What cannot be told is not suggested.
        const facts = await driverOf(suggestion.connection)
          .describeDestination(suggestion.destination, signal)
          .catch(() => null);
        return facts?.exists === true ? [suggestion] : [];
      });
      found.push(...(await Promise.all(answers)).flat());
      found.length = Math.min(found.length, foundMax);
    },
    found: () => found,
  };
}
