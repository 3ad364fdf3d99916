import { parseDocument } from 'yaml';
import { z } from 'zod';
import { AppError } from '#lib/domain/errors.ts';
import { alertsSection } from '#server/config/alert-settings.ts';
import { connection } from '#server/config/connection-settings.ts';
import { conventionList } from '#server/config/convention-settings.ts';
import { lagSection } from '#server/config/lag-settings.ts';
import { linksSection } from '#server/config/link-settings.ts';
import { maskingSection } from '#server/config/masking-settings.ts';
import { logSection, metricsSection } from '#server/config/watch-settings.ts';
import { tracingSection } from '#server/config/tracing-settings.ts';
import { section, text, textList, wholeNumber } from '#server/config/fields.ts';

const seconds = wholeNumber(1, 30 * 86_400);

const schema = section({
  server: section({
    host: text('an address to listen on, such as 127.0.0.1').exactOptional(),
    port: wholeNumber(0, 65_535).exactOptional(),
    allowedHosts: textList('host names such as [redeliver.internal]').exactOptional(),
    allowedOrigins: textList('origins such as [https://redeliver.internal]').exactOptional(),
  }).exactOptional(),
  data: text('a folder such as ./data').exactOptional(),
  connections: z
    .array(connection, {
      error: 'must be a list of connections, such as [{ name: orders, kind: kafka, brokers: [kafka-1:9092] }]',
    })
    .superRefine((connections, context) => {
      for (const [index, { name }] of connections.entries()) {
        if (connections.findIndex((other) => other.name === name) === index) continue;
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: 'is the name of another connection too: give each its own',
        });
      }
    })
    .exactOptional(),
  sync: section({
    discoverSeconds: seconds.exactOptional(),
    pollSeconds: seconds.exactOptional(),
    scanSeconds: seconds.exactOptional(),
    browseMessagesMax: wholeNumber(1, 100_000).exactOptional(),
    browseMegabytesMax: wholeNumber(1, 16_384).exactOptional(),
  }).exactOptional(),
  returns: section({
    watchSeconds: seconds.exactOptional(),
    quarantineAfter: wholeNumber(1, 1_000).exactOptional(),
  }).exactOptional(),
  archive: section({ days: wholeNumber(1, 3_650).exactOptional() }).exactOptional(),
  conventions: conventionList.exactOptional(),
  masking: maskingSection.exactOptional(),
  links: linksSection.exactOptional(),
  alerts: alertsSection.exactOptional(),
  tracing: tracingSection.exactOptional(),
  log: logSection.exactOptional(),
  metrics: metricsSection.exactOptional(),
  lag: lagSection.exactOptional(),
});

export type ConfigFile = z.infer<typeof schema>;

/** Reads the YAML, puts environment variables in the place of `${NAME}`, and validates. Throws `invalid_configuration`. */
export function parseConfigFile(
  content: string,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): ConfigFile {
  const document = parseDocument(content, { prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const line = content.slice(0, problem.pos[0]).split('\n').length;
    // The parser's own message may quote the line, which may hold a secret.
    throw invalid(
      'REDELIVER_CONFIG',
      `The file ${path} is not valid YAML in line ${line} (${problem.code}). Correct that line.`,
    );
  }
  const plain: unknown = document.toJS() ?? {};
  const result = schema.safeParse(expand(plain, [], path, env));
  if (result.success) return result.data;
  throw invalidFile(result.error, path);
}

function expand(
  value: unknown,
  at: readonly PropertyKey[],
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): unknown {
  if (typeof value === 'string') {
    // `$${NAME}` stands for the text `${NAME}` itself.
    return value.replace(/(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, escape: string, name: string) => {
      if (escape !== '') return whole.slice(1);
      const found = env[name];
      if (found !== undefined && found !== '') return found;
      throw invalid(
        keyOf(at),
        `${keyOf(at)} in ${path} refers to the environment variable ${name}, which is not set. Set it, or write the value.`,
      );
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => expand(item, [...at, index], path, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, [...at, key], path, env)]));
}

function invalidFile(error: z.ZodError, path: string): AppError {
  const [issue] = error.issues;
  if (issue === undefined)
    return invalid('REDELIVER_CONFIG', `The file ${path} is not a valid configuration. Correct it.`);
  const at = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const key = at.length === 0 ? 'The whole file' : keyOf(at);
  const more = error.issues.length > 1 ? ` (${error.issues.length - 1} more after this one)` : '';
  return invalid(keyOf(at), `${key} in ${path} ${issue.message}. Correct it and start again${more}.`);
}

/** `connections[0].sasl.password` */
function keyOf(at: readonly PropertyKey[]): string {
  return at.reduce<string>((key, part) => {
    if (typeof part === 'number') return `${key}[${part}]`;
    return key === '' ? String(part) : `${key}.${String(part)}`;
  }, '');
}

function invalid(key: string, message: string): AppError {
  return new AppError('invalid_configuration', message, { details: { key } });
}
