import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { useNow } from '#components/ui/now.tsx';
import { relativeTime } from '#components/ui/times.ts';
import type { LagApiConnection } from '#lib/api/lag.ts';

/** What could not be read, connection by connection: what is shown may be old, or not all. */
export function LagNotes({ connections }: { connections: readonly LagApiConnection[] }) {
  const now = useNow();
  const failing = connections.filter((each) => each.failing !== null);
  const partial = connections.filter((each) => each.failing === null && each.notes.length > 0);
  return (
    <>
      {failing.map(({ connection, failing: trouble, at }) => (
        <div
          key={connection}
          role="status"
          className="border-b border-line bg-attention-soft px-4 py-1.5 break-words text-attention"
        >
          <b className="font-semibold">{connection}</b> cannot be read
          {trouble && (
            <>
              {relativeTime(trouble.since, now) !== 'now' && (
                <>
                  {' for '}
                  <Instant at={trouble.since} />
                </>
              )}
              : <HostileText text={trouble.error.message} />
            </>
          )}
          {at !== null && (
            <>
              {' What stands here is of '}
              <Instant at={at} suffix=" ago" />.
            </>
          )}
        </div>
      ))}
      {partial.map(({ connection, notes }) => (
        <div key={connection} className="border-b border-line bg-panel px-4 py-1 text-xs break-words text-soft">
          <b className="font-semibold">{connection}</b>: <HostileText text={notes.join(' ')} />
        </div>
      ))}
    </>
  );
}
