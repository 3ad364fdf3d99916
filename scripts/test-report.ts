import { z } from 'zod';

/** What one part of the run counted. */
export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

export const noTests: Count = { passed: 0, failed: 0, skipped: 0 };

export function sum(counts: readonly Count[]): Count {
  return counts.reduce(
    (all, count) => ({
      passed: all.passed + count.passed,
      failed: all.failed + count.failed,
      skipped: all.skipped + count.skipped,
    }),
    noTests,
  );
}

const vitestSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string().default(''),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/**
 * Counts the tests of a Vitest JSON report. A file that failed without a failed test (it could not be loaded) counts as
 * one failure.
 */
export function countVitest(report: unknown): Count {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = vitestSchema.parse(report);
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests + numTodoTests };
}

/** A line for each test that failed, and for each file that could not be loaded: `file > name: what it said first`. */
export function failedOfVitest(report: unknown): string[] {
  return vitestSchema.parse(report).testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [`${name}: ${firstLine(message)}`] : [];
    return failed.map((test) => `${name} > ${test.fullName}: ${firstLine(test.failureMessages?.join('\n') ?? '')}`);
  });
}

const firstLineMax = 300;

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, firstLineMax);
}

const playwrightSchema = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()),
});

/** Counts the tests of a Playwright JSON report. One that passed only when it was tried again has failed. */
export function countPlaywright(report: unknown): Count {
  const { stats, errors } = playwrightSchema.parse(report);
  const failed = stats.unexpected + stats.flaky;
  // An error outside of any test, such as a server that did not start, must not look like a run of nothing.
  return { passed: stats.expected, failed: failed === 0 && errors.length > 0 ? 1 : failed, skipped: stats.skipped };
}

interface Suite {
  file?: string | undefined;
  specs?: { title: string; ok: boolean; tests: { results: { errors: { message?: string | undefined }[] }[] }[] }[];
  suites?: Suite[] | undefined;
}

const suiteSchema: z.ZodType<Suite> = z.lazy(() =>
  z.object({
    file: z.string().optional(),
    specs: z
      .array(
        z.object({
          title: z.string(),
          ok: z.boolean(),
          tests: z.array(
            z.object({ results: z.array(z.object({ errors: z.array(z.object({ message: z.string().optional() })) })) }),
          ),
        }),
      )
      .default([]),
    suites: z.array(suiteSchema).optional(),
  }),
);

/** The same for browser stories. */
export function failedOfPlaywright(report: unknown): string[] {
  const lines: string[] = [];
  const walk = ({ file, specs = [], suites = [] }: Suite) => {
    for (const spec of specs) {
      const said = spec.tests.flatMap((test) => test.results.flatMap((result) => result.errors))[0]?.message ?? '';
      if (!spec.ok) lines.push(`${file ?? ''} > ${spec.title}: ${firstLine(said)}`);
    }
    for (const inner of suites) walk(inner);
  };
  for (const suite of z.object({ suites: z.array(suiteSchema).default([]) }).parse(report).suites) walk(suite);
  return lines;
}

const tailLines = 60;

/** The last lines of what a runner printed, without those of what passed. */
export function failureTail(output: string): string {
  const told = output.split('\n').filter((line) => line.trim() !== '' && !/^\s*(?:✓|ok\b)/.test(line));
  return told.slice(-tailLines).join('\n');
}

const rowSchema = z.object({ driver: z.string(), clause: z.string(), result: z.string() });
const marks: Readonly<Record<string, string>> = {
  passed: '✓',
  failed: '✗',
  refused: 'refused',
  'server cannot': 'n/a',
};

type Row = z.infer<typeof rowSchema>;

/**
 * The tables driver × clause from the NDJSON rows of the conformance suites, in the order of their first appearance.
 * Brokers and stores prove different contracts: each contract gets a table of its own, whose drivers share its clauses.
 */
export function conformanceTables(ndjson: string): string {
  const rows = ndjson
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => rowSchema.parse(JSON.parse(line)));
  const contracts: Row[][] = [];
  for (const driver of new Set(rows.map((row) => row.driver))) {
    const own = rows.filter((row) => row.driver === driver);
    const clauses = new Set(own.map((row) => row.clause));
    const contract = contracts.find((others) => others.some((row) => clauses.has(row.clause)));
    if (contract) contract.push(...own);
    else contracts.push(own);
  }
  return contracts.map(tableOf).join('\n\n');
}

function tableOf(rows: readonly Row[]): string {
  const drivers = [...new Set(rows.map((row) => row.driver))].toSorted();
  const clauses = [...new Set(rows.map((row) => row.clause))];
  const cells = new Map<string, string>();
  for (const row of rows) {
    const key = `${row.driver}\n${row.clause}`;
    // Of several rows for one cell, a failure is what counts.
    if (cells.get(key) !== marks['failed']) cells.set(key, marks[row.result] ?? row.result);
  }
  const clauseWidth = Math.max(...clauses.map((clause) => clause.length));
  const widths = drivers.map((driver) => Math.max(driver.length, 7));
  const line = (first: string, others: readonly string[]) =>
    `${first.padEnd(clauseWidth)}  ${others.map((text, index) => text.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd();
  return [
    line('clause', drivers),
    line(
      '-'.repeat(clauseWidth),
      widths.map((width) => '-'.repeat(width)),
    ),
    ...clauses.map((clause) =>
      line(
        clause,
        drivers.map((driver) => cells.get(`${driver}\n${clause}`) ?? ''),
      ),
    ),
  ].join('\n');
}

/** Why a run without a failed test is not a success all the same; nothing when it is. */
export function whyNotGreen(count: Count): string | undefined {
  if (count.failed > 0) return undefined;
  if (count.skipped > 0) return `${count.skipped} tests were skipped; a skipped test proves nothing.`;
  if (count.passed === 0) return 'No test was run.';
  return undefined;
}
