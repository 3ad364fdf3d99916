'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { replayItemsQueryOptions } from '#components/queries/replays.ts';
import { notedMessages } from '#components/replay/prepare-items.ts';
import { messageHref } from '#components/shell/links.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

type Note = ReplayView['plan']['warnings'][number];

/** The messages that a note of a plan is about, each with what tells it from another. */
export function NoteMessages({ replayId, note, isRefusal }: { replayId: string; note: Note; isRefusal: boolean }) {
  const items = useQuery(replayItemsQueryOptions(replayId, isRefusal ? 'not-sent' : null, null));
  return (
    <ul className="grid max-h-60 grid-cols-[minmax(0,1fr)] gap-0.5 overflow-y-auto pb-2 pl-11 text-xs">
      {notedMessages(note.messageIds, items.data?.items ?? []).map((message) => (
        <NamedMessage key={message.messageId} {...message} />
      ))}
      {note.count > note.messageIds.length && (
        <li className="text-faint">
          the first {formatCount(note.messageIds.length)} of {formatCount(note.count)}
        </li>
      )}
    </ul>
  );
}

const shownMax = 5;

/** The first messages of a plan, where it does nothing else with them that would show which they are. */
export function FirstMessages({ replayId, count }: { replayId: string; count: number }) {
  const { data } = useQuery(replayItemsQueryOptions(replayId, 'to-go', null));
  if (!data) return <SkeletonRows count={Math.min(count, shownMax)} rowClass="h-5" label="Reading which they are" />;
  const first = data.items.slice(0, shownMax);
  return (
    <ul className="grid grid-cols-[minmax(0,1fr)] gap-0.5 text-xs">
      {notedMessages(
        first.map(({ messageId }) => messageId),
        first,
      ).map((message) => (
        <NamedMessage key={message.messageId} {...message} />
      ))}
      {count > first.length && <li className="text-faint">and {formatCount(count - first.length)} more</li>}
    </ul>
  );
}

function NamedMessage({ messageId, name, facts }: ReturnType<typeof notedMessages>[number]) {
  return (
    <li className="flex gap-2.5">
      <Link
        href={messageHref(messageId)}
        prefetch={false}
        className="max-w-28 shrink-0 truncate font-mono text-accent underline-offset-2 hover:underline"
        title={name}
      >
        <HostileText text={name} charactersMax={40} />
      </Link>
      <span className="min-w-0 truncate text-soft" title={facts}>
        <HostileText text={facts} charactersMax={400} />
      </span>
    </li>
  );
}
