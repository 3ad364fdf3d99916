import type { Options } from 'amqplib';
import type { Dice } from '#server/sandbox/seed/dice.ts';
import { exactly, jsonText } from '#server/sandbox/seed/json-text.ts';
import type { EmailFault, InvoiceFault } from '#server/sandbox/seed/seed-shapes.ts';
import { aPerson, type Envelope, envelope, places, someLines, traceparent } from '#server/sandbox/seed/shop-data.ts';

export interface ShopMessage {
  readonly text: string;
  readonly properties: Options.Publish;
  readonly at: number;
}

/** Mailboxes of this domain were made after the stale relay copied the directory. */
export const newMailboxDomain = 'new.example.com';

export function requestedEmail(dice: Dice, at: number, fault: EmailFault | null): ShopMessage {
  const person = aPerson(dice, fault === 'mailbox' ? newMailboxDomain : 'example.com');
  const kind = fault === 'newsletter' ? 'newsletter' : dice.pick(['welcome', 'receipt']);
  const event = envelope(dice, {
    type: 'email.requested',
    version: 1,
    at,
    source: 'storefront',
    data: {
      kind,
      to: person.email,
      customerId: exactly(person.id),
      template:
        fault === 'template' ? 'Thank you, {{name}}: your voucher {{voucher}} is waiting' : 'Thank you, {{name}}',
      variables: { name: person.name },
    },
  });
  const text = jsonText(event);
  return {
    // Cut off by a caller that counted characters where bytes were meant.
    text: fault === 'malformed' ? text.slice(0, -dice.between(2, 9)) : text,
    properties: propertiesOf(dice, event, 'storefront'),
    at,
  };
}

export function placedOrder(dice: Dice, at: number): ShopMessage {
  const data = {
    orderId: exactly(dice.snowflake()),
    number: `R-${dice.between(100_000, 999_999)}`,
    warehouse: dice.pick(['basel', 'lille', 'poznan']),
    shippingAddress: dice.pick(places),
    lines: someLines(dice, dice.between(1, 5)),
  };
  const event = envelope(dice, { type: 'order.placed', version: 1, at, source: 'checkout', data });
  return { text: jsonText(event), properties: propertiesOf(dice, event, 'checkout'), at };
}

export function requestedInvoice(dice: Dice, at: number, fault: InvoiceFault | null): ShopMessage {
  const cents = `${dice.between(20, 900)}${fault === 'amount' ? ',' : '.'}${dice.between(10, 99)}`;
  const data = {
    number: `I-2026-${dice.between(10_000, 99_999)}`,
    order_id: exactly(dice.snowflake()),
    pages: fault === 'crash' ? dice.between(800, 2_000) : dice.between(1, 6),
    amount: cents,
    customer: {
      name: dice.pick(['Nordwind AG', 'Atelier Lumière', 'Bianchi & Figli', 'Polar Tools AB']),
      country: fault === 'tax-office' ? 'IT' : dice.pick(['DE', 'FR', 'SE']),
      ...(fault !== 'vat' && { vat_id: `EU${dice.between(100_000_000, 999_999_999)}` }),
    },
  };
  const event = envelope(dice, { type: 'invoice.requested', version: 1, at, source: 'billing', data });
  return { text: jsonText(event), properties: propertiesOf(dice, event, 'billing'), at };
}

function propertiesOf(dice: Dice, event: Envelope, appId: string): Options.Publish {
  return {
    contentType: 'application/json',
    messageId: event.id,
    correlationId: event.correlationId,
    // AMQP counts seconds.
    timestamp: Math.floor(Date.parse(event.timestamp) / 1000),
    type: event.type,
    appId,
    headers: { traceparent: traceparent(dice) },
  };
}
