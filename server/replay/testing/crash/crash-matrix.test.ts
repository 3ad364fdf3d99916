import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CrashSite } from '#server/replay/testing/crash/crash-site.ts';
import { startKafkaSite } from '#server/replay/testing/crash/kafka-site.ts';
import { isClean, matrixTable, runMatrix } from '#server/replay/testing/crash/matrix.ts';
import { startRabbitMqSite } from '#server/replay/testing/crash/rabbitmq-site.ts';
import { startSqsSite } from '#server/replay/testing/crash/sqs-site.ts';
import { killSteps, troubleSteps } from '#server/replay/testing/crash/steps.ts';

/** The crash matrix, once a step; `npm run crash-matrix` does each twenty times. */

describe.concurrent.each([
  { label: 'RabbitMQ', start: startRabbitMqSite },
  { label: 'Kafka', start: startKafkaSite },
  { label: 'SQS', start: startSqsSite },
])('an engine that is struck at each step of a replay on $label', ({ start }) => {
  let site: CrashSite;

  beforeAll(async () => {
    site = await start();
  });

  afterAll(async () => {
    await site?.close();
  });

  test('loses nothing, doubles nothing in silence, and every item says what is so', { timeout: 900_000 }, async () => {
    const said: string[] = [];
    // Late: the first batches are settled then, and the last ones are not.
    const random = () => 0.9;
    const rows = await runMatrix(site, { runs: 1, troubleRuns: 1, random, say: (line) => said.push(line) });
    expect(
      rows.filter((row) => !isClean(row)),
      `${matrixTable(rows)}\n${said.join('\n')}`,
    ).toEqual([]);
    const able = [...killSteps, ...troubleSteps].filter((step) => site.lanes.some(step.appliesTo ?? (() => true)));
    expect(rows.map((row) => row.step)).toEqual(expect.arrayContaining(able.map((step) => step.name)));
  });
});
