import { isAbsolute, join } from 'node:path';
import type { ConventionSettings } from '#lib/conventions/configured.ts';
import type { MaskingSettings } from '#lib/masking/masking.ts';
import { dayMs, usualArchiveDays } from '#lib/replay/archive-time.ts';
import type { AlertSettings } from '#server/config/alert-settings.ts';
import { parseConfigFile, type ConfigFile, type Surroundings } from '#server/config/config-file.ts';
import type { ConnectionSettings } from '#server/config/connection-settings.ts';
import { redacted } from '#server/config/describe-config.ts';
import { parseEnvironment, type Environment } from '#server/config/environment.ts';
import { type LagConfig, readLagConfig } from '#server/config/lag-settings.ts';
import { createMistakes, type Mistakes } from '#server/config/mistakes.ts';
import { readTracing, type TracingSettings } from '#server/config/tracing-settings.ts';
import type { LogLevel } from '#server/log/log.ts';
import { type MetricsLimits, usualMetricsLimits } from '#server/watch/metrics/limits.ts';

/** All that an operator decides. Printing it redacts its secrets; `structuredClone` to another thread keeps them. */
export interface Config {
  readonly http: HttpConfig;
  /** Where the file is that it comes from; absent where there is none. */
  readonly configFile?: string;
  /** Where the index and the ledger live; relative to the working directory. */
  readonly dataFolder: string;
  readonly connections: readonly ConnectionSettings[];
  /** No connection is configured: the sandbox provides them. */
  readonly sandbox: boolean;
  readonly sync: SyncConfig;
  readonly returns: {
    /** How long after a replay its messages are expected to come back, if they do. */
    readonly watchMs: number;
    /** What came back so often is not sent again unless the operator says so. */
    readonly quarantineAfter: number;
  };
  readonly archive: {
    /** How long discarded messages are kept, so that they can be restored. */
    readonly keptMs: number;
  };
  /** Header names of the operator's own applications; absent where none are configured. */
  readonly conventions?: readonly ConventionSettings[];
  /** What nobody reads here; absent where nothing is masked. */
  readonly masking?: MaskingSettings;
  /** Addresses of other tools. */
  readonly links: {
    /** Where the tracing system shows a trace; `{traceId}` stands for it. `null` where there is none. */
    readonly trace: string | null;
  };
  /** Absent where nothing is said of alerts: then the built-in rules watch, and nobody is told. */
  readonly alerts?: AlertSettings;
  /** Where spans of replays go; absent where they go nowhere. */
  readonly tracing?: TracingSettings;
  readonly log: {
    readonly level: LogLevel;
    /** `null`: for people at a terminal, else one JSON object a line. */
    readonly format: 'json' | 'pretty' | null;
    readonly to: 'stdout' | 'stderr';
  };
  readonly metrics: MetricsLimits;
  readonly lag: LagConfig;
}

export interface HttpConfig {
  /** Loopback unless told otherwise: the console has no users of its own. */
  readonly host: string;
  readonly port: number;
  /** Names under which the console may be asked for, besides loopback and `host`; guards against DNS rebinding. */
  readonly allowedHosts: readonly string[];
  /** Origins that may change state, besides the console's own. */
  readonly allowedOrigins: readonly string[];
}

export interface SyncConfig {
  /** How often brokers are searched for dead-letter queues. */
  readonly discoverMs: number;
  /** How often a known queue is asked whether it changed. */
  readonly pollMs: number;
  /** The least time between two scans, by themselves, of a queue whose messages are hidden or held meanwhile. */
  readonly scanMs: number;
  /** What one scan of a queue reads at most. */
  readonly browseMessagesMax: number;
  readonly browseBytesMax: number;
}

const mebibyte = 1024 * 1024;

/**
 * From the environment and, where `REDELIVER_CONFIG` names one, a YAML file. The environment wins, so that one file serves several
 * machines. Throws `invalid_configuration`, which names each key that is
 * mistaken and says what to write.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): Config {
  const mistakes = createMistakes();
  const environment = parseEnvironment(env, mistakes);
  const file =
    environment.configFile === null
      ? null
      : readConfigFile(environment.configFile, readFile, { env, connections: environment.named }, mistakes);
  const tracing = readTracing(file?.tracing, env, mistakes);
  const connections = mergeConnections(file?.connections ?? [], environment);
  mistakes.refuse();
  return redacted({
    http: {
      host: environment.host ?? file?.server?.host ?? '127.0.0.1',
      port: environment.port ?? file?.server?.port ?? 3000,
      allowedHosts: file?.server?.allowedHosts ?? [],
      allowedOrigins: file?.server?.allowedOrigins ?? [],
    },
    ...(environment.configFile !== null && { configFile: environment.configFile }),
    dataFolder: environment.dataFolder ?? dataFolderOf(file, environment.configFile) ?? './data',
    connections: connections.map(redacted),
    sandbox: connections.length === 0,
    sync: {
      discoverMs: (file?.sync?.discoverSeconds ?? 30) * 1000,
      pollMs: (file?.sync?.pollSeconds ?? 5) * 1000,
      scanMs: (file?.sync?.scanSeconds ?? 60) * 1000,
      browseMessagesMax: file?.sync?.browseMessagesMax ?? 10_000,
      browseBytesMax: (file?.sync?.browseMegabytesMax ?? 256) * mebibyte,
    },
    returns: {
      watchMs: (file?.returns?.watchSeconds ?? 900) * 1000,
      quarantineAfter: file?.returns?.quarantineAfter ?? 3,
    },
    archive: { keptMs: (file?.archive?.days ?? usualArchiveDays) * dayMs },
    ...(file?.conventions && { conventions: file.conventions }),
    ...(file?.masking && { masking: file.masking }),
    links: { trace: file?.links?.trace ?? null },
    ...(file?.alerts && { alerts: file.alerts }),
    ...(tracing && { tracing }),
    log: {
      level: environment.logLevel ?? file?.log?.level ?? 'info',
      format: environment.logFormat ?? file?.log?.format ?? null,
      to: file?.log?.to ?? 'stdout',
    },
    metrics: { ...usualMetricsLimits, ...file?.metrics },
    lag: readLagConfig(file?.lag),
  });
}

/** What is right of it; `null` where it cannot be read. */
function readConfigFile(
  path: string,
  readFile: (path: string) => string,
  around: Surroundings,
  mistakes: Mistakes,
): ConfigFile | null {
  let content: string;
  try {
    content = readFile(path);
  } catch {
    mistakes.add(
      'REDELIVER_CONFIG',
      `The file ${path} that REDELIVER_CONFIG names cannot be read. Correct the path, or unset REDELIVER_CONFIG.`,
    );
    return null;
  }
  return parseConfigFile(content, path, around, mistakes);
}

/** A data folder in the file is meant as seen from the file. */
function dataFolderOf(file: ConfigFile | null, configFile: string | null): string | undefined {
  if (file?.data === undefined || configFile === null) return undefined;
  return isAbsolute(file.data) ? file.data : join(configFile, '..', file.data);
}

/**
 * The file's connections and those of the environment whose names the file leaves free. `AWS_REGION` alone makes a connection only where
 * no file lists any: it stands in many environments for other reasons, and an operator who wrote a list meant that list.
 */
function mergeConnections(
  fromFile: readonly ConnectionSettings[],
  environment: Environment,
): readonly ConnectionSettings[] {
  const taken = new Set(fromFile.map(({ name }) => name));
  const added = environment.connections.filter(({ name, kind }) => {
    if (taken.has(name)) return false;
    return kind !== 'sqs' || environment.sqsIsExplicit || fromFile.length === 0;
  });
  return [...fromFile, ...added];
}
