'use client';

import { ExpiryMark } from '#components/expiry/expiry-mark.tsx';
import { shownExpiry } from '#components/expiry/prepare-expiry.ts';
import { useNow } from '#components/ui/now.tsx';
import type { ListedMessage } from '#lib/api/messages.ts';

/**
 * In a list: when the broker deletes a message that is still to be dealt with, where somebody should hurry. `always`, in a list that is ordered by it:
 * also where there is time, and that none is known.
 */
export function RowExpiry({
  row,
  always,
  className,
}: {
  row: Pick<ListedMessage, 'expires' | 'state'>;
  always: boolean;
  className?: string;
}) {
  const now = useNow();
  const expiry = row.expires && shownExpiry(row.expires, now);
  if (expiry === null)
    return always ? (
      <span className={className} title="It is gone, its broker keeps it, or nobody tells when it expires">
        <span className="text-faint">no expiry known</span>
      </span>
    ) : null;
  const isDealtWith = row.state === 'replayed' || row.state === 'discarded';
  if (!always && (expiry.tone === 'plain' || isDealtWith)) return null;
  return (
    <ExpiryMark
      expiry={expiry}
      whose="this message"
      inSentence={always}
      {...(className !== undefined && { className })}
    />
  );
}
