'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { discardItemPill } from '#components/discard/prepare-discard.ts';
import { replayItemsQueryOptions } from '#components/queries/replays.ts';
import { messageHref } from '#components/shell/links.ts';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Pill } from '#components/ui/pill.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { ReplayItemView, ReplayView } from '#lib/api/replays.ts';

/** Each message of a discard or restore with what became of it, a page at a time. */
export function DiscardItems({ replay }: { replay: ReplayView }) {
  /** Where the pages before this one began. */
  const [before, setBefore] = useState<readonly (string | null)[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const items = useQuery({ ...replayItemsQueryOptions(replay.id, null, cursor), placeholderData: keepPreviousData });
  const next = items.data?.nextCursor ?? null;
  const action = replay.options.action === 'restore' ? 'restore' : 'discard';
  return (
    <Panel title="Messages">
      {items.error && (
        <div className="p-3">
          <ProblemNotice error={items.error} />
        </div>
      )}
      {items.isPending && <SkeletonRows count={6} rowClass="h-8" label="Reading the messages" />}
      <ul>
        {items.data?.items.map((item) => (
          <ItemLine key={item.id} item={item} action={action} ofReplay={replay.state} />
        ))}
      </ul>
      {(next !== null || before.length > 0) && (
        <div className="flex justify-center gap-2 p-2">
          <Button
            size="small"
            disabled={before.length === 0}
            onClick={() => {
              setCursor(before.at(-1) ?? null);
              setBefore(before.slice(0, -1));
            }}
          >
            Earlier
          </Button>
          <Button
            size="small"
            disabled={next === null}
            onClick={() => {
              setBefore([...before, cursor]);
              setCursor(next);
            }}
          >
            Later
          </Button>
        </div>
      )}
    </Panel>
  );
}

function ItemLine({
  item,
  action,
  ofReplay,
}: {
  item: ReplayItemView;
  action: 'discard' | 'restore';
  ofReplay: ReplayView['state'];
}) {
  const pill = discardItemPill(action, item.state, ofReplay);
  return (
    <li className="border-b border-line px-3.5 py-1.5 last:border-0">
      <div className="flex items-center gap-3">
        <span className="w-8 shrink-0 text-right text-faint">{item.ordinal + 1}</span>
        <Link
          href={messageHref(item.messageId)}
          className="min-w-0 flex-1 truncate font-mono text-xs text-accent underline-offset-2 hover:underline"
        >
          <HostileText text={item.identity} charactersMax={80} />
        </Link>
        {item.returned && (
          <Link
            href={messageHref(item.returned.messageId)}
            className="shrink-0 text-xs text-accent underline-offset-2 hover:underline"
          >
            back as this message
          </Link>
        )}
        <Pill tone={pill.tone}>{pill.word}</Pill>
        {item.sentAt !== null && <Instant at={item.sentAt} className="w-12 shrink-0 text-right text-faint" />}
      </div>
      {item.reason && (
        <p className="pl-11 break-words text-soft">
          <HostileText text={item.reason.message} charactersMax={600} />
        </p>
      )}
    </li>
  );
}
