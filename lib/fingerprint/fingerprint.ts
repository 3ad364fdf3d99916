import type { Reading } from '#lib/domain/dead-letter.ts';
import { digestOf } from '#lib/fingerprint/digest.ts';
import { normaliseMessage } from '#lib/fingerprint/normalise-message.ts';
import { type RootCause, rootCauseOf } from '#lib/fingerprint/root-cause.ts';
import { memoise } from '#lib/stack-trace/memo.ts';

/** Of the rules by which messages are grouped. 2 takes codes and names in a sentence for values ("region GB-NIR"); 3 takes JSON that was cut off for one problem, wherever that was. */
export const fingerprintVersion = 3;

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
      /** Headers by which the operator wants such messages told apart, of those that this one has; absent where there are none. */
      readonly attributes?: readonly FingerprintAttribute[];
    };

export interface FingerprintAttribute {
  readonly name: string;
  /** Without ids, as in a message. */
  readonly value: string;
}

export interface FingerprintContext {
  /** The queue or topic, for dead letters that do not say why they failed. */
  readonly source: string;
  /** `payloadShapeOf` the body; asked for only when it is needed. */
  readonly payloadShape: () => string;
  /** Of the message as it may be read; asked for only when it is needed. */
  readonly attributes?: (() => readonly FingerprintAttribute[]) | undefined;
}

const longestTitle = 200;
const longestClass = 500;

/**
 * Groups by the root cause: its class, the top frames of the user's own code and its message without what varies. Errors of one kind are one group
 * in whichever queue they lie. Without any error text it groups by reason, source, the shape of the payload and configured attributes. Bounded and linear; never throws.
 */
export function fingerprintOf(
  reading: Pick<Reading, 'failure'>,
  { source, payloadShape, attributes }: FingerprintContext,
): Fingerprint {
  const cause = rootCauseOf(reading.failure);
  const message = normaliseMessage(cause.message);
  if (cause.errorClass === null && message === '' && cause.frames.length === 0) {
    return ofShape(reading.failure.reason, source, payloadShape(), attributes?.() ?? []);
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

/** Attributes stand neither in the title, where no rule for headers could mask them later, nor in the id of a message that has none of them. */
function ofShape(
  reason: string | null,
  source: string,
  payloadShape: string,
  attributes: readonly FingerprintAttribute[],
): Fingerprint {
  const by = [
    ...(reason === null ? [] : ['reason']),
    'source',
    'payload shape',
    ...attributes.map(({ name }) => `attribute ${name}`),
  ];
  return {
    version: fingerprintVersion,
    id: idOf(
      'no-error-text',
      reason ?? '',
      source,
      payloadShape,
      ...attributes.flatMap(({ name, value }) => [name, value]),
    ),
    title: `${reason ?? 'no reason given'} in ${source}`.slice(0, longestTitle),
    explanation: `grouped by ${by.join(' + ')}, because the message says nothing of its error`,
    parts: {
      kind: 'no-error-text',
      reason,
      source,
      payloadShape,
      ...(attributes.length === 0 ? {} : { attributes }),
    },
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
