import { splitQueueId } from '#lib/domain/queue.ts';
import type { BodyDecoder } from '#server/payload/body-decoder.ts';
import type { UnsearchedIndex } from '#server/store/unsearched-store.ts';

const pageMax = 100;
/** In one look: each is decoded again. */
const pagesMax = 10;
/** What takes too long once more takes seconds. */
const tooLongMax = 2;

/**
 * Looks again into the payloads whose schema was not to be had when they arrived, and a few times into those for which there was not the time; each call goes on where the one before it ended, and begins anew
 * behind the last of them. Answers how many can be searched from now on.
 */
export function createLateDecoding(
  index: UnsearchedIndex,
  bodies: BodyDecoder,
): { look(signal: AbortSignal): Promise<number> } {
  let before: number | null = null;
  return {
    async look(signal) {
      let saved = 0;
      let tooLong = 0;
      for (let page = 0; page < pagesMax && !signal.aborted; page += 1) {
        const { letters, next } = await index.listUnsearched(before, pageMax);
        const decoded = [];
        for (const { id, queueId, raw } of letters) {
          const connection = splitQueueId(queueId)?.connection ?? '';
          const [body] = (await bodies.decode(connection, [raw])) ?? [];
          if (body?.missing === 'schema') continue;
          if (body?.missing === 'time') tooLong += 1;
          decoded.push({ messageId: id, decoded: body ?? { documents: [], missing: null } });
          if (tooLong >= tooLongMax) break;
        }
        // What was decoded while everything stops is decoded again.
        if (decoded.length > 0 && !signal.aborted) await index.saveDecoded(decoded);
        saved += decoded.filter(({ decoded: { missing } }) => missing !== 'time').length;
        // The rest of this page comes next time: those in its way are tried less often each time.
        if (tooLong >= tooLongMax) break;
        before = next;
        if (next === null) break;
      }
      return saved;
    },
  };
}
