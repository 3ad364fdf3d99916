'use client';

import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { useNow } from '#components/ui/now.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { ReplayView } from '#lib/api/replays.ts';
import { historyLines } from '#lib/replay/history.ts';
import { aboutTime } from '#lib/replay/pace.ts';

/** Who confirmed, paused, resumed and cancelled a replay, and where it stood still by itself; nothing where nobody said anything. */
export function ReplayHistory({ replay: { history = [], state } }: { replay: Pick<ReplayView, 'history' | 'state'> }) {
  const now = useNow();
  if (history.length === 0) return null;
  return (
    <Panel title="Who steered it">
      <ol className="grid gap-1 p-3.5">
        {historyLines(history, state, now).map(({ at, words, by, stoodMs, isNow, reason }, index) => (
          <li key={index} className="min-w-0 break-words">
            {words} <HostileText text={by} charactersMax={80} />
            {stoodMs !== null && `, for ${aboutTime(stoodMs)}${isNow ? ' now' : ''}`},{' '}
            <span className="text-soft">
              <Instant at={at} suffix=" ago" />
            </span>
            {reason !== null && (
              <p className="text-soft">
                <HostileText text={reason} charactersMax={400} />
              </p>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
