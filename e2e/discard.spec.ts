import type { Page } from '@playwright/test';
import { besideLinks, expect, messagesOf, queuePath, rows, test, waitForRows } from './console.ts';

/** What is discarded leaves its queue, and comes back when it is restored. */

const queueId = 'sqs/billing-dlq';
const filter = 'state:new';

async function openOf(page: Page): Promise<readonly string[]> {
  return (await messagesOf(page.request, `queue:=${queueId} ${filter}`)).map(({ id }) => id);
}

test('a message that is discarded is gone from its queue, and is there again when it is restored', async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto(queuePath(queueId, filter));
  await waitForRows(page, 1);
  await rows(page).first().click(besideLinks);
  const message = page.getByRole('complementary', { name: 'Message' });
  await message.getByRole('button', { name: 'Discard' }).click();
  const opened = new URL(page.url()).searchParams.get('message') ?? '';
  const plan = page.getByRole('complementary', { name: 'Discard' });
  await expect(plan).toContainText('written whole into the archive here, and only then removed from its queue');
  const discard = plan.getByRole('button', { name: 'Discard 1 message' });
  await expect(discard).toBeDisabled();
  await plan.getByRole('textbox').fill('1');
  await expect(discard).toBeEnabled();
  await plan.getByRole('textbox').press('Enter');
  await expect(plan).toContainText('1 discarded', { timeout: 120_000 });

  const read = () => page.request.post(`/api/v1/queues/${encodeURIComponent(queueId)}/sync`, { data: {} });
  expect((await read()).ok()).toBe(true);
  expect(await openOf(page)).not.toContain(opened);

  await page.goto(`/messages/${opened}`);
  await expect(page.getByText(/It can be restored until/)).toBeVisible();
  await page.getByRole('button', { name: 'Restore' }).click();
  const restore = page.getByRole('complementary', { name: 'Restore' });
  await restore.getByRole('button', { name: 'Restore 1 message' }).click();
  await expect(restore).toContainText('1 restored', { timeout: 120_000 });
  expect((await read()).ok()).toBe(true);
  await page.reload();
  const link = page.getByRole('link', { name: 'this message' });
  await expect(link).toBeVisible();
  await link.click();
  await expect(page.getByText('Restored after it was discarded', { exact: false })).toBeVisible();
  expect(await openOf(page)).toContain(page.url().split('/').at(-1));
});
