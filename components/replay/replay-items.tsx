'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import Link from 'next/link';
import { useState } from 'react';
import { replayItemsQueryOptions, type ItemsView } from '#components/queries/replays.ts';
import { itemPill } from '#components/replay/prepare-items.ts';
import { messageHref } from '#components/shell/links.ts';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { Panel } from '#components/ui/panel.tsx';
import { Pill } from '#components/ui/pill.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { radioProps } from '#components/ui/radios.ts';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { ReplayItemView, ReplayView } from '#lib/api/replays.ts';

/** Each message of the replay with what became of it. */
export function ReplayItems({ replayId, account }: { replayId: string; account: ReplayView['account'] }) {
  const [chosen, setChosen] = useState('all');
  const choices = itemChoices(account);
  const choice = choices.find((each) => each.id === chosen) ?? choices[0];
  const ids = choices.map((each) => each.id);
  const items = useInfiniteQuery(replayItemsQueryOptions(replayId, choice?.view ?? { state: null, returned: false }));
  const rows = items.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel
      title="Messages"
      marks={
        <div
          role="radiogroup"
          aria-label="Which messages"
          className="flex flex-wrap gap-0.5 rounded-[5px] bg-sunk p-0.5"
        >
          {choices.map((each) => (
            <button
              key={each.id}
              {...radioProps({ id: each.id, ids, chosen: choice?.id ?? null, onChoose: setChosen })}
              className={clsx(
                'h-5 rounded px-2 text-2xs font-[550]',
                each.id === choice?.id
                  ? 'bg-panel text-text shadow-[0_0_0_1px_var(--line-strong)]'
                  : 'text-soft hover:text-text',
              )}
            >
              {each.id} {formatCount(each.count)}
            </button>
          ))}
        </div>
      }
    >
      {items.error && (
        <div className="p-3">
          <ProblemNotice error={items.error} />
        </div>
      )}
      {items.isPending && <SkeletonRows count={6} rowClass="h-8" label="Reading the messages of this replay" />}
      <ul>
        {rows.map((item) => (
          <ItemLine key={item.id} item={item} />
        ))}
      </ul>
      {items.isSuccess && rows.length === 0 && <p className="p-3.5 text-soft">None.</p>}
      {items.hasNextPage && (
        <div className="p-2 text-center">
          <Button size="small" disabled={items.isFetchingNextPage} onClick={() => void items.fetchNextPage()}>
            {items.isFetchingNextPage ? 'Reading…' : 'Show more'}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function ItemLine({ item }: { item: ReplayItemView }) {
  const pill = itemPill(item);
  return (
    <li className="border-b border-line px-3.5 py-1.5 last:border-0">
      <div className="flex items-center gap-3">
        <span className="w-8 shrink-0 text-right text-faint">{item.ordinal + 1}</span>
        <Link
          href={messageHref(item.messageId)}
          className="min-w-0 truncate font-mono text-xs text-accent underline-offset-2 hover:underline"
        >
          <HostileText text={item.identity} charactersMax={80} />
        </Link>
        <span className="min-w-0 flex-1 truncate text-soft">
          {item.destinationLabel !== null && (
            <>
              → <HostileText text={item.destinationLabel} charactersMax={120} />
            </>
          )}
          {item.sentPosition !== null && <span className="text-faint"> at {item.sentPosition}</span>}
        </span>
        {item.returned && (
          <Link
            href={messageHref(item.returned.messageId)}
            className="shrink-0 text-xs text-accent underline-offset-2 hover:underline"
          >
            as this message
          </Link>
        )}
        <Pill tone={pill.tone}>{pill.word}</Pill>
        {(item.returned?.at ?? item.sentAt) !== null && (
          <Instant at={item.returned?.at ?? item.sentAt ?? 0} className="w-12 shrink-0 text-right text-faint" />
        )}
      </div>
      {item.reason && (
        <p className="pl-11 break-words text-soft">
          <HostileText text={item.reason.message} charactersMax={600} />
        </p>
      )}
    </li>
  );
}

function itemChoices(
  account: ReplayView['account'],
): readonly { readonly id: string; readonly count: number; readonly view: ItemsView }[] {
  const all = [
    { id: 'all', count: account.total, view: { state: null, returned: false } },
    { id: 'returned', count: account.returned, view: { state: null, returned: true } },
    { id: 'unknown', count: account.unknown, view: { state: 'unknown', returned: false } },
    { id: 'failed', count: account.failed, view: { state: 'failed', returned: false } },
    { id: 'not sent', count: account.skipped, view: { state: 'skipped', returned: false } },
  ] as const;
  return all.filter((choice) => choice.id === 'all' || choice.count > 0);
}
