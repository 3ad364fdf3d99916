import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { routes } from '#lib/api/routes.ts';

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response> | Response;

const app = join(import.meta.dirname, '../../app');

export interface RealConsole {
  readonly url: string;
  /** Ends every connection and answers nobody, or answers again. */
  goAway(): void;
  comeBack(): void;
  close(): void;
}

/** The real routes on the runtime that the test has provided, behind as little of a server as there can be; `onAnswered` after each answer. */
export async function startRealConsole(onAnswered: () => void = () => undefined): Promise<RealConsole> {
  let isAway = false;
  const server = createServer((request, response) => {
    if (isAway) return void response.destroy();
    void answer(request, response).then(onAnswered, () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    goAway() {
      isAway = true;
      server.closeAllConnections();
    },
    comeBack() {
      isAway = false;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const address = new URL(request.url ?? '', 'http://127.0.0.1');
  const method = (request.method ?? 'GET').toLowerCase();
  const met = routes.flatMap((route) => {
    const match = new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(address.pathname);
    return match && route.method === method ? [{ path: route.path, groups: { ...match.groups } }] : [];
  })[0];
  if (!met) return void response.writeHead(404).end();
  const file = join(app, `${met.path.replaceAll(/\{(\w+)\}/g, '[$1]')}/route.ts`);
  const handlers: Readonly<Record<string, Handler | undefined>> = await import(/* @vite-ignore */ file);
  const handler = handlers[method.toUpperCase()];
  if (!handler) return void response.writeHead(405).end();
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const asked = new Request(address, {
    method,
    signal: gone.signal,
    headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
    ...(method !== 'get' && { body: await text(request) }),
  });
  const params = Object.fromEntries(Object.entries(met.groups).map(([name, part]) => [name, decodeURIComponent(part)]));
  const answered = await handler(asked, { params: Promise.resolve(params) });
  response.writeHead(answered.status, { 'content-type': answered.headers.get('content-type') ?? '' });
  for await (const chunk of answered.body ?? []) response.write(chunk);
  response.end();
}

export interface CommandEnd {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly error: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  /** What it has written to standard output so far. */
  out(): string;
  error(): string;
  readonly ended: Promise<CommandEnd>;
}

/** The command line as a process of its own. */
export function startCommand(url: string, args: readonly string[], input = ''): RunningCommand {
  const child = spawn(process.execPath, ['cli/main.ts', ...args], { env: { ...process.env, REDELIVER_URL: url } });
  const texts = { out: '', error: '' };
  child.stdout.on('data', (chunk) => (texts.out += String(chunk)));
  child.stderr.on('data', (chunk) => (texts.error += String(chunk)));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<CommandEnd>((resolve) =>
    child.on('close', (code) => resolve({ code, lines: texts.out.split('\n').slice(0, -1), error: texts.error })),
  );
  return { child, out: () => texts.out, error: () => texts.error, ended };
}
