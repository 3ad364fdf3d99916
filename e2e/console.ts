import { expect, test as base, type Page } from '@playwright/test';

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

/** The rows of the table of dead letters, without its head. */
export function rows(page: Page) {
  return page
    .getByRole('grid')
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell') });
}

/** Waits until the sandbox's broker is up, its queue is read, and at least so many rows match. */
export async function waitForRows(page: Page, atLeast: number): Promise<void> {
  await expect.poll(() => rows(page).count(), { timeout: 60_000 }).toBeGreaterThanOrEqual(atLeast);
}

export async function setMended(page: Page, service: string, mended: boolean): Promise<void> {
  await page.getByRole('button', { name: /Sandbox/ }).click();
  const mend = page.getByRole('switch', { name: `Mend ${service}` });
  await expect(mend).toBeEnabled({ timeout: 60_000 });
  // The switch is thrown when the service says so, which takes a moment.
  if ((await mend.isChecked()) !== mended) await mend.click();
  await expect(mend).toBeChecked({ checked: mended });
  await page.keyboard.press('Escape');
}
