import { expect, test as base, type APIRequestContext, type Page } from '@playwright/test';
import { messagesResponse, type ListedMessage } from '#lib/api/messages.ts';

/** A test whose page may not complain: an error in the browser's console, a blocked script or a failed request of ours fails it. */
export const test = base.extend<{ complaints: string[] }>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export function queuePath(queueId: string, filter = ''): string {
  const path = `/queues/${encodeURIComponent(queueId)}`;
  return filter === '' ? path : `${path}?filter=${encodeURIComponent(filter)}`;
}

/** Where a row is clicked to be opened: in its middle there may stand links to its replay and its return. */
export const besideLinks = { position: { x: 70, y: 10 } };

/** The rows of the table of dead letters, without its head. */
export function rows(page: Page) {
  return page
    .getByRole('grid')
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell') });
}

/** Waits until the sandbox's broker is up, its queue is read, and at least so many rows match. */
export async function waitForRows(page: Page, atLeast: number): Promise<void> {
  await expect.poll(() => rows(page).count(), { timeout: 120_000 }).toBeGreaterThanOrEqual(atLeast);
}

export async function setMended(page: Page, service: string, mended: boolean): Promise<void> {
  await page.getByRole('button', { name: /Sandbox/ }).click();
  const mend = page.getByRole('switch', { name: `Mend ${service}` });
  await expect(mend).toBeEnabled({ timeout: 120_000 });
  // The switch is thrown when the service says so, which takes a moment.
  if ((await mend.isChecked()) !== mended) await mend.click();
  await expect(mend).toBeChecked({ checked: mended });
  await page.keyboard.press('Escape');
}

/** The newest messages that a filter meets. */
export async function messagesOf(request: APIRequestContext, filter: string): Promise<readonly ListedMessage[]> {
  const answer = await request.get('/api/v1/messages', { params: { filter, limit: 1_000 } });
  return messagesResponse.parse(await answer.json()).messages;
}

/** Plans a replay of the message and sends it. */
export async function replayNow(request: APIRequestContext, messageId: string): Promise<void> {
  const planned = await request.post('/api/v1/replays/plan', { data: { messageIds: [messageId] } });
  const { id, plan }: { id: string; plan: { hash: string } } = await planned.json();
  const confirmed = await request.post('/api/v1/replays', { data: { replayId: id, hash: plan.hash } });
  expect(confirmed.ok(), await confirmed.text()).toBe(true);
}
