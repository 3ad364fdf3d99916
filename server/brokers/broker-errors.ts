import { AppError } from '#lib/domain/errors.ts';

export function tooLate(connection: string, what: string, limitMs: number, cause: unknown): AppError {
  return new AppError(
    'timed_out',
    `${what} on the connection "${connection}" took longer than ${Math.round(limitMs / 1000)} s. Look at the broker's load, then try again.`,
    { cause },
  );
}

/** Of a publish whose driver was aborted and answered that nothing has left it. */
export function notSentInTime(connection: string, limitMs: number, cause: unknown): AppError {
  return new AppError(
    'timed_out',
    `The connection "${connection}" took no message within ${Math.round(limitMs / 1000)} s. Nothing was sent: look at the broker's load, then send again.`,
    { cause },
  );
}

/** A driver throws nothing else; if it does, that is a defect. */
export function asAppError(error: unknown): AppError {
  return error instanceof AppError
    ? error
    : new AppError('internal', 'A broker driver failed in a way that it should not. Please report this.', {
        cause: error,
      });
}
