import { expect, messagesOf, queuePath, test, waitForRows } from './console.ts';

/** A message is edited by the keyboard alone: what is wrong is named at its line, the difference is seen before anything is sent, and the history says so. */

const queueId = 'kafka/orders.order.completed.dlq';

test('a message is edited and replayed, and its history leads to what was changed', async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto(queuePath(queueId, 'error:email state:new'));
  await waitForRows(page, 1);
  const [message] = await messagesOf(page.request, `queue:=${queueId} error:email state:new`);
  if (!message) throw new Error('nothing is new');
  await page.goto(`/messages/${message.id}`);
  await expect(page.getByRole('link', { name: 'Edit and replay' })).toBeVisible();
  await page.keyboard.press('e');
  await expect(page).toHaveURL(new RegExp(`/edit\\?message=${message.id}`));

  const editor = page.getByRole('textbox', { name: 'Body of the message' });
  await expect(editor).toBeFocused();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('"edited": tru,');
  await expect(page.getByText('Line 2: no JSON, no value can begin like this.').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Plan the replay' })).toBeDisabled();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('e');
  await expect(page.getByText('added: "edited": true,')).toBeVisible();

  await page.getByRole('button', { name: 'Plan the replay' }).focus();
  await page.keyboard.press('Enter');
  const plan = page.getByRole('complementary', { name: 'Replay' });
  await expect(plan.getByText('An edited copy, not the message as it is:')).toBeVisible();
  await expect(plan.getByText('added: "edited": true,')).toBeVisible();
  await plan.getByRole('button', { name: /^(?:Send|Replay) / }).click();
  await expect(plan.getByRole('heading', { name: /^Replay \d+$/ })).toBeVisible();

  await expect
    .poll(
      async () => {
        await page.goto(`/messages/${message.id}`);
        return page.getByRole('link', { name: 'with an edit' }).count();
      },
      { timeout: 120_000 },
    )
    .toBe(1);
  await page.getByRole('link', { name: 'with an edit' }).click();
  await expect(page.getByText('added: "edited": true,')).toBeVisible();
});
