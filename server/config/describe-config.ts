import { inspect } from 'node:util';

/** The configuration for people and logs: every secret is replaced by `[secret]`. Plain data. */
export function describeConfig(config: object): unknown {
  return withoutSecrets(config);
}

/**
 * Makes an object print without its secrets, also by accident: `console.log`, a logger and `JSON.stringify` see what `describeConfig` says.
 * What does it is not enumerable, so copies made with `structuredClone` or a spread are plain, and print everything.
 */
export function redacted<T extends object>(settings: T): T {
  const hidden = { value: () => withoutSecrets(settings), enumerable: false };
  return Object.defineProperties(settings, { toJSON: hidden, [inspect.custom]: hidden });
}

const secretKeys = new Set([
  'password',
  'secretAccessKey',
  'sessionToken',
  'key',
  'secret',
  'secretUrl',
  'hmacKey',
  'routingKey',
  'token',
]);

function withoutSecrets(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return secretKeys.has(key) ? '[secret]' : withoutPassword(value);
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutSecrets(item, name)]));
}

/** `amqp://user:[secret]@host/vhost` */
export function withoutPassword(value: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || !URL.canParse(value)) return value;
  const url = new URL(value);
  if (url.password === '') return value;
  url.password = 'redacted';
  return url.href.replace(':redacted@', ':[secret]@');
}

/** Every secret in it, for what must not appear anywhere; of an address the password, as it is written and as it is meant. */
export function secretsOf(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') {
    if (secretKeys.has(key)) return [value];
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || !URL.canParse(value)) return [];
    const { password } = new URL(value);
    return password === '' ? [] : [...new Set([password, decoded(password)])];
  }
  if (Array.isArray(value)) return value.flatMap((item) => secretsOf(item, key));
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.entries(value).flatMap(([name, item]) => secretsOf(item, name)))];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
