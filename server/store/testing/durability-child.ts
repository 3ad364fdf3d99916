import { aLetter } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import type { Store } from '#server/store/store.ts';

/**
 * A process that writes to the ledger until it is killed: says `created <id>`, then `intended <item>` and, of the last few, `archived <item>` on its
 * standard output, each after the promise of that write has settled. `run` names the replay.
 */
export async function writeUntilKilled(store: Store, run: string): Promise<never> {
  for (let round = 0; ; round++) {
    const id = `${run}-${round}`;
    await writePlan(store.ledger, aReplay(id, 20));
    say(`created ${id}`);
    for (let item = 0; item < 16; item++) {
      await store.ledger.intend([{ itemId: `${id}-${item}`, watermark: null }], 1);
      say(`intended ${id}-${item}`);
    }
    for (let item = 16; item < 20; item++) {
      await store.ledger.archive([{ itemId: `${id}-${item}`, raw: aLetter(`0:${item}`).raw, mark: '' }], 1);
      say(`archived ${id}-${item}`);
    }
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
