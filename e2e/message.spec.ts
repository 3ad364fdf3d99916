import type { Page } from '@playwright/test';
import { besideLinks, expect, messagesOf, queuePath, replayNow, rows, test, waitForRows } from './console.ts';

/** What one message says, the ways from it, and the ways to it without a mouse. */

const queueId = 'kafka/orders.order.completed.dlq';
const filterField = (page: Page) => page.getByRole('combobox', { name: 'Filter' });
const beside = (page: Page) => page.getByRole('complementary', { name: 'Message' });

test.beforeEach(async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto(queuePath(queueId, 'error:email'));
  await waitForRows(page, 4);
});

test('a payload is shown as what it means, as it stands and byte by byte, and copied as it stands', async ({
  page,
}) => {
  await rows(page).first().click(besideLinks);
  const message = beside(page);
  const tab = (name: string) => message.getByRole('tablist', { name: 'Payload: view' }).getByRole('tab', { name });
  const shown = message.getByRole('tabpanel', { name: /pretty|raw|hex/ });
  await expect(tab('pretty')).toHaveAttribute('aria-selected', 'true');
  await expect(shown).toContainText('"type": "order.completed"');
  await tab('pretty').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(tab('raw')).toHaveAttribute('aria-selected', 'true');
  await expect(shown).toContainText('"type":"order.completed"');
  const raw = await shown.textContent();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await message.getByRole('button', { name: 'Copy the payload' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(raw);
  await tab('hex').click();
  await expect(shown).toContainText(/^00000000 {2}7b 22/);
});

test('a header becomes the filter by a press, and its message is found by it', async ({ page }) => {
  // A return has the headers of what it was: only what is new is alone with them.
  await page.goto(queuePath(queueId, 'error:email state:new'));
  await waitForRows(page, 4);
  await rows(page).first().click(besideLinks);
  const message = beside(page);
  await message.getByText('Read by dlq-* headers').click();
  await expect(message.getByText(/error class, error message/)).toBeVisible();
  const opened = new URL(page.url()).searchParams.get('message');
  await message.getByRole('button', { name: 'Show only this correlation-id' }).focus();
  await page.keyboard.press('Enter');
  await expect(filterField(page)).toHaveValue(/header\.correlation-id:/);
  await expect(rows(page)).toHaveCount(1);
  const found = await messagesOf(page.request, `queue:=${queueId} ${await filterField(page).inputValue()}`);
  expect(found.map(({ id }) => id)).toEqual([opened]);
});

test('what came back stands beside what it was: by its key, and line by line', async ({ page }) => {
  const [sent] = await messagesOf(page.request, `queue:=${queueId} error:email state:new`);
  if (!sent) throw new Error('nothing is new');
  await replayNow(page.request, sent.id);
  const returned = async () =>
    (await messagesOf(page.request, `queue:=${queueId} state:returned`)).find(
      ({ returnOf }) => returnOf?.messageId === sent.id,
    );
  await expect.poll(async () => (await returned()) !== undefined, { timeout: 120_000 }).toBe(true);

  await page.goto(`${queuePath(queueId, 'error:email')}&message=${(await returned())?.id}`);
  const message = beside(page);
  await message.getByRole('tab', { name: 'diff' }).click();
  await expect(message.getByRole('tabpanel', { name: 'diff' })).toContainText(
    'The payloads are the same, byte for byte.',
  );
  await message.getByRole('link', { name: 'what it was before it came back' }).click();
  await expect(page).toHaveURL(new RegExp(`message=${sent.id}`));

  await expect(message.getByText(/^[2-9] with this one$/)).toBeVisible();
  await message.getByRole('button', { name: 'Show them in the table' }).click();
  await expect(filterField(page)).toHaveValue(new RegExp(`key:=${sent.key}`));
  await expect(rows(page)).toHaveCount(2);
});

test('a filter is completed with counts, and one that is wrong is pointed at', async ({ page }) => {
  await page.keyboard.press('/');
  await filterField(page).fill('');
  await page.keyboard.type('cla');
  const options = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
  await expect(options.first()).toContainText('class:');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await expect(filterField(page)).toHaveValue('class:');
  await page.keyboard.type('Valid');
  await expect(options.first()).toHaveText(/ValidationError.*\d+$/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(filterField(page)).toHaveValue(/^class:=?ValidationError ?$/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/ValidationError/);
  await waitForRows(page, 4);

  await page.keyboard.press('/');
  await page.keyboard.type(' attempts:many');
  const alert = page.getByRole('alert').filter({ hasText: 'attempts' });
  await expect(alert.locator('mark')).toHaveText('many');
  await expect(filterField(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(page).not.toHaveURL(/many/);
});

test('Space opens, Shift marks a stretch, and an id pasted into the palette is the message', async ({ page }) => {
  const grid = page.getByRole('grid');
  await grid.focus();
  for (const key of ['j', 'Space']) await page.keyboard.press(key);
  await expect(page).toHaveURL(/message=/);
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/message=/);

  await expect(grid).toBeFocused();
  for (const key of ['Shift+ArrowDown', 'Shift+J']) await page.keyboard.press(key);
  const selected = page.getByRole('region', { name: 'Selection' });
  await expect(selected.getByText('3 selected')).toBeVisible();
  await page.keyboard.press('k');
  await page.keyboard.press('x');
  await expect(selected.getByText('2 selected')).toBeVisible();

  const [wanted] = await messagesOf(page.request, 'queue:=rabbitmq/email_dlq');
  if (!wanted) throw new Error('the queue is empty');
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('combobox', { name: /message id/ }).fill(wanted.id);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/messages/${wanted.id}$`));
  await expect(page.getByRole('heading', { name: 'Payload' })).toBeVisible();
});
