import type { Filter } from '#lib/filter/filter.ts';
import type { MessageQuery, QueueSummary, Store } from '#server/store/store.ts';
import type { TestLetter } from '#server/store/testing/letters.ts';

export const range = { from: null, to: null };
const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: 'test' } as const;

export async function addQueue(store: Store, name: string, connection = 'kafka'): Promise<string> {
  const known = (await store.index.listQueues()).filter((queue) => queue.connection === connection);
  const queues = [...known.map((queue) => queue.name), name].map(
    (each) => ({ name: each, kind: 'kafka', foundBy: 'pattern', origins: ['orders'], capabilities }) as const,
  );
  await store.index.saveQueues(connection, queues);
  return `${connection}/${name}`;
}

export const inQueue = (queueId: string): Filter => ({ kind: 'queue', pattern: queueId });

export async function readAll(
  store: Store,
  query: Pick<MessageQuery, 'filter'> & Partial<MessageQuery>,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.index.listMessages({ range, limit: 100, ...query, cursor });
    ids.push(...page.messages.map((message) => message.id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

export async function summaryOf(store: Store, queueId: string): Promise<QueueSummary | undefined> {
  const summaries = await store.index.summariseQueues(10_000);
  return summaries.find((summary) => summary.queueId === queueId);
}

export const ids = (letters: readonly TestLetter[]) => letters.map(({ letter }) => letter.id);
