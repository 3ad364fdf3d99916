import { resolve } from 'node:path';
import { ruleWords } from '#lib/alerts/rule-words.ts';
import type { ConsoleSettings } from '#lib/api/settings.ts';
import { type AlertSettings, usualAlerts } from '#server/config/alert-settings.ts';
import type { Config } from '#server/config/config.ts';
import { accessOf } from '#server/config/connection-access.ts';
import { withoutPassword } from '#server/config/describe-config.ts';

/** What pages may show of the configuration: each field is named here, so that a secret that is added is not among them. */
export function consoleSettings(config: Config, format: 'json' | 'pretty'): ConsoleSettings {
  const { http, masking } = config;
  return {
    connections: config.connections.map((connection) => ({
      name: connection.name,
      patterns: connection.deadLetter?.patterns ?? null,
      groupedBy: connection.grouping?.attributes ?? [],
      hasSchemaRegistry: connection.schemaRegistryUrl !== undefined,
      access: accessOf(connection),
    })),
    sandbox: config.sandbox,
    server: {
      host: http.host,
      port: http.port,
      allowedHosts: http.allowedHosts,
      allowedOrigins: http.allowedOrigins,
    },
    configFile: config.configFile === undefined ? null : resolve(config.configFile),
    dataFolder: resolve(config.dataFolder),
    reading: { ...config.sync },
    returns: { ...config.returns },
    archive: { ...config.archive },
    masking: masking
      ? {
          fields: masking.fields,
          headers: masking.headers,
          patterns: masking.patterns.map((pattern) => (typeof pattern === 'string' ? pattern : pattern.name)),
          keys: masking.keys,
        }
      : null,
    conventions: (config.conventions ?? []).map(({ name }) => name),
    log: { level: config.log.level, format, to: config.log.to },
    metrics: { ...config.metrics },
    lag: { everyMs: config.lag.everyMs, connections: config.lag.connections },
    links: { trace: config.links.trace && withoutPassword(config.links.trace) },
    tracing: config.tracing
      ? {
          url: placeOf(config.tracing.url),
          serviceName: config.tracing.serviceName,
          headers: config.tracing.headers.map(({ name }) => name),
        }
      : null,
    alerts: alertsOf(config.alerts ?? usualAlerts),
  };
}

function alertsOf({ everyMs, consoleUrl, rules, off, receivers }: AlertSettings): ConsoleSettings['alerts'] {
  return {
    everyMs,
    consoleUrl,
    rules: rules.map((rule) => ({
      name: rule.name,
      kind: rule.kind,
      severity: rule.severity,
      builtIn: rule.builtIn,
      watches: ruleWords(rule),
      forMs: rule.forMs,
      clearForMs: rule.clearForMs,
      queues: rule.queues,
      receivers: rule.receivers,
      labels: rule.labels,
    })),
    off,
    receivers: receivers.map((receiver) => ({
      name: receiver.name,
      kind: receiver.kind,
      isSigned: receiver.kind === 'webhook' && receiver.hmacKey !== null,
    })),
  };
}

/** Some collectors take their token in the query. */
function placeOf(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}
