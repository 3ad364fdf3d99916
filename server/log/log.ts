import { AppError, toErrorRecord } from '#lib/domain/errors.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What a line may be about. The set is closed, so that no payload comes into a log with an object that holds one. */
export interface LogFields {
  readonly connection?: string;
  readonly queueId?: string;
  readonly replayId?: string;
  /** Of an error; see `errorCodes`. */
  readonly code?: string;
  /** Where in our code a defect showed, without its message. */
  readonly stack?: string;
  /** The part of the process that speaks; absent for the main thread. */
  readonly thread?: 'engine' | 'sandbox' | 'store' | 'next';
  readonly method?: string;
  /** The template, as `/api/v1/queues/{queueId}`: names and filters are in no log. */
  readonly route?: string;
  readonly status?: number;
  readonly durationMs?: number;
}

type Write = (message: string, fields?: LogFields) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** A line of something that has no log of its own. What carries a code is a failure. */
export type Say = (line: string, about?: LogFields) => void;

export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

/** `sync of orders: Nothing answers at …`, and the code: what `Say` takes for an error. */
export function failed(what: string, error: unknown, about: LogFields = {}): [line: string, about: LogFields] {
  const { message, ...described } = describeError(error);
  return [`${what}: ${message}`, { ...about, ...described }];
}

const framesMax = 8;

/**
 * An error as a log may have it. The messages of ours hold no payload and no secret. What is not ours may quote either (`Unexpected token … is not
 * valid JSON`), so of a defect the log has its kind and where it happened.
 */
export function describeError(error: unknown): {
  readonly message: string;
  readonly code: string;
  readonly stack?: string;
} {
  const { code, message } = toErrorRecord(error);
  if (code !== 'internal') return { code, message };
  const frames = framesOf(error);
  return {
    code,
    message: `a defect of the console (${kindOf(error)})`,
    ...(frames !== '' && { stack: frames }),
  };
}

function kindOf(error: unknown): string {
  const inner = error instanceof AppError && error.cause !== undefined ? error.cause : error;
  if (!(inner instanceof Error)) return typeof inner;
  const name = /^[A-Za-z]\w{0,60}$/.test(inner.name) ? inner.name : 'Error';
  const native = 'code' in inner && typeof inner.code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(inner.code);
  return native ? `${name} ${String(inner.code)}` : name;
}

/** The lines of a stack that name places in the code. What comes before them is the message, which may quote anything. */
function framesOf(error: unknown): string {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return '';
  const message = error.stack.indexOf(error.message);
  if (message < 0) return '';
  const lines = error.stack.slice(message + error.message.length).split('\n');
  return lines
    .filter((line) => frame.test(line))
    .slice(0, framesMax)
    .join('\n');
}

const frame = /^ {4}at .{1,300}:\d+:\d+\)?$/;
