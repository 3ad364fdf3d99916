'use client';

import { GitMerge } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { GroupActions } from '#components/groups/group-actions.tsx';
import { GroupTitle } from '#components/groups/group-title.tsx';
import { groupMeanings, groupTerm, ignoredWords } from '#components/groups/prepare-groups.ts';
import type { GroupChanges } from '#components/groups/use-group-changes.ts';
import { groupHref, messagesHref } from '#components/shell/links.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { useNow } from '#components/ui/now.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import type { GroupDetail } from '#lib/api/groups.ts';

/** What it is in the words of its first message, the numbers, and what can be done. */
export function GroupHead({
  group,
  changes,
  onReplay,
  onDiscard,
}: {
  group: GroupDetail;
  changes: GroupChanges;
  onReplay: () => void;
  onDiscard: () => void;
}) {
  const now = useNow();
  return (
    <div className="border-b border-line px-4 pt-3 pb-3.5">
      {group.mergedInto && (
        <div className="mb-3 flex items-center gap-2 rounded-md bg-sunk px-3 py-2">
          <GitMerge size={14} aria-hidden className="shrink-0 text-faint" />
          <p className="min-w-0 flex-1 truncate">
            It is merged into{' '}
            <Link
              href={groupHref(group.mergedInto.fingerprint)}
              className="font-[550] text-accent underline-offset-2 hover:underline"
            >
              <HostileText text={group.mergedInto.title} charactersMax={160} />
            </Link>
            . What stands here is this part alone.
          </p>
          <Button
            size="small"
            disabled={changes.isPending}
            onClick={() => group.mergedInto && changes.takeOut(group, group.mergedInto.fingerprint)}
          >
            Take it out again
          </Button>
        </div>
      )}
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-96 break-words">
          {group.errorClass !== null && (
            <p className="font-mono text-sm font-semibold text-failing">
              <HostileText text={group.errorClass} charactersMax={300} />
            </p>
          )}
          {group.errorMessage !== null && (
            <p className="mt-0.5 line-clamp-3">
              <HostileText text={group.errorMessage} charactersMax={600} />
            </p>
          )}
          {group.errorClass === null && group.errorMessage === null && (
            <p className="font-[550]">
              <GroupTitle title={group.title} />
            </p>
          )}
          <p className="mt-1 text-xs text-faint">
            {stateSentence(group, now)}
            {group.reason !== null && (
              <>
                {' Broker’s reason: '}
                <HostileText text={group.reason} charactersMax={300} />.
              </>
            )}
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <GroupActions
            rows={[group]}
            owners={group.owner === null ? [] : [group.owner]}
            busy={changes.isPending}
            onChange={(change) => changes.change([group], change)}
          />
          <Link href={messagesHref(groupTerm(group.fingerprint))} className={buttonClass()}>
            All messages
          </Link>
          <CopyButton label="Copy link to this group" text={() => location.href} />
          <Button disabled={group.open === 0} onClick={onDiscard}>
            Discard {formatCount(group.open)} open
          </Button>
          <Button look="go" keyHint="r" disabled={group.open === 0} onClick={onReplay}>
            Replay {formatCount(group.open)} open
          </Button>
        </div>
      </div>
      <dl className="mt-3.5 flex flex-wrap gap-x-8 gap-y-2">
        <Figure label="Dead letters">{formatCount(group.count)}</Figure>
        <Figure label="Still open">{formatCount(group.open)}</Figure>
        <Figure label="First seen">
          <Instant at={group.firstAt} suffix=" ago" />
        </Figure>
        <Figure label="Last seen">
          <Instant at={group.lastAt} suffix=" ago" />
        </Figure>
        <Figure label="Owner">
          {group.owner === null ? (
            <span className="font-medium text-faint">nobody</span>
          ) : (
            <HostileText text={group.owner} charactersMax={60} />
          )}
        </Figure>
      </dl>
    </div>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-soft">{label}</dt>
      <dd className="truncate text-md font-semibold">{children}</dd>
    </div>
  );
}

function stateSentence(group: GroupDetail, now: number): ReactNode {
  if (group.state === 'ignored') return `Ignored ${ignoredWords(group.ignoredUntil, now)}.`;
  if (group.state === 'resolved' && group.resolvedAt !== null)
    return (
      <>
        Resolved <Instant at={group.resolvedAt} suffix=" ago" />, and nothing came since.
      </>
    );
  if (group.state === 'regressed' && group.resolvedAt !== null && group.regressedAt !== null)
    return (
      <>
        Resolved <Instant at={group.resolvedAt} suffix=" ago" />; it failed again{' '}
        <Instant at={group.regressedAt} suffix=" ago" />.
      </>
    );
  return `${groupMeanings[group.state]}.`;
}
