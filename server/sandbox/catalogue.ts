import type { SandboxConnectionSettings, SandboxPorts, SandboxService } from '#server/sandbox/sandbox-contract.ts';

type Description = Omit<SandboxService, 'mended' | 'processed' | 'failed' | 'running'>;

/** What the services are and what is wrong with each, for people. What they do stands in `services/`. */
export const catalogue: readonly Description[] = [
  {
    id: 'notifications',
    name: 'Notifications',
    broker: 'kafka',
    connection: 'kafka',
    queue: 'orders.order.completed',
    deadLetterQueue: 'orders.order.completed.dlq',
    problem:
      'Release 4.12 insists on an e-mail address, which guest orders do not have, and trips over pickups and business orders.',
    mend: 'Release 4.12.1: guests get no receipt, pickups and business orders are understood. Truncated messages still fail.',
    errorText: 'customer.email is required',
  },
  {
    id: 'ledger',
    name: 'Ledger',
    broker: 'kafka',
    connection: 'kafka',
    queue: 'payments.payment.captured',
    deadLetterQueue: 'payments.payment.captured.DLT',
    problem: 'The Spring service has no ledger accounts for the currencies that came with the new markets.',
    mend: 'The accounts are opened, the connection pool is enlarged and the schema knows instalments.',
    errorText: 'No ledger account',
  },
  {
    id: 'email',
    name: 'E-mail',
    broker: 'rabbitmq',
    connection: 'rabbitmq',
    queue: 'email_queue',
    deadLetterQueue: 'email_dlq',
    problem: 'It sends through a relay whose directory is a week old: every mailbox made since is refused.',
    mend: 'It sends through the primary relay, which knows every mailbox. Malformed requests are still rejected.',
    errorText: 'mailbox unavailable',
  },
  {
    id: 'fulfilment',
    name: 'Fulfilment',
    broker: 'rabbitmq',
    connection: 'rabbitmq',
    queue: 'order-processing',
    deadLetterQueue: 'order-processing-dlq',
    problem: 'The warehouse worker is down: nobody consumes, and orders expire after two seconds.',
    mend: 'The worker is up and takes orders before they expire.',
    errorText: null,
  },
  {
    id: 'invoices',
    name: 'Invoices',
    broker: 'rabbitmq',
    connection: 'rabbitmq',
    queue: 'invoices',
    deadLetterQueue: 'invoices.dead',
    problem: 'The Python worker expects a VAT id on every invoice and gives up on the tax office too early.',
    mend: 'Private customers need no VAT id, and the tax office gets the time that it takes.',
    errorText: 'vat_id',
  },
  {
    id: 'billing',
    name: 'Billing',
    broker: 'sqs',
    connection: 'sqs',
    queue: 'billing',
    deadLetterQueue: 'billing-dlq',
    problem: 'The tax table of this year is missing some regions, and the payment gateway moved to another port.',
    mend: 'The tax table is complete and the gateway is found again.',
    errorText: 'No tax rate',
  },
  {
    id: 'subscriptions',
    name: 'Subscriptions',
    broker: 'sqs',
    connection: 'sqs',
    queue: 'billing-events.fifo',
    deadLetterQueue: 'billing-events-dlq.fifo',
    problem: 'It refuses every change of a plan that was retired last month.',
    mend: 'Retired plans are mapped to their successors.',
    errorText: null,
  },
  {
    id: 'labels',
    name: 'Shipping labels',
    broker: 'sqs',
    connection: 'sqs',
    queue: 'shipping-raw',
    deadLetterQueue: 'shipping-raw-dlq',
    problem: 'The carrier for parcels over 30 kg is not configured.',
    mend: 'Heavy parcels go to the freight carrier.',
    errorText: null,
  },
  {
    id: 'tracking',
    name: 'Tracking',
    broker: 'sqs',
    connection: 'sqs',
    queue: 'shipping-enveloped',
    deadLetterQueue: 'shipping-enveloped-dlq',
    problem: 'It cannot read the destinations of the newly served countries.',
    mend: 'The new countries are in the table.',
    errorText: null,
  },
];

export const sandboxRegion = 'us-east-1';

/** Any key opens fauxqs; the client wants to have one all the same. */
export const sandboxCredentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };

export function connectionSettings(ports: SandboxPorts): readonly SandboxConnectionSettings[] {
  return [
    { name: 'kafka', kind: 'kafka', brokers: [`127.0.0.1:${ports.kafka.plaintext}`] },
    {
      name: 'rabbitmq',
      kind: 'rabbitmq',
      url: `amqp://guest:guest@127.0.0.1:${ports.rabbitmq.amqp}`,
      managementUrl: `http://guest:guest@127.0.0.1:${ports.rabbitmq.management}`,
    },
    {
      name: 'sqs',
      kind: 'sqs',
      endpoint: `http://127.0.0.1:${ports.sqs.http}`,
      region: sandboxRegion,
      credentials: sandboxCredentials,
    },
  ];
}
