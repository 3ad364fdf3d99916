import { join } from 'node:path';
import { routes } from '#lib/api/routes.ts';
import { filterFields } from '#lib/filter/fields.ts';
import type { Store } from '#server/store/store.ts';

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response> | Response;

const app = join(import.meta.dirname, '../../../app');

/** What is asked of each route besides its path alone. */
const queries: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/exports': ['format=csv', 'format=ndjson', 'format=ndjson&content=true'],
  '/api/v1/groups': ['', 'states=new,escalating,regressed,ongoing,ignored,resolved'],
  '/api/v1/replays': ['plans=true', ''],
  '/api/v1/completions': [
    '',
    'header.',
    'payload.',
    ...filterFields.filter(({ value }) => value !== 'named').map(({ name }) => `${name}:`),
    ...['x-customer-token', 'marker', 'x-trace', 'reply', 'authorization'].map((name) => `header.${name}:`),
    ...['id', 'customer', 'customer.email', 'customer.name', 'pay.pin', 'note', 'Message', 'total', 'ssn', 'card'].map(
      (path) => `payload.${path}:`,
    ),
  ].map((text) => `filter=${encodeURIComponent(text)}&position=${text.length}`),
  '/api/v1/facets': ['limit=100'],
  '/api/v1/messages': ['', 'limit=100', `filter=${encodeURIComponent('payload.customer.email.domain:*')}`],
};

/** Answered by a broker through a running engine, which these tests do not have; they hold names of queues and nothing of a message. */
const askedOfBrokers: ReadonlySet<string> = new Set(['/api/v1/queues/{queueId}/move-all']);

export interface Answer {
  /** `/api/v1/messages?limit=3` */
  readonly asked: string;
  readonly status: number;
  readonly text: string;
}

/**
 * The answers of every GET route that the store answers, for everything that the store knows: a route that is added is asked, too. Of a stream of events the
 * first is read. `topics` are the names for the plain list.
 */
export async function* everyGet(store: Store, topics: readonly string[]): AsyncGenerator<Answer, void, void> {
  const known = await placesOf(store, topics);
  for (const route of routes.filter(({ method, path }) => method === 'get' && !askedOfBrokers.has(path))) {
    const file = join(app, `${route.path.replace(/\{(\w+)\}/g, '[$1]')}/route.ts`);
    const { GET }: { GET: Handler } = await import(/* @vite-ignore */ file);
    const name = /\{(\w+)\}/.exec(route.path)?.[1];
    for (const value of name === undefined ? [''] : (known[name] ?? [])) {
      const path = route.path.replace(/\{\w+\}/, encodeURIComponent(value));
      for (const query of queries[route.path] ?? ['']) {
        const ended = new AbortController();
        const request = new Request(`http://127.0.0.1:3000${path}?${query}`, { signal: ended.signal });
        const response = await GET(request, { params: Promise.resolve(name === undefined ? {} : { [name]: value }) });
        const text =
          route.answer === 'text/event-stream' ? await firstOf(response) : latin1OrText(await response.bytes());
        ended.abort();
        yield { asked: query === '' ? path : `${path}?${query}`, status: response.status, text };
      }
    }
  }
}

async function placesOf(store: Store, topics: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
  const everything = { filter: { kind: 'all' } as const, range: { from: null, to: null } };
  const { messages } = await store.index.listMessages({ ...everything, cursor: null, limit: 1_000 });
  const replays = await store.ledger.listReplays({ limit: 100, before: null, withPlans: true });
  return {
    messageId: messages.map(({ id }) => id),
    fingerprint: [...new Set(messages.map(({ fingerprint }) => fingerprint))],
    replayId: replays.map(({ id }) => id),
    queueId: (await store.index.listQueues()).map(({ id }) => id),
    topic: topics,
  };
}

async function firstOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const chunk = await reader?.read();
  await reader?.cancel();
  return new TextDecoder().decode(chunk?.value);
}

/** Bytes that are no text are looked through as they are, too. */
function latin1OrText(bytes: Uint8Array): string {
  return `${new TextDecoder().decode(bytes)}\n${Buffer.from(bytes).toString('latin1')}`;
}
