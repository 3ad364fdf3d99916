import { expect } from 'vitest';
import type { Filter } from '#lib/filter/filter.ts';
import { parse } from '#lib/filter/parse.ts';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';
import type { Store } from '#server/store/store.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aLetter, type TestLetter } from '#server/store/testing/letters.ts';
import { addQueue, ids, inQueue, range, readAll } from '#server/store/testing/reading.ts';

const utf8 = new TextEncoder();

/** Bodies that are no JSON, each with what the decoders made of it. */
function binaryLetters(prefix: string, made: readonly (DecodedBody | undefined)[]): TestLetter[] {
  return made.map((decoded, n) => {
    const given = aLetter(`${prefix}:${n}`, { at: n, eventType: `type-${n}`, preview: 'binary' });
    return { ...given, raw: { ...given.raw, body: Uint8Array.of(0x1f, 0x8b, n) }, decoded };
  });
}

function decoded(missing: DecodedBody['missing'], ...documents: readonly string[]): DecodedBody {
  return { documents: documents.map((document) => utf8.encode(document)), missing };
}

function within(queueId: string, text: string): Filter {
  const parsed = parse(text, { now: 0 });
  if ('error' in parsed) throw new Error(parsed.error.message);
  return { kind: 'and', terms: [inQueue(queueId), parsed.filter] };
}

/** Which of the letters a filter meets, and of how many nobody knows. */
async function ask(store: Store, queueId: string, letters: readonly TestLetter[], text: string) {
  const filter = within(queueId, text);
  const found = await readAll(store, { filter });
  const { count } = await store.index.countUnsearched({ filter, range });
  return { found: found.map((id) => ids(letters).indexOf(id)).toSorted(), unknown: count };
}

export function describeUnsearchedClauses({ clause }: Clauses): void {
  clause('a payload is found by what was decoded from it, in each of its documents', async (store) => {
    const queueId = await addQueue(store, 'decoded');
    const letters = binaryLetters('decoded', [
      decoded(null, '{"order":{"id":42}}'),
      decoded(null, '{"Message":"{\\"order\\":{\\"id\\":42}}"}', '{"order":{"id":43}}'),
      undefined,
    ]);
    await store.index.ingest({ queueId, letters, scan: 's' });
    const found = (text: string) => ask(store, queueId, letters, text);
    expect(await found('payload.order.id:42')).toEqual({ found: [0], unknown: 0 });
    expect(await found('payload.order.id:43')).toEqual({ found: [1], unknown: 0 });
    expect(await found('payload.Message:*')).toEqual({ found: [1], unknown: 0 });
    expect(await found('-payload.order.id:*')).toEqual({ found: [2], unknown: 0 });
    const { raw } = await store.index.getMessage(letters[0]?.letter.id ?? '');
    expect(raw).toStrictEqual(letters[0]?.raw);
  });

  clause('a search says of how many it does not know, and only where the payload decides', async (store) => {
    const queueId = await addQueue(store, 'unknown');
    const letters = binaryLetters('unknown', [
      decoded('schema'),
      decoded('limit', '{"id":1}'),
      decoded(null, '{"id":1}'),
    ]);
    await store.index.ingest({ queueId, letters, scan: 's' });
    const asked = (text: string) => ask(store, queueId, letters, text);
    // Of the one that was seen in part, the part decides.
    expect(await asked('payload.id:1')).toEqual({ found: [1, 2], unknown: 1 });
    expect(await asked('-payload.id:1')).toEqual({ found: [0], unknown: 1 });
    expect(await asked('payload.id:2')).toEqual({ found: [], unknown: 2 });
    expect(await asked('payload.id:1 type:=type-0')).toEqual({ found: [], unknown: 1 });
    expect(await asked('payload.id:1 OR type:=type-0')).toEqual({ found: [0, 1, 2], unknown: 0 });
    expect(await asked('type:=type-0')).toEqual({ found: [0], unknown: 0 });
    const filter = within(queueId, 'payload.id:1');
    expect(await store.index.countUnsearched({ filter, range: { from: 0, to: 1 } })).toEqual({
      count: 1,
      capped: false,
    });
    expect(await store.index.countUnsearched({ filter, range: { from: 1, to: null } })).toMatchObject({ count: 0 });
  });

  clause('what waits for its schema is found once it is decoded, whatever was asked before', async (store) => {
    const queueId = await addQueue(store, 'late');
    const letters = binaryLetters('late', [decoded('schema'), decoded('schema'), decoded('limit')]);
    await store.index.ingest({ queueId, letters, scan: 's' });
    const asked = (text: string) => ask(store, queueId, letters, text);
    expect(await asked('payload.id:1')).toEqual({ found: [], unknown: 3 });
    const mine = async () => {
      const waiting: string[] = [];
      for (let before: number | null = null; ;) {
        const page = await store.index.listUnsearched(before, 1);
        waiting.push(...page.letters.filter((each) => each.queueId === queueId).map(({ id }) => id));
        before = page.next;
        if (before === null) return waiting;
      }
    };
    const [first = '', second = ''] = ids(letters);
    expect(await mine()).toEqual([second, first]);

    await store.index.saveDecoded([{ messageId: first, decoded: decoded(null, '{"id":1}') }]);
    expect(await asked('payload.id:1')).toEqual({ found: [0], unknown: 2 });
    expect(await asked('-payload.id:1')).toEqual({ found: [1, 2], unknown: 2 });
    expect(await mine()).toEqual([second]);
    await store.index.saveDecoded([{ messageId: second, decoded: decoded('limit') }]);
    expect(await asked('payload.id:1')).toEqual({ found: [0], unknown: 2 });
    expect(await mine()).toEqual([]);
  });

  clause('what there was not the time to decode is tried three times more', async (store) => {
    const queueId = await addQueue(store, 'slow');
    const letters = binaryLetters('slow', [decoded('time'), decoded('unreadable'), decoded('time')]);
    await store.index.ingest({ queueId, letters, scan: 's' });
    const [first = '', , last = ''] = ids(letters);
    const mine = async () => {
      const { letters: page } = await store.index.listUnsearched(null, 1_000);
      return page.filter((each) => each.queueId === queueId).map(({ id }) => id);
    };
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await mine()).toEqual(tries === 0 ? [last, first] : [first]);
      await store.index.saveDecoded([
        { messageId: first, decoded: decoded('time') },
        ...(tries === 0 ? [{ messageId: last, decoded: decoded(null, '{"id":1}') }] : []),
      ]);
    }
    expect(await mine()).toEqual([]);
    expect(await ask(store, queueId, letters, 'payload.id:1')).toEqual({ found: [2], unknown: 2 });
  });

  clause(
    'a message that a filter meets by what nobody saw is doubtful; one that it meets by what was seen is not',
    async (store) => {
      const queueId = await addQueue(store, 'doubtful');
      const letters = binaryLetters('doubtful', [
        decoded('schema'),
        decoded('limit', '{"id":1}'),
        decoded(null, '{"id":2}'),
      ]);
      await store.index.ingest({ queueId, letters, scan: 's' });
      const doubtful = async (text: string) => {
        const filter = within(queueId, text);
        const found = await readAll(store, { filter });
        const uids = await store.index.listDoubtful(filter, [...found, 'unknown']);
        return uids.map((id) => ids(letters).indexOf(id)).toSorted();
      };
      expect(await doubtful('-payload.id:3')).toEqual([0, 1]);
      expect(await doubtful('-payload.id:1')).toEqual([0]);
      expect(await doubtful('-payload.id:3 type:=type-1')).toEqual([1]);
      expect(await doubtful('payload.id:1')).toEqual([]);
      expect(await doubtful('payload.id:1 OR -payload.id:3')).toEqual([0]);
      expect(await doubtful('payload.id:1 -payload.id:3')).toEqual([1]);
      expect(await doubtful('type:=type-0 OR -payload.id:3')).toEqual([1]);
      expect(await doubtful('-(payload.id:7 type:=type-0)')).toEqual([0]);
      expect(await doubtful('-(-payload.id:1)')).toEqual([]);
      expect(await doubtful('-header.absent:x')).toEqual([]);

      await store.index.saveDecoded([{ messageId: ids(letters)[0] ?? '', decoded: decoded(null, '{"id":4}') }]);
      expect(await doubtful('-payload.id:3')).toEqual([1]);
    },
  );
}
