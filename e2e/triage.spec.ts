import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { messagesResponse } from '#lib/api/messages.ts';
import { besideLinks, expect, queuePath, replayNow, rows, test, waitForRows } from './console.ts';
import { colorSchemes, expectToMeetWcag } from './wcag.ts';

const queueId = 'kafka/orders.order.completed.dlq';

/** What the filter bar says that matches. */
async function matching(page: Page): Promise<number> {
  const words = await page
    .getByRole('status')
    .filter({ hasText: /\d+ matching/ })
    .textContent();
  return Number((words ?? '').replaceAll(/\D/g, ''));
}

/** What the queue holds of a filter, newest first. */
async function idsOf(page: Page, filter: string): Promise<readonly string[]> {
  const answer = await page.request.get('/api/v1/messages', {
    params: { filter: `queue:=${queueId} ${filter}`, limit: 1_000 },
  });
  const { messages, nextCursor } = messagesResponse.parse(await answer.json());
  expect(nextCursor).toBeNull();
  return messages.map((message) => message.id);
}

test.beforeEach(async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto(queuePath(queueId));
  await waitForRows(page, 4);
});

test('a stretch of the timeline becomes the range of the page, with the pointer and with the keys', async ({
  page,
}) => {
  const timeline = page.getByRole('slider', { name: 'Timeline of failures' });
  const all = await matching(page);

  // Where all begins, there is the oldest message: without that stretch some are left out, and some are not.
  await test.step('dragged over all but its beginning', async () => {
    const box = await timeline.boundingBox();
    if (!box) throw new Error('the timeline is not drawn');
    await page.mouse.move(box.x + box.width * 0.05, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 2, box.y + 30, { steps: 5 });
    await page.mouse.up();
    await expect(page).toHaveURL(/range=\d+\.\.\d+/);
    await expect.poll(() => matching(page)).toBeLessThan(all);
    expect(await matching(page)).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'All time' }).last().click();
    await expect(page).not.toHaveURL(/range=/);
  });

  await test.step('marked with Shift and the arrows, let go with Escape, shown with Enter', async () => {
    await timeline.focus();
    await page.keyboard.press('End');
    await expect(timeline).toHaveAttribute('aria-valuetext', /dead letter/);
    await page.keyboard.press('Escape');
    await expect(timeline).toHaveAttribute('aria-valuetext', 'Nothing is marked');
    await page.keyboard.press('End');
    for (const key of ['Shift+ArrowLeft', 'Shift+ArrowLeft', 'Shift+ArrowLeft']) await page.keyboard.press(key);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/range=\d+\.\.\d+/);
    await page.goBack();
    await expect(page).not.toHaveURL(/range=/);
  });

  await test.step('and it can be read as a table', async () => {
    await page.getByRole('button', { name: 'Show the timeline as a table' }).click();
    const times = page.getByRole('region', { name: 'Failures over time' }).getByRole('rowheader').getByRole('button');
    await times.first().click();
    await expect(page).toHaveURL(/range=\d+\.\.\d+/);
    await waitForRows(page, 1);
  });
});

test('a group and a value narrow the table, and let go again', async ({ page }) => {
  const groups = page.getByRole('region', { name: 'Error groups' }).getByRole('button');
  await expect(groups.nth(1)).toBeVisible({ timeout: 120_000 });
  const all = await matching(page);

  await test.step('one group, then another', async () => {
    const first = groups.first();
    await first.click();
    await expect(first).toHaveAttribute('aria-pressed', 'true');
    await expect(page).toHaveURL(/group/);
    await expect.poll(() => matching(page)).toBeLessThan(all);
    const ofFirst = await matching(page);
    await groups.nth(1).click();
    await expect(groups.nth(1)).toHaveAttribute('aria-pressed', 'true');
    await expect(first).toHaveAttribute('aria-pressed', 'false');
    await expect.poll(() => matching(page)).not.toBe(ofFirst);
    await groups.nth(1).click();
    await expect.poll(() => matching(page)).toBeGreaterThanOrEqual(all);
  });

  await test.step('a value of the message narrows it, too', async () => {
    await rows(page).filter({ hasText: 'customer.email' }).first().click(besideLinks);
    const message = page.getByRole('complementary', { name: 'Message' });
    const leaf = message.getByTitle(/^Show only data\.orderId = /).first();
    await leaf.click();
    await expect(page.getByRole('combobox', { name: 'Filter' })).toHaveValue(/payload\.data\.orderId:/);
    await waitForRows(page, 1);
    await expect.poll(() => matching(page)).toBeLessThan(all);
    await page.keyboard.press('Escape');
  });

  await test.step('each condition stands below the field, turned round by a press and removed with the keys', async () => {
    const filter = page.getByRole('combobox', { name: 'Filter' });
    const conditions = page.getByRole('toolbar', { name: 'Conditions of the filter' });
    const height = async () => (await page.getByRole('grid').boundingBox())?.y;
    const before = await height();
    const negate = conditions.getByRole('button', { name: /^Negate payload\.data\.orderId:/ });
    await negate.click();
    await expect(filter).toHaveValue(/^-state:gone -payload\.data\.orderId:/);
    await expect(negate).toHaveAttribute('aria-pressed', 'true');
    await negate.press('Delete');
    await expect(filter).toHaveValue('-state:gone');
    await expect(page).not.toHaveURL(/payload/);
    const last = conditions.getByRole('button', { name: 'Remove not state:gone' });
    await expect(last).toBeFocused();
    await page.keyboard.press('ArrowLeft');
    await expect(conditions.getByRole('button', { name: 'Negate state:gone' })).toBeFocused();
    await page.keyboard.press('Delete');
    await expect(filter).toHaveValue('');
    await expect(conditions).toBeHidden();
    await expect(page.getByRole('grid')).toBeFocused();
    await expect.poll(() => matching(page)).toBeGreaterThanOrEqual(all);
    expect(await height()).toBe(before);
  });
});

test('groups keep their colours under another filter, and when the page is loaded again', async ({ page }) => {
  const groups = page.getByRole('region', { name: 'Error groups' }).getByRole('button');
  await expect(groups.nth(1)).toBeVisible({ timeout: 120_000 });
  const colours = async () =>
    new Map(
      await groups.evaluateAll((buttons) =>
        buttons.map((button): [string, string] => [
          button.getAttribute('title') ?? '',
          getComputedStyle(button.querySelector('span') ?? button).color,
        ]),
      ),
    );
  const before = await colours();
  await page.reload();
  await expect.poll(async () => [...(await colours())].slice(0, 3)).toEqual([...before].slice(0, 3));
  await page.goto(queuePath(queueId, 'error:email'));
  await expect(groups.first()).toBeVisible();
  await expect.poll(async () => (await colours()).size).toBeLessThan(before.size);
  for (const [title, colour] of await colours()) expect(before.get(title)).toBe(colour);
});

test('what was replayed already is left out of all that matches, until it is wanted', async ({ page }) => {
  const filter = 'error:email (state:new OR state:replayed)';
  const [id] = await idsOf(page, 'error:email state:new');
  if (id === undefined) throw new Error('nothing is new');
  await replayNow(page.request, id);
  await expect.poll(() => idsOf(page, 'error:email state:replayed')).toContain(id);

  await page.goto(queuePath(queueId, filter));
  await waitForRows(page, 4);
  await page.getByRole('grid').focus();
  for (const key of ['j', 'x']) await page.keyboard.press(key);
  const bar = page.getByRole('region', { name: 'Selection' });
  await bar.getByRole('button', { name: /^all [\d,]+ matching$/ }).click();
  await expect(bar.getByText(/\d+ (was|were) replayed already/)).toBeVisible();
  const selected = async () => Number(((await bar.getByRole('status').textContent()) ?? '').replaceAll(/\D/g, ''));
  const without = await selected();
  await bar.getByRole('button', { name: 'include them' }).click();
  await expect.poll(selected).toBeGreaterThan(without);
});

test('a view is saved, found again by its address, renamed, and deleted with a way back', async ({ page }) => {
  const number = Date.now();
  const name = `Night shift ${number}`;
  const typed = `error:email -key:${number}`;
  const menu = page.getByRole('button', { name: /^Saved views/ });
  const filter = page.getByRole('combobox', { name: 'Filter' });
  await page.keyboard.press('/');
  await page.keyboard.type(typed);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/filter=/);

  await menu.click();
  await page.getByRole('textbox', { name: 'Save what you see as' }).fill(name);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name })).toContainText(/by \S+/);
  await page.keyboard.press('Escape');

  await page.goto('/messages');
  await menu.click();
  await page.getByRole('link', { name }).click();
  await expect(page.getByRole('heading', { name: 'orders.order.completed.dlq' })).toBeVisible();
  await expect(filter).toHaveValue(new RegExp(typed));
  await expect(menu).toHaveAccessibleName(`Saved views: ${name}`);

  await menu.click();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: `Copy link to ${name}` }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).searchParams.get('filter')).toContain(typed);
  await page.goto(link);
  await menu.click();
  await page.getByRole('button', { name: `Rename ${name}` }).click();
  await page.getByRole('textbox', { name: `New name of ${name}` }).fill(`${name} again`);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: `${name} again` })).toBeVisible();
  await page.getByRole('button', { name: `Delete ${name} again` }).click();
  await expect(page.getByRole('link', { name: `${name} again` })).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await menu.click();
  await expect(page.getByRole('link', { name: `${name} again` })).toBeVisible();
});

test('an export holds what the table shows, in both formats', async ({ page }) => {
  await page.keyboard.press('/');
  await page.keyboard.type('error:email');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/filter=/);
  await waitForRows(page, 1);
  const before = await idsOf(page, 'error:email');
  await page.getByRole('button', { name: 'Export' }).click();

  const fileOf = async (format: string): Promise<string> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: format, exact: true }).click(),
    ]);
    return await readFile(await download.path(), 'utf8');
  };
  const lines = (await fileOf('NDJSON')).trim().split('\n');
  const messages: readonly { id: string; errorMessage: string | null }[] = lines.map((line) => JSON.parse(line));
  const inLines = messages.map((message) => message.id);
  for (const message of messages) expect(message.errorMessage).toContain('email');
  const [head, ...records] = (await fileOf('CSV')).trim().split('\r\n');
  expect(head).toContain('error_message');
  const after = await idsOf(page, 'error:email');
  // Others may have failed while the files were written: each holds all of before, in the order of the list, and nothing that is not there after.
  const asListed = (ids: readonly string[]) => after.filter((id) => ids.includes(id));
  expect(inLines).toEqual(asListed(inLines));
  expect(inLines).toEqual(expect.arrayContaining([...before]));
  // An id may begin with a hyphen, and then stands behind the apostrophe that keeps it from being a formula.
  const inRecords = records.map((record) => (record.split(',')[0] ?? '').replace(/^'/, ''));
  expect(inRecords).toEqual(asListed(inRecords));
  expect(inRecords).toEqual(expect.arrayContaining(inLines));
});

for (const colorScheme of colorSchemes) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('what opens on the page meets WCAG 2.2 AA', async ({ page }) => {
      const meetsIt = (name: string) => expectToMeetWcag(page, name, colorScheme);
      await expect(page.getByRole('region', { name: 'Error groups' }).getByRole('button').first()).toBeVisible({
        timeout: 120_000,
      });
      await page.getByRole('slider', { name: 'Timeline of failures' }).focus();
      await page.keyboard.press('End');
      await meetsIt('a marked bar');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Show the timeline as a table' }).click();
      await meetsIt('timeline as a table');
      await page.getByRole('button', { name: /^Saved views/ }).click();
      await expect(page.getByRole('textbox', { name: 'Save what you see as' })).toBeVisible();
      await meetsIt('saved views');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Export' }).click();
      await expect(page.getByRole('link', { name: 'CSV' })).toBeVisible();
      await meetsIt('export');
      await page.keyboard.press('Escape');
      await page.goto('/messages');
      await waitForRows(page, 4);
      await rows(page).first().click(besideLinks);
      await expect(page.getByRole('heading', { name: 'Payload' })).toBeVisible();
      await meetsIt('a message beside all queues');
    });
  });
}
