import type { Replay } from '#lib/domain/replay.ts';

/** `discard 8`: how the log calls it. */
export function replayName({ number, options }: Pick<Replay, 'number' | 'options'>): string {
  return `${options.action} ${number}`;
}

/** `12 messages: 10 sent, 2 failed`: what became of them, without what became of none. */
export function accountLine({ account }: Pick<Replay, 'account'>): string {
  const { planned, intended, sent, settled, skipped, failed, unknown, returned } = account;
  const parts = [
    [sent + settled, 'done'],
    [failed, 'failed'],
    [unknown, 'unknown'],
    [skipped, 'skipped'],
    [planned + intended, 'not begun or not proven'],
    [returned, 'came back'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const messages = `${account.total} ${account.total === 1 ? 'message' : 'messages'}`;
  return told.length === 0 ? messages : `${messages}: ${told.join(', ')}`;
}
