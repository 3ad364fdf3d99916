import { expect, it, onTestFinished, vi } from 'vitest';
import { type AnsweredRequest, openWeb } from '#server/web.ts';

it('a request that is broken off before it is answered is no success, and one that is refused is what it was told', async () => {
  const over: AnsweredRequest[] = [];
  const http = { host: '127.0.0.1', port: 0, allowedHosts: [], allowedOrigins: [] };
  // Without a folder to serve, every request that the guard lets through waits.
  const web = await openWeb(http, false, { answered: (request) => over.push(request) });
  onTestFinished(() => web.stop());
  const leaving = new AbortController();
  const waiting = fetch(`${web.url}/api/v1/queues`, { signal: leaving.signal });
  const refused = await fetch(`${web.url}/api/v1/replays`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
  });
  leaving.abort();
  await expect(waiting).rejects.toThrow();
  await vi.waitUntil(() => over.length === 2, { timeout: 30_000 });
  expect(new Map(over.map(({ url, status }) => [url, status]))).toEqual(
    new Map([
      ['/api/v1/replays', refused.status],
      ['/api/v1/queues', 499],
    ]),
  );
  expect(refused.status).toBe(403);
});
