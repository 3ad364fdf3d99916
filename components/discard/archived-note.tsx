import Link from 'next/link';
import { dayOf } from '#components/discard/prepare-discard.ts';
import { replayHref } from '#components/shell/links.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import type { MessageDetail } from '#lib/api/messages.ts';

/** Of a discarded message: by whom it was, and whether it can be restored. Nothing for any other. */
export function ArchivedNote({ message: { state, archived } }: { message: Pick<MessageDetail, 'state' | 'archived'> }) {
  if (state !== 'discarded') return null;
  return (
    <p className="mb-2 rounded-md bg-sunk px-3 py-2 text-soft">
      {archived === null ? (
        'Discarded. It is no longer in the archive: it cannot be restored.'
      ) : (
        <>
          Discarded by <HostileText text={archived.by} charactersMax={80} /> <Instant at={archived.at} suffix=" ago" />{' '}
          in{' '}
          <Link
            href={replayHref(archived.discardNumber)}
            className="rounded-sm text-accent underline-offset-2 hover:underline"
          >
            discard {archived.discardNumber}
          </Link>
          .{' '}
          {archived.restoredAt !== null
            ? 'It was restored since.'
            : archived.until === undefined
              ? 'It is in its topic still, and can be marked as open again.'
              : `It can be restored until ${dayOf(archived.until)}.`}
        </>
      )}
    </p>
  );
}
