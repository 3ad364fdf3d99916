import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import next from 'next';
import { AppError } from '#lib/domain/errors.ts';
import type { HttpConfig } from '#server/config/config.ts';
import { callerAddressHeader } from '#server/http/caller.ts';
import { guard } from '#server/http/guard.ts';
import { toProblem } from '#server/http/problems.ts';

export interface Web {
  /** Settles when the first request has been answered. */
  readonly firstAnswer: Promise<void>;
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  /** The one that is open, also where any was asked for. */
  readonly port: number;
  /** Prepares Next; until then a request waits. */
  serve(folder: string): Promise<void>;
  stop(): Promise<void>;
}

export interface WebListener {
  /** Called when a request is over: answered, refused or broken off. */
  answered?(request: AnsweredRequest): void;
}

export interface AnsweredRequest {
  readonly method: string;
  /** As it was sent, with what a filter asks for: not for a log. */
  readonly url: string;
  /** 499 where it was broken off before it was answered, as nginx counts it. */
  readonly status: number;
  readonly seconds: number;
  /** A stream of events stays open for as long as its page is looked at. */
  readonly isStream: boolean;
}

/**
 * The composition root of the web half: Next behind our own server, which guards every request before Next sees it. It only opens the port, so
 * that one that is taken is known before anything else is started.
 */
export async function openWeb(http: HttpConfig, dev: boolean, listener: WebListener = {}): Promise<Web> {
  const { host, port } = http;
  const settings = {
    allowedHosts: [...http.allowedHosts, host].map((name) => name.toLowerCase()),
    allowedOrigins: http.allowedOrigins,
  };
  const firstAnswer = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<ReturnType<ReturnType<typeof next>['getRequestHandler']>>();
  // Before the port is open: a request without a listener would never be answered. It waits for Next instead.
  const server = createServer((request, response) => {
    const begun = performance.now();
    response.once('close', () =>
      listener.answered?.({
        method: request.method ?? 'GET',
        url: request.url ?? '/',
        status: response.headersSent ? response.statusCode : 499,
        seconds: (performance.now() - begun) / 1000,
        isStream: String(response.getHeader('content-type') ?? '').startsWith('text/event-stream'),
      }),
    );
    try {
      guard(guardedPart(request), settings);
    } catch (error) {
      return refuse(response, error);
    }
    response.once('finish', firstAnswer.resolve);
    setSecurityHeaders(request, response, dev);
    request.headers[callerAddressHeader] = request.socket.remoteAddress ?? 'unknown';
    ready.promise.then((handle) => handle(request, response)).catch((error: unknown) => refuse(response, error));
  });
  await listen(server, host, port);
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  let app: ReturnType<typeof next> | null = null;

  return {
    port: boundPort,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    firstAnswer: firstAnswer.promise,
    async serve(folder) {
      app = next({ dev, dir: folder, hostname: host, port: boundPort, httpServer: server });
      await app.prepare();
      ready.resolve(app.getRequestHandler());
    },
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await app?.close();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE') {
        reject(
          new AppError(
            'invalid_configuration',
            `Port ${port} on ${host} is taken. Stop what uses it, or choose another one: PORT=3001 npm start.`,
            { details: { key: 'PORT' }, cause },
          ),
        );
      } else if (cause.code === 'EACCES' || cause.code === 'EADDRNOTAVAIL') {
        reject(
          new AppError(
            'invalid_configuration',
            `Cannot listen on ${host}:${port} (${cause.code}). Set HOST and PORT to an address of this machine.`,
            { details: { key: 'HOST' }, cause },
          ),
        );
      } else reject(cause);
    });
    server.listen(port, host, () => resolve());
  });
}

function guardedPart(request: IncomingMessage) {
  const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
  return {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    host: request.headers.host,
    origin: single(request.headers.origin),
    fetchSite: single(request.headers['sec-fetch-site']),
    contentType: request.headers['content-type'],
    contentLength:
      request.headers['content-length'] ?? (request.headers['transfer-encoding'] === undefined ? undefined : 'chunked'),
  };
}

/** Next reads the nonce from the request's policy and puts it on the scripts that it writes itself. */
function setSecurityHeaders(request: IncomingMessage, response: ServerResponse, dev: boolean): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    `default-src 'self'`,
    // Development needs eval for its fast refresh; production allows only what carries the nonce.
    `script-src 'self' 'nonce-${nonce}'${dev ? " 'unsafe-eval'" : " 'strict-dynamic'"}`,
    dev ? `style-src 'self' 'unsafe-inline'` : `style-src 'self' 'nonce-${nonce}'`,
    // The server renders widths and colours of chart parts as style attributes; these can run nothing.
    `style-src-attr 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ');
  request.headers['content-security-policy'] = policy;
  response.setHeader('content-security-policy', policy);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'same-origin');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=()');
}

function refuse(response: ServerResponse, error: unknown): void {
  const problem = toProblem(error);
  if (response.headersSent) return void response.end();
  response.writeHead(problem.status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(problem));
}
