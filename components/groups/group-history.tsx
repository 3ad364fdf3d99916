import clsx from 'clsx';
import Link from 'next/link';
import { activityEntries, replayOutcome, replaysCounted } from '#components/groups/prepare-group.ts';
import { groupReturnsWords } from '#components/groups/prepare-group-returns.ts';
import { RailSection } from '#components/groups/rail-section.tsx';
import { replayHref } from '#components/shell/links.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { toneText } from '#components/ui/pill.tsx';
import type { GroupDetail } from '#lib/api/groups.ts';

/** Replays that touched its messages, and what came of them. Which ones is known of the newest of its messages only. */
export function GroupReplays({ group }: { group: GroupDetail }) {
  const { replays } = group;
  const returns = groupReturnsWords(replays);
  return (
    <RailSection title="Replays" marks={replays.length > 0 && formatCount(replays.length)}>
      {replays.length === 0 && <p className="text-soft">None is known of its newest messages.</p>}
      {returns !== null && <p className="mb-1 font-[550]">{returns}</p>}
      <ul className="-mx-2">
        {replays.map((replay) => {
          const outcome = replayOutcome(replay);
          return (
            <li key={replay.id}>
              <Link
                href={replayHref(replay.number)}
                className="grid grid-cols-[84px_minmax(0,1fr)_auto_60px] items-center gap-3 rounded-md px-2 py-1 hover:bg-hover max-sm:grid-cols-[72px_minmax(0,1fr)_60px]"
              >
                <span className="font-semibold">Replay {replay.number}</span>
                <span className={clsx('truncate', toneText[outcome.tone])}>{outcome.words}</span>
                <span className="truncate text-faint max-sm:hidden">
                  <HostileText text={replay.by} charactersMax={60} />
                </span>
                <Instant at={replay.at} inRow className="text-right text-faint" />
              </Link>
            </li>
          );
        })}
      </ul>
      {replays.length > 0 && <p className="mt-1 text-xs text-faint">{replaysCounted(group)}</p>}
    </RailSection>
  );
}

/** What people did with it. */
export function GroupActivity({ activity }: { activity: GroupDetail['activity'] }) {
  if (activity.length === 0) return null;
  return (
    <RailSection title="Activity">
      <ol className="grid gap-1">
        {activityEntries(activity).map((entry, index) => (
          <li key={index} className="flex gap-2">
            <span className="min-w-0 flex-1 break-words text-soft">
              <HostileText text={entry.actor} charactersMax={80} /> {entry.words}
              {entry.refusal !== null && <span className="text-attention"> – not done: {entry.refusal}</span>}
            </span>
            <Instant at={entry.at} className="text-faint" />
          </li>
        ))}
      </ol>
    </RailSection>
  );
}
