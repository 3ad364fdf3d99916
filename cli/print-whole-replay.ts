import { instant, printable, table } from '#cli/print.ts';
import { estimateText, planText, progressLine } from '#cli/print-replay.ts';
import type { ReplayView } from '#lib/api/replays.ts';
import type { ReplayState } from '#lib/domain/replay.ts';
import { historyLines } from '#lib/replay/history.ts';
import { aboutTime } from '#lib/replay/pace.ts';

/** A replay for people: what was planned, who steered it, and what became of it. */
export function replayText(replay: ReplayView, width: number, now: number): string {
  const parts = [
    planText(replay, width, timeText(replay, now)),
    historyText(replay, width, now),
    progressLine(replay, replay.options.action),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const isOver: ReadonlySet<ReplayState> = new Set(['watching', 'settled', 'cancelled']);

/** Of a plan how long it takes, of what was sent how long that took; while it runs its progress tells. */
function timeText(
  { state, options, plan, startedAt, finishedSendingAt, history = [] }: ReplayView,
  now: number,
): string {
  if (state === 'planned') return estimateText(options, plan.willSend);
  if (!isOver.has(state) || startedAt === null || finishedSendingAt === null) return '';
  const lines = historyLines(history, state, now).filter(({ at }) => at < finishedSendingAt);
  const stood = lines.reduce((sum, { stoodMs }) => sum + (stoodMs ?? 0), 0);
  const still = stood === 0 ? '' : `, for ${aboutTime(stood)} of which it stood still`;
  return `It took ${aboutTime(finishedSendingAt - startedAt)}${still}.`;
}

function historyText({ history = [], state }: ReplayView, width: number, now: number): string {
  if (history.length === 0) return '';
  const rows = historyLines(history, state, now).map(({ at, words, by, stoodMs, isNow, reason }) => {
    const long = stoodMs === null ? '' : `, for ${aboutTime(stoodMs)}${isNow ? ' now' : ''}`;
    return [instant(at), printable(`${words} ${by}${long}${reason === null ? '' : `: ${reason}`}`)];
  });
  return table(['WHEN', 'WHO STEERED IT'], rows, { width });
}
