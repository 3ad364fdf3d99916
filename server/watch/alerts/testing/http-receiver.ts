import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of the body where it is JSON. */
  readonly json: Record<string, unknown>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Longer than anyone waits where it is more than the caller's limit. */
  readonly afterMs?: number;
}

export interface HttpReceiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** From now on; `n` counts its requests from 1. */
  answer(how: (n: number, request: Received) => Answer | Promise<Answer>): void;
  close(): Promise<void>;
}

/** A server that takes notifications: what it is sent, it keeps. */
export async function startHttpReceiver(port = 0): Promise<HttpReceiver> {
  const received: Received[] = [];
  let how: (n: number, request: Received) => Answer | Promise<Answer> = () => ({ status: 200, body: 'ok' });
  const closing = new AbortController();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { method = '', url = '', headers } = request;
      const one: Received = { method, path: url, headers, body, json: jsonOf(body) };
      received.push(one);
      void (async () => {
        const { status, headers: answered = {}, body: said = '', afterMs = 0 } = await how(received.length, one);
        if (afterMs > 0) await delay(afterMs, undefined, { signal: closing.signal }).catch(() => undefined);
        response.writeHead(status, answered).end(said);
      })();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: (next) => {
      how = next;
    },
    async close() {
      closing.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function jsonOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
