import { describe, expect, it } from 'vitest';
import {
  commandPieces,
  countKinds,
  firstLine,
  foldHints,
  gapsOf,
  hasLongWord,
  lookedWords,
  noRiskWords,
  shownRisks,
} from '#components/risks/prepare-risks.ts';
import type { ConnectionRisks, RiskView } from '#lib/api/risks.ts';

const risk = (connection: string, queue: string, changes: Partial<RiskView> = {}): RiskView => ({
  kind: 'no-dead-letter-queue',
  severity: 'warning',
  connection,
  queue,
  isDeadLetterQueue: false,
  sentence: '',
  why: '',
  remedy: { text: '', code: null },
  ...changes,
});
const looked = (connection: string, changes: Partial<ConnectionRisks> = {}): ConnectionRisks => ({
  connection,
  at: 1,
  tookMs: 1,
  queues: 3,
  risks: [],
  further: 0,
  notes: [],
  failing: null,
  ...changes,
});

const response = {
  connections: [
    looked('sqs', {
      risks: [risk('sqs', 'b'), risk('sqs', 'a'), risk('sqs', 'c', { kind: 'unwatched', severity: 'info' })],
    }),
    looked('rabbitmq', { risks: [risk('rabbitmq', 'z', { kind: 'dead-letters-vanish', severity: 'critical' })] }),
    looked('kafka', { at: null, queues: 0 }),
  ],
};

describe('the list of risks', () => {
  it('has the worst of all connections first', () => {
    const all = shownRisks(response, { connection: null, kind: null });
    expect(all.map(({ queue }) => queue)).toEqual(['z', 'a', 'b', 'c']);
  });

  it('is narrowed by connection and by kind, which are counted', () => {
    expect(shownRisks(response, { connection: 'sqs', kind: 'unwatched' }).map(({ queue }) => queue)).toEqual(['c']);
    expect(countKinds(response, 'sqs')).toEqual([
      { kind: 'no-dead-letter-queue', count: 2 },
      { kind: 'unwatched', count: 1 },
    ]);
  });

  it('what nobody is told of is one line where alerts have no receiver; a queue without a rule keeps its own', () => {
    const told = { kind: 'unwatched', severity: 'info', isDeadLetterQueue: true } as const;
    const risks = [
      risk('sqs', 'a', { kind: 'unwatched' }),
      risk('kafka', 'b', { ...told, sentence: 'Alerts about b are told to no one.' }),
      risk('sqs', 'c', { ...told, sentence: 'Alerts about c are told to no one.' }),
    ];
    const [own, folded, ...others] = foldHints(risks);
    expect(others).toEqual([]);
    expect(own).toEqual({ risk: risks[0], queues: [risks[0]] });
    expect(folded?.risk.sentence).toBe('Alerts about 2 dead-letter queues are told to no one.');
    expect(folded?.queues).toEqual(risks.slice(1));
    expect(foldHints(risks.slice(0, 2)).map((line) => line.risk)).toEqual(risks.slice(0, 2));
  });

  it('says what it does not know', () => {
    const error = { code: 'unreachable' as const, message: 'It does not answer.', details: {} };
    const gaps = gapsOf(
      {
        connections: [
          looked('a', { further: 2, notes: ['Half.'] }),
          looked('b', { failing: { error, since: 1 } }),
          looked('c', { at: null }),
        ],
      },
      null,
    );
    expect(gaps.map(({ connection, text }) => `${connection} ${text}`)).toEqual([
      'a 2 more risks not listed.',
      'a Half.',
      'b The last look failed. It does not answer.',
      'c Not looked at yet.',
    ]);
    expect(firstLine('alerts:\n  rules:\n    - { name: a }')).toBe('alerts: rules: - { name: a }');
    expect(firstLine('aws sqs a\naws sqs b')).toBe('aws sqs a');
    expect(lookedWords(response)).toBe('sqs: 3 queues, rabbitmq: 3 queues');
  });
});

it('says that no risk is known only of what was looked at', () => {
  const failing = { error: { code: 'unreachable', message: 'gone', details: {} }, since: 1 } as const;
  const all = { connection: null, kind: null };
  const title = (...connections: ConnectionRisks[]) => noRiskWords({ connections }, all).title;
  expect(title(looked('sqs'))).toBe('No risk is known');
  expect(title(looked('sqs'), looked('kafka', { at: null, failing }))).toBe(
    'No risk is known where it could be looked',
  );
  expect(title(looked('kafka', { at: null, failing }))).toBe('Risks could not be looked for');
  expect(title(looked('sqs'), looked('kafka', { at: null }))).toBe('Still looking');
  expect(title()).toBe('Not looked yet');
});

it('keeps the words of a command whole, and loses nothing of it', () => {
  const code = "aws sqs create-queue --queue-name a-dlq\nalerts:\n  rules: ['x y']";
  const pieces = commandPieces(code);
  expect(pieces.map(({ text }) => text).join('')).toBe(code);
  expect(pieces.filter(({ kind }) => kind === 'word').map(({ text }) => text)).toContain('--queue-name');
  const json = `'{"message-ttl":60000,"dead-letter-routing-key":"orders"}'`;
  expect(commandPieces(json).map(({ text }) => text)).toEqual([
    `'{"message-ttl":`,
    '60000,',
    '"dead-letter-routing-key":',
    `"orders"}'`,
  ]);
  expect(hasLongWord(code)).toBe(false);
  expect(hasLongWord(`set '${'x'.repeat(50)}'`)).toBe(true);
});
