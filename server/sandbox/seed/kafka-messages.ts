import type { Dice } from '#server/sandbox/seed/dice.ts';
import { exactly, jsonText } from '#server/sandbox/seed/json-text.ts';
import type { OrderFault, PaymentFault } from '#server/sandbox/seed/seed-shapes.ts';
import { aPerson, envelope, places, someLines, traceparent } from '#server/sandbox/seed/shop-data.ts';

export interface ShopRecord {
  readonly key: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly at: number;
}

/** A completed order, as the checkout writes it; with a fault, one that the broken release trips over. */
export function completedOrder(dice: Dice, at: number, fault: OrderFault | null): ShopRecord {
  const customer = aPerson(dice);
  const number = `R-${dice.between(100_000, 999_999)}`;
  const event = envelope(dice, {
    type: 'order.completed',
    version: fault === 'version' ? 3 : 2,
    at,
    source: 'checkout',
    data: {
      orderId: exactly(dice.snowflake()),
      number,
      customer: {
        id: exactly(customer.id),
        name: customer.name,
        ...(fault === 'guest' ? { guest: true } : { email: customer.email }),
        ...(fault === 'business' && { vatId: `DE${dice.between(100_000_000, 999_999_999)}` }),
      },
      ...(fault === 'pickup'
        ? { pickupPoint: `Locker ${dice.between(1, 240)}` }
        : { shippingAddress: dice.pick(places) }),
      currency: fault === 'currency' ? 'EURO' : dice.pick(['EUR', 'EUR', 'CHF', 'GBP', 'SEK']),
      total: exactly(`${dice.between(10, 2_400)}.${dice.between(1, 9)}0`),
      lines: someLines(dice, fault === 'long' ? dice.between(40, 70) : dice.between(1, 4)),
    },
  });
  const text = jsonText(event);
  return {
    key: customer.id,
    // A gateway with a limit of its own cut these off.
    text: fault === 'truncated' ? text.slice(0, text.indexOf('"lines"') + dice.between(20, 40)) : text,
    headers: headersOf(dice, event),
    at,
  };
}

/** A captured payment, as the payment service writes it. */
export function capturedPayment(dice: Dice, at: number, fault: PaymentFault | null): ShopRecord {
  const orderNumber = `R-${dice.between(100_000, 999_999)}`;
  const event = envelope(dice, {
    type: 'payment.captured',
    version: 1,
    at,
    source: 'payments',
    data: {
      paymentId: exactly(dice.snowflake()),
      orderNumber,
      merchant: `m-${dice.between(1000, 1040)}`,
      currency: fault === 'account' ? dice.pick(['CHF', 'CHF', 'SEK', 'PLN']) : dice.pick(['EUR', 'USD', 'GBP']),
      amount: exactly(`${dice.between(10, 2_400)}.${dice.between(10, 99)}`),
      capturedBy: fault === 'duplicate' ? 'import' : 'checkout',
      bookings: fault === 'pool' ? dice.between(24, 80) : dice.between(1, 4),
      ...(fault === 'instalments' && { instalments: dice.pick([3, 6, 12]) }),
    },
  });
  return { key: orderNumber, text: jsonText(event), headers: headersOf(dice, event), at };
}

function headersOf(dice: Dice, event: { type: string; correlationId: string }): Record<string, string> {
  return {
    'content-type': 'application/json',
    'event-type': event.type,
    'correlation-id': event.correlationId,
    traceparent: traceparent(dice),
  };
}
