import { type Replay, usualOptions } from '#lib/domain/replay.ts';
import type { FinishedPlan, Ledger, NewItem, NewPlan } from '#server/store/store.ts';

export interface PlanToWrite extends NewPlan, FinishedPlan {
  readonly items: readonly NewItem[];
}

/** As the engine does, in one go. */
export async function writePlan(
  ledger: Ledger,
  { items, plan, sentence, queueIds, ...begun }: PlanToWrite,
): Promise<Replay> {
  await ledger.beginPlan(begun);
  await ledger.addPlanItems(begun.id, items);
  return await ledger.finishPlan(begun.id, { plan, sentence, queueIds });
}

/** A plan of `count` items of one queue. */
export function aReplay(id: string, count: number, changes: Partial<PlanToWrite> = {}): PlanToWrite {
  const items = Array.from({ length: count }, (_, ordinal): NewItem => ({
    id: `${id}-${ordinal}`,
    ordinal,
    messageId: `message-${ordinal}`,
    queueId: 'kafka/orders.dlq',
    identity: `0:${ordinal}`,
    position: `0:${ordinal}`,
    lane: '0',
    destination: { kind: 'kafka', topic: 'orders', partition: null },
    state: 'planned',
    reason: null,
  }));
  return {
    id,
    createdAt: 1_000,
    createdBy: 'ada',
    sentence: `${count} messages of orders.dlq`,
    queueIds: ['kafka/orders.dlq'],
    options: usualOptions,
    plan: {
      hash: `hash of ${id}`,
      asOf: 1_000,
      total: count,
      willSend: count,
      destinations: [],
      refusals: [],
      warnings: [],
      toFurtherDestinations: 0,
      headerChanges: [],
      removes: 'none',
      dangerous: false,
    },
    items,
    ...changes,
  };
}
