import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { failureFrom, type Failure } from '#server/sandbox/services/failure.ts';
import { abandonedPort, sendMail } from '#server/sandbox/services/mail-relay.ts';
import { connectRabbitMq, retryOrReject } from '#server/sandbox/services/rabbitmq-client.ts';
import type { ShopService, Tally } from '#server/sandbox/services/service.ts';

export const emailQueue = 'email_queue';
const emailDeadLetterExchange = 'email_dlx';
const emailDeadLetterQueue = 'email_dlq';
const emailRoutingKey = 'email';

export interface EmailRelease {
  relayPort: number;
  newsletterRelayPort: number;
  /** What the templates may use when the request leaves it out. */
  defaults: Readonly<Record<string, string>>;
}

export function brokenEmail(staleRelayPort: number): EmailRelease {
  return { relayPort: staleRelayPort, newsletterRelayPort: abandonedPort, defaults: {} };
}

export function mendedEmail(primaryRelayPort: number): EmailRelease {
  return { relayPort: primaryRelayPort, newsletterRelayPort: primaryRelayPort, defaults: { voucher: '' } };
}

export async function declareEmailQueues(channel: ConfirmChannel): Promise<void> {
  await channel.assertExchange(emailDeadLetterExchange, 'direct', { durable: true });
  await channel.assertQueue(emailDeadLetterQueue, { durable: true });
  await channel.bindQueue(emailDeadLetterQueue, emailDeadLetterExchange, emailRoutingKey);
  await channel.assertQueue(emailQueue, {
    durable: true,
    deadLetterExchange: emailDeadLetterExchange,
    deadLetterRoutingKey: emailRoutingKey,
  });
}

/**
 * Sends the mails that the shop asks for. What fails is tried three times and then rejected; what is no JSON is rejected at once. Either way
 * the broker dead-letters it.
 */
export async function startEmailService(options: {
  url: string;
  broken: EmailRelease;
  mended: EmailRelease;
  isMended: boolean;
  tally: Tally;
}): Promise<ShopService> {
  let release = options.isMended ? options.mended : options.broken;
  let running = false;

  const connection = await connectRabbitMq(options.url, async (open) => {
    const channel = await open();
    await declareEmailQueues(channel);
    await channel.prefetch(10);
    await channel.consume(emailQueue, (message) => {
      // What goes wrong here is a broken connection: the broker gives the message out again.
      if (message) void handle(channel, message).catch(() => {});
    });
    running = true;
  });
  connection.on('disconnect', () => (running = false));

  async function handle(channel: ConfirmChannel, message: ConsumeMessage): Promise<void> {
    const request = readRequest(message.content.toString('utf8'));
    if (request === null) {
      channel.reject(message, false);
      return options.tally.failed();
    }
    try {
      await sendRequestedMail(request, release);
    } catch (error) {
      const outcome = await retryOrReject(
        channel,
        emailQueue,
        message,
        emailFailureHeaders(failureFrom(error), Date.now()),
      );
      if (outcome === 'rejected') options.tally.failed();
      return;
    }
    channel.ack(message);
    options.tally.processed();
  }

  return {
    async setMended(mended) {
      release = mended ? options.mended : options.broken;
    },
    running: () => running,
    async stop() {
      running = false;
      await connection.close();
    },
  };
}

export function emailFailureHeaders(failure: Failure, failedAt: number): Record<string, string> {
  return {
    'dlq-error': failure.message,
    'dlq-error-class': failure.errorClass,
    'dlq-stack': failure.stack,
    'dlq-timestamp': String(failedAt),
  };
}

export async function sendRequestedMail(request: MailRequest, release: EmailRelease): Promise<void> {
  const subject = fill(request.template, { ...release.defaults, ...request.variables });
  await sendMail(
    { to: request.to, subject },
    request.kind === 'newsletter' ? release.newsletterRelayPort : release.relayPort,
  );
}

function fill(template: string, variables: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined)
      throw new TemplateError(`Variable "${name}" is not defined in template "${template.slice(0, 24)}…"`);
    return value;
  });
}

class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export function readRequest(text: string): MailRequest | null {
  try {
    return JSON.parse(text).data;
  } catch {
    return null;
  }
}

interface MailRequest {
  readonly kind: 'welcome' | 'receipt' | 'newsletter';
  readonly to: string;
  readonly template: string;
  readonly variables: Readonly<Record<string, string>>;
}
