import type { ConsoleSettings } from '#lib/api/settings.ts';
import type { Config } from '#server/config/config.ts';

/** What pages may show of the configuration: each field is named here, so that a secret that is added is not among them. */
export function consoleSettings(config: Config, format: 'json' | 'pretty'): ConsoleSettings {
  const { masking } = config;
  return {
    connections: config.connections.map(({ name, deadLetter, grouping, schemaRegistryUrl }) => ({
      name,
      patterns: deadLetter?.patterns ?? null,
      groupedBy: grouping?.attributes ?? [],
      hasSchemaRegistry: schemaRegistryUrl !== undefined,
    })),
    sandbox: config.sandbox,
    dataFolder: config.dataFolder,
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
  };
}
