/** Names that frameworks and people give to dead-letter queues; group 1 is the origin's name where the name tells it. */
const namePatterns: readonly RegExp[] = [
  /^(.+)[._-](?:dlq|dlt|dead[._-]?letters?|dead|parking[._-]?lot)$/i,
  // MassTransit and NServiceBus.
  /^(.+)_error$/i,
  /^(?:dlq|dlt)[._-](.+)$/i,
  /^(error|dlq|dlt|dead[._-]?letters?)$/i,
];

/** What lies in a retry queue will still be tried. */
const retryQueue = /(?:^|[._-])(?:retry|delay)(?:[._-]|$)/i;

export interface DeadLetterNames {
  isDeadLetter(name: string): boolean;
  /** The queue whose failures land there, by name, when there is one. */
  originOf(name: string): string | null;
}

/** Own patterns (`*` stands for anything, case does not matter) replace the built-in ones. */
export function createDeadLetterNames(
  queues: ReadonlySet<string>,
  patterns: readonly string[] | undefined,
): DeadLetterNames {
  const own = patterns?.map(asRegExp);
  return {
    isDeadLetter: (name) =>
      own === undefined
        ? !retryQueue.test(name) && namePatterns.some((pattern) => pattern.test(name))
        : own.some((pattern) => pattern.test(name)),
    originOf(name) {
      for (const pattern of namePatterns) {
        const origin = pattern.exec(name)?.[1];
        if (origin === undefined || origin === name) continue;
        const found = [origin, `${origin}_queue`, `${origin}-queue`, `${origin}.queue`].find((candidate) =>
          queues.has(candidate),
        );
        if (found !== undefined) return found;
      }
      return null;
    },
  };
}

function asRegExp(glob: string): RegExp {
  return new RegExp(`^${glob.split('*').map(escaped).join('.*')}$`, 'i');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
