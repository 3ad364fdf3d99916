'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { queueName } from '#components/groups/prepare-groups.ts';
import { FailureWords, StackTrace } from '#components/message-detail/failure-section.tsx';
import { PayloadSection } from '#components/message-detail/payload-section.tsx';
import { messageQueryOptions } from '#components/queries/messages.ts';
import { messageHref } from '#components/shell/links.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { GroupDetail } from '#lib/api/groups.ts';

/** What one of them looks like: the newest, because it is the one that the code of now has made. */
export function NewestMessage({
  newestId,
  group,
}: {
  newestId: string;
  group: Pick<GroupDetail, 'errorClass' | 'errorMessage'>;
}) {
  // While somebody reads it, the next one must not take its place.
  const [messageId, setMessageId] = useState(newestId);
  const { data: message, error } = useQuery(messageQueryOptions(messageId));
  // What stands at the top of the page already is not said twice.
  const saysMore = message && (message.errorClass !== group.errorClass || message.errorMessage !== group.errorMessage);
  const link = 'text-accent underline-offset-2 hover:underline';
  return (
    <section aria-label="Newest message" className="border-b border-line">
      <div className="flex flex-wrap items-center gap-x-2 px-4 pt-3 text-2xs text-faint">
        <h2 className="font-semibold">{messageId === newestId ? 'Newest message' : 'Message'}</h2>
        {message && (
          <span className="min-w-0 truncate">
            <HostileText text={queueName(message.queueId)} charactersMax={120} /> ·{' '}
            <HostileText text={message.identity} charactersMax={60} /> · <Instant at={message.at} suffix=" ago" />
          </span>
        )}
        <span className="ml-auto flex gap-3">
          {messageId !== newestId && (
            <button type="button" onClick={() => setMessageId(newestId)} className={`rounded-sm ${link}`}>
              Show the newest
            </button>
          )}
          <Link href={messageHref(messageId)} className={link}>
            Open it
          </Link>
        </span>
      </div>
      {error && !message && (
        <div className="px-4 py-3">
          <ProblemNotice error={error} />
        </div>
      )}
      {!message && !error && <SkeletonRows count={8} rowClass="h-10" label="Reading the newest message" />}
      {message && (
        <>
          {saysMore && (
            <div className="px-4 pt-1.5">
              <FailureWords message={message} />
            </div>
          )}
          {message.stackTrace !== null && message.frames.length > 0 && (
            <div className="px-4 pt-3">
              <StackTrace frames={message.frames} stackTrace={message.stackTrace} />
            </div>
          )}
          <div className="px-4 py-3">
            <PayloadSection messageId={message.id} payload={message.payload} originalRecord={message.originalRecord} />
          </div>
        </>
      )}
    </section>
  );
}
