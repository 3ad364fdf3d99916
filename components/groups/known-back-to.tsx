import { Instant } from '#components/ui/instant.tsx';
import { countOf } from '#components/ui/numbers.ts';
import type { GroupsResponse } from '#lib/api/groups.ts';

/** Logs are read from their newest end: how far back what is shown goes, while it does not go as far as was asked. Nothing where it does. */
export function KnownBackTo({ answer }: { answer: Pick<GroupsResponse, 'reading' | 'knownBackTo'> }) {
  const { reading, knownBackTo } = answer;
  if (knownBackTo === null && reading.length === 0) return null;
  return (
    <span title={reading.length > 0 ? reading.join('\n') : undefined} className="text-motion">
      {knownBackTo === null ? (
        `${countOf(reading.length, 'queue')} still being read: counts rise`
      ) : (
        <>
          known back to <Instant at={knownBackTo} suffix=" ago" />; {olderWords(reading)}
        </>
      )}
    </span>
  );
}

/** What is said of those that are older than what is known. A reader that waits or fails reads none at the moment. */
export function olderWords(reading: GroupsResponse['reading']): string {
  return reading.length > 0 ? 'older ones are still being read' : 'older ones are not read yet';
}
