import { expect, queuePath, rows, setMended, test, waitForRows } from './console.ts';

/**
 * What an operator does, on each of the three brokers, with the keyboard where it can be: filter a queue by its error, open a message, replay it
 * too early and see it return; mend the service, replay three, and see them stay gone.
 */
const stories = [
  {
    broker: 'Kafka',
    queueId: 'kafka/orders.order.completed.dlq',
    error: 'customer.email is required',
    service: 'Notifications',
  },
  { broker: 'RabbitMQ', queueId: 'rabbitmq/email_dlq', error: 'mailbox unavailable', service: 'E-mail' },
  { broker: 'SQS', queueId: 'sqs/billing-dlq', error: 'No tax rate', service: 'Billing' },
];

for (const { broker, queueId, error, service } of stories) {
  test(`${broker}: a replay before the mend comes back, and after it stays gone`, async ({ page }) => {
    test.setTimeout(420_000);
    const queueName = queueId.slice(queueId.indexOf('/') + 1);
    const filter = `error:"${error}" state:new`;

    await test.step('the overview leads to the queue', async () => {
      await page.goto('/');
      // Exactly: a group may be called "rejected in email_dlq".
      const queue = page.getByRole('main').getByRole('link', { name: queueName, exact: true });
      await queue.first().click({ timeout: 120_000 });
      await expect(page.getByRole('heading', { name: queueName })).toBeVisible();
    });
    await setMended(page, service, false);

    await test.step('the filter shows that error alone', async () => {
      await waitForRows(page, 4);
      await page.keyboard.press('/');
      await expect(page.getByRole('combobox', { name: 'Filter' })).toBeFocused();
      await page.keyboard.type(filter);
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(/filter=/);
      await waitForRows(page, 4);
      for (const row of (await rows(page).all()).slice(0, 5)) await expect(row).toContainText(error);
    });

    await test.step('a message says what went wrong', async () => {
      await page.getByRole('grid').focus();
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      const message = page.getByRole('complementary');
      await expect(message.getByText(error).first()).toBeVisible();
      await expect(message.getByRole('heading', { name: 'Stack trace' })).toBeVisible();
      await expect(message.getByRole('heading', { name: 'Payload' })).toBeVisible();
      await expect(page).toHaveURL(/message=/);
    });

    await test.step('replayed too early, it comes back', async () => {
      await page.keyboard.press('r');
      await page.getByRole('button', { name: 'Send 1 message' }).click();
      const replay = page.getByRole('complementary');
      await expect(replay.getByText('1 sent')).toBeVisible();
      await expect(replay.getByText('1 returned')).toBeVisible({ timeout: 120_000 });
      await replay.getByRole('link', { name: /Open replay/ }).click();
      await expect(page).toHaveURL(/\/replays\/\d+/);
      await expect(page.getByText('1 returned').first()).toBeVisible();
    });

    await test.step('what came back leads to what it was, and from there back', async () => {
      await page.goto(queuePath(queueId, `error:"${error}" state:returned`));
      await waitForRows(page, 1);
      const address = page.url();
      await rows(page).first().getByRole('link', { name: 'its original' }).click();
      const original = page.getByRole('complementary', { name: 'Message' });
      await expect(original.getByText('Came back').first()).toBeVisible();
      await expect(original.getByText('replayed', { exact: true }).first()).toBeVisible();
      await original.getByRole('link', { name: 'the return' }).click();
      await expect(original.getByText('returned', { exact: true }).first()).toBeVisible();
      await page.goto(address);
      await rows(page)
        .first()
        .getByRole('link', { name: /^replay \d+$/ })
        .click();
      await expect(page.getByText('1 returned').first()).toBeVisible();
    });

    await setMended(page, service, true);

    await test.step('mended, three are replayed and stay gone', async () => {
      await page.goto(queuePath(queueId, filter));
      await waitForRows(page, 4);
      await page.getByRole('grid').focus();
      for (const key of ['j', 'x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
      await expect(page.getByText('3 selected')).toBeVisible();
      await page.keyboard.press('r');
      await page.getByRole('button', { name: 'Send 3 messages' }).click();
      await page.getByRole('link', { name: /Open replay/ }).click();
      await expect(page.getByText('3 sent').first()).toBeVisible();
      await expect(page.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: 120_000 });
      await expect(page.getByText('3 not seen again').first()).toBeVisible();
      await expect(page.getByText('0 returned').first()).toBeVisible();
      await expect(page.getByText('0 unknown').first()).toBeVisible();
    });

    await setMended(page, service, false);
  });
}
