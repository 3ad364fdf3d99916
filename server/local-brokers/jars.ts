import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Availability } from '#server/local-brokers/local-broker.ts';

const run = promisify(execFile);

/** Everything that can be made again lives here: jars, the folders of brokers, a second RabbitMQ. */
export const cacheFolder = join(import.meta.dirname, '../../.cache');

export interface JarSet {
  /** Names the folder, so that a person who looks into the cache knows what is there. */
  name: string;
  /** Maven coordinates, `group:artifact:version`. */
  coordinates: readonly string[];
}

/** Resolves the jars and all they need with Maven, once; returns the folder that holds them. */
export async function resolveJars(set: JarSet, log: (line: string) => void = () => {}): Promise<string> {
  const folder = folderOf(set);
  if (existsSync(folder)) return folder;
  await mkdir(join(cacheFolder, 'jars'), { recursive: true });
  // Two runs may resolve at once: each works in a folder of its own, and the rename decides who was first.
  const work = await mkdtemp(join(cacheFolder, 'jars', '.resolving-'));
  try {
    log(`Fetching the jars of ${set.name} with Maven (once, up to a minute)`);
    await writeFile(join(work, 'pom.xml'), pomOf(set));
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    await run('mvn', ['-q', '-B', goal, '-DincludeScope=runtime', '-DoutputDirectory=libs'], {
      cwd: work,
      timeout: 300_000,
    });
    const jars = (await readdir(join(work, 'libs'))).filter((file) => file.endsWith('.jar'));
    if (jars.length === 0)
      throw new Error(`Maven reported success, but copied no jar for ${set.coordinates.join(', ')}.`);
    await rename(join(work, 'libs'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } catch (error) {
    throw new Error(`The jars of ${set.name} could not be fetched with Maven: ${messageOf(error)}`, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Whether Java 17 or newer is there, and Maven where the jars have not been fetched yet. */
export async function javaAvailable(set: JarSet): Promise<Availability> {
  const remedy = 'npm run brokers:install';
  const version = await run('java', ['-version']).catch(() => undefined);
  // `java -version` writes to standard error: openjdk version "17.0.12" 2024-07-16.
  const major = Number(/version "(\d+)/.exec(version?.stderr ?? '')?.[1] ?? 0);
  if (major === 0) return { available: false, reason: 'No Java is installed; 17 or newer is needed.', remedy };
  if (major < 17) return { available: false, reason: `Java ${major} is installed; 17 or newer is needed.`, remedy };
  if (existsSync(folderOf(set))) return { available: true };
  const maven = await run('mvn', ['--version']).catch(() => undefined);
  return maven
    ? { available: true }
    : { available: false, reason: `Maven is needed once, to fetch ${set.name}.`, remedy };
}

function folderOf(set: JarSet): string {
  const digest = createHash('sha256').update(set.coordinates.join('\n')).digest('hex').slice(0, 8);
  return join(cacheFolder, 'jars', `${set.name}-${digest}`);
}

function pomOf(set: JarSet): string {
  const dependencies = set.coordinates.map((coordinate) => {
    const [group, artifact, version] = coordinate.split(':');
    return `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    '  <modelVersion>4.0.0</modelVersion>',
    '  <groupId>redeliver</groupId><artifactId>jars</artifactId><version>1</version>',
    '  <dependencies>',
    ...dependencies,
    '  </dependencies>',
    '</project>',
  ].join('\n');
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const output = 'stdout' in error && typeof error.stdout === 'string' ? error.stdout.trim() : '';
  return output === '' ? error.message : output.split('\n').slice(0, 10).join('\n');
}
