import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type SandboxServiceId, sandboxServiceIds } from '#server/sandbox/sandbox-contract.ts';

export type Switches = Readonly<Record<SandboxServiceId, boolean>>;

const switchesSchema = z.partialRecord(z.enum(sandboxServiceIds), z.boolean());

/** Which services are mended; they all begin broken. */
export function readSwitches(folder: string): Switches {
  const stored = storedSwitches(folder);
  return {
    notifications: stored.notifications ?? false,
    ledger: stored.ledger ?? false,
    email: stored.email ?? false,
    fulfilment: stored.fulfilment ?? false,
    invoices: stored.invoices ?? false,
    billing: stored.billing ?? false,
    subscriptions: stored.subscriptions ?? false,
    labels: stored.labels ?? false,
    tracking: stored.tracking ?? false,
  };
}

export async function writeSwitches(folder: string, switches: Switches): Promise<void> {
  const file = join(folder, 'switches.json');
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(switches, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

function storedSwitches(folder: string): z.infer<typeof switchesSchema> {
  // Without the file, or with one that is torn, everything is broken, as on the first day.
  try {
    return switchesSchema.parse(JSON.parse(readFileSync(join(folder, 'switches.json'), 'utf8')));
  } catch {
    return {};
  }
}
