import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback that can be made to fail in the two ways that matter to a sender: no answer, and a cut connection. */
export interface TcpProxy {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Bytes from the server are swallowed from now on, or from the moment that a client has sent the bytes of `after`. Requests still pass. */
  withholdAnswers(after?: string): void;
  /**
   * Cuts every connection once: at once, or when a client has sent the bytes of `after`. What clients had sent until then still
   * reaches the server, so that it may act on requests that nobody will see answered. New connections pass.
   */
  cut(after?: string): void;
  /** Answers pass again. Connections that lost bytes are cut, because their streams have a hole. Forgets what `after` waited for. */
  passAgain(): void;
  close(): Promise<void>;
}

export interface TcpProxyTarget {
  readonly host: string;
  readonly port: number;
  /** Where the proxy listens; any free port by default. The server need not run yet. */
  readonly listenPort?: number;
}

/** Starts it; a server that does not answer shows as a closed connection, as it would without the proxy. */
export async function startTcpProxy(target: TcpProxyTarget): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let withholding = false;
  let awaited: { readonly marker: Buffer; readonly then: 'withhold' | 'cut' } | null = null;

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: target.host, port: target.port, noDelay: true });
    const pair: Pair = { client, upstream, tail: Buffer.alloc(0), lostBytes: false };
    pairs.add(pair);
    for (const socket of [client, upstream]) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => pairs.delete(pair));
    }
    client.on('data', (chunk) => {
      const met = meets(pair, chunk);
      forward(client, upstream, chunk, () => {
        if (met === 'cut') cutAll();
      });
      if (met === 'withhold') withholding = true;
    });
    upstream.on('data', (chunk) => {
      if (withholding) pair.lostBytes = true;
      else forward(upstream, client, chunk);
    });
    client.on('end', () => upstream.end());
    client.on('close', () => upstream.end());
    upstream.on('end', () => client.end());
    upstream.on('close', () => client.destroy());
  });
  server.listen({ host: '127.0.0.1', port: target.listenPort ?? 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy listens on no TCP port.');

  /** Whether this chunk completes the awaited bytes, which may be spread over several chunks. */
  function meets(pair: Pair, chunk: Buffer): 'withhold' | 'cut' | null {
    if (awaited === null) return null;
    const { marker, then } = awaited;
    const seen = Buffer.concat([pair.tail, chunk]);
    pair.tail = seen.subarray(Math.max(0, seen.length - marker.length + 1));
    if (!seen.includes(marker)) return null;
    awaited = null;
    return then;
  }

  function waitFor(marker: string, then: 'withhold' | 'cut'): void {
    for (const pair of pairs) pair.tail = Buffer.alloc(0);
    awaited = { marker: Buffer.from(marker), then };
  }

  function cutAll(): void {
    for (const pair of [...pairs]) cutPair(pair);
  }

  function cutPair({ client, upstream }: Pair): void {
    // The server's side is ended, not reset: a reset would throw away requests that it has not read yet.
    client.resetAndDestroy();
    upstream.removeAllListeners('data').resume();
    upstream.end();
  }

  return {
    host: '127.0.0.1',
    port: address.port,
    withholdAnswers(after) {
      if (after === undefined) withholding = true;
      else waitFor(after, 'withhold');
    },
    cut(after) {
      if (after === undefined) cutAll();
      else waitFor(after, 'cut');
    },
    passAgain() {
      withholding = false;
      awaited = null;
      for (const pair of [...pairs]) if (pair.lostBytes) cutPair(pair);
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const { client, upstream } of pairs) {
        client.destroy();
        upstream.destroy();
      }
      await closed;
    },
  };
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  /** The last bytes that the client sent, in case the awaited ones began there. */
  tail: Buffer;
  lostBytes: boolean;
}

function forward(from: Socket, to: Socket, chunk: Buffer, written?: () => void): void {
  if (to.destroyed || to.writableEnded) return;
  if (!to.write(chunk, () => written?.())) {
    from.pause();
    to.once('drain', () => from.resume());
  }
}
