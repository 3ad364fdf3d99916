import { AppError } from '#lib/domain/errors.ts';

/** Where a page ended: the time and the number of its last message, and which way the list runs. Opaque to everyone else. */
export function encodeCursor(place: { readonly at: number; readonly id: number }, order: 'newest' | 'oldest'): string {
  return Buffer.from(`1 ${order} ${place.at} ${place.id}`).toString('base64url');
}

export function decodeCursor(cursor: string, order: 'newest' | 'oldest'): { at: number; id: number } {
  const match = /^1 (newest|oldest) (-?\d{1,16}) (\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match || match[1] !== order) {
    throw new AppError('invalid_request', 'The cursor is not from this list. Start again without one.', {
      details: { field: 'cursor' },
    });
  }
  return { at: Number(match[2]), id: Number(match[3]) };
}
