import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { choosePorts, freePorts, isFree, onFreePorts } from '#server/local-brokers/free-port.ts';

test('the ports of one call differ, also when the dice repeat themselves', async () => {
  const dice = [0.1, 0.1, 0.1, 0.2, 0.3];
  const ports = await freePorts(3, () => dice.shift() ?? Math.random());
  expect(new Set(ports).size).toBe(3);
});

test('a port that somebody listens on is passed over', async () => {
  const [taken = 0] = await freePorts(1);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
  try {
    expect(await isFree(taken)).toBe(false);
    const thrown = [(taken - 20_000) / 12_000 + 1e-9];
    const [chosen] = await freePorts(1, () => thrown.shift() ?? Math.random());
    expect(chosen).not.toBe(taken);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('ports that the caller chose are kept', async () => {
  const ports = await choosePorts(['amqp', 'management'], { amqp: 5672 });
  expect(ports.amqp).toBe(5672);
  expect(ports.management).toBeGreaterThanOrEqual(20_000);
  // Below the range of outgoing connections, or a client could take the port of a broker that is being restarted.
  expect(ports.management).toBeLessThan(32_000);
});

test('a start whose port was taken in between is tried again, and no other', async () => {
  const [port = 0] = await freePorts(1);
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
  const ports = [port, ...(await freePorts(1))];
  const listen = () =>
    new Promise<number>((resolve, reject) => {
      const server = createServer();
      const next = ports.shift() ?? 0;
      server.once('error', reject);
      server.listen({ port: next, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(next)));
    });
  try {
    expect(await onFreePorts(listen)).not.toBe(port);
    let starts = 0;
    const failing = () => Promise.reject(new Error(`broken, ${(starts += 1)}`));
    await expect(onFreePorts(failing)).rejects.toThrow('broken, 1');
  } finally {
    await new Promise((resolve) => taken.close(resolve));
  }
});
