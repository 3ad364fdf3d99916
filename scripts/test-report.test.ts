import { expect, test } from 'vitest';
import {
  conformanceTables,
  countPlaywright,
  countVitest,
  failedOfPlaywright,
  failedOfVitest,
  failureTail,
  noTests,
  sum,
  whyNotGreen,
} from '#scripts/test-report.ts';

const anEmptyVitestReport = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};

test('a test file that could not be loaded counts as a failure', () => {
  const testResults = [{ name: 'a.test.ts', status: 'failed', assertionResults: [] }];
  expect(countVitest({ ...anEmptyVitestReport, testResults })).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a failed test is not counted a second time for its file', () => {
  const testResults = [{ name: 'a.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] }];
  const report = { ...anEmptyVitestReport, numPassedTests: 3, numFailedTests: 1, numTodoTests: 1, testResults };
  expect(countVitest(report)).toEqual({ passed: 3, failed: 1, skipped: 1 });
});

test('what failed is told by file, name and first line', () => {
  const failed = { status: 'failed', fullName: 'masking > twice', failureMessages: ['Error: not once\n  at x'] };
  const testResults = [
    { name: 'a.test.ts', status: 'failed', assertionResults: [failed, { status: 'passed' }] },
    { name: 'b.test.ts', status: 'failed', message: 'cannot be read\nat y', assertionResults: [] },
  ];
  expect(failedOfVitest({ ...anEmptyVitestReport, testResults })).toEqual([
    'a.test.ts > masking > twice: Error: not once',
    'b.test.ts: cannot be read',
  ]);
  const spec = (ok: boolean) => ({
    title: `ok ${ok}`,
    ok,
    tests: [{ results: [{ errors: ok ? [] : [{ message: 'Timed out\nwaiting' }] }] }],
  });
  const suites = [{ file: 'e.spec.ts', suites: [{ file: 'e.spec.ts', specs: [spec(true), spec(false)] }] }];
  expect(failedOfPlaywright({ suites })).toEqual(['e.spec.ts > ok false: Timed out']);
});

test('a browser story that passed only when it was tried again has failed', () => {
  const stats = { expected: 4, unexpected: 0, flaky: 1, skipped: 0 };
  expect(countPlaywright({ stats, errors: [] })).toEqual({ passed: 4, failed: 1, skipped: 0 });
});

test('a server that did not start is a failure, although no story ran', () => {
  const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
  expect(countPlaywright({ stats, errors: [{ message: 'Timed out' }] }).failed).toBe(1);
});

test('a run without tests, or with a skipped one, is not green', () => {
  expect(whyNotGreen(noTests)).toBeDefined();
  expect(whyNotGreen({ passed: 5, failed: 0, skipped: 1 })).toBeDefined();
  expect(whyNotGreen(sum([{ passed: 5, failed: 0, skipped: 0 }, noTests]))).toBeUndefined();
});

test('the conformance table has a row for each clause and a column for each driver', () => {
  const rows = [
    { driver: 'sqs', clause: 'removes', result: 'passed' },
    { driver: 'kafka', clause: 'browsing twice leaves the queue unchanged', result: 'passed' },
    { driver: 'kafka', clause: 'removes', result: 'refused' },
    { driver: 'sqs', clause: 'browsing twice leaves the queue unchanged', result: 'failed' },
    { driver: 'sqs', clause: 'browsing twice leaves the queue unchanged', result: 'passed' },
  ];
  expect(conformanceTables(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))).toBe(
    [
      'clause                                     kafka    sqs',
      '-----------------------------------------  -------  -------',
      'removes                                    refused  ✓',
      'browsing twice leaves the queue unchanged  ✓        ✗',
    ].join('\n'),
  );
});

test('drivers that share no clause prove different contracts, in tables of their own', () => {
  const rows = [
    { driver: 'kafka', clause: 'publishes', result: 'passed' },
    { driver: 'sqlite', clause: 'a request is claimed once', result: 'passed' },
    { driver: 'sqs', clause: 'publishes', result: 'passed' },
  ];
  const tables = conformanceTables(rows.map((row) => JSON.stringify(row)).join('\n')).split('\n\n');
  expect(tables.map((table) => table.split('\n')[0])).toEqual([
    'clause     kafka    sqs',
    'clause                     sqlite',
  ]);
});

test('what is shown again of a failed part is its end, without what passed', () => {
  const output = [
    '  ✘  1 first.spec.ts',
    ...Array.from({ length: 100 }, (_, n) => `  ✓  ${n} ok.spec.ts`),
    '',
    'Error: late',
  ];
  expect(failureTail(output.join('\n'))).toBe('  ✘  1 first.spec.ts\nError: late');
  expect(failureTail(Array.from({ length: 100 }, (_, n) => `line ${n}`).join('\n')).split('\n')[0]).toBe('line 40');
});
