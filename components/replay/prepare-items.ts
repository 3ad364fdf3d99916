import { waitingWord } from '#components/discard/prepare-discard.ts';
import { formatCount } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { ItemOutcome, ReplayItemView, ReplayView } from '#lib/api/replays.ts';
import { isCertain } from '#lib/domain/item-return.ts';
import { signWords } from '#lib/replay/returns.ts';

/** What became of one message of a replay that is in this state. */
export function itemPill(
  item: Pick<ReplayItemView, 'state' | 'returned'>,
  ofReplay: ReplayView['state'],
): {
  readonly tone: Tone;
  readonly word: string;
} {
  if (item.returned) {
    const { sameError, by } = item.returned;
    const error = sameError === null ? 'error not compared' : sameError ? 'same error' : 'other error';
    return { tone: 'failing', word: `${isCertain(by) ? 'returned' : 'probably returned'}, ${error}` };
  }
  switch (item.state) {
    case 'planned':
      return { tone: 'plain', word: waitingWord('replay', ofReplay) };
    case 'intended':
      return { tone: 'motion', word: 'being sent' };
    case 'sent':
      return { tone: 'motion', word: 'sent' };
    case 'settled':
      return { tone: 'settled', word: 'sent, not seen again' };
    case 'skipped':
      return { tone: 'attention', word: 'not sent' };
    case 'failed':
      return { tone: 'failing', word: 'failed' };
    case 'unknown':
      return { tone: 'attention', word: 'unknown' };
  }
}

/** What else is known of an item, in sentences: why, what a person decided, how its return was recognised. */
export function itemNotes(
  item: Pick<ReplayItemView, 'state' | 'reason' | 'returned' | 'decision'>,
  settledAt: number | null,
): readonly string[] {
  const { reason, returned, decision } = item;
  const notes: string[] = [];
  if (decision) {
    const said = decision.outcome === 'sent' ? 'it arrived' : 'it did not arrive';
    notes.push(`${decision.by} decided that ${said}: ${decision.reason}`);
    if (decision.outcome === 'not-sent' && item.state !== 'failed')
      notes.push('Yet it had arrived: it came back afterwards.');
  } else if (reason) notes.push(reason.message);
  if (returned && !isCertain(returned.by)) notes.push(`Taken for its return because ${signWords[returned.by]}.`);
  if (returned && settledAt !== null && returned.at > settledAt)
    notes.push('It came back after the replay had settled.');
  if (returned && returned.count > 1) notes.push(`It had come back ${formatCount(returned.count)} times by then.`);
  return notes;
}

export interface ItemChoice {
  readonly outcome: ItemOutcome | null;
  readonly label: string;
  readonly count: number;
}

/** By which a person narrows the list of a replay's messages; those that there are. */
export function itemChoices({ account, state }: Pick<ReplayView, 'account' | 'state'>): readonly ItemChoice[] {
  const sent = account.sent + account.settled;
  const choices: readonly ItemChoice[] = [
    { outcome: null, label: 'all', count: account.total },
    { outcome: 'returned', label: 'returned', count: account.returned },
    { outcome: 'unknown', label: 'unknown', count: account.unknown },
    { outcome: 'failed', label: 'failed', count: account.failed },
    { outcome: 'not-sent', label: 'not sent', count: account.skipped },
    { outcome: 'not-seen', label: 'not seen again', count: Math.max(0, sent - account.returned) },
    { outcome: 'to-go', label: waitingWord('replay', state), count: account.planned + account.intended },
  ];
  return choices.filter((choice) => choice.outcome === null || choice.count > 0);
}

/** What the destination of an unknown item can tell, for the person who has to decide. */
export function evidenceWords(item: Pick<ReplayItemView, 'destinationLabel' | 'searchedFrom'>): string {
  if (item.searchedFrom !== null)
    return `Its topic is searched for it from ${item.searchedFrom} on, and again from time to time. So far it was neither found nor shown to be absent.`;
  return item.destinationLabel === null
    ? 'Where it went is not known.'
    : 'A queue does not tell what it was sent: look at what its consumer did, or wait whether it comes back.';
}

/** Filters for a new plan of those of a replay that came back, or failed, and have not been replayed since. */
export function againFilter(replayNumber: number, which: 'returned' | 'failed'): string {
  return `replay:${replayNumber} state:${which}`;
}
