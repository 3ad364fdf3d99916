import { expect, test } from './console.ts';

interface PlainDeadLetter {
  readonly offset: string;
  readonly partition: number;
  readonly key: string | null;
  readonly error: string | null;
  readonly originalOffset: string | null;
  readonly timestamp: number;
  readonly payload: string | null;
}

test('scripts list the dead letters of a topic and replay one by its offset', async ({ request }) => {
  test.setTimeout(240_000);
  const topic = 'orders.order.completed';
  await expect.poll(async () => (await request.get(`/admin/dlq/${topic}`)).status(), { timeout: 120_000 }).toBe(200);
  const list: readonly PlainDeadLetter[] = await (await request.get(`/admin/dlq/${topic}`)).json();
  expect(list.length).toBeGreaterThan(10);
  const first = list[0];
  expect(first).toMatchObject({
    partition: expect.any(Number),
    error: expect.any(String),
    originalOffset: expect.stringMatching(/^\d+$/),
    payload: expect.stringContaining('{'),
  });

  const replayed = await request.post(`/admin/dlq/${topic}/replay`, {
    data: { offsets: [`${first?.partition}:${first?.offset}`] },
  });
  expect(await replayed.json()).toEqual({ replayed: 1 });

  const missing = await request.post(`/admin/dlq/${topic}/replay`, { data: { offsets: ['0:999999999'] } });
  expect(missing.status()).toBe(404);
});
