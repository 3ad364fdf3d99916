import type { StatementSync } from 'node:sqlite';
import type { Content } from '#lib/filter/evaluate.ts';
import { openBlock } from '#server/store/content-blocks.ts';
import { decodeContent } from '#server/store/content.ts';

/** Rows are mostly met in about the order in which they arrived, so the block of one is likely the block of the next. */
const blocksKept = 32;
/** One message that is larger than most blocks may be megabytes: it is unpacked again. */
const bytesKeptMax = 512 * 1_024;

/** The content of a message by its number. Contents are never changed, so what was unpacked once stays true. */
export function createContentReader(connection: { prepare(sql: string): StatementSync }): (id: number) => Content {
  const blocks = new Map<number, (place: number) => Uint8Array>();
  let last: { readonly id: number; readonly content: Content } | undefined;

  const blockOf = (start: number): ((place: number) => Uint8Array) => {
    const known = blocks.get(start);
    if (known) return known;
    const blob = findBlock().get(start)?.['content'];
    if (!(blob instanceof Uint8Array)) throw new Error('A block of contents is not there');
    const block = openBlock(blob);
    if (blob.length > bytesKeptMax) return block;
    const [oldest] = blocks.keys();
    if (blocks.size >= blocksKept && oldest !== undefined) blocks.delete(oldest);
    blocks.set(start, block);
    return block;
  };
  // Prepared when they are first needed: a database that is just being made has no contents yet.
  const findBlock = once(() => connection.prepare('SELECT content FROM contents WHERE id = ?'));
  const findStart = once(() => connection.prepare('SELECT max(id) AS id FROM contents WHERE id <= ?'));
  return (id) => {
    if (last?.id === id) return last.content;
    const start = Number(findStart().get(id)?.['id']);
    last = { id, content: decodeContent(blockOf(start)(id - start)) };
    return last.content;
  };
}

function once<Result>(make: () => Result): () => Result {
  let made: { readonly result: Result } | undefined;
  return () => (made ??= { result: make() }).result;
}
