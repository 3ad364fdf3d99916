import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take minutes, because they wait for brokers. Started last, each would keep the whole run waiting while a
 * core is idle.
 */
const longFiles = [
  'crash-matrix',
  'rabbitmq-3',
  'rabbitmq-4',
  'sqs-elasticmq',
  'sqs-fauxqs',
  'discard-crash',
  'cli/replay',
  'http/bad-input',
  'sandbox.test',
  'sqlite/conformance',
  'replay/discard.test',
  'unknown-story',
  'alert-story',
  'kafka-conformance',
  'fifo-order',
  'plan-destinations',
  'edit-replay',
  'replay-engine',
  'rabbitmq/move-all',
  'fidelity-sqs',
  'read-log',
  'replay/bad-input',
];

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = (file: TestSpecification) => {
      const index = longFiles.findIndex((name) => file.moduleId.includes(name));
      return index < 0 ? longFiles.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

const brokers = developmentBrokers();
const hasRabbitMq4 = { ...process.env, ...brokers }['TEST_RABBITMQ4_URL'] !== undefined;

export default defineConfig({
  resolve: {
    // Outside of the bundle `server-only` throws on purpose. The condition `react-server` would silence it, but also
    // swap React itself.
    alias: { 'server-only': join(import.meta.dirname, 'node_modules/server-only/empty.js') },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['{components,lib}/**/*.test.{ts,tsx}'],
          // They start nothing and keep nothing, so that a process for each would only be imports once more: half of their time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'rest',
          include: ['{app,cli,server,scripts}/**/*.test.{ts,tsx}'],
          // RabbitMQ 4 is there on Debian as root only; a file without a test would count as failed.
          exclude: [...configDefaults.exclude, ...(hasRabbitMq4 ? [] : ['**/rabbitmq-4.test.ts'])],
        },
      },
    ],
    // Processes, not threads: the drivers, SQLite and the workers under test are met as they are in production.
    pool: 'forks',
    // Files run side by side, the tests of a file one after the other: each conformance suite has its broker to itself.
    // Three times as many as there are cores: the files that take long spend four fifths of it waiting for brokers.
    maxWorkers: 6,
    // For what hangs alone: at a load of 30 what takes a quarter of a minute takes four times as long.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A condition that is waited for is waited for as long as a busy machine takes.
    expect: { poll: { timeout: 60_000 } },
    sequence: { sequencer: LongFilesFirst },
    env: brokers,
  },
});

/**
 * `npm test` hands over the brokers that it started; a developer who runs Vitest alone gets the set of
 * `scripts/brokers.ts up`.
 */
function developmentBrokers(): Record<string, string> {
  const file = join(import.meta.dirname, '.cache/brokers/env.json');
  const given = Object.keys(process.env).some((name) => name.startsWith('TEST_'));
  if (given || !existsSync(file)) return {};
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
}
