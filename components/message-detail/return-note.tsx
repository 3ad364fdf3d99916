import { Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { MessageLink } from '#components/message-detail/message-link.tsx';
import { returnWords } from '#components/message-detail/prepare-history.ts';
import { Instant } from '#components/ui/instant.tsx';
import { countOf } from '#components/ui/numbers.ts';
import type { MessageDetail } from '#lib/api/messages.ts';

/** What ties a message to the one that it came back as, or was: it decides what to do with it, so it stands at the top. */
export function ReturnNote({
  message: { history, returns, quarantined },
}: {
  message: Pick<MessageDetail, 'history' | 'returns' | 'quarantined'>;
}) {
  const original = history.find((event) => event.kind === 'return-of');
  const again = history.findLast((event) => event.kind === 'returned');
  return (
    <>
      {quarantined && (
        <Note>
          In quarantine: it came back {countOf(returns, 'time')}. A replay leaves it out unless its plan is told to send
          it.
        </Note>
      )}
      {original && (
        <Note>
          A replayed message that {returnWords(original.sameError, original.by)}
          {original.messageId !== null && (
            <>
              : <MessageLink messageId={original.messageId}>the original</MessageLink>
            </>
          )}
        </Note>
      )}
      {again && (
        <Note>
          <Instant at={again.at} suffix=" ago" /> it {returnWords(again.sameError, again.by)}:{' '}
          <MessageLink messageId={again.messageId}>the return</MessageLink>
        </Note>
      )}
    </>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <p className="mt-1.5 flex items-start gap-1.5 rounded-md bg-attention-soft px-2 py-1 text-xs text-attention">
      <Undo2 size={13} aria-hidden className="mt-0.5 shrink-0" />
      <span>{children}</span>
    </p>
  );
}
