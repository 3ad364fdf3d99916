import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isRunning } from '#server/local-brokers/child.ts';
import { freePorts, isFree } from '#server/local-brokers/free-port.ts';
import type { SandboxPorts } from '#server/sandbox/sandbox-contract.ts';

const port = z.number().int().min(1).max(65_535);
const portsSchema = z.object({
  kafka: z.object({ plaintext: port, controller: port }),
  rabbitmq: z.object({ amqp: port, management: port, distribution: port, epmd: port }),
  sqs: z.object({ http: port }),
});

const brokerFileSchema = z.object({
  ports: z.record(z.string(), z.number()),
  processes: z.array(z.object({ pid: z.number(), startedAt: z.string() })),
});

/**
 * The ports of the sandbox, the same at every start: a bookmark or a script that knows them stays right. Those of a broker are drawn
 * anew, all of them, when a stranger listens on one; a broker of ours that outlived its console is no stranger and will be taken over.
 */
export async function keptPorts(folder: string): Promise<SandboxPorts> {
  const file = join(folder, 'ports.json');
  const kept = await readKept(file);
  const usable = kept && {
    kafka: await usableAgain(join(folder, 'kafka'), kept.kafka),
    rabbitmq: await usableAgain(join(folder, 'rabbitmq'), kept.rabbitmq),
    sqs: await usableAgain(join(folder, 'sqs'), kept.sqs),
  };
  if (kept && usable?.kafka && usable.rabbitmq && usable.sqs) return kept;

  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = await freePorts(7);
  const ports: SandboxPorts = {
    kafka: kept && usable?.kafka ? kept.kafka : { plaintext: a, controller: b },
    rabbitmq: kept && usable?.rabbitmq ? kept.rabbitmq : { amqp: c, management: d, distribution: e, epmd: f },
    sqs: kept && usable?.sqs ? kept.sqs : { http: g },
  };
  await writeFile(`${file}.new`, `${JSON.stringify(ports, null, 2)}\n`);
  await rename(`${file}.new`, file);
  return ports;
}

async function readKept(file: string): Promise<SandboxPorts | null> {
  // A torn or older file only means that nothing is kept.
  try {
    return portsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

async function usableAgain(brokerFolder: string, ports: Readonly<Record<string, number>>): Promise<boolean> {
  const free = await Promise.all(Object.values(ports).map((candidate) => isFree(candidate)));
  return free.every(Boolean) || (await livesOn(brokerFolder, ports));
}

/** Whether the broker that `broker.json` tells of lives, on these very ports. */
async function livesOn(brokerFolder: string, ports: Readonly<Record<string, number>>): Promise<boolean> {
  try {
    const broker = brokerFileSchema.parse(JSON.parse(await readFile(join(brokerFolder, 'broker.json'), 'utf8')));
    const same = Object.entries(ports).every(([name, number]) => broker.ports[name] === number);
    return same && (await Promise.all(broker.processes.map(isRunning))).some(Boolean);
  } catch {
    return false;
  }
}
