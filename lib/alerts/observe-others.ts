import { cut } from '#lib/alerts/payloads/facts.ts';
import { connectionPath, groupPath, replayPath } from '#lib/alerts/paths.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import { counted, instantWords, numberWords } from '#lib/alerts/words.ts';
import type { Connection } from '#lib/domain/queue.ts';
import type { Replay } from '#lib/domain/replay.ts';

export interface SeenGroup {
  readonly fingerprint: string;
  /** Masked. */
  readonly title: string;
  readonly queueIds: readonly string[];
  /** When it was new, or came back. */
  readonly at: number;
}

const titleMax = 200;

export function observeGroup(kind: 'new-group' | 'regressed-group', group: SeenGroup): Observation {
  const title = cut(group.title, titleMax);
  const where = queueWords(group.queueIds);
  return {
    subject: { kind: 'group', id: group.fingerprint, label: title, queueIds: group.queueIds },
    value: 1,
    since: group.at,
    sentence:
      kind === 'new-group'
        ? `New in ${where} since ${instantWords(group.at)}: ${title}`
        : `Back in ${where} since ${instantWords(group.at)} after it was resolved: ${title}`,
    path: groupPath(group.fingerprint, group.at),
  };
}

function queueWords([first = 'a queue', ...rest]: readonly string[]): string {
  return rest.length === 0 ? first : `${first} and ${counted(rest.length, 'more queue')}`;
}

export function observeReplay(
  { id, number, queueIds, account }: Pick<Replay, 'id' | 'number' | 'queueIds' | 'account'>,
  isOver: boolean,
): Observation {
  const { returned, returnedDifferent } = account;
  const sent = account.sent + account.settled;
  const different = returnedDifferent === 0 ? '' : `, ${numberWords(returnedDifferent)} with a different error`;
  return {
    subject: { kind: 'replay', id, label: `Replay ${number}`, queueIds },
    value: isOver ? 0 : returned,
    sentence: `Replay ${number}: ${numberWords(returned)} of ${counted(sent, 'sent message')} came back${different}`,
    path: replayPath(number),
  };
}

/** `text`: masks what an error may quote. */
export function observeConnection({ name, health }: Connection, text: (said: string) => string): Observation {
  const subject = { kind: 'connection', id: name, label: name, queueIds: [] } as const;
  const path = connectionPath(name);
  switch (health.kind) {
    case 'failing':
      return {
        subject,
        path,
        value: 1,
        since: health.since,
        sentence: `Connection ${name} fails: ${text(health.error.message)}`,
      };
    case 'live':
      return { subject, path, value: 0, sentence: `Connection ${name} answers` };
    case 'starting':
    case 'not-started':
      return { subject, path, value: null, sentence: `Connection ${name} is starting` };
  }
}

/** How far a consumer group is behind on a topic. */
export interface SeenLag {
  readonly connection: string;
  readonly group: string;
  readonly topic: string;
  /** `null` where the broker does not tell. */
  readonly lag: number | null;
  /** Dead-letter queues of what it reads. */
  readonly queueIds: readonly string[];
}

export function lagSubjectId({ connection, group, topic }: Pick<SeenLag, 'connection' | 'group' | 'topic'>): string {
  return `${connection}/${group}/${topic}`;
}

/** `failing`: why the last reading failed; `null` where it went well. Of a connection that fails itself nothing is known, and that is told already. */
export function observeLagReading(
  { name, health }: Connection,
  failing: { readonly message: string; readonly since: number } | null,
): Observation {
  return {
    subject: { kind: 'connection', id: name, label: name, queueIds: [] },
    value: health.kind === 'live' ? Number(failing !== null) : null,
    ...(failing && { since: failing.since }),
    sentence: failing
      ? `How far consumer groups of ${name} are behind cannot be read: ${failing.message}`
      : `How far consumer groups of ${name} are behind is read`,
    path: `/lag?${new URLSearchParams({ connection: name }).toString()}`,
  };
}

export function observeLag(rule: AlertRule, { connection, group, topic, lag, queueIds }: SeenLag): Observation {
  const beyond = lag !== null && lag > rule.above ? `, more than ${numberWords(rule.above)}` : '';
  return {
    subject: {
      kind: 'consumer-group',
      id: lagSubjectId({ connection, group, topic }),
      label: `${group} on ${topic}`,
      queueIds,
    },
    value: lag,
    sentence: `Consumer group ${group} is ${counted(lag ?? 0, 'message')} behind on ${topic} (${connection})${beyond}`,
    path: `/lag?${new URLSearchParams({ connection, group, topic }).toString()}`,
  };
}
