import { parseArgs } from 'node:util';
import type { CrashSite } from '#server/replay/testing/crash/crash-site.ts';
import { startKafkaSite } from '#server/replay/testing/crash/kafka-site.ts';
import { isClean, matrixTable, type MatrixRow, runMatrix } from '#server/replay/testing/crash/matrix.ts';
import { startRabbitMqSite } from '#server/replay/testing/crash/rabbitmq-site.ts';
import { startSqsSite } from '#server/replay/testing/crash/sqs-site.ts';

/**
 * Kills the engine at every step of a replay on real brokers, and prints what became of the messages. Exits with 1 where anything was lost, doubled in silence
 * or said wrongly.
 *
 *     npm run crash-matrix -- [--only kafka,rabbitmq,sqs] [--step 'broker killed'] [--runs 20] [--trouble-runs 20] [--minutes 60]
 */

const sites: Readonly<Record<string, () => Promise<CrashSite>>> = {
  rabbitmq: startRabbitMqSite,
  kafka: startKafkaSite,
  sqs: startSqsSite,
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(sites).join(',') },
    step: { type: 'string' },
    runs: { type: 'string', default: '20' },
    'trouble-runs': { type: 'string', default: '20' },
    minutes: { type: 'string', default: '600' },
  },
});
const runs = Number(values.runs);
const troubleRuns = Number(values['trouble-runs']);
const begun = performance.now();
const until = begun + Number(values.minutes) * 60_000;
const say = (line: string) => console.error(line);

const settled = await Promise.allSettled(
  values.only.split(',').map(async (name) => {
    const start = sites[name];
    if (!start) throw new Error(`There is no broker ${name}: choose of ${Object.keys(sites).join(', ')}.`);
    const site = await start();
    try {
      return await runMatrix(site, { runs, troubleRuns, until, random: Math.random, say, step: values.step });
    } finally {
      await site.close();
    }
  }),
);
const rows: MatrixRow[] = [];
for (const result of settled) {
  if (result.status === 'fulfilled') rows.push(...result.value);
  else {
    say(
      `A matrix ended early: ${result.reason instanceof Error ? (result.reason.stack ?? '') : String(result.reason)}`,
    );
    process.exitCode = 1;
  }
}
const total = rows.reduce((sum, row) => sum + row.runs, 0);
console.log(matrixTable(rows));
console.log(`\n${total} runs in ${Math.round((performance.now() - begun) / 60_000)} minutes.`);
for (const row of rows.filter((each) => !isClean(each))) {
  process.exitCode = 1;
  for (const sentence of new Set(row.untrue)) console.log(`${row.broker}, ${row.step}: ${sentence}`);
}
// Clients of brokers that were killed may have sockets left to wait for.
process.exit();
