'use client';

import { useQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import { Fragment } from 'react';
import { accountBar, accountParts, lastLook, statePill, wayOn } from '#components/replay/prepare-account.ts';
import { overviewQueryOptions } from '#components/queries/overview.ts';
import { paceWords } from '#components/replay/prepare-pace.ts';
import { unseenWords } from '#components/replay/prepare-unseen.ts';
import { useNow } from '#components/ui/now.tsx';
import { Pill, toneText, type Tone } from '#components/ui/pill.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import type { ReplayView } from '#lib/api/replays.ts';
import { AppError } from '#lib/domain/errors.ts';
import { errorToTell } from '#lib/domain/replay-line.ts';

const fills: Record<Tone, string> = {
  failing: 'fill-failing',
  attention: 'fill-attention',
  motion: 'fill-motion',
  settled: 'fill-settled',
  plain: 'fill-line-strong',
};

/** State, bar and account of a replay. */
export function ReplayProgress({ replay }: { replay: ReplayView }) {
  const now = useNow();
  const pill = statePill(replay, now);
  const parts = accountParts(replay);
  const { data: overview } = useQuery(overviewQueryOptions());
  const unseen = unseenWords(replay, overview);
  const next = wayOn(replay);
  const told = errorToTell(replay);
  const beside = paceWords(replay, now) ?? lastLook(replay, now);
  return (
    <div className="grid gap-2" role="status" aria-label="Progress">
      <div className="flex items-baseline gap-2">
        <Pill tone={pill.tone}>{pill.word}</Pill>
        {beside !== null && <span className="text-soft tabular-nums">{beside}</span>}
      </div>
      <svg aria-hidden width="100%" height="8" viewBox="0 0 100 8" preserveAspectRatio="none" className="rounded-full">
        <rect width="100" height="8" className="fill-line" />
        {accountBar(replay).map((segment) => (
          <rect key={segment.key} x={segment.start} width={segment.width} height="8" className={fills[segment.tone]} />
        ))}
      </svg>
      <p>
        {parts.map((part, index) => (
          <Fragment key={part.key}>
            {index > 0 && <span className="text-faint"> · </span>}
            <span className={clsx('whitespace-nowrap', part.count > 0 ? toneText[part.tone] : 'text-soft')}>
              {part.words}
            </span>
          </Fragment>
        ))}
      </p>
      {unseen !== null && <p className="text-attention">{unseen}</p>}
      {told && <ProblemNotice error={new AppError(told.code, told.message)} />}
      {next !== null && <p>{next}</p>}
    </div>
  );
}
