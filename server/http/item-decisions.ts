import type { z } from 'zod';
import type { decisionsBody, decisionsResponse } from '#lib/api/replays.ts';
import type { ItemDecision } from '#lib/domain/item-return.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import type { Caller } from '#server/http/caller.ts';
import { audited } from '#server/http/replay-actions.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { toReplayView } from '#server/queries/to-view.ts';

const pageItems = 1_000;

/**
 * Writes down what a person found out about items whose outcome nobody knew. What arrived is then removed from its queue by the engine and never sent again; what
 * did not is failed, and may be replayed. A proof that comes later corrects it.
 */
export async function decideUnknown(
  runtime: Runtime,
  idOrNumber: string,
  body: z.output<typeof decisionsBody>,
  caller: Caller,
): Promise<z.input<typeof decisionsResponse>> {
  const { store, clock, masking } = runtime;
  const { outcome, reason } = body;
  const { id, options } = await store.ledger.getReplay(idOrNumber);
  const decision: ItemDecision = { outcome, reason, by: caller.actor, at: clock.now() };
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
        const items = await store.ledger.decideUnknown(id, itemIds, decision);
        decided += items.length;
        // The engine says so of what was sent, when it has removed it.
        // What a restore did not send is discarded as before.
        if (outcome === 'not-sent' && options.action === 'replay') await showFailed(runtime, items, decision.at);
      }
    },
    { reason: masking?.text(reason) ?? reason, result: () => `done, ${decided} messages` },
  );
  return { decided, notUnknown: asked - decided, replay: toReplayView(await store.ledger.getReplay(id), masking) };
}

async function* pagesOf(
  { store }: Runtime,
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

function showFailed({ store }: Runtime, items: readonly ReplayItem[], at: number): Promise<void> {
  return store.index.setStates(
    items.map(({ messageId, replayId }) => ({ messageId, state: 'failed' as const, at, replayId })),
  );
}
