import { createServer } from 'node:http';
import { expect, test } from './console.ts';

/** What fires leads to what it is about, can be muted and lifted, and a receiver can be asked whether it is reached. */

/** Where `redeliver.yaml` says that the receiver is. */
const receiverPort = 3124;

test('an alert leads to its group, is muted with a reason, and is loud again; a test reaches its receiver', async ({
  page,
}) => {
  test.setTimeout(300_000);
  const told: string[] = [];
  const receiver = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (chunk: string) => told.push(chunk));
    request.on('end', () => response.writeHead(202).end('noted'));
  }).listen(receiverPort, '127.0.0.1');
  try {
    await page.goto('/alerts');
    // The sandbox begins with errors that nobody has seen before.
    const firing = page.getByRole('region', { name: 'Firing now' });
    const first = firing.getByRole('listitem').filter({ hasText: 'New in' }).first();
    await expect(first).toBeVisible({ timeout: 120_000 });
    await expect(
      page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: /^Alerts/ }),
    ).toContainText(/firing|critical/);

    const sentence = (await first.getByRole('link').textContent()) ?? '';
    const ofIt = { hasText: sentence };
    await first.getByRole('button', { name: /^Mute/ }).click();
    const form = page.getByRole('dialog', { name: 'Mute' });
    await expect(form.getByRole('button', { name: 'Mute' })).toBeDisabled();
    await form.getByLabel('Why').fill('known since Monday');
    await form.getByRole('button', { name: 'Mute' }).click();
    await expect(page.getByRole('region', { name: 'Muted' }).getByRole('listitem').filter(ofIt)).toBeVisible();
    await expect(firing.getByRole('listitem').filter(ofIt)).toHaveCount(0);
    const mutes = page.getByRole('region', { name: 'Mutes' });
    await expect(mutes).toContainText('known since Monday');
    await mutes.getByRole('button', { name: /^Lift/ }).click();
    await expect(firing.getByRole('listitem').filter(ofIt)).toBeVisible();

    const tests = page.getByRole('button', { name: 'Send a test to story' });
    await tests.click();
    await expect(page.getByText(/story took the test: 202 Accepted: noted/)).toBeVisible();
    await expect(tests).toBeFocused();
    expect(told.map((body): unknown => JSON.parse(body))).toContainEqual(
      expect.objectContaining({ event: 'test', version: 1 }),
    );

    await firing.getByRole('listitem').filter(ofIt).getByRole('link').click();
    await expect(page).toHaveURL(/\/groups\/[0-9a-z]+\?range=\d+\.\.$/);
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});
