import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from '#server/brokers/testing/tcp-proxy.ts';

describe('TCP proxy', () => {
  let received = '';
  let server: Server;
  let proxy: TcpProxy;
  let clients: Socket[] = [];

  beforeEach(async () => {
    received = '';
    server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => {
        received += chunk.toString();
        socket.write(`answer to ${chunk.toString()}`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    proxy = await startTcpProxy({ host: '127.0.0.1', port: address.port });
  });

  afterEach(async () => {
    for (const client of clients) client.destroy();
    clients = [];
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });

  async function open(): Promise<{ socket: Socket; answers: () => string; closed: () => boolean }> {
    const socket = connect(proxy.port, proxy.host);
    clients.push(socket);
    let answers = '';
    socket.on('data', (chunk) => (answers += chunk.toString()));
    socket.on('error', () => socket.destroy());
    await once(socket, 'connect');
    return { socket, answers: () => answers, closed: () => socket.closed };
  }

  test('requests and answers pass', async () => {
    const client = await open();
    client.socket.write('one');
    await expect.poll(client.answers).toBe('answer to one');
  });

  test('answers are withheld after a marker, even when it comes in two pieces, while requests still pass', async () => {
    const client = await open();
    proxy.withholdAnswers('the marker');
    client.socket.write('before');
    await expect.poll(client.answers).toBe('answer to before');
    client.socket.write(' the ma');
    await expect.poll(client.answers).toBe('answer to beforeanswer to  the ma');
    client.socket.write('rker');
    await expect.poll(() => received).toBe('before the marker');
    client.socket.write(' and more');
    await expect.poll(() => received).toBe('before the marker and more');
    expect(client.answers()).toBe('answer to beforeanswer to  the ma');
  });

  test('a connection that lost answers is cut when answers pass again, and new ones pass', async () => {
    const client = await open();
    proxy.withholdAnswers();
    client.socket.write('lost');
    await expect.poll(() => received).toBe('lost');
    proxy.passAgain();
    await expect.poll(client.closed).toBe(true);
    const next = await open();
    next.socket.write('two');
    await expect.poll(next.answers).toBe('answer to two');
  });

  test('a cut after a marker ends every connection once, and what was sent still arrives', async () => {
    const [first, second] = [await open(), await open()];
    proxy.cut('now');
    first.socket.write('cut me now');
    await expect.poll(() => first.closed() && second.closed()).toBe(true);
    await expect.poll(() => received).toBe('cut me now');
    const next = await open();
    next.socket.write(' now');
    await expect.poll(next.answers).toBe('answer to  now');
  });
});
