import { besideLinks, expect, queuePath, rows, test, waitForRows } from './console.ts';

test('messages are planned to another place, which is shown before anything is sent', async ({ page }) => {
  // Where it comes first, it waits for the sandbox as well.
  test.setTimeout(300_000);
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
  await plan.getByRole('radio', { name: 'where it came from' }).click();
  const send = plan.getByRole('button', { name: /^Send / });
  await expect(send).toBeEnabled();

  await test.step('and with a rate that cannot be, nothing can be sent', async () => {
    const rate = plan.getByRole('textbox', { name: 'Another rate, messages a second' });
    await rate.fill('0');
    await rate.press('Enter');
    await expect(rate).toBeFocused();
    await expect(send).toBeDisabled();
    await expect(send).toHaveAccessibleDescription(/“0” is no rate/);
    await rate.fill('7');
    await rate.press('Enter');
    await expect(send).toBeEnabled();
    await expect(rate).toBeFocused();
    await plan.getByRole('radio', { name: 'full' }).click();
    await expect(rate).toHaveValue('');
  });
});
