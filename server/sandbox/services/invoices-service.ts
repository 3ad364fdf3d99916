import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { connectRabbitMq, retryOrReject } from '#server/sandbox/services/rabbitmq-client.ts';
import type { ShopService, Tally } from '#server/sandbox/services/service.ts';

export const invoicesQueue = 'invoices';
const invoicesDeadLetterQueue = 'invoices.dead';

export async function declareInvoiceQueues(channel: ConfirmChannel): Promise<void> {
  await channel.assertQueue(invoicesDeadLetterQueue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.assertQueue(invoicesQueue, {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': invoicesDeadLetterQueue,
      // A worker that dies over an invoice gets it again; after three times it is the invoice's fault.
      'x-delivery-limit': 3,
    },
  });
}

export interface InvoicesRelease {
  privateCustomersHaveNoVatId: boolean;
  /** Seconds; the tax office answers after five on a good day. */
  taxOfficeTimeoutS: number;
  decimalComma: boolean;
}

export const brokenInvoices: InvoicesRelease = {
  privateCustomersHaveNoVatId: false,
  taxOfficeTimeoutS: 5,
  decimalComma: false,
};
export const mendedInvoices: InvoicesRelease = {
  privateCustomersHaveNoVatId: true,
  taxOfficeTimeoutS: 30,
  decimalComma: true,
};

/** Stands for a Python worker (pika): the tracebacks that it leaves in the headers are Python's. */
export async function startInvoicesService(options: {
  url: string;
  isMended: boolean;
  tally: Tally;
}): Promise<ShopService> {
  let release = options.isMended ? mendedInvoices : brokenInvoices;
  let running = false;

  const connection = await connectRabbitMq(options.url, async (open) => {
    const channel = await open();
    await declareInvoiceQueues(channel);
    await channel.prefetch(5);
    await channel.consume(invoicesQueue, (message) => {
      // What goes wrong here is a broken connection: the broker gives the message out again.
      if (message) void handle(channel, message).catch(() => {});
    });
    running = true;
  });
  connection.on('disconnect', () => (running = false));

  async function handle(channel: ConfirmChannel, message: ConsumeMessage): Promise<void> {
    const invoice = readInvoice(message.content.toString('utf8'));
    if (invoice === null || invoice.pages > 500) {
      // The worker dies over it, out of memory mostly, and what it held goes back to the queue.
      channel.nack(message, false, true);
      if (Number(message.properties.headers?.['x-delivery-count'] ?? 0) >= 3) options.tally.failed();
      return;
    }
    const failure = issue(invoice, release);
    if (failure !== null) {
      const outcome = await retryOrReject(channel, invoicesQueue, message, invoiceFailureHeaders(failure, Date.now()));
      if (outcome === 'rejected') options.tally.failed();
      return;
    }
    channel.ack(message);
    options.tally.processed();
  }

  return {
    async setMended(mended) {
      release = mended ? mendedInvoices : brokenInvoices;
    },
    running: () => running,
    async stop() {
      running = false;
      await connection.close();
    },
  };
}

export function invoiceFailureHeaders(failure: PythonFailure, failedAt: number): Record<string, string> {
  return {
    'dlq-error': failure.message,
    'dlq-error-class': failure.type,
    'dlq-stack': failure.traceback,
    'dlq-timestamp': String(failedAt),
  };
}

export function readInvoice(text: string): Invoice | null {
  try {
    const { data } = JSON.parse(text);
    return typeof data?.amount === 'string' && typeof data.customer === 'object' ? data : null;
  } catch {
    return null;
  }
}

/** Issues an invoice; answers the exception that the Python worker would have raised. */
export function issue(invoice: Invoice, release: InvoicesRelease): PythonFailure | null {
  if (invoice.customer.vat_id === undefined && !release.privateCustomersHaveNoVatId) {
    return raised('KeyError', "'vat_id'", [
      ['worker.py', 61, 'on_message', 'issue(json.loads(body)["data"])'],
      ['issue.py', 34, 'issue', 'register(invoice["number"], invoice["customer"]["vat_id"])'],
    ]);
  }
  if (invoice.amount.includes(',') && !release.decimalComma) {
    return raised('decimal.InvalidOperation', "[<class 'decimal.ConversionSyntax'>]", [
      ['worker.py', 61, 'on_message', 'issue(json.loads(body)["data"])'],
      ['issue.py', 41, 'issue', 'total = Decimal(invoice["amount"])'],
    ]);
  }
  if (invoice.customer.country === 'IT' && release.taxOfficeTimeoutS < 10) {
    const message = `HTTPSConnectionPool(host='tax-office.example', port=443): Read timed out. (read timeout=${release.taxOfficeTimeoutS})`;
    return raised('requests.exceptions.ReadTimeout', message, [
      ['worker.py', 61, 'on_message', 'issue(json.loads(body)["data"])'],
      ['issue.py', 52, 'issue', 'office.submit(document)'],
      ['tax_office.py', 18, 'submit', 'return self.session.post(self.url, data=document, timeout=self.timeout)'],
    ]);
  }
  return null;
}

export interface Invoice {
  readonly number: string;
  readonly pages: number;
  /** As the accountants' systems write it: with a point or with a comma. */
  readonly amount: string;
  readonly customer: { readonly country: string; readonly vat_id?: string };
}

export interface PythonFailure {
  readonly type: string;
  readonly message: string;
  readonly traceback: string;
}

function raised(type: string, message: string, frames: readonly [string, number, string, string][]): PythonFailure {
  const lines = frames.flatMap(([file, line, name, code]) => [
    `  File "/srv/invoices/${file}", line ${line}, in ${name}`,
    `    ${code}`,
  ]);
  return {
    type,
    message,
    traceback: ['Traceback (most recent call last):', ...lines, `${type}: ${message}`, ''].join('\n'),
  };
}
