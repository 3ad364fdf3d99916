import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { Queue } from '#lib/domain/queue.ts';
import type { BodyDecoder, DecodedBodies } from '#server/payload/body-decoder.ts';
import { isPlainBody } from '#server/payload/plain-body.ts';
import type { MessageIndex } from '#server/store/store.ts';

/**
 * What filters see of the bodies that are new, in the order of the messages; `null` where that is the bodies themselves. A queue is scanned again
 * and again, and what is known stays as it was decoded when it arrived.
 */
export async function decodeNew(
  bodies: BodyDecoder | undefined,
  index: Pick<MessageIndex, 'getMessages'>,
  { connection }: Pick<Queue, 'connection'>,
  messages: readonly RawDeadLetter[],
  ids: readonly string[],
): Promise<DecodedBodies | null> {
  if (!bodies || messages.every(isPlainBody)) return null;
  const wrapped = ids.filter((_, place) => !isPlainBody(messages[place] ?? nothing));
  const known = new Set((await index.getMessages(wrapped)).map(({ id }) => id));
  return bodies.decode(
    connection,
    messages.map((message, place) => (known.has(ids[place] ?? '') ? nothing : message)),
  );
}

const nothing = { key: null, body: null, headers: [], properties: [] };
