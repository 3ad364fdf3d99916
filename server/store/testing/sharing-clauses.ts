import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { addQueue, readAll } from '#server/store/testing/reading.ts';
import { manyLetters } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { busyMachineMs } from '#lib/testing/cpu-clock.ts';

export function describeSharingClauses({ clause, harness }: Clauses): void {
  clause(
    'whoever waits for a change hears of every commit, of its own store and of others, and the number only rises',
    async (store) => {
      const other = await harness.open();
      try {
        const seen = await store.waitForChange(0, 0);
        expect(await store.waitForChange(seen, 20)).toBe(seen);
        const byOther = store.waitForChange(seen, 10_000);
        await other.ledger.appendAudit({
          at: 1,
          actor: 'a',
          action: 'b',
          target: 'c',
          reason: null,
          from: 'd',
          result: 'e',
        });
        const next = await byOther;
        expect(next).toBeGreaterThan(seen);
        const byUs = store.waitForChange(next, 10_000);
        await addQueue(store, 'changed');
        expect(await byUs).toBeGreaterThan(next);
        const started = performance.now();
        const last = await store.waitForChange(0, 60_000);
        expect(performance.now() - started).toBeLessThan(busyMachineMs);
        expect(await store.waitForChange(last + 1_000, 10)).toBeLessThan(last + 1_000);
      } finally {
        await other.close();
      }
    },
  );

  clause('two stores write the same data at the same time and nothing is lost', async (store) => {
    const other = await harness.open();
    try {
      const queueId = await addQueue(store, 'shared');
      const batches = Array.from({ length: 20 }, (_, n) => manyLetters(50, undefined, `shared${n % 10}`));
      const answers = await Promise.all(
        batches.map((letters, n) => (n % 2 === 0 ? store : other).index.ingest({ queueId, letters, scan: 's' })),
      );
      expect(answers.flatMap((answer) => answer.inserted)).toHaveLength(500);
      const found = await readAll(other, { filter: { kind: 'queue', pattern: queueId } });
      expect(new Set(found).size).toBe(500);
      const taken = await Promise.all(
        [store, other].map((each, n) =>
          each.ledger.submitRequest({ kind: 'sync', queueId, insist: false }, `w${n}`, 1),
        ),
      );
      expect(new Set(taken).size).toBe(1);
      const claims = await Promise.all([store, other].map((each, n) => each.ledger.claimRequest(`w${n}`, 1, 1_000)));
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
      await store.ledger.answerRequest(taken[0] ?? '', { kind: 'done', replayId: null }, 2);
    } finally {
      await other.close();
    }
  });

  clause('what one store has written, another reads at once', async (store) => {
    const other = await harness.open();
    try {
      for (let n = 0; n < 20; n++) {
        await writePlan(store.ledger, aReplay(`seen-${n}`, 1));
        expect((await other.ledger.getReplay(`seen-${n}`)).state).toBe('planned');
      }
    } finally {
      await other.close();
    }
  });

  clause('a process that is killed has lost nothing that it was told is written', async (store) => {
    for (let round = 0; round < 3; round++) {
      const said = await killAfter([...harness.childArguments, `killed-${round}`], 30 + round * 17);
      const created = said.filter((line) => line.startsWith('created ')).map((line) => line.slice(8));
      const intended = said.filter((line) => line.startsWith('intended ')).map((line) => line.slice(9));
      expect(created.length).toBeGreaterThan(0);
      for (const id of created) {
        const items = await store.ledger.listItems(id, { after: null, limit: 100 });
        const lost = intended.filter(
          (item) => item.startsWith(`${id}-`) && items.find((each) => each.id === item)?.state !== 'intended',
        );
        expect(lost).toEqual([]);
        const archived = said.filter((line) => line.startsWith(`archived ${id}-`)).map((line) => line.slice(9));
        expect(await store.ledger.readArchived(archived)).toHaveLength(archived.length);
        const { account } = await store.ledger.getReplay(id);
        expect(account.intended).toBe(items.filter((item) => item.state === 'intended').length);
      }
    }
  });

  clause('a store that was closed answers with an error and not with silence', async () => {
    const other = await harness.open();
    const waiting = other.waitForChange(1_000_000, 60_000).catch((error: unknown) => error);
    await other.close();
    await other.close();
    await waiting;
    await expect(other.index.listQueues()).rejects.toMatchObject({ name: 'AppError', code: 'cancelled' });
  });
}

/** Runs the child until it has said so many lines, kills it with SIGKILL, and answers all the whole lines that it said. */
async function killAfter(args: readonly string[], lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (said.length === lines) child.kill('SIGKILL');
  }
  await ended;
  return said;
}
