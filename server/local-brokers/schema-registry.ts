import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, javaAvailable } from '#server/local-brokers/jars.ts';
import type { Availability, LocalBroker, StartOptions } from '#server/local-brokers/local-broker.ts';
import { runBroker } from '#server/local-brokers/run-broker.ts';

const run = promisify(execFile);

/** The last line of Apicurio Registry that runs on Java 17, which Kafka needs anyway; 3.x needs 21. */
const version = '2.6.13.Final';
const program = `apicurio-registry-app-${version}`;
const programFolder = join(cacheFolder, 'jars', program);

/**
 * Apicurio Registry, which speaks the Confluent schema registry's protocol in the tests. It keeps its schemas in memory: a restart empties
 * it and counts ids from one again.
 */
export async function startLocalSchemaRegistry(
  options: StartOptions & { ports?: { http?: number } },
): Promise<LocalBroker> {
  const { folder, log } = options;
  await fetchProgram(log);
  return await runBroker<'http'>(
    {
      kind: 'schema-registry',
      title: `Apicurio Registry ${version}`,
      portNames: ['http'],
      settings: { version },
      env: ({ http }) => ({ SCHEMA_REGISTRY_URL: addressOf(http) }),
      async prepare() {},
      children: ({ http }) => [
        {
          name: `Apicurio Registry ${version}`,
          command: 'java',
          args: [
            '-Xmx256m',
            '-XX:+UseSerialGC',
            '-XX:TieredStopAtLevel=1',
            '-Dquarkus.http.host=127.0.0.1',
            `-Dquarkus.http.port=${http}`,
            '-jar',
            join(programFolder, `${program}-runner.jar`),
          ],
          env: { PATH: process.env['PATH'] ?? '', HOME: folder, JAVA_HOME: process.env['JAVA_HOME'] ?? '' },
          logFile: join(folder, 'schema-registry.log'),
          isReady: () => answers(http),
          readyWithinMs: 60_000,
        },
      ],
      answers: ({ http }) => answers(http),
      gracefulMs: 5_000,
    },
    options,
  );
}

export async function localSchemaRegistryAvailable(): Promise<Availability> {
  const java = await javaAvailable({ name: program, coordinates: [] });
  return java.available || existsSync(programFolder) ? { available: true } : java;
}

/** It is packed as an archive and not as a jar with dependencies, so Maven unpacks it as a whole; once. */
async function fetchProgram(log: (line: string) => void = () => {}): Promise<void> {
  if (existsSync(programFolder)) return;
  await mkdir(join(cacheFolder, 'jars'), { recursive: true });
  const work = await mkdtemp(join(cacheFolder, 'jars', '.resolving-'));
  try {
    log(`Fetching Apicurio Registry ${version} with Maven (once, 140 MB, up to a minute)`);
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack';
    const artifact = `-Dartifact=io.apicurio:apicurio-registry-app:${version}:tar.gz:all`;
    await run('mvn', ['-q', '-B', goal, artifact, `-DoutputDirectory=${join(work, 'program')}`], {
      cwd: work,
      timeout: 300_000,
    });
    await rename(join(work, 'program'), programFolder).catch((error: unknown) => {
      if (!existsSync(programFolder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function addressOf(port: number): string {
  return `http://127.0.0.1:${port}/apis/ccompat/v7`;
}

async function answers(port: number): Promise<boolean> {
  const response = await fetch(`${addressOf(port)}/subjects`, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.ok;
}
