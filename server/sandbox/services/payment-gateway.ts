import { once } from 'node:events';
import { createServer } from 'node:net';

/** Where the mended Billing charges: it accepts connections, and that is all the shop asks of it. */
export async function startPaymentGateway(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The payment gateway listens on no port.');
  return {
    port: address.port,
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}
