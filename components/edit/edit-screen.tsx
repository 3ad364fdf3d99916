'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { EditMany } from '#components/edit/edit-many.tsx';
import { EditOne } from '#components/edit/edit-one.tsx';
import { EditSection } from '#components/edit/edit-layout.tsx';
import { readEditUrl } from '#components/edit/edit-url.ts';
import { PreviewView } from '#components/edit/preview-view.tsx';
import { editPreviewQueryOptions } from '#components/queries/edits.ts';
import { messageHref, replayHref } from '#components/shell/links.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { buttonClass } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { countOf } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';

/** Edit and replay: one message, or a selection. Nothing is sent from here but by the plan. Drawn in the browser: the tab may keep the selection. */
export function EditScreen({ search }: { search: string }) {
  const [selection] = useState(() => readEditUrl(new URLSearchParams(search), sessionStorage));
  switch (selection.kind) {
    case 'gone':
      return (
        <>
          <PageHeader title="Edit and replay" />
          <Empty
            title="Nothing is selected here"
            action={
              <Link href="/messages" className={buttonClass('go')}>
                All dead letters
              </Link>
            }
          >
            A long selection is kept by the tab that it was made in. Select messages, and press Edit and replay.
          </Empty>
        </>
      );
    case 'message':
      return selection.replay === null ? (
        <OneMessage messageId={selection.messageId} />
      ) : (
        <PastEdit messageId={selection.messageId} replay={selection.replay} />
      );
    case 'messages':
      return (
        <>
          <PageHeader title="Edit and replay" note={countOf(selection.messageIds.length, 'message')} />
          <EditMany selection={{ messageIds: selection.messageIds }} />
        </>
      );
    case 'filter': {
      const { kind: _, ...filtered } = selection;
      return (
        <>
          <PageHeader
            title="Edit and replay"
            note={
              <>
                everything that matches <HostileText text={filtered.filter} charactersMax={200} />
              </>
            }
          />
          <EditMany selection={filtered} />
        </>
      );
    }
  }
}

function OneMessage({ messageId }: { messageId: string }) {
  const { data, error } = useQuery(editPreviewQueryOptions(messageId, null));
  return (
    <>
      <PageHeader title="Edit and replay" note={<MessageNote messageId={messageId} identity={data?.identity} />} />
      {error && !data && (
        <div className="p-4">
          <ProblemNotice error={error} />
        </div>
      )}
      {!data && !error && <SkeletonRows count={12} rowClass="h-8" label="Reading the message" />}
      {data && <EditOne key={messageId} message={data} />}
    </>
  );
}

/** What the edit of a replay made of a message. */
function PastEdit({ messageId, replay }: { messageId: string; replay: string }) {
  const { data, error } = useQuery(editPreviewQueryOptions(messageId, null, replay));
  return (
    <>
      <PageHeader title="Sent with an edit" note={<MessageNote messageId={messageId} identity={data?.identity} />} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <EditSection
          title={`What replay ${replay} changed`}
          actions={
            <Link href={replayHref(replay)} className={buttonClass('plain', 'small')}>
              Open replay {replay}
            </Link>
          }
        >
          {error && !data && <ProblemNotice error={error} />}
          {!data && !error && <SkeletonRows count={6} rowClass="h-5" label="Comparing" />}
          {data && <PreviewView preview={data} />}
        </EditSection>
      </div>
    </>
  );
}

function MessageNote({ messageId, identity }: { messageId: string; identity: string | undefined }) {
  return (
    <Link href={messageHref(messageId)} className="text-accent underline-offset-2 hover:underline">
      {identity === undefined ? 'the message' : <HostileText text={identity} charactersMax={60} />}
    </Link>
  );
}
