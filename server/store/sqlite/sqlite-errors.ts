import { AppError } from '#lib/domain/errors.ts';

// Primary result codes: https://www.sqlite.org/rescode.html
const codes = { busy: 5, locked: 6, readonly: 8, ioError: 10, corrupt: 11, full: 13, cantOpen: 14, notADatabase: 26 };

/** What SQLite said, as an AppError that names the file and the next step. Errors that are ours already pass unchanged. */
export function toStoreError(error: unknown, file: string): AppError {
  if (error instanceof AppError) return error;
  const details = { file };
  switch (primaryCode(error)) {
    case codes.busy:
    case codes.locked:
      return new AppError('timed_out', `The database ${file} was busy for too long; nothing was written. Try again.`, {
        details,
        cause: error,
      });
    case codes.corrupt:
    case codes.notADatabase:
      return corruptError(file, error);
    case codes.full:
      // It passes, as a database that is busy does: whoever has something to write down tries again.
      return new AppError(
        'timed_out',
        `The disk that holds ${file} is full; nothing was written. Make room, then try again.`,
        { details, cause: error },
      );
    case codes.readonly:
    case codes.cantOpen:
    case codes.ioError:
      return new AppError(
        'invalid_configuration',
        `The database ${file} cannot be opened or written. Check that the data folder exists, is on a local disk and belongs to this user.`,
        { details: { ...details, key: 'REDELIVER_DATA' }, cause: error },
      );
    default:
      return new AppError(
        'internal',
        `The database ${file} failed: ${error instanceof Error ? error.message : 'unknown error'}`,
        { details, cause: error },
      );
  }
}

export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === codes.busy || code === codes.locked;
}

function corruptError(file: string, cause: unknown): AppError {
  const remedy = file.endsWith('watch.db')
    ? 'It holds the course of lag and counters, and nothing of any message: stop Redeliver, move it away together with its -wal and -shm, and start again.'
    : file.endsWith('index.db')
      ? 'The broker still has the messages: stop Redeliver, move the file away together with its -wal and -shm, and start again; the index is then read anew.'
      : 'Stop Redeliver, keep a copy of the file together with its -wal and -shm, and put a backup in its place: it is the record of what was sent.';
  return new AppError(
    'invalid_configuration',
    `${file} is damaged or is not a database. Nothing was changed. ${remedy}`,
    {
      details: { file, key: 'REDELIVER_DATA' },
      cause,
    },
  );
}

function primaryCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}
