import { expect, test } from './console.ts';

test('every page carries a strict content security policy, and none may be framed', async ({ request }) => {
  const response = await request.get('/');
  const policy = response.headers()['content-security-policy'] ?? '';
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic'/);
  expect(policy).not.toContain('unsafe-eval');
  expect(policy.split('; ').find((directive) => directive.startsWith('style-src '))).not.toContain('unsafe-inline');
  expect(policy).toContain("frame-ancestors 'none'");
  expect(response.headers()['x-content-type-options']).toBe('nosniff');
});

test('a page of another site cannot change anything', async ({ request }) => {
  const forged = await request.post('/api/v1/sandbox/services/email', {
    data: { mended: true },
    headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  });
  expect(forged.status()).toBe(403);
  expect(await forged.json()).toMatchObject({ code: 'cross_site' });
});

test('a name that was rebound to this address gets nothing', async ({ request }) => {
  const rebound = await request.get('/api/v1/queues', { headers: { host: 'evil.example' } });
  expect(rebound.status()).toBe(403);
});

test('bad input gets a problem that says what to do', async ({ request }) => {
  const cases = [
    { path: '/api/v1/messages?filter=stat:new', status: 400, code: 'invalid_request' },
    { path: '/api/v1/messages?limit=0', status: 400, code: 'invalid_request' },
    { path: '/api/v1/messages?cursor=nonsense', status: 400, code: 'invalid_request' },
    { path: '/api/v1/messages/does-not-exist', status: 404, code: 'not_found' },
    { path: '/api/v1/replays/999999', status: 404, code: 'not_found' },
    { path: '/admin/dlq/no-such-topic', status: 404, code: 'not_found' },
  ];
  for (const { path, status, code } of cases) {
    const response = await request.get(path);
    expect(response.status(), path).toBe(status);
    expect(response.headers()['content-type'], path).toContain('application/problem+json');
    const problem: { code: string; detail: string } = await response.json();
    expect(problem.code, path).toBe(code);
    expect(problem.detail.length, path).toBeGreaterThan(20);
  }
  const noJson = await request.post('/api/v1/replays/plan', {
    data: 'not json',
    headers: { 'content-type': 'application/json' },
  });
  expect(await noJson.json()).toMatchObject({ code: 'invalid_request' });
  const unknownMessage = await request.post('/api/v1/replays/plan', { data: { messageIds: ['nobody'] } });
  expect(await unknownMessage.json()).toMatchObject({ code: 'not_found' });
});

test('no answer and no page holds a password', async ({ request }) => {
  for (const path of ['/', '/api/v1/queues', '/api/health', '/api/v1/openapi.json']) {
    const text = await (await request.get(path)).text();
    expect(text, path).not.toMatch(/guest:guest|secretAccessKey/);
  }
});
