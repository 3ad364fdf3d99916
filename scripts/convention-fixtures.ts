import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mkdir, writeFile } from 'node:fs/promises';
import { writeRascalDeadLetter } from '#scripts/fixtures/rascal-dead-letter.ts';
import { createRabbitMqDriver } from '#server/brokers/rabbitmq/rabbitmq-driver.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { resolveJars, type JarSet } from '#server/local-brokers/jars.ts';

/**
 * Writes `lib/conventions/fixtures/*.json` again, by the code of the libraries themselves: `node scripts/run.mjs scripts/convention-fixtures.ts`.
 * Needs a JDK 17, once Maven and npm, and the RabbitMQ of `TEST_RABBITMQ_URL` (with `TEST_RABBITMQ_MANAGEMENT_URL`). The tests read what is stored, so run this when a version below is raised, and read the difference.
 */
const programs: readonly { readonly source: string; readonly jars: JarSet }[] = [
  {
    source: 'DeadLetterFixtures.java',
    jars: {
      name: 'convention-fixtures',
      coordinates: [
        // First, because spring-kafka would bring an older client than Streams and Connect need.
        'org.apache.kafka:kafka-clients:4.3.1',
        'org.apache.kafka:kafka-streams:4.3.1',
        'org.apache.kafka:connect-runtime:4.3.1',
        'org.springframework.kafka:spring-kafka:4.1.0',
        'org.springframework.amqp:spring-rabbit:4.0.0',
        'org.springframework.cloud:spring-cloud-stream-binder-kafka:5.0.0',
        'io.smallrye.reactive:smallrye-reactive-messaging-kafka:4.28.0',
      ],
    },
  },
  {
    // KIP-1191 is in no earlier version.
    source: 'ShareGroupFixture.java',
    jars: { name: 'share-group-fixture', coordinates: ['org.apache.kafka:kafka-server:4.4.0'] },
  },
];

const folder = join(import.meta.dirname, '../lib/conventions/fixtures');
for (const { source, jars } of programs) {
  const libs = await resolveJars(jars, console.log);
  const program = join(import.meta.dirname, 'fixtures', source);
  // Its output is warnings of libraries; what goes wrong ends it with a code, which throws here with all it has said.
  await promisify(execFile)('java', ['-cp', join(libs, '*'), program, folder], { timeout: 300_000 });
  console.log(`${source}: written`);
}

// rascal is no dependency of the project: it is installed beside the jars.
const rascal = join(import.meta.dirname, '../.cache/rascal-21.0.1');
await mkdir(rascal, { recursive: true });
await promisify(execFile)('npm', ['install', '--prefix', rascal, '--no-save', 'rascal@21.0.1', 'amqplib@2.3.1']);
const { TEST_RABBITMQ_URL: url = '', TEST_RABBITMQ_MANAGEMENT_URL: managementUrl = '' } = process.env;
const written = await writeRascalDeadLetter(rascal, url);
const driver = createRabbitMqDriver({ connection: 'fixtures', url, managementUrl, clock: Date.now });
const [letter] = (await browseAll(driver, written.queue)).messages;
// As the driver gives them: AMQP's own types, which bytes alone would not say.
await writeFile(join(folder, 'rascal.json'), `${JSON.stringify(letter?.headers, null, 2)}\n`);
await driver.close();
await written.close();
console.log('rascal: written');
