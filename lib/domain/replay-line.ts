import type { Replay, ReplayState } from '#lib/domain/replay.ts';

/** `discard 8`: how the log calls it. */
export function replayName({ number, options }: Pick<Replay, 'number' | 'options'>): string {
  return `${options.action} ${number}`;
}

/** Why a replay paused or stopped. Whoever resumed it knows that, and it is so no more: `null` as soon as it waits to go on. */
export function errorToTell<E>({ state, error }: { readonly state: ReplayState; readonly error: E | null }): E | null {
  return state === 'queued' ? null : error;
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
