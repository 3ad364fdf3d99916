import type { z } from 'zod';
import type {
  ItemOutcome,
  itemsQuery,
  itemsResponse,
  replaysQuery,
  replaysResponse,
  ReplayView,
} from '#lib/api/replays.ts';
import { paceOf } from '#lib/replay/pace.ts';
import { shortEdit } from '#lib/edit/short-edit.ts';
import type { Runtime } from '#server/http/runtime.ts';
import type { Ledger } from '#server/store/store.ts';
import { itemViews } from '#server/queries/item-views.ts';
import { readHistory } from '#server/queries/replay-history.ts';
import { toReplayView } from '#server/queries/to-view.ts';
import { replayTraceHref } from '#server/queries/trace-href.ts';

/** Replays, newest first; plans that nobody confirmed only when asked for. */
export async function readReplays(
  { store, clock, masking }: Runtime,
  query: z.output<typeof replaysQuery>,
): Promise<z.input<typeof replaysResponse>> {
  const replays = await store.ledger.listReplays({
    limit: query.limit,
    before: query.before ?? null,
    withPlans: query.plans,
  });
  return { asOf: clock.now(), replays: replays.map((replay) => inList(toReplayView(replay, masking))) };
}

function inList(replay: ReplayView): ReplayView {
  const { edit } = replay.options;
  return edit === null ? replay : { ...replay, options: { ...replay.options, edit: shortEdit(edit) } };
}

/** By id or number. */
export async function readReplay(runtime: Runtime, idOrNumber: string): Promise<ReplayView> {
  const { store, clock, masking } = runtime;
  const replay = await store.ledger.getReplay(idOrNumber);
  const now = clock.now();
  const pace = replay.state === 'sending' ? paceOf(replay, await store.ledger.listOutcomes(replay.id), now) : null;
  const view = toReplayView(replay, masking);
  const restored =
    replay.options.action === 'discard' ? { restored: await store.ledger.countRestoredOf(replay.id) } : {};
  const history = await readHistory(runtime, replay);
  return { ...view, ...restored, history, pace, traceHref: replayTraceHref(runtime, replay) };
}

export async function readReplayItems(
  runtime: Pick<Runtime, 'store' | 'masking'>,
  idOrNumber: string,
  query: z.output<typeof itemsQuery>,
): Promise<z.input<typeof itemsResponse>> {
  const { ledger } = runtime.store;
  const { id, options } = await ledger.getReplay(idOrNumber);
  const items = await ledger.listItems(id, {
    ...(query.state === undefined ? {} : { states: [query.state] }),
    returnedOnly: query.returned,
    ...(query.outcome === undefined ? {} : itemsWith[query.outcome]),
    after: query.cursor ?? null,
    limit: query.limit,
  });
  return {
    items: await itemViews(runtime, items, options),
    nextCursor: items.length < query.limit ? null : String(items.at(-1)?.ordinal ?? ''),
  };
}

/** How the ledger is asked for an outcome. */
export const itemsWith: Readonly<
  Record<ItemOutcome, Pick<Parameters<Ledger['listItems']>[1], 'states' | 'returnedOnly' | 'notReturned'>>
> = {
  'not-seen': { states: ['sent', 'settled'], notReturned: true },
  returned: { returnedOnly: true },
  unknown: { states: ['unknown'] },
  failed: { states: ['failed'] },
  'not-sent': { states: ['skipped'] },
  'to-go': { states: ['planned', 'intended'] },
};
