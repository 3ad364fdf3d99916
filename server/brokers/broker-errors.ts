import { AppError } from '#lib/domain/errors.ts';

/** What a hang is called, whoever meets it first. Without `withinMs` the client does not tell how long it waited. */
export function silence(who: string, withinMs: number | null): string {
  return `${who} did not answer ${withinMs === null ? 'in time' : `within ${Math.max(1, Math.round(withinMs / 1_000))} s`}. Check whether it runs, hangs or is overloaded, and the network.`;
}

export function tooLate(connection: string, what: string, limitMs: number, cause: unknown): AppError {
  return new AppError(
    'timed_out',
    `${what} was given up: ${silence(`the broker of the connection "${connection}"`, limitMs)}`,
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
