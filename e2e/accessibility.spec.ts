import { besideLinks, expect, messagesOf, queuePath, rows, test, waitForRows } from './console.ts';
import { colorSchemes, expectToMeetWcag } from './wcag.ts';

for (const colorScheme of colorSchemes) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('the screens meet WCAG 2.2 AA', async ({ page, complaints }) => {
      test.setTimeout(420_000);
      const screens = [
        {
          name: 'overview',
          open: () => page.goto('/'),
          ready: () =>
            expect(page.getByRole('link', { name: 'billing-dlq' }).first()).toBeVisible({ timeout: 120_000 }),
        },
        { name: 'queue', open: () => page.goto(queuePath('sqs/billing-dlq')), ready: () => waitForRows(page, 3) },
        {
          name: 'message',
          open: () => rows(page).first().click(besideLinks),
          ready: () => expect(page.getByRole('heading', { name: 'Payload' })).toBeVisible(),
        },
        {
          name: 'plan',
          open: () => page.keyboard.press('r'),
          ready: () => expect(page.getByRole('button', { name: 'Send 1 message' })).toBeVisible(),
        },
        {
          name: 'edit',
          open: async () => {
            const [message] = await messagesOf(page.request, 'queue:=sqs/billing-dlq');
            await page.goto(`/edit?message=${message?.id}`);
            await expect(page.getByRole('textbox', { name: 'Body of the message' })).toBeFocused();
            await page.keyboard.press('Control+Home');
            await page.keyboard.press('ArrowRight');
            await page.keyboard.type('"edited": true,');
          },
          ready: () => expect(page.getByText(/^added: .*"edited": true/)).toBeVisible(),
        },
        {
          name: 'plan of a discard',
          open: async () => {
            await page.goto(queuePath('sqs/billing-dlq', 'state:new'));
            await waitForRows(page, 1);
            await rows(page).first().click(besideLinks);
            await page.getByRole('button', { name: 'Discard', exact: true }).click();
          },
          ready: () => expect(page.getByRole('button', { name: 'Discard 1 message' })).toBeVisible(),
        },
        {
          name: 'report of a discard',
          open: async () => {
            await page.getByLabel(/^Type 1 to discard/).fill('1');
            await page.getByRole('button', { name: 'Discard 1 message' }).click();
            await page.getByRole('link', { name: /^Open discard/ }).click();
          },
          ready: () =>
            expect(page.getByRole('button', { name: 'Restore', exact: true })).toBeVisible({ timeout: 120_000 }),
        },
        {
          name: 'plan of a restore',
          open: () => page.getByRole('button', { name: 'Restore', exact: true }).click(),
          ready: () => expect(page.getByRole('button', { name: 'Restore 1 message' })).toBeVisible(),
        },
        { name: 'groups', open: () => page.goto('/groups'), ready: () => waitForRows(page, 3) },
        {
          name: 'group',
          open: () => rows(page).first().getByRole('link').first().click(),
          ready: () => expect(page.getByRole('heading', { name: 'Why one group' })).toBeVisible(),
        },
        {
          name: 'replays',
          open: () => page.goto('/replays'),
          ready: () => expect(page.getByRole('heading', { name: 'Replays' })).toBeVisible(),
        },
        {
          name: 'lag',
          open: () => page.goto('/lag'),
          ready: () => expect(page.getByRole('columnheader', { name: 'Dead letters' })).toBeVisible(),
        },
        {
          name: 'alerts',
          open: () => page.goto('/alerts'),
          ready: () => expect(page.getByText('new-group').first()).toBeVisible(),
        },
        {
          name: 'risks',
          open: () => page.goto('/alerts/risks'),
          ready: () => expect(page.getByRole('heading', { name: 'Risks' })).toBeVisible(),
        },
        {
          name: 'settings',
          open: () => page.goto('/settings'),
          ready: () => expect(page.getByRole('table', { name: 'Alert rules' })).toBeVisible(),
        },
        {
          name: 'messages by expiry',
          open: () => page.goto(`${queuePath('sqs/billing-dlq')}?order=expiring`),
          ready: () => waitForRows(page, 3),
        },
        {
          name: 'nothing there',
          open: () => page.goto('/replays/999999'),
          ready: () => expect(page.getByText('There is no such replay')).toBeVisible(),
        },
      ];
      for (const { name, open, ready } of screens) {
        await open();
        await ready();
        await expectToMeetWcag(page, name, colorScheme);
      }
      // The browser notes what the last screen asked for in vain, and that is all that it may note.
      expect(complaints.filter((complaint) => !complaint.includes('404 (Not Found)'))).toEqual([]);
      complaints.length = 0;
    });
  });
}
