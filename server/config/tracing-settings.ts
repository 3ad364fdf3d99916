import { z } from 'zod';
import { createReader } from '#server/config/environment.ts';
import { section, text, urlOf } from '#server/config/fields.ts';
import type { Mistakes } from '#server/config/mistakes.ts';

/*
 * `tracing: { endpoint: 'http://collector:4318', headers: { authorization: 'Bearer …' }, serviceName: redeliver }`, and the variables that
 * OpenTelemetry has agreed on: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */

/** Where spans of replays go; plain data. */
export interface TracingSettings {
  /** With the path of the signal: `http://collector:4318/v1/traces`. */
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly secret: string }[];
  readonly serviceName: string;
}

const example = 'http://collector:4318';
const address = urlOf(['http', 'https'], example);
const serviceName = text('a name such as redeliver').max(200, { error: 'must be at most 200 characters' });
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~\w-]{1,200}$/, { error: 'must hold names of HTTP headers' });
const headerValue = z
  .string({ error: 'must hold texts' })
  .regex(/^[\t\x20-\x7e]{0,8000}$/, { error: 'must hold texts of printable ASCII characters' });

export const tracingSection = section({
  endpoint: address.exactOptional(),
  headers: z
    .record(headerName, headerValue, { error: 'must be headers such as { authorization: Bearer … }' })
    .exactOptional(),
  serviceName: serviceName.exactOptional(),
});

type Section = z.infer<typeof tracingSection>;

/** The environment wins, name by name. `null` where nobody says an endpoint, or OpenTelemetry is switched off. */
export function readTracing(
  section: Section | undefined,
  env: Readonly<Record<string, string | undefined>>,
  mistakes: Mistakes,
): TracingSettings | null {
  const reader = createReader(mistakes);
  const { checked, mistake } = reader;
  const get = (name: string) => (env[name] === undefined || env[name].trim() === '' ? null : env[name].trim());
  const isOff = get('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || get('OTEL_TRACES_EXPORTER') === 'none';
  const endpoint = get('OTEL_EXPORTER_OTLP_ENDPOINT');
  const own = get('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  if (isOff) return null;
  const url =
    checked('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', address, own) ??
    withSignal(checked('OTEL_EXPORTER_OTLP_ENDPOINT', address, endpoint)) ??
    withSignal(section?.endpoint ?? null);
  if (url === null) return null;
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'])
    if (get(name) === 'grpc')
      mistake(
        name,
        'is grpc, and spans are sent by http/protobuf only. Set OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf and the endpoint of that (port 4318 at a usual collector), or OTEL_TRACES_EXPORTER=none',
      );
  const headers = {
    ...section?.headers,
    ...headersFrom('OTEL_EXPORTER_OTLP_HEADERS', get, mistake),
    ...headersFrom('OTEL_EXPORTER_OTLP_TRACES_HEADERS', get, mistake),
  };
  return {
    url,
    headers: Object.entries(headers).map(([name, secret]) => ({ name, secret })),
    serviceName:
      checked('OTEL_SERVICE_NAME', serviceName, get('OTEL_SERVICE_NAME')) ?? section?.serviceName ?? 'redeliver',
  };
}

/** An endpoint is for all signals, and each has a path of its own behind it. */
function withSignal(endpoint: string | null): string | null {
  if (endpoint === null) return null;
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url.href;
}

/** `authorization=Bearer%20abc,tenant=shop`: as in W3C baggage, percent-encoded. */
function headersFrom(
  variable: string,
  get: (name: string) => string | null,
  mistake: (name: string, what: string) => void,
): Readonly<Record<string, string>> {
  const said = get(variable);
  if (said === null) return {};
  const pairs = said.split(',').flatMap((pair): (readonly [string, string])[] => {
    if (pair.trim() === '') return [];
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim().toLowerCase();
    const value = decoded(pair.slice(equals + 1).trim());
    if (equals < 1 || !headerName.safeParse(name).success || !headerValue.safeParse(value).success) {
      mistake(
        variable,
        'must be headers such as authorization=Bearer%20abc,tenant=shop. Correct it in the environment',
      );
      return [];
    }
    return [[name, value]];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
