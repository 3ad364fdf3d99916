import { countOf, formatBytes, formatCount } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import { exactDuration } from '#components/ui/times.ts';
import type { ConsoleSettings, SettingsResponse } from '#lib/api/settings.ts';

export type SettingsConnection = SettingsResponse['connections'][number];

/** A connection as its row shows it. */
export interface ConnectionRow {
  readonly tone: Tone;
  readonly state: string;
  /** Since when it is so, as far as this process knows. */
  readonly since: number | null;
  /** `Kafka 4.3.1`; `null` while nobody knows. */
  readonly broker: string | null;
  /** Why it is so; empty where there is nothing to say. */
  readonly reasons: readonly string[];
  /** What a person can do; `null` where there is nothing to do. */
  readonly todo: string | null;
  /** A command that would mend it. */
  readonly command: string | null;
}

export function connectionRow({ health }: SettingsConnection): ConnectionRow {
  const nothing = { since: null, broker: null, reasons: [], todo: null, command: null };
  switch (health.kind) {
    case 'live': {
      const broker = [health.product, health.version].filter((part) => part !== null).join(' ');
      return { ...nothing, tone: 'settled', state: 'live', since: health.since ?? null, broker, reasons: health.notes };
    }
    case 'starting':
      return { ...nothing, tone: 'motion', state: 'starting', reasons: [health.step] };
    case 'failing':
      return {
        ...nothing,
        tone: 'failing',
        state: 'failing',
        since: health.since,
        reasons: [health.error.message],
        todo: todoOf(health.error.code),
      };
    case 'not-started':
      return { ...nothing, tone: 'plain', state: 'not started', reasons: [health.reason], command: health.remedy };
  }
}

/** By the code: the message says what happened, this says who has to act. */
function todoOf(code: string): string {
  switch (code) {
    case 'unauthenticated':
    case 'invalid_configuration':
      return 'Correct the configuration and start the console again.';
    case 'forbidden':
      return 'Give the account the rights that docs/configuration.md lists. It is tried again by itself.';
    default:
      return 'It is tried again by itself.';
  }
}

/** One setting: what it means, what holds, and where it is set. */
export interface SettingLine {
  readonly label: string;
  readonly value: string;
  readonly key: string;
}

/** Where the console listens, who may ask it, and what it comes from. */
export function consoleLines({ server, configFile, dataFolder }: ConsoleSettings): readonly SettingLine[] {
  const { host, port, allowedHosts, allowedOrigins } = server;
  const own = isLoopback(host) || isAnywhere(host) ? [] : [host];
  return [
    {
      label: 'Listens on',
      value: `${host.includes(':') ? `[${host}]` : host}:${port}${isLoopback(host) ? ', this machine alone' : ''}`,
      key: 'server',
    },
    {
      label: 'Answers to the names',
      value: ['localhost', ...own, ...allowedHosts].join(', '),
      key: 'server.allowedHosts',
    },
    {
      label: 'Changes are taken from',
      value: ['its own pages', ...allowedOrigins].join(', '),
      key: 'server.allowedOrigins',
    },
    { label: 'Configuration', value: configFile ?? 'no file: the environment alone', key: 'REDELIVER_CONFIG' },
    { label: 'Index and ledger', value: dataFolder, key: 'data' },
  ];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** All addresses of the machine, which are no name. */
function isAnywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

type Access = ConsoleSettings['connections'][number]['access'];

/** `TLS, SASL SCRAM-SHA-512 as user reader`; never a secret. */
export function accessWords({ tls, hasClientCertificate, signIn, management }: Access): string {
  const parts = [
    { none: 'no TLS', checked: 'TLS', unchecked: 'TLS, its certificate not checked' }[tls],
    ...(hasClientCertificate ? ['client certificate'] : []),
    ...signInWords(signIn, hasClientCertificate),
    ...(management ? [`management API ${management.tls ? 'with' : 'without'} TLS as user ${management.user}`] : []),
  ];
  return parts.join(', ');
}

function signInWords(signIn: Access['signIn'], hasClientCertificate: boolean): readonly string[] {
  switch (signIn.kind) {
    case 'none':
      return hasClientCertificate ? [] : ['no sign-in'];
    case 'password':
      return [`${signIn.mechanism === null ? '' : `SASL ${signIn.mechanism} `}as user ${signIn.user}`];
    case 'access-key':
      return ['access key of the configuration'];
    case 'found-by-sdk':
      return ['credentials that the AWS SDK finds'];
  }
}

export function readingLines({ reading }: ConsoleSettings): readonly SettingLine[] {
  return [
    { label: 'Queues are looked for every', value: exactDuration(reading.discoverMs), key: 'sync.discoverSeconds' },
    { label: 'A queue is asked for changes every', value: exactDuration(reading.pollMs), key: 'sync.pollSeconds' },
    { label: 'Least time between two scans', value: exactDuration(reading.scanMs), key: 'sync.scanSeconds' },
    {
      label: 'A scan reads at most',
      value: countOf(reading.browseMessagesMax, 'message'),
      key: 'sync.browseMessagesMax',
    },
    { label: 'and at most', value: formatBytes(reading.browseBytesMax), key: 'sync.browseMegabytesMax' },
  ];
}

export function keepingLines({ returns, archive }: ConsoleSettings): readonly SettingLine[] {
  return [
    { label: 'Returns are watched for', value: exactDuration(returns.watchMs), key: 'returns.watchSeconds' },
    {
      label: 'Quarantine after',
      value: countOf(returns.quarantineAfter, 'return'),
      key: 'returns.quarantineAfter',
    },
    { label: 'Discarded messages are kept for', value: exactDuration(archive.keptMs), key: 'archive.days' },
  ];
}

export function watchingLines({ log, metrics }: ConsoleSettings): readonly SettingLine[] {
  return [
    { label: 'Log', value: `${log.level}, ${log.format}, to ${log.to}`, key: 'log' },
    { label: 'Queues with metrics', value: `at most ${formatCount(metrics.queuesMax)}`, key: 'metrics.queuesMax' },
    {
      label: 'Groups of a queue with metrics',
      value: `at most ${formatCount(metrics.groupsPerQueue)}`,
      key: 'metrics.groupsPerQueue',
    },
    { label: 'Lags with metrics', value: `at most ${formatCount(metrics.lagSeriesMax)}`, key: 'metrics.lagSeriesMax' },
  ];
}

/** How consumer lag is read, and where traces are shown and sent. */
export function lagAndTraceLines({ lag, links, tracing }: ConsoleSettings): readonly SettingLine[] {
  const others = Object.entries(lag.connections).map(([name, everyMs]) => ({
    label: `of ${name}`,
    value: everyMs === null ? 'never' : exactDuration(everyMs),
    key: `lag.connections.${name}`,
  }));
  const headers = tracing?.headers.length ? `, with the headers ${tracing.headers.join(', ')}` : '';
  return [
    { label: 'Lag is read every', value: exactDuration(lag.everyMs), key: 'lag.every' },
    ...others,
    { label: 'A trace is opened at', value: links.trace ?? 'nowhere: traces have no links', key: 'links.trace' },
    {
      label: 'Spans of replays go to',
      value: tracing === null ? 'nowhere' : `${tracing.url}, as ${tracing.serviceName}${headers}`,
      key: 'tracing',
    },
  ];
}

/** An alert rule as its row shows it. */
export interface RuleRow {
  readonly name: string;
  readonly severity: ConsoleSettings['alerts']['rules'][number]['severity'];
  readonly watches: string;
  /** `all queues`, or its patterns. */
  readonly where: string;
  /** Whom it tells. */
  readonly tells: string;
  readonly labels: string;
  readonly builtIn: boolean;
}

/** Nobody is told by a rule as long as there is no receiver: it still shows on the page of alerts. */
export function ruleRows({ alerts }: ConsoleSettings): readonly RuleRow[] {
  const everyone = alerts.receivers.length === 0 ? 'nobody' : 'every receiver';
  return alerts.rules.map(({ name, severity, watches, queues, receivers, labels, builtIn }) => ({
    name,
    severity,
    watches,
    where: queues === null ? 'everywhere' : queues.join(', '),
    tells: receivers === null ? everyone : receivers.length === 0 ? 'nobody' : receivers.join(', '),
    labels: Object.entries(labels)
      .map(([label, value]) => `${label}=${value}`)
      .join(', '),
    builtIn,
  }));
}

/** What is masked, by names; empty where nothing is. */
export function maskingLines({
  masking,
}: ConsoleSettings): readonly { readonly what: string; readonly names: readonly string[] }[] {
  if (!masking) return [];
  return [
    { what: 'Fields', names: masking.fields },
    { what: 'Headers', names: masking.headers },
    { what: 'Patterns', names: masking.patterns },
    { what: 'Keys', names: masking.keys ? ['every key'] : [] },
  ].filter(({ names }) => names.length > 0);
}
