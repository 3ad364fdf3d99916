import { parseDocument } from 'yaml';
import { z } from 'zod';
import { alertsSection } from '#server/config/alert-settings.ts';
import { connection } from '#server/config/connection-settings.ts';
import { conventionList } from '#server/config/convention-settings.ts';
import { lagSection } from '#server/config/lag-settings.ts';
import { linksSection } from '#server/config/link-settings.ts';
import { maskingSection } from '#server/config/masking-settings.ts';
import { logSection, metricsSection } from '#server/config/watch-settings.ts';
import { tracingSection } from '#server/config/tracing-settings.ts';
import { section, text, textList, wholeNumber } from '#server/config/fields.ts';
import { ended, type Mistakes } from '#server/config/mistakes.ts';
import { checkNames } from '#server/config/written-names.ts';

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

/** What the file may refer to. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names of connections that the environment speaks of. */
  readonly connections: readonly string[];
}

/** Reads the YAML, puts environment variables in the place of `${NAME}`, and validates. Answers the sections without a mistake, or `null` where it is no YAML. */
export function parseConfigFile(
  content: string,
  path: string,
  { env, connections }: Surroundings,
  mistakes: Mistakes,
): ConfigFile | null {
  const document = parseDocument(content, { prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const line = content.slice(0, problem.pos[0]).split('\n').length;
    // The parser's own message may quote the line, which may hold a secret.
    const message = `The file ${path} is not valid YAML in line ${line} (${problem.code}). Correct that line.`;
    mistakes.add('REDELIVER_CONFIG', message);
    return null;
  }
  const plain: unknown = document.toJS() ?? {};
  const unset = new Set<string>();
  const expanded = expand(plain, [], env, (at, name) => {
    const key = keyOf(at);
    unset.add(key);
    mistakes.add(
      key,
      `${key} in ${path} refers to the environment variable ${name}, which is not set. Set it, or write the value.`,
    );
  });
  const isUnset = (at: readonly PropertyKey[]) => unset.has(keyOf(at));
  const refuse = (at: readonly PropertyKey[], message: string) => {
    const key = keyOf(at);
    // What it would be is not known, so nothing more is to be said of it.
    if (unset.has(key)) return;
    mistakes.add(
      key === '' ? 'REDELIVER_CONFIG' : key,
      `${key === '' ? 'The whole file' : key} in ${path} ${ended(message)} Correct it and start again.`,
    );
  };
  const result = schema.safeParse(expanded);
  for (const at of (result.error?.issues ?? []).flatMap(placesOf)) refuse(at.path, at.message);
  checkNames({ content: expanded, isUnset, connections }, refuse);
  return result.data ?? rightSections(expanded);
}

/** For what is read of them beside the file: its mistakes are to be told with those of the file. */
function rightSections(content: unknown): ConfigFile {
  if (typeof content !== 'object' || content === null) return {};
  const right = Object.entries(schema.shape).flatMap(([name, section]) => {
    const read = Object.hasOwn(content, name) ? section.safeParse(Reflect.get(content, name)) : null;
    return read?.success ? [[name, read.data] as const] : [];
  });
  // Each is what the whole would have of it.
  return Object.fromEntries(right) as ConfigFile;
}

/** `unknown` is told of each variable that is not set, and its place stays as it is. */
function expand(
  value: unknown,
  at: readonly PropertyKey[],
  env: Readonly<Record<string, string | undefined>>,
  unknown: (at: readonly PropertyKey[], name: string) => void,
): unknown {
  if (typeof value === 'string') {
    // `$${NAME}` stands for the text `${NAME}` itself.
    return value.replace(/(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, escape: string, name: string) => {
      if (escape !== '') return whole.slice(1);
      const found = env[name];
      if (found !== undefined && found !== '') return found;
      unknown(at, name);
      return whole;
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => expand(item, [...at, index], env, unknown));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expand(item, [...at, key], env, unknown)]),
  );
}

/** Of keys that are not known each is a mistake of its own. */
function placesOf(
  issue: z.core.$ZodIssue,
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  const messages = issue.message.split('\n');
  return issue.keys.map((key, index) => ({ path: [...issue.path, key], message: messages[index] ?? issue.message }));
}

/** `connections[0].sasl.password` */
function keyOf(at: readonly PropertyKey[]): string {
  return at.reduce<string>((key, part) => {
    if (typeof part === 'number') return `${key}[${part}]`;
    return key === '' ? String(part) : `${key}.${String(part)}`;
  }, '');
}
