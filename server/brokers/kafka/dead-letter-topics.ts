/** Names of dead-letter topics as frameworks and people give them; group 1 is the origin's name, where the name tells it. */
const namePatterns: readonly RegExp[] = [
  // {topic}.dlq, -dlq, _dlq, .DLT, -dlt, _dlt and the same with "dead-letter" spelled out.
  /^(.+)[._-](?:dlq|dlt|dead[._-]?letters?)$/i,
  /^(.+)\.dead$/i,
  // MassTransit's.
  /^(.+)_error$/i,
  /^dlq[._-](.+)$/i,
  // Share groups (KIP-1191) write to topics with this prefix only.
  /^dlt[._-](.+)$/i,
  // NServiceBus' one for all.
  /^(error|dlq|dlt|dead[._-]?letters?)$/i,
];

/** Retry topics hold messages that will still be tried; what lies in them is not dead. */
const retryTopic = /(?:^|[._-])retry(?:[._-]|$)/i;

export interface DeadLetterTopic {
  readonly name: string;
  readonly origins: readonly string[];
  readonly foundBy: 'pattern' | 'configuration';
}

export interface DeadLetterRules {
  /** Replaces the built-in patterns; globs know `*` only. */
  readonly patterns?: readonly (RegExp | string)[] | undefined;
  readonly pinned?: readonly { readonly name: string; readonly origin?: string }[] | undefined;
}

/**
 * The dead-letter topics among all topics of a cluster. An origin is named only when a topic of that name exists. Pinned topics are
 * listed even while they do not exist, so that their absence shows.
 */
export function findDeadLetterTopics(names: readonly string[], rules: DeadLetterRules): readonly DeadLetterTopic[] {
  const existing = new Set(names);
  const patterns = rules.patterns?.map(asRegExp);
  const pinned = new Map((rules.pinned ?? []).map((topic) => [topic.name, topic.origin]));
  const found: DeadLetterTopic[] = [...pinned].map(([name, origin]) => ({
    name,
    origins: origin === undefined ? originsOf(name, existing) : [origin],
    foundBy: 'configuration',
  }));
  for (const name of names) {
    if (pinned.has(name)) continue;
    const isDead = patterns ? patterns.some((pattern) => pattern.test(name)) : looksDead(name);
    if (isDead)
      found.push({ name, origins: originsOf(name, existing), foundBy: patterns ? 'configuration' : 'pattern' });
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function looksDead(name: string): boolean {
  return !retryTopic.test(name) && namePatterns.some((pattern) => pattern.test(name));
}

function originsOf(name: string, existing: ReadonlySet<string>): readonly string[] {
  for (const pattern of namePatterns) {
    const origin = pattern.exec(name)?.[1];
    if (origin !== undefined && origin !== name && existing.has(origin)) return [origin];
  }
  return [];
}

function asRegExp(pattern: RegExp | string): RegExp {
  if (pattern instanceof RegExp) return new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''));
  const literals = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`, 'i');
}
