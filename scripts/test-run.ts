import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runCommand } from '#scripts/run-command.ts';
import { sourceFolders, staticCheck } from '#scripts/static-check.ts';
import { buildIsStale, rememberBuild, sourceHash } from '#scripts/staleness.mjs';
import {
  type Count,
  countPlaywright,
  countVitest,
  failedOfPlaywright,
  failedOfVitest,
  noTests,
} from '#scripts/test-report.ts';
import { cacheFolder } from '#server/local-brokers/jars.ts';

const root = join(import.meta.dirname, '..');
const bin = (name: string) => join(root, 'node_modules/.bin', name);
const aFailure: Count = { ...noTests, failed: 1 };

/** For what hangs. What merely takes long on a slow machine is not cut off: its report would be lost with it. */
const hangsAfterMs = 30 * 60_000;

export interface TestRun {
  /** Logs, reports and the brokers' data of this run. */
  folder: string;
  env: Readonly<Record<string, string>>;
  say: (line: string) => void;
  /** What a failed part printed last; shown again at the very end, which is all that some see of a run. */
  failures: string[];
}

/** The static check counts as one test. */
export async function runCheck({ say, failures }: TestRun): Promise<Count> {
  const lines: string[] = [];
  const told = (line: string) => {
    lines.push(line);
    say(line);
  };
  if (await staticCheck(told)) return { ...noTests, passed: 1 };
  failures.push(lines.join('\n'));
  return aFailure;
}

/**
 * The production build, unless the one that is there fits the sources. It adds nothing to the count unless it fails.
 */
export async function runBuild({ say, failures }: TestRun): Promise<Count> {
  const hash = sourceHash(root);
  if (!buildIsStale(root, hash)) {
    say('build: the one that is there fits the sources');
    return noTests;
  }
  const begun = performance.now();
  const env = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  const result = await runCommand(process.execPath, [bin('next'), 'build'], { env, timeoutMs: hangsAfterMs });
  say(`build: ${result.ok ? 'ok' : 'FAILED'} (${secondsSince(begun)} s)`);
  if (!result.ok) {
    say(result.output);
    failures.push(result.output);
    return aFailure;
  }
  rememberBuild(root, hash);
  return noTests;
}

export interface TestFiles {
  /** They need no broker. */
  unit: string[];
  /**
   * They meet real brokers: the conformance suites, and what else of the engine and the sandbox only a broker can
   * prove.
   */
  onBrokers: string[];
}

/** The test files whose path contains one of the given parts, or all. */
export function findTestFiles(parts: readonly string[]): TestFiles {
  const files = sourceFolders
    .filter((folder) => folder !== 'e2e')
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.test\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
  const meetsBrokers = (file: string) => brokerWords.test(readFileSync(join(root, file), 'utf8'));
  return {
    unit: files.filter((file) => !meetsBrokers(file)),
    onBrokers: files.filter(meetsBrokers),
  };
}

const brokerWords =
  /\bTEST_(KAFKA|RABBITMQ|SQS|SCHEMA_REGISTRY)|brokers\/testing\/conformance|local-brokers\/(kafka|rabbitmq|elasticmq)|-harness\.ts|\bstartSandbox/;

export async function runVitest(run: TestRun, files: readonly string[]): Promise<Count> {
  // Without a name Vitest would run all files.
  if (files.length === 0) return noTests;
  const report = join(run.folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`, '--silent=passed-only'];
  const result = await runCommand(process.execPath, [bin('vitest'), 'run', ...reporters, ...files], {
    // Hundreds of processes load the same packages.
    env: { ...run.env, NODE_ENV: 'test', NODE_COMPILE_CACHE: join(cacheFolder, 'compile') },
    onOutput: byLine((line) => /^ *[✓❯×]/.test(line) && run.say(line)),
    timeoutMs: hangsAfterMs,
  });
  return judge(run, result, report, { count: countVitest, failed: failedOfVitest });
}

export async function runPlaywright(run: TestRun, port: number): Promise<Count> {
  const report = join(run.folder, 'playwright.json');
  const result = await runCommand(process.execPath, [bin('playwright'), 'test', '--reporter=list,json'], {
    env: {
      E2E_PORT: String(port),
      E2E_DATA: join(run.folder, 'e2e-data'),
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    },
    onOutput: byLine((line) => /^ *[✓✘ok-]+ +\d+/.test(line) && run.say(line)),
    timeoutMs: hangsAfterMs,
  });
  return judge(run, result, report, { count: countPlaywright, failed: failedOfPlaywright });
}

interface ReportReader {
  count(report: unknown): Count;
  failed(report: unknown): string[];
}

/** A runner that ends badly without a failed test (an unhandled error, a broken report) has failed all the same. */
function judge(
  { say, failures }: TestRun,
  result: { ok: boolean; output: string },
  path: string,
  reader: ReportReader,
): Count {
  const report: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  if (!result.ok) {
    const failed = report === undefined ? [] : reader.failed(report);
    // Whoever sees a part of the output only, its end or where it first speaks of a failure, sees them all.
    const list = [`Failed: ${failed.length} tests`, ...failed.map((line) => `FAIL ${line}`)].join('\n');
    say(list);
    say(result.output);
    failures.push(result.output, list);
  }
  if (report === undefined) return aFailure;
  const counted = reader.count(report);
  return result.ok || counted.failed > 0 ? counted : { ...counted, failed: 1 };
}

function byLine(take: (line: string) => unknown): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line.trimEnd());
  };
}

export function secondsSince(begun: number): string {
  return ((performance.now() - begun) / 1000).toFixed(1);
}
