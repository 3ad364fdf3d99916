import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';

export interface LocalFauxqs {
  readonly port: number;
  readonly endpoint: string;
  /** The environment that Redeliver needs to reach it, by its stable names. The server takes any key. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends every connection and forgets everything. Stopping twice does nothing. */
  stop(): Promise<void>;
}

/**
 * SQS and SNS inside this process, on the loopback interface, in memory; about 0.2 s.
 * `startFauxqs` of the same package always binds 0.0.0.0, and its `dataDir` loses messages on ChangeMessageVisibility to 0 (fauxqs 2.4.1): neither is used.
 * The URLs that it returns may name a host that does not resolve: give clients the `endpoint`.
 */
export async function startLocalFauxqs({ port = 0 }: { port?: number } = {}): Promise<LocalFauxqs> {
  const app = buildApp({ logger: false, defaultRegion: 'us-east-1' });
  try {
    await app.listen({ port, host: '127.0.0.1' });
  } catch (error) {
    await app.close();
    throw new Error(`fauxqs cannot listen on 127.0.0.1:${port}.`, { cause: error });
  }
  const bound = portOf(app.server.address());
  const endpoint = `http://127.0.0.1:${bound}`;
  return {
    port: bound,
    endpoint,
    env: {
      SQS_ENDPOINT: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    stop: async () => void (await app.close()),
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('fauxqs listens on no port.');
  return address.port;
}
