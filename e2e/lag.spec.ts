import { expect, test } from './console.ts';

test('a group that nobody runs any more is seen to be behind, by keyboard alone, and its topic leads to its dead letters', async ({
  page,
}) => {
  await page.goto('/lag?kind=groups');
  const fraud = page.getByRole('row').filter({ hasText: 'fraud-checks' });
  await expect(fraud).toContainText('payments.payment.captured', { timeout: 120_000 });
  await expect(fraud).toContainText('empty');

  await page.keyboard.press('/');
  await page.keyboard.type('fraud');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=fraud/);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/group=fraud-checks/);
  await page.keyboard.press('d');
  await expect(page).toHaveURL(/\/queues\/kafka%2Fpayments\.payment\.captured\.DLT/);
  await expect(page.getByRole('link', { name: /2 groups, [\d,]+ behind/ })).toBeVisible();
});
