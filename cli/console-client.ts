import type { z } from 'zod';
import { problem } from '#lib/api/common.ts';
import { AppError } from '#lib/domain/errors.ts';
import { parseTraceContext, traceparentOf } from '#lib/trace/trace-context.ts';

/** Reads from a console's HTTP interface. Throws `AppError` with the console's own sentence, and one of ours where none answers. */
export async function askConsole<Schema extends z.ZodType>(
  url: string,
  schema: Schema,
  path: string,
  params: Parameters = {},
): Promise<z.output<Schema>> {
  return read(await send(url, { method: 'GET', path, params, accept: 'application/json' }), schema);
}

/** Asks it to do something. Throws as `askConsole`. */
export async function tellConsole<Schema extends z.ZodType>(
  url: string,
  schema: Schema,
  path: string,
  body: unknown,
): Promise<z.output<Schema>> {
  const text = JSON.stringify(body);
  return read(await send(url, { method: 'POST', path, params: {}, accept: 'application/json', body: text }), schema);
}

async function read<Schema extends z.ZodType>({ base, response }: Answer, schema: Schema): Promise<z.output<Schema>> {
  const body: unknown = await response.json().catch(() => null);
  const answer = schema.safeParse(body);
  if (!answer.success)
    throw new AppError('internal', `${base} answered in a form that this version does not know.`, {
      cause: answer.error,
    });
  return answer.data;
}

/** A file of the console's, piece by piece. Throws as `askConsole`, and where the connection breaks in the middle. */
export async function* streamConsole(
  url: string,
  path: string,
  params: Parameters,
): AsyncGenerator<string, void, void> {
  const { base, response } = await send(url, { method: 'GET', path, params, accept: '*/*' });
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  try {
    for await (const bytes of response.body ?? []) yield decoder.decode(bytes, { stream: true });
  } catch (cause) {
    throw new AppError('unreachable', `The answer of ${base} broke off: what came until then is not all of it.`, {
      cause,
    });
  }
  yield decoder.decode();
}

/**
 * The trace of the script that runs this, as OpenTelemetry hands it to a command: what is asked for belongs to it.
 * https://opentelemetry.io/docs/specs/otel/context/env-carriers/
 */
function traceHeaders(): Readonly<Record<string, string>> {
  const trace = parseTraceContext(process.env['TRACEPARENT'], process.env['TRACESTATE']);
  if (trace === null) return {};
  return { traceparent: traceparentOf(trace), ...(trace.tracestate !== null && { tracestate: trace.tracestate }) };
}

type Parameters = Readonly<Record<string, string | number | null>>;

interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly params: Parameters;
  readonly accept: string;
  readonly body?: string;
}

interface Answer {
  readonly base: string;
  readonly response: Response;
}

async function send(url: string, { method, path, params, accept, body }: Question): Promise<Answer> {
  const search = new URLSearchParams(
    Object.entries(params).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
  const { base, authorization } = withoutCredentials(url);
  const address = `${base}/api/v1/${path}${search.size === 0 ? '' : `?${search}`}`;
  const headers = {
    accept,
    ...(authorization !== null && { authorization }),
    ...(body !== undefined && { 'content-type': 'application/json', ...traceHeaders() }),
  };
  const init = { method, headers, ...(body !== undefined && { body }) };
  const response = await fetch(address, init).catch((cause: unknown) => {
    throw isSlow(cause) ? tooSlow(base, cause) : silent(base, cause);
  });
  if (response.ok) return { base, response };
  const said = problem.safeParse(await response.json().catch(() => null));
  throw said.success
    ? new AppError(said.data.code, said.data.detail, { details: said.data.details ?? {} })
    : new AppError('internal', `${base} answered ${response.status}, and not as a Redeliver console does.`);
}

function silent(base: string, cause: unknown): AppError {
  return new AppError(
    'unreachable',
    `No console answers at ${base}. Start it with npm start, or name another with --url or REDELIVER_URL.`,
    { cause },
  );
}

/** undici waits five minutes for the first byte of an answer. */
function isSlow(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && 'code' in cause && cause.code === 'UND_ERR_HEADERS_TIMEOUT';
}

function tooSlow(base: string, cause: unknown): AppError {
  return new AppError(
    'timed_out',
    `${base} has not answered within five minutes. What was asked for may still be under way there: look before you ask again.`,
    { cause },
  );
}

/** `fetch` takes no address with a name and a password in it, and no message may show them. */
function withoutCredentials(url: string): { readonly base: string; readonly authorization: string | null } {
  const address = new URL(url);
  const { username, password } = address;
  if (username === '' && password === '') return { base: url, authorization: null };
  address.username = '';
  address.password = '';
  const pair = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  return { base: address.href.replace(/\/+$/, ''), authorization: `Basic ${pair}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
