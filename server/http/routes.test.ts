import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GET as getHealth } from '#app/api/health/route.ts';
import { GET as getMessage } from '#app/api/v1/messages/[messageId]/route.ts';
import { GET as getPayload } from '#app/api/v1/messages/[messageId]/payload/route.ts';
import { POST as postPlan } from '#app/api/v1/replays/plan/route.ts';
import { GET as getCount } from '#app/api/v1/messages/count/route.ts';
import { GET as getMessages } from '#app/api/v1/messages/route.ts';
import { GET as getQueues } from '#app/api/v1/queues/route.ts';
import { GET as getSandbox } from '#app/api/v1/sandbox/route.ts';
import { POST as postReplay } from '#app/api/v1/replays/route.ts';
import { POST as postSync } from '#app/api/v1/queues/[queueId]/sync/route.ts';
import { problem } from '#lib/api/common.ts';
import { messageCountResponse, messageDetail, messagesResponse } from '#lib/api/messages.ts';
import { overviewResponse } from '#lib/api/queues.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import { readLetter } from '#server/sync/read-letter.ts';
import { params, requestOf, serveRoutes, type ServedRoutes } from '#server/http/testing/serve-routes.ts';
import type { Store } from '#server/store/store.ts';

/** The route handlers on a real store, with what the engine would have written. */

const now = Date.UTC(2026, 10, 22, 3, 41);
const queue = {
  name: 'orders.dlq',
  kind: 'kafka' as const,
  foundBy: 'pattern' as const,
  origins: ['orders'],
  capabilities: {
    browse: 'log' as const,
    remove: false,
    order: 'partition' as const,
    costs: [],
    description: '1 partition',
  },
};
const queueId = 'kafka/orders.dlq';
const known: Pick<Queue, 'id' | 'kind' | 'name' | 'origins'> = { id: queueId, ...queue };

let store: Store;
let served: ServedRoutes;
let engineSeenAt: number | null = now;

beforeAll(async () => {
  served = await serveRoutes({ clock: { now: () => now }, engineSeenAt: () => engineSeenAt });
  store = served.store;
  await store.index.saveQueues('kafka', [queue]);
  const letters = Array.from({ length: 7 }, (_, offset) => {
    const body = `{"id":"e-${offset}","type":"order.completed","total":9007199254740993,"note":"<script>alert(1)</script>"}`;
    const raw = {
      ...aDeadLetter().fromOwnConvention().withKey(`o-${offset}`).withBody(body).raw(),
      identity: `0:${offset}`,
      position: `0:${offset}`,
      lane: '0',
      sequence: String(offset),
    };
    return { ...readLetter(known, raw, now - offset * 1_000), raw };
  });
  await store.index.ingest({ queueId, letters, scan: 'test' });
});

afterAll(() => served.close());

const get = (path: string) => requestOf(path);
const post = (path: string, body: unknown) => requestOf(path, 'POST', body);

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const read = problem.parse(await response.json());
  expect(read.status).toBe(response.status);
  return read;
}

describe('messages', () => {
  it('of an empty bound are those of no bound, and a bound that no date can be is a 400', async () => {
    const all = messagesResponse.parse(await (await getMessages(get('/api/v1/messages?from=&to='))).json());
    expect(all.total).toEqual({ count: 7, capped: false });
    expect(await problemOf(await getMessages(get('/api/v1/messages?from=9000000000000000')))).toMatchObject({
      code: 'invalid_request',
    });
    const tooFar = await postPlan(post('/api/v1/replays/plan', { filter: '', from: 9e15 }));
    expect(await problemOf(tooFar)).toMatchObject({ code: 'invalid_request', details: { field: 'from' } });
  });

  it('come page by page, each once, and only the first page counts', async () => {
    const met: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 10; page += 1) {
      const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = messagesResponse.parse(await (await getMessages(get(`/api/v1/messages?limit=3${next}`))).json());
      expect(answer.total).toEqual(cursor === null ? { count: 7, capped: false } : null);
      met.push(...answer.messages.map((message) => message.identity));
      cursor = answer.nextCursor;
      if (cursor === null) break;
    }
    expect(met.toSorted()).toEqual(['0:0', '0:1', '0:2', '0:3', '0:4', '0:5', '0:6']);
  });

  it('are filtered by the filter language, and a mistake in it is pointed at', async () => {
    const found = messagesResponse.parse(await (await getMessages(get('/api/v1/messages?filter=key:o-3'))).json());
    expect(found.messages.map((message) => message.key)).toEqual(['o-3']);
    expect(found.hints).toEqual([]);
    const alike = await getMessages(get(`/api/v1/messages?filter=${encodeURIComponent('key:o-3 payload.total>5')}`));
    expect(messagesResponse.parse(await alike.json())).toMatchObject({
      messages: [],
      hints: [
        {
          position: 8,
          length: 15,
          meant: 'payload.total:>5',
          message: '“payload.total>5” is looked for as text. Did you mean payload.total:>5?',
        },
      ],
    });
    const counted = await getCount(get('/api/v1/messages/count?filter=key:o-3'));
    expect(messageCountResponse.parse(await counted.json())).toEqual({ asOf: now, count: 1, capped: false });
    const wrong = await problemOf(await getMessages(get('/api/v1/messages?filter=stat:new')));
    expect(wrong).toMatchObject({ status: 400, code: 'invalid_request', details: { field: 'filter', position: 0 } });
  });

  it('show every digit and never markup', async () => {
    const page = messagesResponse.parse(await (await getMessages(get('/api/v1/messages?limit=1'))).json());
    const detail = messageDetail.parse(
      await (await getMessage(get('/'), params({ messageId: page.messages[0]?.id ?? '' }))).json(),
    );
    expect(detail.payload.pretty).toContain('9007199254740993');
    expect(detail.headers.map((header) => header.name)).toContain('dlq-error');
    expect(detail.history.map((event) => event.kind)).toContain('dead-lettered');
  });

  it('give their payload as a download, byte for byte', async () => {
    const page = messagesResponse.parse(await (await getMessages(get('/api/v1/messages?filter=key:o-2'))).json());
    const response = await getPayload(get('/'), params({ messageId: page.messages[0]?.id ?? '' }));
    expect(response.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(await response.text()).toContain('<script>alert(1)</script>');
  });

  it('that nobody knows are a 404 with a sentence', async () => {
    const response = await getMessage(get('/'), params({ messageId: 'nobody' }));
    expect(await problemOf(response)).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('the other reads', () => {
  it('are what the contract says', async () => {
    const overview = overviewResponse.parse(await (await getQueues()).json());
    expect(overview.queues).toMatchObject([
      { id: queueId, open: 7, topError: { errorClass: 'ConnectionRefusedError', count: 7 }, lastReplay: null },
    ]);
    expect(await (await getSandbox()).json()).toEqual({ sandbox: null });
  });

  it('say whether the engine lives', async () => {
    expect((await getHealth()).status).toBe(200);
    engineSeenAt = now - 60_000;
    const response = await getHealth();
    engineSeenAt = now;
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 'failing', engine: 'silent' });
  });
});

describe('requests that change something', () => {
  it('are audited, also when they fail', async () => {
    expect((await postSync(post('/', {}), params({ queueId }))).status).toBe(202);
    expect((await postSync(post('/', {}), params({ queueId: 'kafka/none' }))).status).toBe(404);
    expect((await postReplay(post('/', { replayId: 'none', hash: 'x' }))).status).toBe(404);
    const entries = await store.ledger.listAudit({ limit: 10, before: null });
    expect(entries.map(({ action, result }) => `${action} ${result}`).toSorted()).toEqual([
      'queue.sync done',
      'queue.sync not_found',
      'replay.confirm not_found',
    ]);
  });

  it('refuse a body that is not theirs, and name the field', async () => {
    const unknownField = await problemOf(await postReplay(post('/', { replayId: 'a', hash: 'b', force: true })));
    expect(unknownField.code).toBe('invalid_request');
    const missing = await problemOf(await postReplay(post('/', { replayId: 'a' })));
    expect(missing.details).toMatchObject({ field: 'hash' });
  });
});
