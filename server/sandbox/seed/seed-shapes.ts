/** A kind of message that a service trips over: how often, and since when. */
export interface Shape<Fault extends string> {
  readonly fault: Fault;
  /** In proportion to the others. Few errors make most of the dead letters, as everywhere. */
  readonly share: number;
  /** When it happened, in hours before the seeding: an incident, or something that has been going on since a release. */
  readonly hoursAgo: readonly [from: number, to: number];
  /** Left out of the seeds that say their error, because its dead letters come from the broker itself. */
  readonly silent?: true;
}

type Shapes<Fault extends string> = readonly [Shape<Fault>, ...Shape<Fault>[]];

export type OrderFault = 'guest' | 'pickup' | 'business' | 'long' | 'currency' | 'truncated' | 'version';

export const orderShapes: Shapes<OrderFault> = [
  { fault: 'guest', share: 60, hoursAgo: [70, 0] },
  { fault: 'pickup', share: 30, hoursAgo: [70, 0] },
  { fault: 'business', share: 20, hoursAgo: [29.5, 26] },
  { fault: 'long', share: 15, hoursAgo: [120, 0] },
  { fault: 'currency', share: 12, hoursAgo: [46, 0] },
  { fault: 'truncated', share: 10, hoursAgo: [8, 7.5] },
  { fault: 'version', share: 8, hoursAgo: [5, 0] },
];

export type PaymentFault = 'account' | 'pool' | 'instalments' | 'duplicate';

export const paymentShapes: Shapes<PaymentFault> = [
  { fault: 'account', share: 60, hoursAgo: [96, 0] },
  { fault: 'pool', share: 30, hoursAgo: [15, 13.5] },
  { fault: 'instalments', share: 20, hoursAgo: [40, 0] },
  { fault: 'duplicate', share: 15, hoursAgo: [65, 64] },
];

export type EmailFault = 'mailbox' | 'template' | 'newsletter' | 'malformed';

export const emailShapes: Shapes<EmailFault> = [
  { fault: 'mailbox', share: 60, hoursAgo: [90, 0] },
  { fault: 'template', share: 30, hoursAgo: [30, 0] },
  { fault: 'newsletter', share: 20, hoursAgo: [20, 18] },
  { fault: 'malformed', share: 15, hoursAgo: [1, 0], silent: true },
];

export type InvoiceFault = 'vat' | 'tax-office' | 'amount' | 'crash';

export const invoiceShapes: Shapes<InvoiceFault> = [
  { fault: 'vat', share: 60, hoursAgo: [60, 0] },
  { fault: 'tax-office', share: 30, hoursAgo: [33, 31] },
  { fault: 'amount', share: 20, hoursAgo: [100, 0] },
  { fault: 'crash', share: 15, hoursAgo: [1, 0], silent: true },
];

export type BillingFault = 'region' | 'card' | 'iban' | 'gateway';

export const billingShapes: Shapes<BillingFault> = [
  { fault: 'region', share: 60, hoursAgo: [80, 0] },
  { fault: 'card', share: 30, hoursAgo: [50, 0] },
  { fault: 'iban', share: 20, hoursAgo: [24, 0] },
  { fault: 'gateway', share: 15, hoursAgo: [1, 0], silent: true },
];

/** Without those whose dead letters the broker makes. */
export function speaking<Fault extends string>(shapes: Shapes<Fault>): Shapes<Fault> {
  const [first, ...others] = shapes.filter((shape) => !shape.silent);
  return first ? [first, ...others] : shapes;
}

/** How many dead letters each queue begins with. */
export const seedCounts = {
  orders: 640,
  ordersThatWentWell: 240,
  payments: 260,
  paymentsThatWentWell: 80,
  emailsWithError: 110,
  emailsRejected: 20,
  expiredOrders: 40,
  invoicesWithError: 24,
  invoicesThatCrashed: 8,
  billingWithError: 60,
  billingRedriven: 15,
  subscriptions: 16,
  shipping: 20,
} as const;
