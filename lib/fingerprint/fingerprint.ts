import type { Reading } from '#lib/domain/dead-letter.ts';
import { digestOf } from '#lib/fingerprint/digest.ts';
import { normaliseMessage } from '#lib/fingerprint/normalise-message.ts';
import { type RootCause, rootCauseOf } from '#lib/fingerprint/root-cause.ts';
import { memoise } from '#lib/stack-trace/memo.ts';

/** Of the rules by which messages are grouped. 2 takes codes and names in a sentence for values ("region GB-NIR"). */
export const fingerprintVersion = 2;

/** Which problem a dead letter is one of. The same for the same reading everywhere; another `version` groups by other rules. */
export interface Fingerprint {
  readonly version: typeof fingerprintVersion;
  /** 20 characters of lower-case letters and digits. */
  readonly id: string;
  /** One line for people, at most 200 characters. */
  readonly title: string;
  /** By what it was grouped, as a sentence's end: `grouped by exception class + normalised message`. */
  readonly explanation: string;
  readonly parts: FingerprintParts;
}

export type FingerprintParts =
  | {
      readonly kind: 'error';
      /** Of the root cause. */
      readonly errorClass: string | null;
      /** The top frames of the user's own code, at most three, the nearest to the throw first. */
      readonly frames: readonly string[];
      /** Ids, numbers, times, quoted values and addresses are `#` or `<host>`. */
      readonly message: string;
    }
  | {
      readonly kind: 'no-error-text';
      readonly reason: string | null;
      readonly source: string;
      readonly payloadShape: string;
    };

export interface FingerprintContext {
  /** The queue or topic, for dead letters that do not say why they failed. */
  readonly source: string;
  /** `payloadShapeOf` the body; asked for only when it is needed. */
  readonly payloadShape: () => string;
}

const longestTitle = 200;
const longestClass = 500;

/**
 * Groups by the root cause: its class, the top frames of the user's own code and its message without what varies. Errors of one kind are one group
 * in whichever queue they lie. Without any error text it groups by reason, source and the shape of the payload. Bounded and linear; never throws.
 */
export function fingerprintOf(
  reading: Pick<Reading, 'failure'>,
  { source, payloadShape }: FingerprintContext,
): Fingerprint {
  const cause = rootCauseOf(reading.failure);
  const message = normaliseMessage(cause.message);
  if (cause.errorClass === null && message === '' && cause.frames.length === 0) {
    return ofShape(reading.failure.reason, source, payloadShape());
  }
  return ofError(cause, message);
}

function ofError({ errorClass, frames }: RootCause, message: string): Fingerprint {
  return ofParts([errorClass === null ? '' : plainClass(errorClass), message, ...frames].join('\n'));
}

/** The same parts are met again and again, and their fingerprint is shared. None of them holds a line break. */
const ofParts = memoise(
  (joined): Fingerprint => {
    const [name = '', message = '', ...frames] = joined.split('\n');
    const by = [
      name === '' ? [] : ['exception class'],
      frames.length === 0 ? [] : ['top frames of your code'],
      message === '' ? [] : ['normalised message'],
    ].flat();
    const simple = name === '' ? undefined : (name.split(/[.\\/:]/).findLast((part) => part !== '') ?? name);
    const title = [simple, message === '' ? frames[0] : message].filter((part) => part !== undefined).join(': ');
    return {
      version: fingerprintVersion,
      id: idOf('error', name, frames.join('\n'), spaceless(message.toLowerCase())),
      title: title.slice(0, longestTitle),
      explanation: `grouped by ${by.join(' + ')}`,
      parts: { kind: 'error', errorClass: name === '' ? null : name, frames, message },
    };
  },
  { entries: 2_000, longest: 2_000 },
);

/** However an object in the message was laid out. */
function spaceless(message: string): string {
  return message.replace(/ ?([[\]{}(),:;]) ?/g, '$1');
}

function ofShape(reason: string | null, source: string, payloadShape: string): Fingerprint {
  return {
    version: fingerprintVersion,
    id: idOf('no-error-text', reason ?? '', source, payloadShape),
    title: `${reason ?? 'no reason given'} in ${source}`.slice(0, longestTitle),
    explanation: `grouped by ${reason === null ? '' : 'reason + '}source + payload shape, because the message says nothing of its error`,
    parts: { kind: 'no-error-text', reason, source, payloadShape },
  };
}

/** The 1 belongs to the digest, not to the rules: what no new rule changes keeps its id, and with it all that people decided about the group. */
function idOf(...parts: readonly string[]): string {
  return digestOf(`1\0${parts.join('\0')}`);
}

/** A class without what the JVM or a language's path notation adds. */
const plainClass = memoise(
  (name) =>
    name
      .slice(0, longestClass)
      .replace(/[\s\0]+/g, ' ')
      .replace(/\$\$.*$/, '')
      .replace(/@[\da-f]{4,16}$/, '')
      .replace(/(?<=\w)\$\d{1,6}$/, '')
      .replace(/\\\\/g, '\\')
      .replace(/^\\/, ''),
  { entries: 2_000, longest: 500 },
);
