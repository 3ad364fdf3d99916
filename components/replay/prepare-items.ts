import { discardItemPill, notDoneWord, waitingWord } from '#components/discard/prepare-discard.ts';
import { errorLine } from '#components/message-table/prepare-rows.ts';
import { formatCount } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { ItemOutcome, ReplayItemView, ReplayView } from '#lib/api/replays.ts';
import type { ReplayAction } from '#lib/domain/replay.ts';
import { isCertain } from '#lib/domain/item-return.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import { signWords } from '#lib/replay/returns.ts';

/** What became of one message of this replay, discard or restore. */
export function itemPill(
  item: Pick<ReplayItemView, 'state' | 'returned'> & Partial<Pick<ReplayItemView, 'restoredAt'>>,
  { state: ofReplay, options: { action } }: OfReplay,
): {
  readonly tone: Tone;
  readonly word: string;
} {
  if (action !== 'replay') return discardItemPill(action, item, ofReplay);
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
  action: ReplayAction = 'replay',
): readonly string[] {
  const { reason, returned, decision } = item;
  const notes: string[] = [];
  if (decision) {
    const said = decision.outcome === 'sent' ? 'it arrived' : 'it did not arrive';
    notes.push(`${decision.by} decided that ${said}: ${decision.reason}`);
    if (decision.outcome === 'not-sent' && item.state !== 'failed')
      notes.push('Yet it had arrived: it came back afterwards.');
  } else if (reason) notes.push(reason.message);
  // That it is in its queue again is what a restore is for.
  if (action === 'restore') return notes;
  if (returned && !isCertain(returned.by)) notes.push(`Taken for its return because ${signWords[returned.by]}.`);
  if (returned && settledAt !== null && returned.at > settledAt)
    notes.push('It came back after the replay had settled.');
  if (returned && returned.count > 1) notes.push(`It had come back ${formatCount(returned.count)} times by then.`);
  return notes;
}

/** What tells one message from another: its queue, its key where it has one, and the error that it died of. */
export function itemFacts({ queueId, message }: Pick<ReplayItemView, 'queueId' | 'message'>): readonly string[] {
  const queue = splitQueueId(queueId)?.name ?? queueId;
  if (message === null) return [queue, 'no longer in the index'];
  const { errorClass, key } = message;
  const line = errorLine(message);
  const error = line === null || errorClass === null || line === errorClass ? line : `${errorClass}: ${line}`;
  return [queue, ...(key === null ? [] : [`key ${key}`]), error ?? 'no error told'];
}

/** The messages that a note names, as far as the items tell of them; of others there is only the id. */
export function notedMessages(
  messageIds: readonly string[],
  items: readonly Pick<ReplayItemView, 'messageId' | 'identity' | 'queueId' | 'message'>[],
): readonly { readonly messageId: string; readonly name: string; readonly facts: string }[] {
  const known = new Map(items.map((item) => [item.messageId, item]));
  return messageIds.map((messageId) => {
    const item = known.get(messageId);
    return item
      ? { messageId, name: item.identity, facts: itemFacts(item).slice(1).join(' · ') }
      : { messageId, name: messageId, facts: '' };
  });
}

/** What the words about a message depend on. */
interface OfReplay {
  readonly state: ReplayView['state'];
  readonly options: Pick<ReplayView['options'], 'action'>;
}

export interface ItemChoice {
  readonly outcome: ItemOutcome | null;
  readonly label: string;
  readonly count: number;
}

/** By which a person narrows the list of a replay's messages; those that there are. */
export function itemChoices({
  account,
  state,
  options: { action },
}: Pick<ReplayView, 'account'> & OfReplay): readonly ItemChoice[] {
  const sent = account.sent + account.settled;
  const choices: readonly ItemChoice[] = [
    { outcome: null, label: 'all', count: account.total },
    { outcome: 'returned', label: 'returned', count: account.returned },
    { outcome: 'unknown', label: 'unknown', count: account.unknown },
    { outcome: 'failed', label: 'failed', count: account.failed },
    { outcome: 'not-sent', label: notDoneWord(action), count: account.skipped },
    // Of a discard or a restore these are all that the other choices leave.
    {
      outcome: 'not-seen',
      label: 'not seen again',
      count: action === 'replay' ? Math.max(0, sent - account.returned) : 0,
    },
    { outcome: 'to-go', label: waitingWord(action, state), count: account.planned + account.intended },
  ];
  return choices.filter((choice) => choice.outcome === null || choice.count > 0);
}

/** What is asked of a message that nobody knows the outcome of, and what either answer does. Only what sends has such messages. */
export function decisionWords(
  action: ReplayAction,
  many: boolean,
): Readonly<Record<'arrived' | 'then' | 'absent' | 'otherwise', string>> {
  const [it, is] = many ? ['They', 'are'] : ['It', 'is'];
  if (action === 'restore')
    return {
      arrived: `${it} ${is} in the queue`,
      then: `${many ? 'count' : 'counts'} as restored, never sent again`,
      absent: `${it} ${is} not there`,
      otherwise: 'failed: still in the archive, may be restored again',
    };
  return {
    arrived: `${it} arrived`,
    then: 'taken out of the queue, never sent again',
    absent: `${it} did not arrive`,
    otherwise: 'failed: may be replayed again',
  };
}

/** What the destination of an unknown item can tell, for the person who has to decide. */
export function evidenceWords(item: Pick<ReplayItemView, 'destinationLabel' | 'searchedFrom'>): string {
  if (item.searchedFrom !== null)
    return `Its topic is searched for it from ${item.searchedFrom} on, and again from time to time. So far it was neither found nor shown to be absent.`;
  return item.destinationLabel === null
    ? 'Where it went is not known.'
    : 'A queue does not tell what it was sent: look at what its consumer did, or wait whether it comes back.';
}

/** What plans those of a replay again that came back or failed. */
export function againLabel(count: number, which: 'returned' | 'failed'): string {
  return `Replay the ${count === 1 ? 'one' : formatCount(count)} that ${which}`;
}

/** Filters for a new plan of those of a replay that came back, or failed, and have not been replayed since. */
export function againFilter(replayNumber: number, which: 'returned' | 'failed'): string {
  return `replay:${replayNumber} state:${which}`;
}
