import type { z } from 'zod';
import { AppError } from '#lib/domain/errors.ts';
import { toProblem } from '#server/http/problems.ts';
import { processLog } from '#server/http/runtime.ts';
import { failed } from '#server/log/log.ts';

/** The one way in which a route answers: JSON, or a problem. Nothing is cached. */
export async function respond(work: () => Promise<unknown>, status = 200): Promise<Response> {
  try {
    const body = await work();
    return body instanceof Response ? body : Response.json(body, { status, headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    return problemResponse(error);
  }
}

export function problemResponse(error: unknown): Response {
  const problem = toProblem(error);
  // A defect of ours is worth a line in the log; what else is refused, the answer says.
  if (problem.code === 'internal') processLog().error(...failed('http', error));
  return Response.json(problem, {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
}

/** The query string by its schema; `invalid_request` names the parameter. One that is empty is absent: an empty `from` is no year 1970. */
export function parseQuery<Schema extends z.ZodType>(request: Request, schema: Schema): z.output<Schema> {
  const given = [...new URL(request.url).searchParams].filter(([, value]) => value !== '');
  return parse(schema, Object.fromEntries(given));
}

const maxBodyBytes = 2 * 1024 * 1024;

/** The JSON body of a state-changing request; an absent body is `{}`. */
export async function parseBody<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  const text = await readText(request);
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new AppError('invalid_request', 'The body is no JSON. Send an object with content-type application/json.');
  }
  return parse(schema, body);
}

/** Counted while it is read, so that a body without a length cannot fill the memory either. */
async function readText(request: Request): Promise<string> {
  const tooLarge = () =>
    new AppError('too_large', 'The request is larger than 2 MiB. Select fewer messages, or use a filter.');
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    bytes += read.value.length;
    if (bytes > maxBodyBytes) {
      await reader?.cancel().catch(() => undefined);
      throw tooLarge();
    }
    chunks.push(read.value);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw new AppError(
    'invalid_request',
    field === ''
      ? `The request is not right: ${issue?.message ?? 'unknown'}.`
      : `${field}: ${issue?.message ?? 'not right'}.`,
    { details: { field } },
  );
}
