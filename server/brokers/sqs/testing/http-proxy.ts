import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before a server that speaks SQS, and does something before a request is passed on. */
export interface HttpProxy {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** `before` gets the operation (`AmazonSQS.GetQueueAttributes`); the request waits for it. */
export async function startHttpProxy(
  endpoint: string,
  before: (operation: string) => Promise<void>,
): Promise<HttpProxy> {
  const behind = new URL(endpoint);
  const server = createServer((incoming, answer) => {
    const { url: path, method, headers } = incoming;
    const passOn = (): void => {
      const onward = request({ host: behind.hostname, port: behind.port, path, method, headers }, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      });
      onward.on('error', (error) => answer.destroy(error));
      incoming.pipe(onward);
    };
    before(String(headers['x-amz-target'])).then(passOn, (error: Error) => answer.destroy(error));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
