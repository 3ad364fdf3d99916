import { expect } from 'vitest';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aLetter } from '#server/store/testing/letters.ts';
import { addQueue, ids, summaryOf } from '#server/store/testing/reading.ts';

export function describeExpiryClauses({ clause }: Clauses): void {
  clause(
    'a queue tells what of it goes first: what is open, from the time that its broker counts from',
    async (store) => {
      const queueId = await addQueue(store, 'expiring');
      const keptOf = async () => {
        const summary = await summaryOf(store, queueId);
        return [summary?.keptFrom, summary?.endsAt];
      };
      expect(await keptOf()).toEqual([null, null]);

      const unknown = aLetter('unknown', { at: 500, atIs: 'first-seen', keptFrom: null });
      await store.index.ingest({ queueId, letters: [unknown], scan: 's' });
      expect(await keptOf()).toEqual([null, null]);
      // They come back as they were.
      expect(await store.index.getMessages(ids([unknown]))).toMatchObject([{ keptFrom: null, endsAt: null }]);

      const plain = aLetter('plain', { at: 400 });
      const passedOn = aLetter('passed-on', { at: 5_000, keptFrom: 300 });
      const living = aLetter('living', { at: 6_000, endsAt: 7_000 });
      const caused = aLetter('caused', { at: 6_000, keptFrom: 5_900, endsAt: 9_000, causationId: 'e-1' });
      await store.index.ingest({ queueId, letters: [plain], scan: 's' });
      expect(await keptOf()).toEqual([400, null]);
      await store.index.ingest({ queueId, letters: [passedOn, living, caused], scan: 's' });
      expect(await keptOf()).toEqual([300, 7_000]);
      expect(await store.index.getMessages(ids([passedOn, living, caused]))).toMatchObject([
        { keptFrom: 300, endsAt: null, causationId: null },
        { keptFrom: 6_000, endsAt: 7_000, causationId: null },
        { keptFrom: 5_900, endsAt: 9_000, causationId: 'e-1' },
      ]);

      const done = (messageId: string) => ({ messageId, state: 'replayed' as const, at: 1, replayId: null });
      await store.index.setStates(ids([passedOn, living]).map(done));
      expect(await keptOf()).toEqual([400, 9_000]);
    },
  );
}
