import type { z } from 'zod';
import type { decisionsBody, decisionsResponse } from '#lib/api/replays.ts';
import type { ItemDecision } from '#lib/domain/item-return.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import type { Caller } from '#server/http/caller.ts';
import { audited } from '#server/http/replay-actions.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { newestOfTheirMessages } from '#server/replay/items-of-others.ts';
import { toReplayView } from '#server/queries/to-view.ts';

const pageItems = 1_000;

type Deciding = Pick<Runtime, 'store' | 'clock' | 'masking'>;

/**
 * Writes down what a person found out about items whose outcome nobody knew. What arrived is then removed from its queue by the engine and never sent again; what
 * did not is failed, and may be replayed. A proof that comes later corrects it.
 */
export async function decideUnknown(
  runtime: Deciding,
  idOrNumber: string,
  body: z.output<typeof decisionsBody>,
  caller: Caller,
): Promise<z.input<typeof decisionsResponse>> {
  const { store, clock, masking } = runtime;
  const { outcome, reason } = body;
  const { id, options } = await store.ledger.getReplay(idOrNumber);
  let decided = 0;
  let asked = 0;
  await audited(
    runtime,
    caller,
    `replay.decide.${outcome}`,
    id,
    async () => {
      for await (const itemIds of pagesOf(runtime, id, body)) {
        asked += itemIds.length;
        const decision: ItemDecision = { outcome, reason, by: caller.actor, at: clock.now() };
        // The engine says so of what was sent, when it has removed it.
        // What a restore did not send is discarded as before.
        if (outcome === 'not-sent' && options.action === 'replay') await showFailed(runtime, id, itemIds, decision.at);
        decided += (await store.ledger.decideUnknown(id, itemIds, decision)).length;
      }
    },
    { reason: masking?.text(reason) ?? reason, isLong: true, extent: () => `${decided} messages` },
  );
  return { decided, notUnknown: asked - decided, replay: toReplayView(await store.ledger.getReplay(id), masking) };
}

async function* pagesOf(
  { store }: Deciding,
  replayId: string,
  { items, queueId }: z.output<typeof decisionsBody>,
): AsyncGenerator<readonly string[], void, undefined> {
  if (items !== undefined) {
    const ids = [...new Set(items)];
    for (let start = 0; start < ids.length; start += pageItems) yield ids.slice(start, start + pageItems);
    return;
  }
  for (let after: number | null = null; ;) {
    const page: readonly ReplayItem[] = await store.ledger.listItems(replayId, {
      states: ['unknown'],
      after,
      limit: pageItems,
    });
    after = page.at(-1)?.ordinal ?? null;
    if (after === null) return;
    yield page.filter((item) => queueId === undefined || item.queueId === queueId).map((item) => item.id);
  }
}

/** Before it is written down: who dies in between finds the items unknown, and decides them again. */
async function showFailed(
  { store }: Deciding,
  replayId: string,
  itemIds: readonly string[],
  at: number,
): Promise<void> {
  const unknown = (await store.ledger.findItems(replayId, itemIds)).filter((item) => item.state === 'unknown');
  const shown = await newestOfTheirMessages(store.ledger, unknown);
  await store.index.setStates(shown.map(({ messageId }) => ({ messageId, state: 'failed' as const, at, replayId })));
}
