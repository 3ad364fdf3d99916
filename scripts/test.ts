/**
 * `npm test`: everything, on real brokers and in a real browser. It leaves no process behind, and its last line is `N
 * passed, N failed`.
 *
 *     npm test -- --only check,unit,conformance,build,e2e    some parts
 *     npm test -- server/brokers/kafka                       the unit and conformance tests whose path contains this
 *     npm test -- --reuse ...                                on the brokers of `scripts/brokers.ts up`, which stay up
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromiumPath, installPackages, installRabbitMq4, whyNotInstallable } from '#scripts/install-debian.ts';
import { leftovers, runMarker } from '#scripts/leftovers.ts';
import { endAllCommands } from '#scripts/run-command.ts';
import { conformanceTables, type Count, failureTail, noTests, sum, whyNotGreen } from '#scripts/test-report.ts';
import {
  findTestFiles,
  runBuild,
  runCheck,
  runPlaywright,
  runVitest,
  secondsSince,
  type TestRun,
} from '#scripts/test-run.ts';
import { freePorts } from '#server/local-brokers/free-port.ts';
import { cacheFolder } from '#server/local-brokers/jars.ts';
import {
  startTestBroker,
  testBrokerAvailable,
  type TestBroker,
  type TestBrokerName,
} from '#server/local-brokers/test-brokers.ts';
import { z } from 'zod';

const partNames = ['check', 'unit', 'conformance', 'build', 'e2e'] as const;
const { values, positionals: paths } = parseArgs({
  options: { only: { type: 'string' }, reuse: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const parts = new Set(
  values.only !== undefined
    ? z.array(z.enum(partNames)).parse(values.only.split(','))
    : paths.length > 0
      ? (['unit', 'conformance'] as const)
      : partNames,
);

const begun = performance.now();
const runId = `${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${process.pid}`;
const folder = join(cacheFolder, 'test-run', runId);
process.env[runMarker] = runId;
const started: TestBroker[] = [];
const failures: string[] = [];
let ending = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void end(130, `Interrupted by ${signal}.`));
}
process.on('uncaughtException', (error) => void end(1, error.stack ?? String(error)));
process.on('unhandledRejection', (error) => void end(1, error instanceof Error ? error.stack : String(error)));

const count = await runEverything();
await end(count.failed === 0 && whyNotGreen(count) === undefined ? 0 : 1, undefined, count);

async function runEverything(): Promise<Count> {
  await removeOldRuns();
  await mkdir(folder, { recursive: true });
  const counts: Count[] = [];
  const files = findTestFiles(paths);
  const chosen = [...(parts.has('unit') ? files.unit : []), ...(parts.has('conformance') ? files.onBrokers : [])];
  const withBrokers = parts.has('conformance') && files.onBrokers.length > 0;
  if (withBrokers || parts.has('e2e')) counts.push(await installWhatIsMissing());

  const conformanceReport = join(folder, 'conformance.ndjson');
  const run: TestRun = { folder, env: {}, say, failures };
  // What is checked and built needs processors, and most of what is tested waits for brokers: they go side by side.
  const checking = checkAndBuild(run);
  const env = withBrokers ? await startBrokers(counts) : {};
  if (parts.has('unit') || parts.has('conformance')) {
    const testEnv = { ...env, CONFORMANCE_REPORT: conformanceReport, TEST_FOLDER: join(folder, 'tests') };
    await mkdir(testEnv.TEST_FOLDER, { recursive: true });
    const tests = await runVitest({ ...run, env: testEnv }, chosen);
    say(`unit and conformance: ${describe(tests)} (at ${secondsSince(begun)} s)`);
    counts.push(tests, failureWhenEmpty(tests, 'unit and conformance'));
  }
  const { checked, built } = await checking;
  counts.push(checked, built);

  // The browser stories bring a sandbox with brokers of its own, which need the room.
  await stopBrokers();
  if (parts.has('e2e') && built.failed === 0) {
    const [port = 0] = await freePorts(1);
    const stories = await runPlaywright(run, port);
    say(`e2e: ${describe(stories)} (at ${secondsSince(begun)} s)`);
    counts.push(stories, failureWhenEmpty(stories, 'e2e'));
  }

  if (existsSync(conformanceReport)) say(`\n${conformanceTables(readFileSync(conformanceReport, 'utf8'))}\n`);
  for (const failure of failures) say(`What failed, from its end:\n${failureTail(failure)}\n`);
  return sum(counts);
}

async function checkAndBuild(run: TestRun): Promise<{ readonly checked: Count; readonly built: Count }> {
  const checked = parts.has('check') ? await runCheck(run) : noTests;
  const built = parts.has('build') || parts.has('e2e') ? await runBuild(run) : noTests;
  return { checked, built };
}

async function installWhatIsMissing(): Promise<Count> {
  const obstacle = whyNotInstallable();
  if (!obstacle) await installPackages({ forTests: true, log: say });
  if (parts.has('e2e') && chromiumPath() === undefined) {
    say(`No Chromium was found for the browser stories. ${obstacle ?? ''}`);
    return { ...noTests, failed: 1 };
  }
  return noTests;
}

/** Starts all brokers; each that is missing is a failure, but for RabbitMQ 4, which only root on Debian can have. */
async function startBrokers(counts: Count[]): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  const start = async (name: TestBrokerName) => {
    const availability = await testBrokerAvailable(name);
    if (!availability.available) throw new Error(`${availability.reason} Remedy: ${availability.remedy}`);
    const reuse = { folder: join(cacheFolder, 'brokers'), outlivesParent: true, log: say };
    const broker = await startTestBroker(name, values.reuse ? reuse : { folder, outlivesParent: false, log: say });
    if (!values.reuse) started.push(broker);
    Object.assign(env, broker.env);
  };
  const orFailure = async (name: TestBrokerName) => {
    await start(name).catch((error: unknown) => {
      say(`FAILED: ${name} could not be started. ${error instanceof Error ? error.message : String(error)}`);
      counts.push({ ...noTests, failed: 1 });
    });
  };
  const rabbitMq4 = async () => {
    const obstacle = whyNotInstallable();
    if (obstacle) {
      say(`RabbitMQ 4 cannot be installed here (${obstacle}); its clauses run on a 3.x with explicit delivery limits.`);
      return;
    }
    await installRabbitMq4(say);
    await orFailure('rabbitmq4');
  };
  const oneAfterTheOther = async (...steps: (() => Promise<void>)[]) => {
    for (const step of steps) await step();
  };
  await Promise.all([
    oneAfterTheOther(
      () => orFailure('kafka'),
      () => orFailure('elasticmq'),
      () => orFailure('schema-registry'),
    ),
    oneAfterTheOther(() => orFailure('rabbitmq'), rabbitMq4),
  ]);
  return env;
}

/** Nobody needs their data any more, so they need not take the time to write it down. */
async function stopBrokers(): Promise<void> {
  await Promise.all(started.splice(0).map(({ broker }) => broker.kill()));
}

function failureWhenEmpty(tests: Count, what: string): Count {
  const problem = whyNotGreen(tests);
  if (problem !== undefined) say(`FAILED: ${what}: ${problem}`);
  return problem === undefined ? noTests : { ...noTests, failed: 1 };
}

function describe({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** The only way out. Whatever happened, it ends all that the run has started, and makes sure that nothing is left. */
async function end(code: number, problem?: string, counted?: Count): Promise<void> {
  if (ending) return;
  ending = true;
  if (problem !== undefined) say(problem);
  await endAllCommands();
  await stopBrokers().catch((error: unknown) => say(String(error)));
  const left = await endLeftovers();
  if (code === 0 && left === 0) await rm(folder, { recursive: true, force: true });
  else say(`Logs and reports: ${folder}`);
  say(`The run took ${secondsSince(begun)} s.`);
  if (counted) say(`${counted.passed} passed, ${counted.failed + (left > 0 ? 1 : 0)} failed`);
  process.exit(code === 0 && left > 0 ? 1 : code);
}

async function endLeftovers(): Promise<number> {
  // Helpers of Erlang notice only by and by that their broker is gone, and later still on a machine with much to do.
  for (let waited = 0; waited < 10_000 && leftovers(runId).length > 0; waited += 100) await delay(100);
  const left = leftovers(runId);
  for (const { pid, command } of left) {
    say(`FAILED: a process was left behind and is ended now: ${pid} ${command}`);
    process.kill(pid, 'SIGKILL');
  }
  return left.length;
}

async function removeOldRuns(): Promise<void> {
  const runs = join(cacheFolder, 'test-run');
  for (const name of await readdir(runs).catch(() => [])) {
    const { mtimeMs } = await stat(join(runs, name));
    if (Date.now() - mtimeMs > 6 * 3_600_000) await rm(join(runs, name), { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
