import Link from 'next/link';
import { MessageLink } from '#components/message-detail/message-link.tsx';
import { replayHref } from '#components/shell/links.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import type { MessageDetail } from '#lib/api/messages.ts';

type DiscardEvent = Extract<
  MessageDetail['history'][number],
  { readonly kind: 'discarded' | 'restored' | 'restored-from' }
>;

/** What a discard or a restore did with a message, as its history says it. */
export function DiscardWords({ event }: { event: DiscardEvent }) {
  const link = (words: string) => (
    <Link href={replayHref(event.replayId)} className="rounded-sm text-accent underline underline-offset-2">
      {words}
    </Link>
  );
  switch (event.kind) {
    case 'discarded':
      return (
        <>
          {link('Discarded')} by <HostileText text={event.by} charactersMax={80} />
        </>
      );
    case 'restored':
      return (
        <>
          {link(event.outcome === 'settled' ? 'Restored' : `Restore: ${event.outcome}`)} by{' '}
          <HostileText text={event.by} charactersMax={80} />
          {event.messageId !== null && (
            <>
              , as <MessageLink messageId={event.messageId}>this message</MessageLink>
            </>
          )}
        </>
      );
    case 'restored-from':
      return (
        <>
          {link('Restored')} after it was discarded; it was{' '}
          <MessageLink messageId={event.messageId}>this one</MessageLink>
        </>
      );
  }
}
