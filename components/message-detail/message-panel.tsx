'use client';

import { useQuery } from '@tanstack/react-query';
import { ExternalLink, PencilLine } from 'lucide-react';
import Link from 'next/link';
import { ArchivedNote } from '#components/discard/archived-note.tsx';
import { DiscardButton } from '#components/discard/discard-button.tsx';
import { editMessageHref } from '#components/edit/edit-url.ts';
import { MessageView } from '#components/message-detail/message-view.tsx';
import { stateTones } from '#components/message-table/prepare-rows.ts';
import type { DiscardSelection } from '#components/queries/discards.ts';
import { messageQueryOptions } from '#components/queries/messages.ts';
import { messageHref } from '#components/shell/links.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { CloseButton } from '#components/ui/close-button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Pill } from '#components/ui/pill.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { serialise } from '#lib/filter/serialise.ts';

/** A message beside the table. */
export function MessagePanel({
  messageId,
  onClose,
  onReplay,
  onDiscard,
  onTerm,
  onOpen,
}: {
  messageId: string;
  onClose: () => void;
  onReplay: () => void;
  onDiscard: (selection: DiscardSelection) => void;
  /** A term that the reader pressed on, for the page's filter. */
  onTerm: (term: string) => void;
  onOpen: (messageId: string) => void;
}) {
  const { data: message, error } = useQuery(messageQueryOptions(messageId));
  const close = <CloseButton label="Close the message" onClose={onClose} />;
  return (
    <aside aria-label="Message" className="min-h-0 overflow-y-auto border-l border-line bg-panel">
      {error && !message && (
        <div className="flex gap-2 p-4">
          <div className="flex-1">
            <ProblemNotice error={error} />
          </div>
          {close}
        </div>
      )}
      {!message && !error && <SkeletonRows count={14} rowClass="h-10" label="Reading the message" />}
      {message && (
        <MessageView
          key={message.id}
          message={message}
          onCondition={(condition) => onTerm(serialise(condition))}
          onOpen={onOpen}
          head={
            <>
              <div className="mb-2 flex items-center gap-2">
                <Pill tone={stateTones[message.state]}>{message.state}</Pill>
                <span className="min-w-0 flex-1 truncate text-faint">
                  <Instant at={message.at} suffix=" ago" /> · <HostileText text={message.identity} charactersMax={60} />
                </span>
                <CopyButton
                  label="Copy link to this message"
                  text={() => new URL(messageHref(message.id), location.href).href}
                />
                <Link
                  href={messageHref(message.id)}
                  aria-label="Open on a page of its own"
                  title="Open on a page of its own"
                  className={buttonClass('quiet', 'icon')}
                >
                  <ExternalLink size={13} aria-hidden />
                </Link>
                <Link
                  href={editMessageHref(message.id)}
                  aria-label="Edit and replay"
                  title="Edit and replay (e)"
                  className={buttonClass('quiet', 'icon')}
                >
                  <PencilLine size={13} aria-hidden />
                </Link>
                <DiscardButton message={message} onPlan={onDiscard} />
                {message.state !== 'discarded' && (
                  <Button look="go" keyHint="r" onClick={onReplay}>
                    Replay
                  </Button>
                )}
                {close}
              </div>
              <ArchivedNote message={message} />
            </>
          }
        />
      )}
    </aside>
  );
}
