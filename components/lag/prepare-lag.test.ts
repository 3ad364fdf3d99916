import { describe, expect, test } from 'vitest';
import {
  amountWords,
  changeWords,
  chosenLines,
  kindWords,
  lagSentence,
  type LagLine,
  type LagWish,
  sortedLines,
  stateWords,
  toldConnections,
} from '#components/lag/prepare-lag.ts';

type GroupLine = Extract<LagLine, { kind: 'group' }>;
type QueueLine = Extract<LagLine, { kind: 'queue' }>;

function aGroup(change: Partial<GroupLine> = {}): GroupLine {
  return {
    kind: 'group',
    group: 'mail',
    groupKind: 'classic',
    topic: 'orders',
    state: 'stable',
    members: 2,
    lag: 5,
    gap: null,
    partitions: 4,
    uncommitted: 0,
    series: 1,
    before: 5,
    connection: 'main',
    broker: 'kafka',
    ...change,
  };
}

function aQueue(change: Partial<QueueLine> = {}): QueueLine {
  return {
    kind: 'queue',
    queue: 'jobs',
    waiting: 3,
    held: 1,
    consumers: 2,
    approximate: false,
    series: 2,
    before: null,
    connection: 'rabbit',
    broker: 'rabbitmq',
    ...change,
  };
}

const everything: LagWish = { q: '', connection: '', group: '', topic: '', kind: 'all', behind: false };
const names = (lines: readonly LagLine[]) =>
  lines.map((line) => (line.kind === 'group' ? `${line.group}/${line.topic}` : line.queue));

describe('what is shown', () => {
  const lines = [aGroup(), aGroup({ group: 'bills', lag: 0 }), aGroup({ topic: 'users', lag: null }), aQueue()];

  test.each<[Partial<LagWish>, readonly string[]]>([
    [{}, ['mail/orders', 'bills/orders', 'mail/users', 'jobs']],
    [{ q: 'ORD ma' }, ['mail/orders', 'bills/orders']],
    [{ q: 'mail main' }, ['mail/orders', 'mail/users']],
    [{ connection: 'rabbit' }, ['jobs']],
    [{ group: 'mail', topic: 'users' }, ['mail/users']],
    [{ topic: 'jobs' }, ['jobs']],
    [{ kind: 'queues' }, ['jobs']],
    [{ kind: 'groups', behind: true }, ['mail/orders']],
  ])('%j', (wish, shown) => {
    expect(names(chosenLines(lines, { ...everything, ...wish }))).toEqual(shown);
  });

  test('stands in the order asked for; what has no value comes last either way', () => {
    expect(names(sortedLines(lines, 'lag', false))).toEqual(['mail/orders', 'jobs', 'bills/orders', 'mail/users']);
    expect(names(sortedLines(lines, 'lag', true))).toEqual(['bills/orders', 'jobs', 'mail/orders', 'mail/users']);
    expect(names(sortedLines(lines, 'held', true))).toEqual(['jobs', 'bills/orders', 'mail/orders', 'mail/users']);
    expect(names(sortedLines(lines, 'name', true))).toEqual(['bills/orders', 'jobs', 'mail/orders', 'mail/users']);
  });
});

describe('the connection of a row is told', () => {
  const of = (connection: string, broker: LagLine['broker'], rows: readonly LagLine[]) => ({
    connection,
    broker,
    rows,
  });
  const told = (...connections: readonly ReturnType<typeof of>[]) => [...toldConnections(connections)];

  test('where another of its kind is there, and not where its kind is the only one', () => {
    const bills = aGroup({ group: 'bills' });
    expect(told(of('eu', 'kafka', [aGroup()]), of('us', 'kafka', [bills]), of('rabbit', 'rabbitmq', []))).toEqual([
      'eu',
      'us',
    ]);
    expect(told(of('kafka', 'kafka', [aGroup()]), of('rabbit', 'rabbitmq', [aQueue()]), of('sqs', 'sqs', []))).toEqual(
      [],
    );
    expect(told()).toEqual([]);
  });

  test('where a row would read as one of another kind, or its connection is not configured any more', () => {
    expect(told(of('rabbit', 'rabbitmq', [aQueue()]), of('aws', 'sqs', [aQueue()]))).toEqual(['rabbit', 'aws']);
    expect(told(of('kafka', 'kafka', [aGroup()]), of('rabbit', 'rabbitmq', [aQueue({ queue: 'mail' })]))).toEqual([]);
    expect(told(of('kafka', 'kafka', [aGroup()]), of('gone', null, [aQueue()]))).toEqual(['gone']);
  });
});

describe('words', () => {
  test('nobody reads and something waits: that needs someone', () => {
    expect(stateWords(aGroup({ state: 'empty' }))).toEqual({ word: 'empty', tone: 'attention' });
    expect(stateWords(aGroup({ state: 'empty', lag: 0 }))).toEqual({ word: 'empty', tone: 'plain' });
    expect(stateWords(aGroup({ state: 'preparingrebalance' }))).toEqual({
      word: 'preparing rebalance',
      tone: 'motion',
    });
    expect(stateWords(aQueue({ consumers: 0 }))).toEqual({ word: 'no consumer', tone: 'attention' });
    expect(stateWords(aQueue({ consumers: null }))).toBeNull();
  });

  test('a number says what is not in it, and what is not told says why', () => {
    expect(amountWords(aGroup({ lag: 1_204 }))).toEqual({ text: '1,204', why: null });
    expect(amountWords(aGroup({ uncommitted: 3 }))).toEqual({
      text: '5',
      why: '3 of its 4 partitions have no commit and are not counted.',
    });
    expect(amountWords(aGroup({ lag: null, gap: 'no-commit' })).text).toBe('no commit');
    expect(amountWords(aQueue({ approximate: true })).text).toBe('about 3');
    expect(amountWords(aQueue({ waiting: null })).text).toBe('not told');
  });

  test('a change says its direction', () => {
    expect(changeWords(aGroup({ lag: 1_209 }))).toEqual({ text: '+1,204', tone: 'attention' });
    expect(changeWords(aGroup({ lag: 2 }))).toEqual({ text: '−3', tone: 'settled' });
    expect(changeWords(aGroup())).toEqual({ text: 'same', tone: 'plain' });
    expect(changeWords(aQueue())).toBeNull();
  });

  test('kinds are said in the broker’s words', () => {
    expect([aGroup(), aGroup({ groupKind: 'unknown' }), aQueue(), aQueue({ broker: 'sqs' })].map(kindWords)).toEqual([
      'classic group',
      'group',
      'RabbitMQ queue',
      'SQS queue',
    ]);
  });

  test('the head of the page counts groups once, whatever the number of their topics', () => {
    const lines = [aGroup(), aGroup({ topic: 'users' }), aGroup({ group: 'bills', lag: 0 })];
    expect(lagSentence(lines, [])).toBe('1 group is behind by 10 messages');
    expect(lagSentence([aGroup({ lag: 0 }), aQueue()], [])).toBe('no group is behind · messages wait in 1 queue');
  });

  test('nobody is said to be up to date while a connection is unread, and which one that is', () => {
    const rabbit = { connection: 'rabbit', at: 1, failing: null };
    const kafka = { connection: 'kafka', at: null, failing: null };
    const error = { code: 'unreachable', message: 'Nothing answers.' } as const;
    const away = { connection: 'shop', at: null, failing: { error, since: 1 } };
    expect(lagSentence([], [rabbit, kafka])).toBe('kafka is not read yet');
    expect(lagSentence([aQueue({ waiting: 0 })], [rabbit, kafka])).toBe('kafka is not read yet');
    expect(lagSentence([aQueue()], [rabbit, kafka, away])).toBe(
      'messages wait in 1 queue · kafka is not read yet · shop cannot be read',
    );
    expect(lagSentence([aGroup({ lag: 0 })], [{ ...kafka, at: 1 }, rabbit])).toBe('no group is behind');
    expect(lagSentence([aGroup({ lag: 0 })], [{ ...away, at: 1 }])).toBe('shop cannot be read');
  });
});
