import { javaWrappers } from '#lib/conventions/java-wrappers.ts';
import type { Failure } from '#lib/domain/dead-letter.ts';
import { frameKey } from '#lib/fingerprint/frame-key.ts';
import { readErrorHead } from '#lib/stack-trace/error-line.ts';
import type { TraceFrame } from '#lib/stack-trace/frame-line.ts';
import { parseTrace, type ThrownError } from '#lib/stack-trace/parse-trace.ts';

/** The error at the bottom of what a dead letter says. */
export interface RootCause {
  readonly errorClass: string | null;
  /** Not yet normalised. */
  readonly message: string;
  /** The user's own, nearest to the throw first; empty when there is no trace, or none of its frames is theirs. */
  readonly frames: readonly string[];
}

const maxFrames = 3;

/** Classes outside of the JVM that say nothing but that something inside of them failed. */
const wrapper =
  /(?:^|[.$\\:])(?:TargetInvocationException|UndeclaredThrowable|AggregateException|AggregateError|HandlerFailedException|DelayedMessageHandlingException)$/;
const isWrapper = (errorClass: string) => javaWrappers.has(errorClass) || wrapper.test(errorClass);
/** Classes that any code throws: a code that the producer names says more. */
const vague =
  /^(?:\*?errors\.errorString|(?:java\.lang\.)?(?:Runtime|Illegal\w+)?Exception|(?:System\.)?Exception|\\?Exception|Error|RuntimeError|StandardError|panic)$/;
const mayNest = /nested exception|Caused by|--->/;
const nested = /(?:;? ?nested exception is:? |\bCaused by: ?| ---> )(?=[A-Za-z_*])/;

export function rootCauseOf(failure: Failure): RootCause {
  const chain = failure.stackTrace === null ? [] : parseTrace(failure.stackTrace);
  const root = deepest(chain);
  const frames = ownFrames(chain, root);
  if (root !== undefined && chain.length > 1 && root.errorClass !== null) return { ...innermost(root), frames };

  const said = spoken(failure);
  const message = said.message === '' ? (root?.message ?? '') : said.message;
  const errorClass =
    said.errorClass !== null && !vague.test(said.errorClass) ? said.errorClass : (root?.errorClass ?? said.errorClass);
  return { ...innermost({ errorClass, message }), frames };
}

/** What the message says in its own fields. A class may stand before the text, or for itself. */
function spoken(failure: Failure): { errorClass: string | null; message: string } {
  const message = failure.errorMessage ?? '';
  if (failure.errorClass !== null && !isWrapper(failure.errorClass) && !vague.test(failure.errorClass)) {
    const repeated = `${failure.errorClass}: `;
    return {
      errorClass: failure.errorClass,
      message: message.startsWith(repeated) ? message.slice(repeated.length) : message,
    };
  }
  const head = readErrorHead(message);
  return head.errorClass === null ? { errorClass: failure.errorClass, message } : head;
}

/** From the bottom upwards, the first that is no mere wrapper and whose class was not cut off. */
function deepest(chain: readonly ThrownError[]): ThrownError | undefined {
  return (
    chain.findLast((error) => error.errorClass !== null && !isWrapper(error.errorClass)) ??
    chain.findLast((error) => error.errorClass !== null) ??
    chain.at(-1)
  );
}

/** A cause that stands in the message itself, as Spring writes it: `…; nested exception is java.sql.SQLException: …`. */
function innermost({ errorClass, message }: { errorClass: string | null; message: string }): {
  errorClass: string | null;
  message: string;
} {
  const last = mayNest.test(message) ? message.slice(0, 8_000).split(nested, 50).at(-1) : undefined;
  const head = last === undefined ? null : readErrorHead(last);
  return head?.errorClass == null ? { errorClass, message } : { errorClass: head.errorClass, message: head.message };
}

/** The root's own frames; when libraries alone are between it and the next error, those of the error around it. */
function ownFrames(chain: readonly ThrownError[], root: ThrownError | undefined): readonly string[] {
  const from = root === undefined ? -1 : chain.indexOf(root);
  for (const error of chain.slice(0, from + 1).toReversed()) {
    const own: string[] = [];
    for (const frame of error.frames) {
      if (frame.kind !== 'yours' || own.length === maxFrames) continue;
      const key = keyOf(frame);
      // Recursion and a lambda beside its method are one frame.
      if (key !== '' && key !== own.at(-1)) own.push(key);
    }
    if (own.length > 0) return own;
  }
  return [];
}

/** The parser answers the same frame for the same line. */
const keys = new WeakMap<TraceFrame, string>();

function keyOf(frame: TraceFrame): string {
  const known = keys.get(frame);
  if (known !== undefined) return known;
  const key = frameKey(frame);
  keys.set(frame, key);
  return key;
}
