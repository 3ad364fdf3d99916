'use client';

import clsx from 'clsx';
import Link from 'next/link';
import { useState } from 'react';
import { GroupStatePill } from '#components/groups/group-state-pill.tsx';
import { twinMarks } from '#components/groups/prepare-twins.ts';
import { groupsLeftOut, groupWords, shownGroups } from '#components/message-table/prepare-facets.ts';
import { ofBefore } from '#components/queries/use-answered.ts';
import { colourOf, type ColourSlots } from '#components/timeline/series-colours.ts';
import { Swatch } from '#components/timeline/timeline-legend.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { Sparkline } from '#components/ui/sparkline.tsx';
import type { GroupRow, GroupsResponse } from '#lib/api/groups.ts';

/** The error groups within the view, most frequent first: they are the timeline's legend, too. A press narrows the filter to one, another one widens it again. */
export function GroupFacets({
  answer,
  isOfBefore,
  unread,
  problem,
  slots,
  chosen,
  onChoose,
  isNarrowed,
  allGroups,
  onPoint,
}: {
  /** A queue, a filter or a range leaves some dead letters out. */
  isNarrowed: boolean;
  /** The page of all groups of this view. */
  allGroups: string;
  /** `null` while they are counted. */
  answer: GroupsResponse | null;
  /** It answers the filter before; the new counts are on their way. */
  isOfBefore: boolean;
  /** Instead of "none", where nobody has looked. */
  unread: string | null;
  problem: unknown;
  slots: ColourSlots;
  chosen: readonly string[];
  onChoose: (fingerprint: string) => void;
  /** The group under the pointer or the focus, so that it stands out in the timeline. */
  onPoint: (fingerprint: string | null) => void;
}) {
  const [all, setAll] = useState(false);
  const marks = twinMarks(answer?.groups ?? []);
  const heads = Map.groupBy(answer?.groups ?? [], (group) => groupWords(group).head);
  const shown = shownGroups(answer?.groups ?? [], chosen, all);
  const folded = (answer?.groups.length ?? 0) - shown.length;
  const left = answer === null || folded > 0 ? 0 : groupsLeftOut(answer);
  return (
    <section aria-label="Error groups" aria-busy={isOfBefore} className={clsx('p-2', isOfBefore && ofBefore)}>
      <h2 className="flex px-2 pt-0.5 pb-1.5 text-2xs font-semibold text-faint">
        Error groups <span className="ml-auto font-medium">{isOfBefore ? 'counting…' : 'by count'}</span>
      </h2>
      {problem !== null && problem !== undefined && answer === null && <ProblemNotice error={problem} compact />}
      {answer === null && !problem && <SkeletonRows count={5} rowClass="h-[70px]" label="Counting error groups" />}
      {answer?.groups.length === 0 && (
        <p className="px-2 py-1 text-soft">
          {unread ?? (answer.searchedTo === null ? 'No errors within this filter.' : 'None found so far.')}
        </p>
      )}
      {answer !== null && answer.searchedTo !== null && answer.groups.length > 0 && (
        <p className="px-2 pb-1 text-2xs text-attention">
          counted back to <Instant at={answer.searchedTo} suffix=" ago" />
        </p>
      )}
      <ul className="grid gap-0.5">
        {shown.map((group) => (
          <li key={group.fingerprint}>
            <GroupFacet
              group={group}
              mark={marks.get(group.fingerprint) ?? null}
              isAlike={(heads.get(groupWords(group).head)?.length ?? 0) > 1}
              colour={colourOf(slots, group.fingerprint)}
              chosen={chosen.includes(group.fingerprint)}
              // It is of all time and all queues: beside counts of a part it would be taken for the part's.
              showsLast={!isNarrowed}
              onChoose={() => onChoose(group.fingerprint)}
              onPoint={(pointed) => onPoint(pointed ? group.fingerprint : null)}
            />
          </li>
        ))}
      </ul>
      {folded > 0 && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="mt-0.5 h-7 w-full rounded-md px-2 text-left text-xs text-accent hover:bg-hover"
        >
          {countOf(folded, 'smaller group')} more
        </button>
      )}
      {left > 0 && (
        <p className="px-2 pt-1.5 text-xs text-faint">
          and {countOf(left, 'smaller group')}:{' '}
          <Link href={allGroups} className="text-accent underline-offset-2 hover:underline">
            all groups
          </Link>
        </p>
      )}
    </section>
  );
}

function GroupFacet({
  group,
  mark,
  isAlike,
  colour,
  chosen,
  showsLast,
  onChoose,
  onPoint,
}: {
  group: GroupRow;
  /** What tells it from a group of the same title; `null` where there is none. */
  mark: string | null;
  /** Others have the same class: what they say differs, perhaps only at its end. */
  isAlike: boolean;
  colour: string;
  chosen: boolean;
  showsLast: boolean;
  onChoose: () => void;
  onPoint: (pointed: boolean) => void;
}) {
  const { head, says } = groupWords(group);
  return (
    <button
      type="button"
      aria-pressed={chosen}
      title={group.title}
      onClick={onChoose}
      onPointerEnter={() => onPoint(true)}
      onPointerLeave={() => onPoint(false)}
      onFocus={() => onPoint(true)}
      onBlur={() => onPoint(false)}
      className={clsx(
        'grid w-full grid-cols-[10px_minmax(0,1fr)_auto] items-center gap-x-1.5 gap-y-0.5 rounded-md px-2 py-1.5 text-left',
        chosen ? 'bg-accent-soft' : 'hover:bg-hover',
      )}
    >
      <Swatch colour={colour} />
      <span className="truncate font-[550]">
        <HostileText text={head} charactersMax={120} />
      </span>
      <span className="text-right font-semibold">{formatCount(group.count)}</span>
      <span
        className={clsx('col-span-2 col-start-2 text-xs text-soft', isAlike ? 'line-clamp-2 break-words' : 'truncate')}
      >
        {says === null ? 'no error text' : <HostileText text={says} charactersMax={160} />}
      </span>
      {mark !== null && (
        <span className="col-span-2 col-start-2 truncate text-xs text-soft" title={mark}>
          <HostileText text={mark} charactersMax={200} />
        </span>
      )}
      <span className="col-span-2 col-start-2 flex h-5 min-w-0 items-center gap-2 text-2xs text-faint">
        <Sparkline
          counts={group.trend}
          label={`Trend: ${group.trend.join(', ')}`}
          width={60}
          height={14}
          className={clsx('shrink-0', colour)}
        />
        <GroupStatePill state={group.state} />
        {showsLast && <Instant at={group.lastAt} inRow className="ml-auto" />}
      </span>
    </button>
  );
}
