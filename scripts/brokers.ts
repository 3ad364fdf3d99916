/**
 * The development set: real brokers that stay up in the background, so that single tests can be run against them.
 *
 *     node scripts/run.mjs scripts/brokers.ts up|down|env [--only kafka,rabbitmq,rabbitmq4,elasticmq,schema-registry]
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { cacheFolder } from '#server/local-brokers/jars.ts';
import { stopBrokerIn } from '#server/local-brokers/run-broker.ts';
import {
  startTestBroker,
  testBrokerAvailable,
  type TestBrokerName,
  testBrokerNames,
} from '#server/local-brokers/test-brokers.ts';

const folder = join(cacheFolder, 'brokers');
const envFile = join(folder, 'env.json');

const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const chosen =
  values.only === undefined ? testBrokerNames : z.array(z.enum(testBrokerNames)).parse(values.only.split(','));

switch (positionals[0]) {
  case 'up':
    await up(chosen);
    break;
  case 'down':
    for (const name of chosen) {
      if (await stopBrokerIn(join(folder, name))) say(`${name} stopped`);
      await changeEnv(name, {});
    }
    break;
  case 'env':
    await printEnv();
    break;
  default:
    say('Usage: scripts/brokers.ts up|down|env [--only kafka,rabbitmq,rabbitmq4,elasticmq,schema-registry]');
    process.exitCode = 2;
}

async function up(names: readonly TestBrokerName[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  // One after the other: side by side on two cores, each start only slows down the others.
  for (const name of names) {
    const availability = await testBrokerAvailable(name);
    if (!availability.available) {
      say(`${name} is not available: ${availability.reason} Remedy: ${availability.remedy}`);
      if (values.only !== undefined) process.exitCode = 1;
      continue;
    }
    const { env } = await startTestBroker(name, { folder, outlivesParent: true, log: say });
    await changeEnv(name, env);
  }
  await printEnv();
}

type Environment = Partial<Record<TestBrokerName, Record<string, string>>>;

async function readEnv(): Promise<Environment> {
  const file = join(folder, 'env-by-broker.json');
  if (!existsSync(file)) return {};
  return z
    .partialRecord(z.enum(testBrokerNames), z.record(z.string(), z.string()))
    .parse(JSON.parse(await readFile(file, 'utf8')));
}

async function changeEnv(name: TestBrokerName, env: Record<string, string>): Promise<void> {
  if (!existsSync(folder)) return;
  const all = { ...(await readEnv()), [name]: env };
  await replace(join(folder, 'env-by-broker.json'), all);
  await replace(envFile, Object.assign({}, ...Object.values(all)));
}

async function replace(file: string, content: unknown): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

async function printEnv(): Promise<void> {
  for (const env of Object.values(await readEnv())) {
    for (const [key, value] of Object.entries(env)) process.stdout.write(`${key}=${value}\n`);
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
