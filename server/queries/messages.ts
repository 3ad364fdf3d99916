import type { z } from 'zod';
import type { MessageCountResponse, messagesQuery, MessagesResponse } from '#lib/api/messages.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Filter, TimeRange } from '#lib/filter/filter.ts';
import { type LookAlike, lookAlikes, lookAlikeWords } from '#lib/filter/look-alikes.ts';
import { parse } from '#lib/filter/parse.ts';
import type { Masking } from '#lib/masking/masking.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { countWithPage } from '#server/queries/count-with-page.ts';
import { listMessages } from '#server/queries/listed-messages.ts';
import { refuseMasked } from '#server/queries/refuse-masked.ts';
import { withWholeGroups } from '#server/queries/whole-groups.ts';
import type { Effort } from '#server/store/store.ts';

export type MessagesQuery = z.output<typeof messagesQuery>;

/** Counting stops here; more than that is said as "at least". */
const countCap = 100_000;
/** The page waits for it: a filter that has to look at each message counts as far as it gets in that time, and says so. */
const countBesidePage: Effort = { examinedMax: 50_000, timeMsMax: 8 };
/** Who asks for the count alone waits for nothing else. */
const countAlone: Effort = { examinedMax: 200_000, timeMsMax: 250 };

/** One page of dead letters, newest first; the first page says how many match in all, and of how many that is not known. */
export async function readMessages(runtime: Runtime, query: MessagesQuery): Promise<MessagesResponse> {
  const { store, clock, masking } = runtime;
  const asOf = clock.now();
  const begun = query.cursor === undefined ? null : readCursor(query.cursor);
  const frozenAt = begun?.frozenAt ?? asOf;
  const { filter: asked, range } = readFilter(query, frozenAt, masking);
  const filter = await withWholeGroups(store, asked);
  const { limit, order } = query;
  const [page, counted, unsearched] = await Promise.all([
    store.index.listMessages({ filter, range, cursor: begun?.place ?? null, limit, order }),
    begun === null ? store.index.countMessages({ filter, range, effort: countBesidePage }, countCap) : null,
    begun === null ? store.index.countUnsearched({ filter, range }) : null,
  ]);
  return {
    asOf,
    messages: await listMessages(runtime, page.messages),
    nextCursor: page.nextCursor === null ? null : writeCursor({ place: page.nextCursor, frozenAt }),
    incomplete: page.incomplete,
    total:
      counted && countWithPage(counted, page.messages.length, page.nextCursor === null && page.incomplete === null),
    unsearched: unsearched !== null && unsearched.count > 0 ? unsearched : null,
    hints: begun === null ? lookAlikes(query.filter).map(toHint) : [],
  };
}

function toHint(alike: LookAlike): MessagesResponse['hints'][number] {
  const { position, length, meant } = alike;
  return { position, length, message: lookAlikeWords(alike), meant };
}

/** How many match, as far as can be counted while somebody waits: `capped` means "at least". */
export async function countMessages(
  { store, clock, masking }: Runtime,
  query: Pick<MessagesQuery, 'filter' | 'from' | 'to'>,
): Promise<MessageCountResponse> {
  const asOf = clock.now();
  const { filter: asked, range } = readFilter(query, asOf, masking);
  const filter = await withWholeGroups(store, asked);
  return { asOf, ...(await store.index.countMessages({ filter, range, effort: countAlone }, countCap)) };
}

/** A page's place in the list, and when its list began: "since two hours" is the same instant on every page of it. */
interface ListCursor {
  /** The store's own. */
  readonly place: string;
  readonly frozenAt: number;
}

function writeCursor({ place, frozenAt }: ListCursor): string {
  return `${frozenAt}.${place}`;
}

function readCursor(text: string): ListCursor {
  const [, frozenAt, place] = /^(-?\d{1,15})\.([\w-]+)$/.exec(text) ?? [];
  if (frozenAt === undefined || place === undefined) {
    throw new AppError('invalid_request', 'The cursor is not from this list. Start again without one.', {
      details: { field: 'cursor' },
    });
  }
  return { place, frozenAt: Number(frozenAt) };
}

/**
 * The filter's text with the range of the query's own; the narrower of two ranges counts. `invalid_request` points at the character; `masked` where
 * the answer would tell what is masked.
 */
export function readFilter(
  query: Pick<MessagesQuery, 'filter' | 'from' | 'to'>,
  now: number,
  masking: Masking | undefined,
): { filter: Filter; range: TimeRange } {
  const parsed = parse(query.filter, { now });
  if ('error' in parsed) {
    const { message, position, length } = parsed.error;
    throw new AppError('invalid_request', message, { details: { field: 'filter', position, length } });
  }
  const { filter, range } = parsed;
  if (masking) refuseMasked(filter, masking);
  return {
    filter,
    range: { from: narrower(range.from, query.from, Math.max), to: narrower(range.to, query.to, Math.min) },
  };
}

function narrower(a: number | null, b: number | undefined, pick: (a: number, b: number) => number): number | null {
  if (a === null) return b ?? null;
  return b === undefined ? a : pick(a, b);
}
