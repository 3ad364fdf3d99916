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

const secretKeys = new Set(['password', 'secretAccessKey', 'sessionToken', 'key']);

function withoutSecrets(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return secretKeys.has(key) ? '[secret]' : withoutPassword(value);
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutSecrets(item, name)]));
}

/** `amqp://user:[secret]@host/vhost` */
function withoutPassword(value: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || !URL.canParse(value)) return value;
  const url = new URL(value);
  if (url.password === '') return value;
  url.password = 'redacted';
  return url.href.replace(':redacted@', ':[secret]@');
}
