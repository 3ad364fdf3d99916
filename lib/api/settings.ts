import { z } from 'zod';
import { alertKinds, severities } from '#lib/alerts/rule.ts';
import { instant } from '#lib/api/common.ts';
import { connection } from '#lib/api/queues.ts';

/** A rule that watches. `watches` has the numbers that hold. */
const alertRule = z.object({
  name: z.string(),
  kind: z.enum(alertKinds),
  severity: z.enum(severities),
  builtIn: z.boolean(),
  /** What it watches, as a sentence. */
  watches: z.string(),
  forMs: z.number(),
  clearForMs: z.number(),
  /** Patterns of queues, topics or connections; `null`: all. */
  queues: z.array(z.string()).readonly().nullable(),
  /** By name; `null`: everyone. */
  receivers: z.array(z.string()).readonly().nullable(),
  labels: z.record(z.string(), z.string()),
});

/** How a connection is protected, and who signs in. */
const connectionAccess = z.object({
  /** `unchecked`: whatever certificate the broker shows is taken. */
  tls: z.enum(['none', 'checked', 'unchecked']),
  /** The console shows one of its own. */
  hasClientCertificate: z.boolean(),
  signIn: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none') }),
    /** `mechanism` is SASL's; `null` where the broker has but one way. */
    z.object({ kind: z.literal('password'), mechanism: z.string().nullable(), user: z.string() }),
    /** Of AWS: configured, or found by its SDK in the usual places. */
    z.object({ kind: z.enum(['access-key', 'found-by-sdk']) }),
  ]),
  /** Of RabbitMQ's management API; `null` where none is configured. */
  management: z.object({ tls: z.boolean(), user: z.string() }).nullable(),
});
export type ConnectionAccess = z.infer<typeof connectionAccess>;

/** What is configured and in force, without a secret: names and numbers. */
const consoleSettings = z.object({
  connections: z
    .array(
      z.object({
        name: z.string(),
        /** Names that mean dead letters, where the usual ones are replaced. */
        patterns: z.array(z.string()).readonly().nullable(),
        groupedBy: z.array(z.string()).readonly(),
        hasSchemaRegistry: z.boolean(),
        access: connectionAccess,
      }),
    )
    .readonly(),
  sandbox: z.boolean(),
  server: z.object({
    host: z.string(),
    port: z.number(),
    /** Names that it answers to, besides those of loopback. */
    allowedHosts: z.array(z.string()).readonly(),
    /** Origins that may change state, besides its own. */
    allowedOrigins: z.array(z.string()).readonly(),
  }),
  /** The file of the configuration; `null` where there is none, and the environment says it all. */
  configFile: z.string().nullable(),
  dataFolder: z.string(),
  reading: z.object({
    discoverMs: z.number(),
    pollMs: z.number(),
    scanMs: z.number(),
    browseMessagesMax: z.number(),
    browseBytesMax: z.number(),
  }),
  returns: z.object({ watchMs: z.number(), quarantineAfter: z.number() }),
  archive: z.object({ keptMs: z.number() }),
  /** What is masked, by the names of fields, headers and patterns; `null` where nothing is. */
  masking: z
    .object({
      fields: z.array(z.string()).readonly(),
      headers: z.array(z.string()).readonly(),
      patterns: z.array(z.string()).readonly(),
      keys: z.boolean(),
    })
    .nullable(),
  /** The operator's own, in the order in which they are asked. */
  conventions: z.array(z.string()).readonly(),
  log: z.object({ level: z.string(), format: z.enum(['json', 'pretty']), to: z.enum(['stdout', 'stderr']) }),
  metrics: z.object({ queuesMax: z.number(), groupsPerQueue: z.number(), lagSeriesMax: z.number() }),
  lag: z.object({
    everyMs: z.number(),
    /** Where it is not as usual, by name; `null`: never. */
    connections: z.record(z.string(), z.number().nullable()),
  }),
  links: z.object({
    /** Where the tracing system shows a trace, with `{traceId}` for it. */
    trace: z.string().nullable(),
  }),
  /** Where spans of replays go, without a user name, a password and a query; `null` where they go nowhere. */
  tracing: z.object({ url: z.string(), serviceName: z.string(), headers: z.array(z.string()).readonly() }).nullable(),
  alerts: z.object({
    everyMs: z.number(),
    /** Where links lead; `null` where that is where the console listens. */
    consoleUrl: z.string().nullable(),
    rules: z.array(alertRule).readonly(),
    /** Switched off by name. */
    off: z.array(z.object({ name: z.string(), kind: z.enum(alertKinds) })).readonly(),
    receivers: z
      .array(
        z.object({
          name: z.string(),
          kind: z.enum(['webhook', 'slack', 'pagerduty', 'alertmanager']),
          /** By an `hmacKey`, which only a webhook has. */
          isSigned: z.boolean(),
        }),
      )
      .readonly(),
  }),
});
export type ConsoleSettings = z.infer<typeof consoleSettings>;

/** GET settings */
export const settingsResponse = z.object({
  asOf: instant,
  version: z.string(),
  /** When this process began. */
  startedAt: instant.nullable(),
  engine: z.object({ state: z.enum(['live', 'silent']), seenAt: instant.nullable() }),
  /** With how each of them is doing. */
  connections: z.array(connection).readonly(),
  /** `null` where the console was started without them being told, as in a test. */
  settings: consoleSettings.nullable(),
  /** Which conventions the newest dead letters speak, most frequent first. */
  conventionsFound: z.object({
    among: z.number(),
    conventions: z.array(z.object({ name: z.string(), count: z.number() })).readonly(),
  }),
});
export type SettingsResponse = z.infer<typeof settingsResponse>;
