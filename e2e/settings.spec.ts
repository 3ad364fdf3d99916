import { expect, test } from './console.ts';

test('settings tell how each connection is, and metrics and health tell it to machines', async ({ page, request }) => {
  await page.goto('/settings');
  const connections = page.getByRole('table', { name: 'Connections' });
  await expect(connections.getByRole('row').filter({ hasText: 'sqs' }).getByText('live')).toBeVisible({
    timeout: 120_000,
  });
  await expect(page.getByText('sync.pollSeconds')).toBeVisible();

  const health = await (await request.get('/api/health')).json();
  expect(health).toMatchObject({ status: 'ok', connections: { sqs: 'live' } });
  const metrics = await (await request.get('/api/metrics')).text();
  expect(metrics).toContain('redeliver_connection_up{connection="sqs",kind="sqs"} 1');
  expect(metrics).toMatch(
    /redeliver_http_request_duration_seconds_count\{method="GET",route="\/settings",status="2xx"\} \d/,
  );
});
