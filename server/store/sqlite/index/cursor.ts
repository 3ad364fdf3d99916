import { AppError } from '#lib/domain/errors.ts';
import type { Place } from '#server/store/sqlite/index/merge-streams.ts';
import type { MessageOrder } from '#lib/domain/message-order.ts';

/** A list is one run of messages. By expiry it is two: what expires, then what is kept or does not tell. */
export type Run = MessageOrder | 'kept';

export interface PlaceInRun extends Place {
  readonly run: Run;
}

/** Where a page ended: the run, and what it is ordered by and the number of its last message. Opaque to everyone else. */
export function encodeCursor({ run, at, id }: PlaceInRun): string {
  return Buffer.from(`1 ${run} ${at} ${id}`).toString('base64url');
}

export function decodeCursor(cursor: string, order: MessageOrder): PlaceInRun {
  const [, run, at, id] =
    /^1 (newest|oldest|expiring|kept) (-?\d{1,16}) (\d{1,16})$/.exec(
      Buffer.from(cursor, 'base64url').toString('latin1'),
    ) ?? [];
  if (run !== order && !(run === 'kept' && order === 'expiring')) {
    throw new AppError('invalid_request', 'The cursor is not from this list. Start again without one.', {
      details: { field: 'cursor' },
    });
  }
  return { run, at: Number(at), id: Number(id) };
}
