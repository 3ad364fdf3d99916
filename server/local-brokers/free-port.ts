import { createServer } from 'node:net';

/**
 * Ports are drawn from below the range that the system gives to outgoing connections (32768 and up on Linux, 49152 on
 * macOS): while a broker is being restarted, no client's socket can take its port away.
 */
const lowestPort = 20_000;
const highestPort = 32_000;

/** Finds `count` different ports on the loopback interface that nobody listens on right now. */
export async function freePorts(count: number, random: () => number = Math.random): Promise<number[]> {
  const found = new Set<number>();
  for (let attempt = 0; found.size < count; attempt += 1) {
    if (attempt > 200)
      throw new Error(`No ${count} free ports between ${lowestPort} and ${highestPort} after 200 attempts.`);
    const candidate = lowestPort + Math.floor(random() * (highestPort - lowestPort));
    if (!found.has(candidate) && (await isFree(candidate))) found.add(candidate);
  }
  return [...found];
}

/** Fills in the ports that the caller did not choose. */
export async function choosePorts<Name extends string>(
  names: readonly Name[],
  given: Partial<Record<Name, number>> = {},
): Promise<Record<Name, number>> {
  const drawn = await freePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, given[name] ?? drawn[index]])) as Record<Name, number>;
}

/** Whether a listener can be opened on the port of the loopback interface. */
export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

const starts = 3;

/** Draws ports for a start anew where somebody else took one of them between the draw and the start. */
export async function onFreePorts<Result>(start: () => Promise<Result>): Promise<Result> {
  for (let left = starts - 1; ; left -= 1) {
    try {
      return await start();
    } catch (error) {
      if (left === 0 || !/address already in use|eaddrinuse/i.test(String(error))) throw error;
    }
  }
}
