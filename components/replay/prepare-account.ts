import { discardParts, discardPill, waitingWord } from '#components/discard/prepare-discard.ts';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import type { AccountPart } from '#components/replay/account-part.ts';
import type { Tone } from '#components/ui/pill.tsx';
import { duration } from '#components/ui/times.ts';
import type { ReplayView } from '#lib/api/replays.ts';

type Account = ReplayView['account'];

/** A discard and a restore have an account in words of their own; absent is a replay. */
interface Acting {
  readonly options?: Pick<ReplayView['options'], 'action'> & Partial<Pick<ReplayView['options'], 'edit'>>;
}

/** Confirmed by the broker, whether or not it is also settled. */
export function sentCount(account: Account): number {
  return account.sent + account.settled;
}

/**
 * The account in words. What was sent was only sent: whether it worked is known to nobody, only that it was not seen again so far.
 * Unknown is always said, also when it is none.
 */
export function accountParts(
  replay: Pick<ReplayView, 'account' | 'state' | 'restored'> & Acting,
): readonly AccountPart[] {
  const { account, state } = replay;
  const action = replay.options?.action ?? 'replay';
  if (action !== 'replay') return discardParts(action, replay);
  const sent = sentCount(account);
  const edited = (replay.options?.edit ?? null) === null ? '' : ', edited';
  const waiting = account.planned + account.intended;
  const soFar = state === 'settled' ? '' : ' so far';
  const different =
    account.returnedDifferent > 0 ? `, ${formatCount(account.returnedDifferent)} with a different error` : '';
  const parts: AccountPart[] = [
    { key: 'sent', tone: 'plain', count: sent, words: `${formatCount(sent)} sent${edited}` },
    {
      key: 'not-seen',
      tone: 'settled',
      count: sent - account.returned,
      words: `${formatCount(sent - account.returned)} not seen again${soFar}`,
    },
    {
      key: 'returned',
      tone: account.returned > 0 ? 'failing' : 'plain',
      count: account.returned,
      words: `${formatCount(account.returned)} returned${different}`,
    },
    {
      key: 'unknown',
      tone: account.unknown > 0 ? 'attention' : 'plain',
      count: account.unknown,
      words: `${formatCount(account.unknown)} unknown`,
    },
  ];
  if (account.failed > 0)
    parts.push({
      key: 'failed',
      tone: 'failing',
      count: account.failed,
      words: `${formatCount(account.failed)} failed`,
    });
  if (account.skipped > 0)
    parts.push({
      key: 'skipped',
      tone: 'attention',
      count: account.skipped,
      words: `${formatCount(account.skipped)} not sent`,
    });
  if (waiting > 0)
    parts.push({
      key: 'waiting',
      tone: 'plain',
      count: waiting,
      words: `${formatCount(waiting)} ${waitingWord(action, state)}`,
    });
  return parts;
}

export function statePill(
  replay: Pick<ReplayView, 'state' | 'account' | 'watchUntil'> & Acting,
  now: number,
): { readonly tone: Tone; readonly word: string } {
  const action = replay.options?.action ?? 'replay';
  if (action !== 'replay') return discardPill(action, replay);
  const { account } = replay;
  const done = formatCount(sentCount(account) + account.failed + account.unknown);
  const all = formatCount(account.total - account.skipped);
  switch (replay.state) {
    case 'planned':
      return { tone: 'plain', word: 'planned, nothing sent' };
    case 'queued':
      return { tone: 'motion', word: 'about to send' };
    case 'sending':
      return { tone: 'motion', word: `sending ${done} of ${all}` };
    case 'paused':
      return { tone: 'attention', word: `paused at ${done} of ${all}` };
    case 'watching':
      return {
        tone: 'motion',
        word: watchingWord(replay.watchUntil, now),
      };
    case 'settled':
      return {
        tone: account.returned > 0 || account.failed > 0 || account.unknown > 0 ? 'attention' : 'settled',
        word: 'settled',
      };
    case 'cancelled':
      return { tone: 'plain', word: `cancelled at ${done} of ${all}` };
    case 'stopped':
      return { tone: 'failing', word: `stopped at ${done} of ${all}` };
  }
}

function watchingWord(until: number | null, now: number): string {
  if (until === null) return 'watching for returns';
  return until > now ? `watching · settles in ${duration(Math.max(1_000, until - now))}` : 'watch over · a last look';
}

/** What a replay still waits for whose watch is over: what came back until then may not be read yet. `null` for any other. */
export function lastLook(
  { state, watchUntil, queueIds }: Pick<ReplayView, 'state' | 'watchUntil' | 'queueIds'>,
  now: number,
): string | null {
  if (state !== 'watching' || watchUntil === null || watchUntil > now) return null;
  return `It settles when ${queueIds.length === 1 ? 'its queue has' : 'its queues have'} been read once more.`;
}

/** What is asked before the rest is cancelled. What is under way at that moment is decided by its broker, and is none of the rest. */
export function cancelQuestion({ account, options }: Pick<ReplayView, 'account'> & Acting): string {
  const action = options?.action ?? 'replay';
  const left = account.planned;
  if (left === 0) return 'Cancel it? Nothing is left, and nobody looks for returns any more.';
  const rest = left === 1 ? 'the message that is left' : `the ${formatCount(left)} messages that are left`;
  const stays = {
    replay: 'What was sent stays sent',
    discard: 'What was discarded stays so',
    restore: 'What was restored stays so',
  };
  return `Cancel ${rest}? ${stays[action]}.`;
}

/** What the end of sending is called. A replay that was cancelled or that stopped has one, too, with messages left. */
export function endOfSending(account: Account): 'all sent' | 'sending ended' {
  return sentCount(account) === account.total ? 'all sent' : 'sending ended';
}

export interface BarSegment {
  readonly key: AccountPart['key'];
  readonly tone: Tone;
  /** Of a hundred. */
  readonly start: number;
  readonly width: number;
}

/** The account as a bar: what was not seen again, what returned, what is unknown, failed or not sent; the rest is still to go. */
export function accountBar(replay: Pick<ReplayView, 'account' | 'state' | 'restored'> & Acting): readonly BarSegment[] {
  const total = Math.max(1, replay.account.total);
  const segments: BarSegment[] = [];
  let start = 0;
  for (const part of accountParts(replay)) {
    // What is within another part, or still to come.
    if (part.key === 'sent' || part.key === 'waiting') continue;
    // Of what was discarded some is restored since, and has a place of its own.
    const count = part.key === 'not-seen' ? part.count - (replay.restored ?? 0) : part.count;
    if (count <= 0) continue;
    const width = (count / total) * 100;
    segments.push({ key: part.key, tone: part.tone, start, width });
    start += width;
  }
  return segments;
}

/** What can be done with it now. */
export function steering(state: ReplayView['state']): readonly ('pause' | 'resume' | 'cancel')[] {
  switch (state) {
    case 'queued':
    case 'sending':
      return ['pause', 'cancel'];
    case 'paused':
    case 'stopped':
      return ['resume', 'cancel'];
    case 'planned':
    case 'watching':
    case 'settled':
    case 'cancelled':
      return [];
  }
}

/** What the reader of a replay that stopped by itself can do; `null` for any other. */
export function wayOn(replay: Pick<ReplayView, 'state' | 'account'> & Acting): string | null {
  if (replay.state !== 'stopped') return null;
  if ((replay.options?.action ?? 'replay') !== 'replay')
    return 'Mend what stopped it, then resume. Or cancel the rest.';
  const left = replay.account.planned + replay.account.intended;
  if (left === 0) return 'Everything was decided before it stopped. Resume it to look for returns, or cancel it.';
  return `Mend what stopped it, then resume: ${left === 1 ? 'the message that is left is' : `the ${formatCount(left)} messages that are left are`} sent, and none a second time. Or cancel the rest.`;
}

export function sendLabel(count: number): string {
  return `Send ${countOf(count, 'message')}`;
}
