import { z } from 'zod';
import { instant, instantParameter } from '#lib/api/common.ts';
import { messageOrders } from '#lib/domain/message-order.ts';
import { groupSort, groupState } from '#lib/api/groups.ts';

/** A range that runs with the time, as `24h`, or has one end, as `1795364159648..`. */
const runningRange = z.string().regex(/^(\d{1,4}[mhdw]|\d{1,15}\.\.|\.\.\d{1,15})$/, 'takes 24h, 7d and the like');
const range = z.union([runningRange, z.object({ from: instant, to: instant })]).nullable();

/** What is shown: the dead letters, or their groups. With its order. */
const page = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('messages'), order: z.enum(messageOrders) }),
  z.strictObject({ kind: z.literal('groups'), sort: groupSort, states: z.array(groupState).max(20).readonly() }),
]);

export const savedView = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  createdAt: instant,
  changedAt: instant,
  queueId: z.string().nullable(),
  page,
  filter: z.string(),
  range,
});
export type SavedViewRow = z.infer<typeof savedView>;

/** GET views, by name */
export const viewsResponse = z.object({ views: z.array(savedView).readonly() });

/** POST views. `conflict` where the name is taken. */
export const viewBody = z.strictObject({
  name: z.string().trim().min(1).max(80),
  queueId: z.string().max(500).nullable().default(null),
  page: page.default({ kind: 'messages', order: 'newest' }),
  /** Must be one that can be read. */
  filter: z.string().max(4_000).default(''),
  range: range.default(null),
});
const { name, queueId, filter } = viewBody.shape;

/** PATCH views/{viewId}: what is absent stays. DELETE views/{viewId} answers the list without it. */
export const viewChange = z
  .strictObject({ name, queueId: queueId.unwrap(), page, filter: filter.unwrap(), range })
  .partial();

/** GET exports: streamed, newest first. */
export const exportsQuery = z.object({
  filter: z.string().max(4_000).default(''),
  from: instantParameter.optional(),
  to: instantParameter.optional(),
  format: z.enum(['ndjson', 'csv']),
  /** Bodies and headers too; NDJSON only. */
  content: z.enum(['true', 'false']).default('false'),
});
