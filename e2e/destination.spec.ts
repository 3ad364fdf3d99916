import { besideLinks, expect, queuePath, rows, test, waitForRows } from './console.ts';

test('messages are planned to another place, which is shown before anything is sent', async ({ page }) => {
  // Where it comes first, it waits for the sandbox as well.
  test.setTimeout(180_000);
  await page.goto(queuePath('kafka/orders.order.completed.dlq'));
  await waitForRows(page, 1);
  await rows(page).first().click(besideLinks);
  await page.getByRole('grid').focus();
  for (const key of ['x', 'r']) await page.keyboard.press(key);
  const plan = page.getByRole('complementary', { name: 'Replay' });
  await plan.getByRole('radio', { name: 'to another place' }).click();
  const place = plan.getByRole('combobox', { name: 'Topic' });
  await place.fill('nowhere.to.be.found');
  await place.press('Enter');
  await expect(plan.getByText('would go to nowhere.to.be.found, which does not exist')).toBeVisible();
  await expect(plan.getByRole('button', { name: 'Nothing can be sent' })).toBeDisabled();
  await plan.getByRole('radio', { name: 'where they came from' }).click();
  await expect(plan.getByRole('button', { name: /^Send / })).toBeEnabled();
});
