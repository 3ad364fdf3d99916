import type { Selection } from '#lib/domain/replay.ts';

/** What a replay of so many messages is, in the words that the operator reads everywhere: `Replay 1,204 messages matching error:timeout, as of 2026-11-22 03:41 UTC`. */
export function replaySentence(selection: Selection, total: number, verb: 'Replay' | 'Discard' = 'Replay'): string {
  const count = total === 1 ? 'one' : total.toLocaleString('en-US');
  const messages = total === 1 ? 'message' : 'messages';
  // One by one, or all that matched while they were few.
  if (selection.kind === 'messages') return `${verb} ${count} selected ${messages}`;
  const what = selection.text === '' ? ' of all queues' : ` matching ${selection.text}`;
  const excluded = selection.excluded.length;
  const less = excluded === 0 ? '' : `, less ${excluded.toLocaleString('en-US')} picked out`;
  return `${verb} ${count} ${messages}${what}${less}, as of ${new Date(selection.asOf).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
