import { afterAll, beforeAll, expect, test } from 'vitest';
import { diceFrom, seededRoll } from '#server/sandbox/seed/dice.ts';
import { capturedPayment, completedOrder } from '#server/sandbox/seed/kafka-messages.ts';
import { newMailboxDomain, requestedEmail, requestedInvoice } from '#server/sandbox/seed/rabbitmq-messages.ts';
import {
  billingShapes,
  emailShapes,
  invoiceShapes,
  orderShapes,
  paymentShapes,
  speaking,
} from '#server/sandbox/seed/seed-shapes.ts';
import { requestedCharge } from '#server/sandbox/seed/sqs-messages.ts';
import { brokenBilling, charge } from '#server/sandbox/services/billing-service.ts';
import { brokenEmail, mendedEmail, readRequest, sendRequestedMail } from '#server/sandbox/services/email-service.ts';
import { type Failure, failureFrom } from '#server/sandbox/services/failure.ts';
import { brokenInvoices, issue, mendedInvoices, readInvoice } from '#server/sandbox/services/invoices-service.ts';
import { book, brokenLedger, mendedLedger } from '#server/sandbox/services/ledger-service.ts';
import { type MailRelay, startMailRelay } from '#server/sandbox/services/mail-relay.ts';
import {
  brokenNotifications,
  mendedNotifications,
  sendReceipt,
} from '#server/sandbox/services/notifications-service.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const dice = diceFrom(seededRoll(7));
let primary: MailRelay;
let stale: MailRelay;

beforeAll(async () => {
  primary = await startMailRelay(() => true);
  stale = await startMailRelay((mailbox) => !mailbox.endsWith(newMailboxDomain));
});
afterAll(async () => {
  await primary.stop();
  await stale.stop();
});

test('every fault makes its broken service fail, in more than a dozen distinct ways with a stack trace each', async () => {
  const failures: Failure[] = [];
  for (const { fault } of orderShapes) {
    const order = completedOrder(dice, now, fault);
    failures.push(await failureOf(sendReceipt(order.text, brokenNotifications(primary.port))));
  }
  for (const { fault } of paymentShapes) {
    const failure = book(capturedPayment(dice, now, fault).text, brokenLedger);
    if (failure) failures.push({ errorClass: failure.causeFqcn, message: failure.message, stack: failure.stackTrace });
  }
  for (const { fault } of speaking(emailShapes)) {
    const request = readRequest(requestedEmail(dice, now, fault).text) ?? expect.fail('no request');
    failures.push(await failureOf(sendRequestedMail(request, brokenEmail(stale.port))));
  }
  for (const { fault } of speaking(invoiceShapes)) {
    const invoice = readInvoice(requestedInvoice(dice, now, fault).text) ?? expect.fail('no invoice');
    const failure = issue(invoice, brokenInvoices);
    if (failure) failures.push({ errorClass: failure.type, message: failure.message, stack: failure.traceback });
  }
  for (const { fault } of billingShapes)
    failures.push(await failureOf(charge(requestedCharge(dice, now, fault).text, brokenBilling())));

  expect(failures).toHaveLength(21);
  expect(
    new Set(failures.map(({ errorClass, message }) => `${errorClass} ${message.slice(0, 12)}`)).size,
  ).toBeGreaterThanOrEqual(15);
  for (const { stack } of failures) expect(stack).toMatch(/\n\s+(at|File) /);
  const folder = new URL('../../../', import.meta.url).pathname;
  for (const { stack } of failures) expect(stack).not.toContain(folder);
});

test('a mended service processes what tripped the broken one, but not what is malformed', async () => {
  for (const { fault } of orderShapes) {
    const receipt = sendReceipt(completedOrder(dice, now, fault).text, mendedNotifications(primary.port));
    if (fault === 'truncated') await expect(receipt).rejects.toThrow(SyntaxError);
    else await expect(receipt).resolves.toBeUndefined();
  }
  for (const { fault } of paymentShapes) {
    const failure = book(capturedPayment(dice, now, fault).text, mendedLedger);
    if (fault === 'duplicate') expect(failure?.causeFqcn).toContain('DuplicateKeyException');
    else expect(failure).toBeNull();
  }
  for (const { fault } of speaking(emailShapes)) {
    const request = readRequest(requestedEmail(dice, now, fault).text) ?? expect.fail('no request');
    await expect(sendRequestedMail(request, mendedEmail(primary.port))).resolves.toBeUndefined();
  }
  for (const { fault } of speaking(invoiceShapes)) {
    const invoice = readInvoice(requestedInvoice(dice, now, fault).text) ?? expect.fail('no invoice');
    expect(issue(invoice, mendedInvoices)).toBeNull();
  }
});

test('what goes well goes well with the broken release, too', async () => {
  await expect(
    sendReceipt(completedOrder(dice, now, null).text, brokenNotifications(primary.port)),
  ).resolves.toBeUndefined();
  expect(book(capturedPayment(dice, now, null).text, brokenLedger)).toBeNull();
  const request = readRequest(requestedEmail(dice, now, null).text) ?? expect.fail('no request');
  await expect(sendRequestedMail(request, brokenEmail(stale.port))).resolves.toBeUndefined();
});

test('ids beyond 2^53 and trailing zeros stand in the text digit by digit', () => {
  const { text } = completedOrder(dice, now, null);
  expect(text).toMatch(/"orderId":7\d{18},/);
  expect(text).toMatch(/"total":\d+\.\d0,/);
});

async function failureOf(work: Promise<void>): Promise<Failure> {
  return await work.then(() => expect.fail('it did not fail'), failureFrom);
}
