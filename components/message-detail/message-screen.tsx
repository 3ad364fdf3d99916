'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { ArchivedNote } from '#components/discard/archived-note.tsx';
import { BesidePanel, type BesideSelection } from '#components/discard/beside-panel.tsx';
import { DiscardButton } from '#components/discard/discard-button.tsx';
import { editMessageHref } from '#components/edit/edit-url.ts';
import { MessageView } from '#components/message-detail/message-view.tsx';
import { stateTones } from '#components/message-table/prepare-rows.ts';
import { messageQueryOptions } from '#components/queries/messages.ts';
import { useHotkeys } from '#components/shell/hotkeys.ts';
import { queueHref } from '#components/shell/links.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { focusPageTitle } from '#components/shell/page-title.ts';
import { useRouter } from 'next/navigation';
import { Button, buttonClass, KeyHint } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Empty } from '#components/ui/empty.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Pill } from '#components/ui/pill.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { AppError } from '#lib/domain/errors.ts';
import { serialise } from '#lib/filter/serialise.ts';

/** One message on a page of its own: the address that goes into the incident channel. */
export function MessageScreen({ messageId }: { messageId: string }) {
  const router = useRouter();
  const [replaying, setReplaying] = useState<BesideSelection | null>(null);
  const close = () => {
    setReplaying(null);
    focusPageTitle();
  };
  const { data: message, error } = useQuery(messageQueryOptions(messageId));
  const replayIt = () => message && setReplaying({ messageIds: [message.id] });
  useHotkeys({
    r: replayIt,
    e: () => router.push(editMessageHref(messageId)),
    Escape: () => replaying !== null && close(),
  });
  const isUnknown = error instanceof AppError && error.code === 'not_found';
  return (
    <>
      <PageHeader
        title="Message"
        marks={message && <Pill tone={stateTones[message.state]}>{message.state}</Pill>}
        note={
          message && (
            <>
              <Link href={queueHref(message.queueId)} className="text-accent underline-offset-2 hover:underline">
                <HostileText text={message.queueName} charactersMax={120} />
              </Link>{' '}
              {message.connection} · <HostileText text={message.identity} charactersMax={60} /> ·{' '}
              <Instant at={message.at} suffix=" ago" />
            </>
          )
        }
      />
      {isUnknown && !message && (
        <Empty
          title="No message has this id"
          action={
            <Link href="/" className={buttonClass('go')}>
              All dead-letter queues
            </Link>
          }
        >
          It may be from before the index was made anew, or the link was cut when it was pasted.
        </Empty>
      )}
      {error && !isUnknown && !message && (
        <div className="p-4">
          <ProblemNotice error={error} />
        </div>
      )}
      {!message && !error && <SkeletonRows count={14} rowClass="h-10" label="Reading the message" />}
      {message && (
        <div
          className={
            replaying
              ? 'grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_440px] max-lg:grid-cols-[minmax(0,1fr)] max-lg:[&>aside]:fixed max-lg:[&>aside]:inset-0 max-lg:[&>aside]:z-30'
              : 'grid min-h-0 flex-1'
          }
        >
          <div className="min-h-0 overflow-y-auto">
            <div className="max-w-[920px] border-r border-line bg-panel">
              <MessageView
                message={message}
                onCondition={(condition) => router.push(queueHref(message.queueId, { filter: serialise(condition) }))}
                head={
                  <>
                    <div className="mb-2 flex flex-wrap items-center justify-end gap-2">
                      <Link href={queueHref(message.queueId, { message: message.id })} className={buttonClass()}>
                        Show it in its queue
                      </Link>
                      <CopyButton label="Copy link to this message" withWord="Copy link" text={() => location.href} />
                      <DiscardButton message={message} onPlan={setReplaying} />
                      <Link href={editMessageHref(message.id)} className={buttonClass()}>
                        Edit and replay <KeyHint>e</KeyHint>
                      </Link>
                      {message.state !== 'discarded' && (
                        <Button look="go" keyHint="r" onClick={replayIt}>
                          Replay
                        </Button>
                      )}
                    </div>
                    <ArchivedNote message={message} />
                  </>
                }
              />
            </div>
          </div>
          {replaying && <BesidePanel key={JSON.stringify(replaying)} selection={replaying} onClose={close} />}
        </div>
      )}
    </>
  );
}
