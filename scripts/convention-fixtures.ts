import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { resolveJars, type JarSet } from '#server/local-brokers/jars.ts';

/**
 * Writes `lib/conventions/fixtures/*.json` again, by the code of the libraries themselves: `node scripts/run.mjs scripts/convention-fixtures.ts`.
 * Needs a JDK 17 and, once, Maven. The tests read what is stored, so run this when a version below is raised, and read the difference.
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
