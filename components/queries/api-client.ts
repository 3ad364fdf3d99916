import type { z } from 'zod';
import { problem } from '#lib/api/common.ts';
import { AppError } from '#lib/domain/errors.ts';

const base = '/api/v1';

/** Reads from the console's own HTTP interface. Throws `AppError` with the server's code and sentence, also when nothing answers. */
export async function get<S extends z.ZodType>(
  schema: S,
  path: string,
  options: { params?: Params; signal?: AbortSignal } = {},
): Promise<z.infer<S>> {
  return await call(schema, apiPath(path, options.params), { ...(options.signal ? { signal: options.signal } : {}) });
}

/** Asks the console to do something. Throws like `get`. */
export async function post<S extends z.ZodType>(
  schema: S,
  path: string,
  body: unknown = {},
  options: { signal?: AbortSignal } = {},
): Promise<z.infer<S>> {
  return await send('POST', schema, path, body, options);
}

/** Changes what is named and leaves the rest. Throws like `get`. */
export async function patch<S extends z.ZodType>(schema: S, path: string, body: unknown): Promise<z.infer<S>> {
  return await send('PATCH', schema, path, body);
}

/** Takes away what is named. Throws like `get`. */
export async function remove<S extends z.ZodType>(schema: S, path: string): Promise<z.infer<S>> {
  return await send('DELETE', schema, path, {});
}

async function send<S extends z.ZodType>(
  method: 'POST' | 'PATCH' | 'DELETE',
  schema: S,
  path: string,
  body: unknown,
  options: { signal?: AbortSignal } = {},
): Promise<z.infer<S>> {
  return await call(schema, apiPath(path), {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...options,
  });
}

export type Params = Readonly<Record<string, string | number | null | undefined>>;

/** The address under `/api/v1`; empty parameters are left out. */
export function apiPath(path: string, params: Params = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const query = search.toString();
  return `${base}/${path}${query === '' ? '' : `?${query}`}`;
}

async function call<S extends z.ZodType>(
  schema: S,
  address: string,
  init: { method?: string; headers?: Readonly<Record<string, string>>; body?: string; signal?: AbortSignal },
): Promise<z.infer<S>> {
  let response: Response;
  try {
    response = await fetch(address, { ...init, headers: { accept: 'application/json', ...init.headers } });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new AppError(
      'unreachable',
      'The console itself does not answer. See whether its process still runs, then try again.',
      { cause },
    );
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemError(body, response.status);
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    throw new AppError(
      'internal',
      'The console answered in a form that this page does not know: it was probably updated. Reload the page.',
      { cause: parsed.error },
    );
  }
  return parsed.data;
}

function problemError(body: unknown, status: number): AppError {
  const parsed = problem.safeParse(body);
  if (!parsed.success)
    return new AppError('internal', `The console answered ${status} without a reason. Its log says more.`);
  const { code, detail, details } = parsed.data;
  return new AppError(code, detail, details ? { details } : {});
}
