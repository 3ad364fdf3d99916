import type { z } from 'zod';
import type { SavedViewRow, viewBody, viewChange, viewsResponse } from '#lib/api/views.ts';
import type { Caller } from '#server/http/caller.ts';
import { audited } from '#server/http/replay-actions.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { readFilter } from '#server/queries/messages.ts';
import { readViews } from '#server/queries/views.ts';

/** A filter, range and place under a name, for everyone. */
export async function saveView(
  runtime: Runtime,
  body: z.output<typeof viewBody>,
  caller: Caller,
): Promise<SavedViewRow> {
  const { store, clock } = runtime;
  return audited(runtime, caller, 'view.save', body.name, async () => {
    await refuseUnreadable(runtime, body);
    return store.ledger.saveView({ ...body, owner: caller.actor, createdAt: clock.now() });
  });
}

export async function changeView(
  runtime: Runtime,
  id: string,
  change: z.output<typeof viewChange>,
  caller: Caller,
): Promise<SavedViewRow> {
  const { store, clock } = runtime;
  return audited(runtime, caller, 'view.change', id, async () => {
    await refuseUnreadable(runtime, change);
    const { name, queueId, page, filter, range } = change;
    return store.ledger.changeView(
      id,
      {
        ...(name !== undefined && { name }),
        ...(queueId !== undefined && { queueId }),
        ...(page !== undefined && { page }),
        ...(filter !== undefined && { filter }),
        ...(range !== undefined && { range }),
      },
      clock.now(),
    );
  });
}

/** Answers what is left. */
export async function deleteView(runtime: Runtime, id: string, caller: Caller): Promise<z.input<typeof viewsResponse>> {
  await audited(runtime, caller, 'view.delete', id, () => runtime.store.ledger.deleteView(id));
  return readViews(runtime);
}

/** A view that nobody can open must not be saved. */
async function refuseUnreadable(
  { store, clock, masking }: Runtime,
  { filter, queueId }: Pick<z.output<typeof viewChange>, 'filter' | 'queueId'>,
): Promise<void> {
  if (filter !== undefined) readFilter({ filter }, clock.now(), masking);
  if (queueId !== undefined && queueId !== null) await store.index.getQueue(queueId);
}
