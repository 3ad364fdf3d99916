import { lowerName, walkHeaders } from '#lib/filter/header-values.ts';
import { createLeafScanner, type LeafBounds } from '#lib/filter/json-leaves.ts';
import { jsonOf, textOfLeaf } from '#lib/filter/payload-values.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import { mark } from '#lib/masking/mark.ts';
import { maskHeader } from '#lib/masking/mask-message.ts';
import type { Masking } from '#lib/masking/masking.ts';
import type { Store } from '#server/store/store.ts';
import type { ValueCounts, ValueQuery, ValueSource } from '#server/store/value-store.ts';

type ContentSource = Exclude<ValueSource, { readonly kind: 'field' }>;
type Value = Omit<ValueCounts['values'][number], 'count'>;

/** Fewer than the store looks at: contents are masked here, in the thread of the pages, while someone is typing. */
const sampleMax = 200;
const timeMs = 150;
const bytesMax = 1_048_576;
const bodyBytesMax = 65_536;
const atOnce = 20;
const valueMax = 200;
/** Of one message: a stranger's may have any number. */
const bounds: LeafBounds = { leafMax: 500, depthMax: 16 };
const scanner = createLeafScanner();

/**
 * What the store's `countValues` says of contents, from contents as they may be read: whether a value is masked depends on where it stands, so that
 * one that was taken out of its place could not be judged.
 */
export async function countMaskedValues(
  { index }: Pick<Store, 'index'>,
  { filter, range, having, limit, of }: Omit<ValueQuery, 'of'> & { readonly of: ContentSource },
  masking: Masking,
): Promise<ValueCounts> {
  const { messages } = await index.listMessages({ filter, range, cursor: null, limit: sampleMax });
  const counts = new Map<string, { readonly value: Value; count: number }>();
  const wanted = having.toLowerCase();
  const until = performance.now() + timeMs;
  let bytes = 0;
  let examined = 0;
  for (let from = 0; from < messages.length; from += atOnce) {
    // What has gone meanwhile has no values.
    const letters = await Promise.all(
      messages.slice(from, from + atOnce).map(({ id }) => index.getMessage(id).catch(() => null)),
    );
    for (const letter of letters) {
      // What was read at once is looked at, however long the reading took: a busy machine tells of more than one message, too.
      if (examined > 0 && (bytes > bytesMax || (examined >= atOnce && performance.now() > until))) break;
      examined += 1;
      if (!letter) continue;
      bytes += Math.min(letter.raw.body?.length ?? 0, bodyBytesMax);
      const values = valuesOf(of, letter.raw, masking).filter(({ value }) => isShort(value) && canTell(value, masking));
      const own = new Map(values.map((value) => [JSON.stringify(value.path ?? value.value), value]));
      for (const [identity, value] of own) {
        if (!value.value.toLowerCase().includes(wanted)) continue;
        const known = counts.get(identity);
        if (known) known.count += 1;
        else counts.set(identity, { value, count: 1 });
      }
    }
  }
  const values = [...counts.values()]
    .toSorted((a, b) => b.count - a.count || (a.value.value < b.value.value ? -1 : 1))
    .slice(0, limit)
    .map(({ value, count }) => ({ ...value, count }));
  return { values, examined };
}

function isShort(value: string): boolean {
  return value.length <= valueMax;
}

/** The value is also one by itself: a number in another spelling than it was masked in. */
function canTell(value: string, masking: Masking): boolean {
  return !value.includes(mark) && masking.text(value) === value;
}

function valuesOf(of: ContentSource, raw: RawDeadLetter, masking: Masking): Value[] {
  return of.kind === 'headers' || of.kind === 'header' ? ofHeaders(of, raw, masking) : ofBody(of, raw.body, masking);
}

function ofHeaders(
  of: Extract<ContentSource, { readonly kind: 'headers' | 'header' }>,
  raw: RawDeadLetter,
  masking: Masking,
): Value[] {
  const found: Value[] = [];
  const headers = raw.headers.map((header) => maskHeader(header, masking));
  const properties = raw.properties.map((header) => maskHeader(header, masking));
  const wanted = of.kind === 'header' ? lowerName(of.name) : null;
  walkHeaders({ headers, properties }, (name, text) => {
    if (wanted === null) found.push({ value: name });
    else if (text !== null && lowerName(name) === wanted) found.push({ value: text });
  });
  return found;
}

function ofBody(
  of: Extract<ContentSource, { readonly kind: 'paths' | 'path' }>,
  body: Uint8Array | null,
  masking: Masking,
): Value[] {
  const raw = jsonOf(body);
  if (!raw || raw.length > bodyBytesMax) return [];
  const json = new TextEncoder().encode(masking.text(new TextDecoder().decode(raw)));
  const found: Value[] = [];
  const result = scanner.scan(json, bounds, (leaf) => {
    if (leaf.kind === 'container' || leaf.depth === 0) return;
    if (of.kind === 'path' && leaf.depth !== of.path.length) return;
    const path = Array.from({ length: leaf.depth }, (_, at) => leaf.name(at));
    if (of.kind === 'paths') found.push({ value: path.join('.'), path });
    else if (path.every((name, at) => name === of.path[at]) && leaf.end - leaf.start <= valueMax * 4)
      found.push({ value: textOfLeaf(json, leaf) ?? '' });
  });
  return result === 'malformed' ? [] : found;
}
