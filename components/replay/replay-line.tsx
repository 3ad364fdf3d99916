import clsx from 'clsx';
import Link from 'next/link';
import { Fragment } from 'react';
import { accountParts, statePill } from '#components/replay/prepare-account.ts';
import { replayHref } from '#components/shell/links.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Pill, toneText } from '#components/ui/pill.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

export function ReplayLine({ replay, now }: { replay: ReplayView; now: number }) {
  const pill = statePill(replay, now);
  return (
    <tr className="relative h-[38px] border-t border-line first:border-t-0 hover:bg-hover">
      <th scope="row" className="px-2.5 text-left font-semibold">
        <Link
          data-row
          href={replayHref(replay.number)}
          className="outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          aria-label={`Replay ${replay.number}`}
        >
          {replay.number}
        </Link>
      </th>
      <td className="truncate px-2.5" title={replay.sentence}>
        <HostileText text={replay.sentence} charactersMax={240} />
      </td>
      <td className="px-2.5">
        <Pill tone={pill.tone}>{pill.word}</Pill>
      </td>
      <td className="px-2.5 py-1 text-soft">
        {accountParts(replay).map((part, index) => (
          <Fragment key={part.key}>
            {index > 0 && ' · '}
            <span className={clsx('whitespace-nowrap', part.count > 0 && toneText[part.tone])}>{part.words}</span>
          </Fragment>
        ))}
      </td>
      <td className="truncate px-2.5 text-soft max-xl:hidden">
        <HostileText text={replay.createdBy} charactersMax={60} />
      </td>
      <td className="px-2.5 text-soft">
        <Instant at={replay.confirmedAt ?? replay.createdAt} inRow className="relative z-10" />
      </td>
    </tr>
  );
}
