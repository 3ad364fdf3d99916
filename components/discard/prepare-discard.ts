import type { AccountPart } from '#components/replay/account-part.ts';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { ReplayItemView, ReplayView } from '#lib/api/replays.ts';
import type { ReplayAction } from '#lib/domain/replay.ts';

type Plan = ReplayView['plan'];
type Doing = Exclude<ReplayAction, 'replay'>;

/** `Replay 118`, `Discard 119`. */
export function nameOf(replay: Pick<ReplayView, 'number' | 'options'>): string {
  return `${verbs[replay.options.action]} ${replay.number}`;
}

export const verbs: Readonly<Record<ReplayAction, string>> = {
  replay: 'Replay',
  discard: 'Discard',
  restore: 'Restore',
};

const done: Readonly<Record<Doing, string>> = { discard: 'discarded', restore: 'restored' };

/** What is called that was not begun. Of what was cancelled it never will be. */
export function waitingWord(action: ReplayAction, state: ReplayView['state']): string {
  if (state === 'cancelled') return `cancelled, ${notDoneWord(action)}`;
  return state === 'stopped' ? 'left' : 'to go';
}

/** What is called that the plan left out, or that could not be done. */
export function notDoneWord(action: ReplayAction): string {
  return `not ${action === 'replay' ? 'sent' : done[action]}`;
}

const dates = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** `24 December 2026` */
export function dayOf(at: number): string {
  return dates.format(at);
}

/** What happens to the messages, in sentences; `restored` of them are back since. */
export function discardSentences(
  plan: Pick<Plan, 'removes' | 'willSend' | 'keptUntil'>,
  { done: all, restored }: { readonly done: number; readonly restored: number } = { done: 0, restored: 0 },
): readonly string[] {
  const one = plan.willSend === 1;
  const until = plan.keptUntil === undefined ? null : dayOf(plan.keptUntil);
  const removed = one
    ? 'It is written whole into the archive here, and only then removed from its queue.'
    : 'Each is written whole into the archive here, and only then removed from its queue.';
  const kept =
    until === null
      ? []
      : restored > 0
        ? [keptSince(until, all - restored, restored)]
        : [`Until ${until} ${one ? 'it' : 'they'} can be restored; after that nobody can.`];
  const inLog = one
    ? 'It stays in its topic until the topic’s retention removes it: nothing can be removed from a log. It is marked as discarded here, and can be marked as open again.'
    : 'They stay in their topic until its retention removes them: nothing can be removed from a log. They are marked as discarded here, and can be marked as open again.';
  switch (plan.removes) {
    case 'all':
      return [removed, ...kept];
    case 'none':
      return [inLog];
    case 'some':
      return [`From queues: ${removed}`, ...kept, `From logs: ${inLog}`];
  }
}

function keptSince(until: string, left: number, restored: number): string {
  const back = restored === 1 ? '1 was restored' : `${formatCount(restored)} were restored`;
  if (left <= 0) return `${back}: nothing is left to be restored.`;
  const others = left === 1 ? 'the other one' : `the other ${formatCount(left)}`;
  return `${back}. Until ${until} ${others} can be restored, too; after that nobody can.`;
}

/** Of the whole discard, or of what of it is left. */
export function restoreLabel({ account, restored = 0 }: Pick<ReplayView, 'account' | 'restored'>): string {
  return restored === 0 ? verbs.restore : `${verbs.restore} the other ${formatCount(account.settled - restored)}`;
}

export function actLabel(action: Doing, count: number): string {
  return count === 0 ? `Nothing can be ${done[action]}` : `${verbs[action]} ${countOf(count, 'message')}`;
}

/** The account of a discard or a restore in words; unknown is said where there is any, because only a restore sends. */
export function discardParts(
  action: Doing,
  { account, state, restored = 0 }: Pick<ReplayView, 'account' | 'state' | 'restored'>,
): AccountPart[] {
  const waiting = account.planned + account.intended;
  const parts: AccountPart[] = [
    {
      key: 'not-seen',
      tone: 'settled',
      count: account.settled,
      words: `${formatCount(account.settled)} ${done[action]}`,
    },
  ];
  const add = (key: AccountPart['key'], tone: Tone, count: number, word: string) => {
    if (count > 0) parts.push({ key, tone, count, words: `${formatCount(count)} ${word}` });
  };
  add('restored', 'plain', restored, 'of them restored');
  add('sent', 'motion', account.sent, action === 'discard' ? 'archived, not yet removed' : 'sent');
  add('unknown', 'attention', account.unknown, 'unknown');
  add('failed', 'failing', account.failed, 'failed');
  add('skipped', 'attention', account.skipped, notDoneWord(action));
  add('waiting', 'plain', waiting, waitingWord(action, state));
  return parts;
}

export function discardPill(
  action: Doing,
  { account, state }: Pick<ReplayView, 'account' | 'state'>,
): { readonly tone: Tone; readonly word: string } {
  const at = `${formatCount(account.settled)} of ${formatCount(account.total - account.skipped)}`;
  switch (state) {
    case 'planned':
      return { tone: 'plain', word: 'planned, nothing done' };
    case 'queued':
      return { tone: 'motion', word: 'about to begin' };
    case 'sending':
      return { tone: 'motion', word: `${action === 'discard' ? 'discarding' : 'restoring'} ${at}` };
    case 'paused':
      return { tone: 'attention', word: `paused at ${at}` };
    case 'watching':
    case 'settled':
      return account.failed + account.unknown > 0
        ? { tone: 'attention', word: 'done, not all of it' }
        : { tone: 'settled', word: 'done' };
    case 'cancelled':
      return { tone: 'plain', word: `cancelled at ${at}` };
    case 'stopped':
      return { tone: 'failing', word: `stopped at ${at}` };
  }
}

/** Whether something of a discard is left to be restored; what the archive forgot is told by the plan. */
export function canRestore({ options, account, restored = 0 }: Pick<ReplayView, 'options' | 'account' | 'restored'>) {
  return options.action === 'discard' && account.settled > restored;
}

export function discardItemPill(
  action: Doing,
  { state, restoredAt = null }: Pick<ReplayItemView, 'state'> & Partial<Pick<ReplayItemView, 'restoredAt'>>,
  ofReplay: ReplayView['state'],
): { readonly tone: Tone; readonly word: string } {
  if (restoredAt !== null) return { tone: 'plain', word: done.restore };
  switch (state) {
    case 'planned':
      return { tone: 'plain', word: waitingWord(action, ofReplay) };
    case 'intended':
      return { tone: 'motion', word: 'under way' };
    case 'sent':
      return { tone: 'motion', word: action === 'discard' ? 'archived, not yet removed' : 'sent' };
    case 'settled':
      return { tone: 'settled', word: done[action] };
    case 'skipped':
      return { tone: 'attention', word: notDoneWord(action) };
    case 'failed':
      return { tone: 'failing', word: 'failed' };
    case 'unknown':
      return { tone: 'attention', word: 'unknown' };
  }
}
