/**
 * The closed set of things that can go wrong. Callers act on the code, never on the message; the message is for the
 * person on call and says what happened, to which queue or connection, and what to do next.
 */
export const errorCodes = [
  /** Nothing answers at the address, or the name does not resolve. */
  'unreachable',
  /** Something answered too late, or the caller's own limit ran out. Nothing was sent, or nothing that matters. */
  'timed_out',
  /** User name, password, token or certificate were refused. */
  'unauthenticated',
  /** The account is known and may not do this. */
  'forbidden',
  /** The queue, topic, exchange, message, replay or plan does not exist. */
  'not_found',
  /** Reading would lose or move messages, so it was not done. `details.override` says whether a person may insist. */
  'would_destroy',
  /** The broker cannot do this at all. */
  'unsupported',
  /** The broker took the message and had nowhere to put it. */
  'unroutable',
  /** The broker, or the client before it, refused the message. */
  'rejected',
  /** The message, or a part of it, is over a limit of the destination. */
  'too_large',
  /** The message holds something that this broker's protocol or client cannot carry. */
  'unencodable',
  /** A connection broke while it was in use. Reading may be tried again. */
  'interrupted',
  /** The caller aborted. */
  'cancelled',
  /** The request itself is malformed. `details` names the field. */
  'invalid_request',
  /** Answering would tell what the configuration masks. */
  'masked',
  /** What the operator confirmed is no longer what would happen. */
  'stale_plan',
  /** The first messages of a replay came back or failed, so it paused itself. */
  'canary_failed',
  /** The thing is in a state that does not allow this. */
  'conflict',
  /** A state-changing request that did not come from this console. */
  'cross_site',
  /** The configuration is wrong. `details.key` names the key. */
  'invalid_configuration',
  /** A defect of ours. */
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Plain data that goes with an error: to a page, a log or over a thread boundary. Never a payload, never a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

const mark: unique symbol = Symbol.for('redeliver.app-error');

export class AppError extends Error {
  /** The process and the bundler each load this module, so an error of the one copy must be one for the other too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && mark in value;
  }

  readonly [mark] = true;
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** An error as data, for the ledger, the wire and thread boundaries. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: ErrorDetails;
}

export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details };
  if (error instanceof Error && error.name === 'AbortError')
    return { code: 'cancelled', message: 'Stopped before it was finished.' };
  // What `AbortSignal.timeout` throws.
  if (error instanceof Error && error.name === 'TimeoutError')
    return { code: 'timed_out', message: 'No answer came within the time that there was.' };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

export function fromErrorRecord(record: ErrorRecord): AppError {
  return new AppError(record.code, record.message, record.details ? { details: record.details } : {});
}
