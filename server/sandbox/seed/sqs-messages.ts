import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { Dice } from '#server/sandbox/seed/dice.ts';
import { exactly, jsonText } from '#server/sandbox/seed/json-text.ts';
import type { BillingFault } from '#server/sandbox/seed/seed-shapes.ts';
import { envelope } from '#server/sandbox/seed/shop-data.ts';

export interface ShopBody {
  readonly text: string;
  readonly attributes: Record<string, MessageAttributeValue>;
  readonly at: number;
  /** FIFO queues keep the order of a group. */
  readonly group: string;
}

export function requestedCharge(dice: Dice, at: number, fault: BillingFault | null): ShopBody {
  const iban = fault === 'iban' ? 'DE89 3704 0044 0532 0130 00' : 'DE89370400440532013000';
  const brand = fault === 'card' ? 'girocard' : dice.pick(['visa', 'mastercard']);
  const byIban = fault === 'iban' || (fault !== 'card' && dice.roll() < 0.3);
  return body(dice, 'charge.requested', 'checkout', at, {
    chargeId: exactly(dice.snowflake()),
    invoice: `I-2026-${dice.between(10_000, 99_999)}`,
    customerId: exactly(dice.snowflake()),
    region:
      fault === 'region' ? dice.pick(['GB-NIR', 'GB-NIR', 'ES-CN', 'PT-20']) : dice.pick(['DE', 'FR', 'SE', 'IT']),
    amount: exactly(`${dice.between(10, 900)}.${dice.between(10, 99)}`),
    currency: 'EUR',
    means: byIban ? { kind: 'iban', iban } : { kind: 'card', brand, last4: String(dice.between(1000, 9999)) },
  });
}

export function changedPlan(dice: Dice, at: number, retired: boolean): ShopBody {
  const customer = dice.pick(['c-1042', 'c-1077', 'c-2201', 'c-3008', 'c-4410']);
  const plan = retired ? dice.pick(['family-2019', 'student']) : dice.pick(['basic', 'plus']);
  return {
    ...body(dice, 'plan.changed', 'account', at, { customer, customerId: exactly(dice.snowflake()), plan }),
    group: customer,
  };
}

/** One event that SNS hands to both shipping queues; each has its own reason to fail. */
export function packedParcel(dice: Dice, at: number, faulty: { heavy: boolean; newCountry: boolean }): ShopBody {
  return body(dice, 'parcel.packed', 'warehouse', at, {
    parcel: `P-${dice.hex(8).toUpperCase()}`,
    orderId: exactly(dice.snowflake()),
    weightKg: faulty.heavy ? dice.between(31, 80) : dice.between(1, 12),
    country: faulty.newCountry ? dice.pick(['FI', 'EE', 'LV']) : dice.pick(['DE', 'FR', 'CH', 'SE']),
  });
}

function body(dice: Dice, type: string, source: string, at: number, data: unknown): ShopBody {
  const event = envelope(dice, { type, version: 1, at, source, data });
  const attributes = { 'correlation-id': { DataType: 'String', StringValue: event.correlationId } };
  return { text: jsonText(event), attributes, at, group: source };
}
