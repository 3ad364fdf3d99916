import { mayComeLater } from '#lib/payload/decoded-body.ts';
import type { StatementSync } from 'node:sqlite';
import type { Content } from '#lib/filter/evaluate.ts';
import { type OpenBlock, openBlock } from '#server/store/content-blocks.ts';
import { decodeDecoded, decodeSearched } from '#server/store/content.ts';

/** Rows are mostly met in about the order in which they arrived, so the block of one is likely the block of the next. */
const blocksKept = 32;
/** One message that is larger than most blocks may be megabytes: it is unpacked again. */
const bytesKeptMax = 512 * 1_024;

/** Contents of messages by their numbers. They are never changed, so what was unpacked once stays true; what waits for its schema may gain documents. */
export interface ContentReader {
  of(id: number): Content;
  /** Those of the message's block: what it costs to unpack it is spent for all of them. */
  near(id: number): { readonly first: number; readonly contents: Iterable<Content> };
}

export function createContentReader(connection: { prepare(sql: string): StatementSync }): ContentReader {
  const blocks = new Map<number, OpenBlock>();
  // Prepared when they are first needed: a database that is just being made has no contents yet.
  const findBlock = once(() => connection.prepare('SELECT content FROM contents WHERE id = ?'));
  const findFirst = once(() => connection.prepare('SELECT max(id) AS id FROM contents WHERE id <= ?'));

  const findLate = once(() => connection.prepare('SELECT documents FROM late_documents WHERE id = ?'));

  const firstOf = (id: number): number => Number(findFirst().get(id)?.['id']);
  const blockAt = (first: number): OpenBlock => {
    const known = blocks.get(first);
    if (known) return known;
    const blob = findBlock().get(first)?.['content'];
    if (!(blob instanceof Uint8Array)) throw new Error('A block of contents is not there');
    const block = openBlock(blob);
    if (blob.length > bytesKeptMax) return block;
    const [oldest] = blocks.keys();
    if (blocks.size >= blocksKept && oldest !== undefined) blocks.delete(oldest);
    blocks.set(first, block);
    return block;
  };
  const withLate = (id: number, content: Content): Content => {
    if (!mayComeLater(content.decoded?.missing)) return content;
    const late = findLate().get(id)?.['documents'];
    return late instanceof Uint8Array ? { ...content, decoded: decodeDecoded(late) } : content;
  };
  function* contentsOf(block: OpenBlock, first: number): Generator<Content> {
    for (let place = 0; place < block.count; place += 1) yield withLate(first + place, decodeSearched(block.at(place)));
  }
  return {
    of(id) {
      const first = firstOf(id);
      return withLate(id, decodeSearched(blockAt(first).at(id - first)));
    },
    near(id) {
      const first = firstOf(id);
      return { first, contents: contentsOf(blockAt(first), first) };
    },
  };
}

function once<Result>(make: () => Result): () => Result {
  let made: { readonly result: Result } | undefined;
  return () => (made ??= { result: make() }).result;
}
