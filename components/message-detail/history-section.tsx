import clsx from 'clsx';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { DiscardWords } from '#components/discard/discard-history.tsx';
import { editMessageHref } from '#components/edit/edit-url.ts';
import { MessageLink } from '#components/message-detail/message-link.tsx';
import { TraceLink } from '#components/message-detail/trace-link.tsx';
import { producedWords, replayedWords, returnWords } from '#components/message-detail/prepare-history.ts';
import { replayHref } from '#components/shell/links.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { toneFill, type Tone } from '#components/ui/pill.tsx';
import type { MessageDetail } from '#lib/api/messages.ts';

type HistoryEvent = MessageDetail['history'][number];

const tones: Record<HistoryEvent['kind'], Tone> = {
  produced: 'plain',
  'dead-lettered': 'failing',
  replayed: 'motion',
  returned: 'attention',
  'return-of': 'attention',
  discarded: 'plain',
  restored: 'motion',
  'restored-from': 'plain',
  gone: 'plain',
};

export function HistorySection({ message }: { message: MessageDetail }) {
  return (
    <div>
      <h2 className="mb-2 text-2xs font-semibold text-faint">History</h2>
      <ol className="grid gap-1.5">
        {message.history.map((event, index) => (
          <li key={index} className="flex items-baseline gap-2.5">
            <span
              aria-hidden
              className={clsx('size-1.5 shrink-0 -translate-y-0.5 rounded-full', toneFill[tones[event.kind]])}
            />
            <span className="min-w-0 break-words">
              <EventWords message={message} event={event} />{' '}
              <Instant at={event.at} suffix=" ago" className="text-faint" />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function EventWords({ message, event }: { message: MessageDetail; event: HistoryEvent }): ReactNode {
  switch (event.kind) {
    case 'produced':
      return producedWords(message).event;
    case 'dead-lettered':
      return (
        <>
          {event.atIs === 'first-seen' ? 'First seen here' : 'Dead-lettered'}
          {event.attempts !== null && ` after ${event.attempts} ${event.attempts === 1 ? 'try' : 'tries'}`}
          {event.by !== null && (
            <>
              {' by '}
              <HostileText text={event.by} charactersMax={120} />
            </>
          )}
        </>
      );
    case 'replayed':
      return (
        <>
          <To href={replayHref(event.replayId)}>{replayedWords(event.outcome)}</To>
          {event.editedIn !== null && (
            <>
              {' '}
              <To href={editMessageHref(message.id, event.editedIn)}>with an edit</To>
            </>
          )}{' '}
          by <HostileText text={event.by} charactersMax={80} />
          {event.editedIn !== null && ` in replay ${event.editedIn}`}: {event.outcome}
          {event.traceHref !== null && (
            <>
              {' · '}
              <TraceLink href={event.traceHref} isInline />
            </>
          )}
        </>
      );
    case 'returned':
      return (
        <>
          It {returnWords(event.sameError, event.by)}, as{' '}
          <MessageLink messageId={event.messageId}>another message</MessageLink>
        </>
      );
    case 'return-of':
      return (
        <>
          Is a <To href={replayHref(event.replayId)}>replayed</To> message that {returnWords(event.sameError, event.by)}
          {event.messageId !== null && (
            <>
              {'; it was '}
              <MessageLink messageId={event.messageId}>this one</MessageLink>
            </>
          )}
        </>
      );
    case 'discarded':
    case 'restored':
    case 'restored-from':
      return <DiscardWords event={event} />;
    case 'gone':
      return 'The broker no longer holds it';
  }
}

function To({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="rounded-sm text-accent underline underline-offset-2">
      {children}
    </Link>
  );
}
