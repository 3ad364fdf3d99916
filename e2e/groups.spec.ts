import type { APIRequestContext } from '@playwright/test';
import { besideLinks, expect, messagesOf, replayNow, rows, setMended, test, waitForRows } from './console.ts';

/** Sends one message of a group back to the service that fails on it: a new dead letter of the same group. */
async function failAgain(request: APIRequestContext, fingerprint: string): Promise<void> {
  const [message] = await messagesOf(request, `group:${fingerprint} state:new`);
  if (!message) throw new Error('the group has no new message');
  await replayNow(request, message.id);
}

test('the dead letters of all queues are a few problems; one that was resolved and fails again says so', async ({
  page,
  request,
}) => {
  test.setTimeout(420_000);
  await page.goto('/');
  await expect(page.getByRole('main').getByRole('link', { name: 'orders.order.completed.dlq' }).first()).toBeVisible({
    timeout: 120_000,
  });
  await setMended(page, 'Notifications', false);

  await test.step('the table says how many problems there are, and where', async () => {
    await page.getByRole('link', { name: 'Groups' }).click();
    await waitForRows(page, 4);
    await expect(page.getByText(/dead letters are \d+ problems/)).toBeVisible();
    await expect(rows(page).filter({ hasText: 'customer.email' }).first()).toContainText('orders.order.completed.dlq');
  });

  await test.step('a problem has a page of its own', async () => {
    await rows(page).filter({ hasText: 'customer.email' }).first().getByRole('link').first().click();
    await expect(page).toHaveURL(/\/groups\/[a-z0-9]{20}/);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('customer.email');
    await expect(page.getByRole('heading', { name: 'Payload' })).toBeVisible();
    await expect(page.getByText('grouped by', { exact: false })).toBeVisible();
    await page.getByRole('textbox', { name: 'New note' }).fill('Guests have no address. <b>See #42</b>');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await expect(page.getByText('Guests have no address. <b>See #42</b>')).toBeVisible();
  });
  const fingerprint = new URL(page.url()).pathname.slice('/groups/'.length);
  const state = (word: string) => page.locator('header').getByText(word, { exact: true });

  await test.step('resolved with a key, undone in the toast, and resolved again', async () => {
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('s');
    await expect(state('resolved')).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(state('resolved')).toBeHidden();
    await page.keyboard.press('s');
    await expect(state('resolved')).toBeVisible();
  });

  await test.step('a dead letter that comes afterwards makes it regressed, and the overview says so', async () => {
    await failAgain(request, fingerprint);
    await expect(state('regressed')).toBeVisible({ timeout: 120_000 });
    await page.goto('/');
    const changed = page.getByRole('region', { name: 'What changed' });
    await expect(changed.getByRole('listitem').filter({ hasText: 'regressed' })).toContainText('customer.email');
  });
});

test('two groups that a person merges are one, until one is taken out again', async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto('/groups');
  await waitForRows(page, 4);
  await page.getByRole('grid').focus();
  for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
  await expect(page.getByText('2 selected')).toBeVisible();
  const [headTitle, otherTitle] = await Promise.all(
    [0, 1].map((index) => rows(page).nth(index).getByRole('link').first().getAttribute('title')),
  );
  const rowOf = (title: string | null | undefined) =>
    rows(page).filter({ has: page.getByTitle(title ?? '', { exact: true }) });
  await page.keyboard.press('m');
  await expect(page.getByText(/1 group merged into “/)).toBeVisible();
  await expect(rowOf(otherTitle)).toHaveCount(0);
  await expect(rowOf(headTitle)).toContainText('1 group merged into it');

  await rowOf(headTitle).getByRole('link').first().click();
  const takeOut = page.getByRole('button', { name: `Take ${otherTitle} out again` });
  await takeOut.click();
  await expect(takeOut).toBeHidden();
  await page.locator('header').getByRole('link', { name: 'Groups' }).click();
  await expect(rowOf(otherTitle)).toHaveCount(1);
  await expect(rowOf(headTitle)).not.toContainText('merged into it');
});

test('the sandbox can be mended from the palette', async ({ page }) => {
  await page.goto('/groups');
  await waitForRows(page, 1);
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('mend billing');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Billing is mended/)).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText(/Billing fails again/)).toBeVisible();
});

test('the focus comes back to where the owner’s form was opened from, and frames the whole table', async ({ page }) => {
  await page.goto('/groups');
  await waitForRows(page, 1);
  const grid = page.getByRole('grid', { name: 'Groups' });
  await grid.focus();
  await page.keyboard.press('j');
  // It is drawn beside the table, not by it: rows would paint over it.
  const isFramed = () =>
    grid.evaluate((table) => {
      const frame = table.nextElementSibling;
      const whole = table.getBoundingClientRect();
      const drawn = frame?.getBoundingClientRect();
      return (
        frame !== null &&
        getComputedStyle(frame).outlineStyle === 'solid' &&
        drawn?.width === whole.width &&
        drawn.height === whole.height
      );
    });
  await expect.poll(isFramed).toBe(true);

  const name = page.getByRole('combobox', { name: 'Owner' });
  const button = page.getByRole('button', { name: 'Owner' });
  const assign = async () => {
    await name.fill(`Night shift ${Date.now()}`);
    await page.keyboard.press('Enter');
    await expect(name).toBeHidden();
  };
  await page.keyboard.press('o');
  await assign();
  await expect(grid).toBeFocused();
  await button.focus();
  await page.keyboard.press('Enter');
  await assign();
  await expect(button).toBeFocused();
  await expect(page.getByText(/now belongs to Night shift/).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(button).toBeFocused();
});

test('a row leads to the messages that it counts, and a message to its problem', async ({ page }) => {
  await page.goto('/groups?filter=state:new');
  await waitForRows(page, 1);
  const problem = await rows(page).first().getByRole('link').first().getAttribute('href');
  await page.getByTitle('Show these messages').first().click();
  await expect(page).toHaveURL(/\/messages\?filter=state%3Anew\+group%3A/);
  await waitForRows(page, 1);
  await rows(page).first().click(besideLinks);
  await page.getByRole('link', { name: 'All of this problem' }).click();
  await expect(page).toHaveURL(new RegExp(`${problem}$`));
});

test('a group is owned, ignored for a while, split by its queues and joined again', async ({ page, request }) => {
  test.setTimeout(300_000);
  await page.goto('/groups?filter=error:ECONNREFUSED');
  const refused = rows(page).filter({ hasText: 'orders.order.completed.dlq, email_dlq' });
  await expect(refused).toHaveCount(1, { timeout: 120_000 });
  await refused.getByRole('link').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('ECONNREFUSED');
  const state = (word: string) => page.locator('header').getByText(word, { exact: true });

  const owner = `Platform ${Date.now()}`;
  await page.keyboard.press('o');
  await page.getByRole('combobox', { name: 'Owner' }).fill(owner);
  await page.keyboard.press('Enter');
  await expect(page.getByText(owner, { exact: true }).first()).toBeVisible();

  await page.keyboard.press('i');
  await page.getByRole('menuitem', { name: '1 day' }).click();
  await expect(state('ignored')).toBeVisible();
  await expect(page.getByText(/^Ignored .*\b2[34] h/)).toBeVisible();
  await page.getByRole('button', { name: 'Reopen' }).click();
  await expect(state('ignored')).toBeHidden();

  const split = page.getByRole('button', { name: 'Split', exact: true });
  await split.click();
  await page.getByRole('menuitem', { name: /^By queue/ }).click();
  await expect(page.getByText('Split by queue into')).toBeVisible();
  const parts = page.getByRole('listitem').filter({ hasText: 'ECONNREFUSED' });
  await expect(parts).toHaveCount(2, { timeout: 120_000 });
  const part = await parts.first().getByRole('link').getAttribute('href');
  const ofPart = await messagesOf(request, `group:${part?.slice('/groups/'.length)}`);
  expect(new Set(ofPart.map((message) => message.queueId)).size).toBe(1);
  await page.getByRole('button', { name: 'Join again' }).click();
  await expect(split).toBeVisible();
  await expect(page.getByText('Split by queue into')).toBeHidden();
});
