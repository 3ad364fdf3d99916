import type { z } from 'zod';
import type { completionsQuery, CompletionsResponse } from '#lib/api/completions.ts';
import { deadLetterStates } from '#lib/domain/dead-letter.ts';
import { AppError } from '#lib/domain/errors.ts';
import {
  type Completion,
  type CompletionContext,
  completionAt,
  type OfferedValue,
  suggest,
} from '#lib/filter/complete.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { writeHeaderName, writePath } from '#lib/filter/serialise.ts';
import { maskKeyText } from '#lib/masking/mask-message.ts';
import type { Masking } from '#lib/masking/masking.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { countMaskedValues } from '#server/queries/masked-values.ts';
import { readFilter } from '#server/queries/messages.ts';
import { refuseMasked } from '#server/queries/refuse-masked.ts';
import type { ValueCounts, ValueQuery, ValueSource } from '#server/store/value-store.ts';

type Query = z.output<typeof completionsQuery>;

/** More than are shown: what is masked falls out. */
const valuesMax = 60;

/** What could stand at the caret of a filter: fields, names and paths, and values with counts among the newest that the rest of it meets. */
export async function readCompletions(runtime: Runtime, query: Query): Promise<CompletionsResponse> {
  const { filter: text, position = text.length } = query;
  const context = completionAt(text, Math.min(position, text.length));
  const source = sourceOf(context);
  if (!source || (runtime.masking && isMasked(source, runtime.masking)))
    return { ...withoutOffer(context), countedAmong: null };
  const rest = restOf(runtime, query, context);
  // Groups are looked for by their titles, which are known afterwards.
  const having = source.kind === 'field' && source.field === 'group' ? '' : context.begun;
  const counts = await countValues(runtime, { ...rest, of: source, having, limit: valuesMax });
  const known = await knownValues(runtime, source, counts);
  return { ...suggest(context, offer(context, known, runtime.masking)), countedAmong: counts.examined };
}

/** Contents are masked before anything is taken out of them, fields before they are indexed. */
function countValues({ store, masking }: Runtime, { of, ...query }: ValueQuery): Promise<ValueCounts> {
  if (!masking || of.kind === 'field') return store.index.countValues({ ...query, of });
  return countMaskedValues(store, { ...query, of }, masking);
}

/** An empty offer makes `suggest` fall back to what it knows of the field. */
function withoutOffer(context: CompletionContext): Completion {
  return suggest(context, []);
}

function sourceOf(context: CompletionContext): ValueSource | null {
  switch (context.kind) {
    case 'nothing':
    case 'field':
      return null;
    case 'name':
      return { kind: context.field === 'header' ? 'headers' : 'paths' };
    case 'value':
      switch (context.field) {
        case 'header':
          return { kind: 'header', name: context.path.join('.') };
        case 'payload':
          return { kind: 'path', path: context.path };
        case 'attempts':
        case 'returns':
        case 'size':
        case 'at':
        case 'original':
        case 'expires':
        case 'since':
        case 'until':
          return null;
        default:
          return { kind: 'field', field: context.field };
      }
  }
}

/** Values of what nobody may search for are not told either. */
function isMasked(source: ValueSource, masking: Masking): boolean {
  const question = questionFor(source);
  if (!question) return false;
  try {
    refuseMasked(question, masking);
    return false;
  } catch (error) {
    if (error instanceof AppError) return true;
    throw error;
  }
}

/** Any value will do: it is the header or the path that is masked. */
function questionFor(source: ValueSource): Filter | null {
  const test = { kind: 'is', value: '' } as const;
  if (source.kind === 'header') return { kind: 'header', name: source.name, test };
  return source.kind === 'path' ? { kind: 'payload', path: source.path, test } : null;
}

/** The filter without the condition that is being written; everything, where what is left cannot be read. */
function restOf({ clock, masking }: Runtime, query: Query, { termFrom, to }: CompletionContext) {
  const others = `${query.filter.slice(0, termFrom)} ${query.filter.slice(to)}`;
  for (const filter of [others, '']) {
    try {
      return readFilter({ filter, from: query.from, to: query.to }, clock.now(), masking);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  throw new AppError('internal', 'An empty filter could not be read.');
}

type KnownValue = Omit<ValueCounts['values'][number], 'count'> & { readonly count?: number; readonly label?: string };

/** With those that have no dead letter among the counted, where all are known; groups with their titles. */
async function knownValues(
  { store }: Runtime,
  source: ValueSource,
  counts: ValueCounts,
): Promise<readonly KnownValue[]> {
  const { values } = counts;
  if (source.kind !== 'field') return values;
  if (source.field === 'group') {
    const parts = await store.index.listGroupParts(values.map(({ value }) => value));
    const titles = new Map(parts.map(({ fingerprint, title }) => [fingerprint, title]));
    return values.map((group) => ({ ...group, label: titles.get(group.value) ?? group.value }));
  }
  const all =
    source.field === 'queue'
      ? (await store.index.listQueues()).map((queue) => queue.id)
      : source.field === 'state'
        ? deadLetterStates
        : [];
  const counted = new Set(values.map(({ value }) => value));
  return [...values, ...all.filter((value) => !counted.has(value)).map((value) => ({ value }))];
}

function offer(
  context: CompletionContext,
  values: readonly KnownValue[],
  masking: Masking | undefined,
): OfferedValue[] {
  return values
    .filter(({ value, label = value }) => !masking || [value, label].every((text) => isShown(text, context, masking)))
    .map(({ value, path, label = value, count }) => {
      const written = path ? writePath(path) : writeHeaderName(value);
      return { value: context.kind === 'name' ? written : value, label, ...(count !== undefined && { count }) };
    });
}

function isShown(text: string, context: CompletionContext, masking: Masking): boolean {
  const isKey = context.kind === 'value' && context.field === 'key';
  return (isKey ? maskKeyText(text, masking, { isLane: true }) : masking.text(text)) === text;
}
