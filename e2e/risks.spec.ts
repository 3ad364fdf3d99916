import { expect, test } from './console.ts';
import { expectToMeetWcag } from './wcag.ts';

test('a queue without a dead-letter queue is listed with what to do, and the list is narrowed in the address', async ({
  page,
}) => {
  await page.goto('/alerts/risks');
  const table = page.getByRole('table', { name: 'Risks' });
  const line = table.getByRole('row').filter({ hasText: 'newsletter has no dead-letter queue.' });
  await expect(line).toContainText('sqs', { timeout: 120_000 });
  await line.locator('summary').click();
  await expect(line.locator('code')).toContainText('RedrivePolicy');
  await expectToMeetWcag(page, 'risks', 'light');
  await page.getByRole('group', { name: 'Connection' }).getByRole('button', { name: 'kafka' }).click();
  await expect(page).toHaveURL(/connection=kafka/);
  await expect(line).toHaveCount(0);
  await expect(page.getByRole('navigation', { name: 'Alerts and risks' })).toBeVisible();
  await expect(page.getByText(/sqs: \d+ queues/)).toBeVisible();
});
