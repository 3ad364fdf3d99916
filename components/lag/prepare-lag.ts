import { formatCount, listOf } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { LagApiConnection, LagApiRow, LagResponse } from '#lib/api/lag.ts';

/** A row of the table, with the connection that told it. */
export type LagLine = LagApiRow & Pick<LagApiConnection, 'connection' | 'broker'>;

export const lagSorts = ['name', 'topic', 'state', 'members', 'lag', 'held', 'change'] as const;
export type LagSort = (typeof lagSorts)[number];

export const lagKinds = ['all', 'groups', 'queues'] as const;
export type LagKind = (typeof lagKinds)[number];

export interface LagWish {
  readonly q: string;
  readonly connection: string;
  readonly group: string;
  readonly topic: string;
  readonly kind: LagKind;
  /** Only what is behind, or waits. */
  readonly behind: boolean;
}

export function linesOf(answer: LagResponse): readonly LagLine[] {
  return answer.connections.flatMap(({ connection, broker, rows }) =>
    rows.map((row) => ({ ...row, connection, broker })),
  );
}

/**
 * The connections whose rows say whose they are: those with another of their kind, those with a row that reads like one of another, and what is not
 * configured any more.
 */
export function toldConnections(
  connections: readonly (Pick<LagApiConnection, 'connection' | 'broker'> & { readonly rows: readonly LagApiRow[] })[],
): ReadonlySet<string> {
  const told = new Set<string>();
  const holders = new Map<string, string>();
  const claim = (key: string, connection: string) => {
    const other = holders.get(key);
    if (other === undefined) holders.set(key, connection);
    else if (other !== connection) told.add(other).add(connection);
  };
  for (const { connection, broker, rows } of connections) {
    if (broker === null) told.add(connection);
    else claim(broker, connection);
    for (const row of rows) claim(JSON.stringify([nameOf(row), row.kind === 'group' && row.topic]), connection);
  }
  return told;
}

export function nameOf(line: LagApiRow): string {
  return line.kind === 'group' ? line.group : line.queue;
}

/** Messages behind, or waiting. */
export function amountOf(line: LagApiRow): number | null {
  return line.kind === 'group' ? line.lag : line.waiting;
}

/** Since an hour ago; `null` where one of the two is not known. */
export function changeOf(line: LagApiRow): number | null {
  const amount = amountOf(line);
  return amount === null || line.before === null ? null : amount - line.before;
}

/** Each word of the text must be in the name, the topic or the connection. */
export function chosenLines(lines: readonly LagLine[], wish: LagWish): readonly LagLine[] {
  const words = wish.q.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    if (wish.connection !== '' && line.connection !== wish.connection) return false;
    if (wish.group !== '' && (line.kind !== 'group' || line.group !== wish.group)) return false;
    if (wish.topic !== '' && (line.kind === 'group' ? line.topic : line.queue) !== wish.topic) return false;
    if (wish.kind !== 'all' && line.kind !== (wish.kind === 'groups' ? 'group' : 'queue')) return false;
    if (wish.behind && (amountOf(line) ?? 0) === 0) return false;
    if (words.length === 0) return true;
    const text = `${nameOf(line)} ${line.kind === 'group' ? line.topic : ''} ${line.connection}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What has no value comes last, whichever way the others stand; ties by name and topic. */
export function sortedLines(lines: readonly LagLine[], sort: LagSort, rising: boolean): readonly LagLine[] {
  const sign = rising ? 1 : -1;
  return lines.toSorted((a, b) => {
    const [left, right] = [sortValue(a, sort), sortValue(b, sort)];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byNames(a, b);
    return sign * compare(left, right) || byNames(a, b);
  });
}

function sortValue(line: LagLine, sort: LagSort): number | string | null {
  switch (sort) {
    case 'name':
      return nameOf(line);
    case 'topic':
      return line.kind === 'group' ? line.topic : null;
    case 'state':
      return stateWords(line)?.word ?? null;
    case 'members':
      return membersOf(line);
    case 'lag':
      return amountOf(line);
    case 'held':
      return line.kind === 'queue' ? line.held : null;
    case 'change':
      return changeOf(line);
  }
}

function byNames(a: LagLine, b: LagLine): number {
  const topic = (line: LagLine) => (line.kind === 'group' ? line.topic : '');
  return compare(nameOf(a), nameOf(b)) || compare(topic(a), topic(b)) || compare(a.connection, b.connection);
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function membersOf(line: LagApiRow): number | null {
  return line.kind === 'group' ? line.members : line.consumers;
}

/** `classic group`, `RabbitMQ queue` */
export function kindWords(line: LagLine): string {
  if (line.kind === 'queue') return line.broker === 'sqs' ? 'SQS queue' : 'RabbitMQ queue';
  return line.groupKind === 'unknown' ? 'group' : `${line.groupKind} group`;
}

/** How the reader is; `null` where the broker tells of none. Amber where messages wait and nobody reads. */
export function stateWords(line: LagApiRow): { readonly word: string; readonly tone: Tone } | null {
  const waits = (amountOf(line) ?? 0) > 0;
  if (line.kind === 'queue') {
    if (line.consumers === null) return null;
    return line.consumers === 0
      ? { word: 'no consumer', tone: waits ? 'attention' : 'plain' }
      : { word: 'consumed', tone: 'plain' };
  }
  if (line.state === 'empty' || line.state === 'dead') return { word: line.state, tone: waits ? 'attention' : 'plain' };
  const isMoving = line.state.includes('rebalance') || line.state === 'assigning' || line.state === 'reconciling';
  // The broker runs its words together.
  const word = line.state.replace(/rebalance$/, ' rebalance') || 'unknown';
  return { word, tone: isMoving ? 'motion' : 'plain' };
}

const gapWords = {
  'no-commit': ['no commit', 'The group committed nothing here: where it would begin is its own setting.'],
  'topic-gone': ['topic gone', 'The topic was deleted; the group still knows it.'],
  denied: ['not allowed', 'This account may not look at the topic.'],
  'no-leader': ['no leader', 'A partition of the topic has no leader at the moment.'],
  moving: ['moving', 'The group is changing its coordinator: the next reading will tell.'],
} as const;

/** What stands where the number would, and what is to be known of it. */
export function amountWords(line: LagApiRow): { readonly text: string; readonly why: string | null } {
  const amount = amountOf(line);
  if (line.kind === 'queue') {
    if (amount === null) return { text: 'not told', why: 'The broker does not tell this account.' };
    return line.approximate
      ? { text: `about ${formatCount(amount)}`, why: 'The broker only estimates.' }
      : { text: formatCount(amount), why: null };
  }
  if (amount === null) {
    const [text, why] = line.gap === null ? (['not told', 'The broker does not tell.'] as const) : gapWords[line.gap];
    return { text, why };
  }
  return line.uncommitted === 0
    ? { text: formatCount(amount), why: null }
    : {
        text: formatCount(amount),
        why: `${line.uncommitted} of its ${line.partitions} partitions have no commit and are not counted.`,
      };
}

/** `+1,204`, `−30`, `same`; `null` where it is not known. */
export function changeWords(line: LagApiRow): { readonly text: string; readonly tone: Tone } | null {
  const change = changeOf(line);
  if (change === null) return null;
  if (change === 0) return { text: 'same', tone: 'plain' };
  return change > 0
    ? { text: `+${formatCount(change)}`, tone: 'attention' }
    : { text: `−${formatCount(-change)}`, tone: 'settled' };
}

type ReadConnection = Pick<LagApiConnection, 'connection' | 'at' | 'failing'>;

/**
 * `3 groups are behind by 1,204 messages · kafka is not read yet`, in words for the head of the page. Nobody is said to be up to date by what was not
 * read.
 */
export function lagSentence(lines: readonly LagLine[], connections: readonly ReadConnection[]): string {
  const gaps = [
    gapOf(
      connections.filter(({ at, failing }) => at === null && failing === null),
      { one: 'is not read yet', many: 'are not read yet' },
    ),
    gapOf(
      connections.filter(({ failing }) => failing !== null),
      { one: 'cannot be read', many: 'cannot be read' },
    ),
  ].filter((part) => part !== null);
  const told = lines.length === 0 ? [] : amountsSentence(lines, gaps.length > 0);
  return [...told, ...gaps].join(' · ');
}

/** `kafka and shop are not read yet` */
function gapOf(
  connections: readonly ReadConnection[],
  { one, many }: { readonly one: string; readonly many: string },
): string | null {
  if (connections.length === 0) return null;
  const names = connections.map(({ connection }) => connection);
  return `${listOf(names)} ${names.length === 1 ? one : many}`;
}

/** Of readers and queues that were read; with gaps it is not said that nobody is behind. */
function amountsSentence(lines: readonly LagLine[], hasGaps: boolean): readonly string[] {
  const groups = new Set<string>();
  let behind = 0;
  let waiting = 0;
  for (const line of lines) {
    const amount = amountOf(line) ?? 0;
    if (amount === 0) continue;
    if (line.kind === 'queue') waiting += 1;
    else {
      groups.add(`${line.connection}\n${line.group}`);
      behind += amount;
    }
  }
  const ofGroups =
    groups.size === 0
      ? 'no group is behind'
      : `${formatCount(groups.size)} ${groups.size === 1 ? 'group is' : 'groups are'} behind by ${formatCount(behind)} ${behind === 1 ? 'message' : 'messages'}`;
  const ofQueues =
    waiting === 0 ? 'nothing waits' : `messages wait in ${formatCount(waiting)} ${waiting === 1 ? 'queue' : 'queues'}`;
  const hasQueues = lines.some(({ kind }) => kind === 'queue');
  return [
    ...(groups.size > 0 || !hasGaps ? [ofGroups] : []),
    ...(hasQueues && (waiting > 0 || !hasGaps) ? [ofQueues] : []),
  ];
}

/** When the oldest of what is shown was read; `null` where nothing was. */
export function readAt(connections: readonly LagApiConnection[]): number | null {
  const times = connections.flatMap(({ at }) => at ?? []);
  return times.length === 0 ? null : Math.min(...times);
}
