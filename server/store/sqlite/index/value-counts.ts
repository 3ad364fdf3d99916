import { destinationLabel } from '#lib/domain/message.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Content } from '#lib/filter/evaluate.ts';
import { lowerName, walkHeaders } from '#lib/filter/header-values.ts';
import { createLeafScanner, hashPath, type LeafBounds } from '#lib/filter/json-leaves.ts';
import { documentsOf, textOfLeaf } from '#lib/filter/payload-values.ts';
import { type ContentReader, createContentReader } from '#server/store/sqlite/content-reader.ts';
import type { Database } from '#server/store/sqlite/database.ts';
import { loadRows } from '#server/store/sqlite/index/messages.ts';
import { search } from '#server/store/sqlite/index/search.ts';
import type { ValueCounts, ValueQuery, ValueSource } from '#server/store/value-store.ts';

/** So many of the newest matches are looked at, in so much time: someone is typing. */
const sampleMax = 2_000;
const sampleEffort = { examinedMax: 20_000, timeMsMax: 150 };
const readMs = 150;
/** So much is read however long it takes: a machine that is busy must not make a list of nothing. */
const bytesMin = 1_048_576;
/** What is longer is nothing that anyone picks from a list. */
const valueMax = 200;
/** Of one message: a stranger's may have any number. */
const bounds: LeafBounds = { leafMax: 500, depthMax: 16 };
const distinctMax = 20_000;

export function createValueCounter(db: Database): (query: ValueQuery) => ValueCounts {
  const contents = createContentReader(db);
  return (query) => db.snapshot(() => countValues(db, contents, query));
}

function countValues(db: Database, contents: ContentReader, query: ValueQuery): ValueCounts {
  const { of } = query;
  const { places } = search(db, query, { order: 'newest', after: null, max: sampleMax, effort: sampleEffort });
  const counter = createCounter(query.having.toLowerCase());
  const until = performance.now() + readMs;
  let examined = 0;
  let bytes = 0;
  if (of.kind === 'field') {
    for (const letter of loadRows(db, places)) counter.add(valuesOfField(of.field, letter).map((value) => ({ value })));
    examined = places.length;
  } else {
    // Contents stand together in the order of arrival.
    for (const { id } of places.toSorted((a, b) => b.id - a.id)) {
      if (performance.now() > until && bytes > bytesMin) break;
      const content = contents.of(id);
      bytes += content.body?.length ?? 0;
      counter.add(valuesOfContent(of, content));
      examined += 1;
    }
  }
  return { values: counter.mostFrequent(query.limit), examined };
}

interface Value {
  readonly value: string;
  readonly path?: readonly string[];
}

function createCounter(having: string) {
  const counts = new Map<string, { readonly value: Value; count: number }>();
  return {
    /** The values of one message. */
    add(values: readonly Value[]): void {
      const own = new Map(values.map((value) => [value.path ? JSON.stringify(value.path) : value.value, value]));
      for (const [identity, value] of own) {
        if (value.value.length > valueMax || !value.value.toLowerCase().includes(having)) continue;
        const known = counts.get(identity);
        if (known) known.count += 1;
        else if (counts.size < distinctMax) counts.set(identity, { value, count: 1 });
      }
    },
    mostFrequent(limit: number): ValueCounts['values'] {
      return [...counts.values()]
        .toSorted((a, b) => b.count - a.count || (a.value.value < b.value.value ? -1 : 1))
        .slice(0, limit)
        .map(({ value, count }) => ({ ...value, count }));
    },
  };
}

function valuesOfField(field: Extract<ValueSource, { readonly kind: 'field' }>['field'], letter: DeadLetter): string[] {
  return [valueOfField(field, letter)].flat().flatMap((value) => (value === null || value === '' ? [] : [value]));
}

function valueOfField(
  field: Extract<ValueSource, { readonly kind: 'field' }>['field'],
  letter: DeadLetter,
): string | null | (string | null)[] {
  switch (field) {
    case 'queue':
      return letter.queueId;
    case 'connection':
      return splitQueueId(letter.queueId)?.connection ?? null;
    case 'state':
      return letter.state;
    case 'group':
      return letter.fingerprint;
    case 'origin':
      return letter.origin.destination && destinationLabel(letter.origin.destination);
    case 'error':
    case 'class':
      return letter.failure.errorClass;
    case 'reason':
      return letter.failure.reason;
    case 'key':
      return letter.keyText;
    case 'type':
      return letter.eventType;
    case 'correlation':
      return letter.correlationId;
    case 'causation':
      return letter.causationId;
    case 'event':
      return letter.eventId;
    case 'trace':
      return letter.traceId;
    case 'replay':
      return [letter.lastReplayId, letter.replay?.replayId ?? null];
  }
}

const scanner = createLeafScanner();

function valuesOfContent(of: Exclude<ValueSource, { readonly kind: 'field' }>, content: Content): Value[] {
  const found: Value[] = [];
  switch (of.kind) {
    case 'headers':
      walkHeaders(content, (name) => found.push({ value: name }));
      return found;
    case 'header': {
      const wanted = lowerName(of.name);
      walkHeaders(content, (name, text) => {
        if (text !== null && lowerName(name) === wanted) found.push({ value: text });
      });
      return found;
    }
    case 'paths':
    case 'path': {
      return documentsOf(content).flatMap((json) => valuesOfDocument(of, json));
    }
  }
}

function valuesOfDocument(of: Extract<ValueSource, { readonly kind: 'paths' | 'path' }>, json: Uint8Array): Value[] {
  const found: Value[] = [];
  const wanted = of.kind === 'path' ? hashPath(of.path) : null;
  const result = scanner.scan(json, bounds, (leaf) => {
    if (leaf.kind === 'container' || leaf.depth === 0 || (wanted !== null && leaf.pathHash !== wanted)) return;
    const path = Array.from({ length: leaf.depth }, (_, at) => leaf.name(at));
    if (of.kind === 'paths') found.push({ value: path.join('.'), path });
    else if (path.every((name, at) => name === of.path[at]) && leaf.end - leaf.start <= valueMax * 4)
      found.push({ value: textOfLeaf(json, leaf) ?? '' });
  });
  return result === 'malformed' ? [] : found;
}
