import { toErrorRecord, AppError, type ErrorRecord } from '#lib/domain/errors.ts';
import { type Destination, destinationLabel } from '#lib/domain/message.ts';
import type { OutgoingMessage, PublishOptions, PublishOutcome } from '#server/brokers/driver.ts';
import { shortString } from '#server/brokers/rabbitmq/amqp-fields.ts';
import { encodeContentHeader } from '#server/brokers/rabbitmq/basic-properties.ts';
import { contentHeaderFrameBytes, type EncodedMessage } from '#server/brokers/rabbitmq/lossless-connection.ts';
import { answered, type AmqpSession } from '#server/brokers/rabbitmq/amqp-session.ts';
import { cancelled } from '#server/brokers/rabbitmq/rabbitmq-errors.ts';
import { openPublisher, type Publisher } from '#server/brokers/rabbitmq/publisher.ts';
import type { PublishingChannels } from '#server/brokers/rabbitmq/publishing-channels.ts';

const windowMax = 256;
const windowBytesMax = 8 * 1024 * 1024;

/** Sends in order, with up to 256 messages unconfirmed at a time, and answers in order. */
export async function publishMessages(
  session: AmqpSession,
  channels: PublishingChannels,
  username: string,
  messages: readonly OutgoingMessage[],
  options: PublishOptions,
): Promise<readonly PublishOutcome[]> {
  const { signal, timeoutMs } = options;
  if (signal.aborted) throw cancelled();
  if (messages.length === 0) return [];
  const { major, version } = await answered(session.server(signal), signal, timeoutMs, session.label);
  const outcomes = new Map<OutgoingMessage, PublishOutcome>();
  const knownExchanges = new Map<string, ErrorRecord | null>();
  const places = new Map<Destination, Pick<EncodedMessage, 'exchange' | 'routingKey'>>();
  let publisher: Publisher | null = null;

  const settle = (message: OutgoingMessage, outcome: Settled): void => {
    if (!outcomes.has(message)) outcomes.set(message, { ...outcome, ref: message.ref });
  };

  try {
    for (const [index, message] of messages.entries()) {
      const stop = signal.aborted ? cancelled() : publisher?.stopped();
      if (stop) {
        for (const unsent of messages.slice(index)) settle(unsent, failed(stop));
        break;
      }
      const prepared = prepare(message, session.label);
      if ('error' in prepared) {
        settle(message, { kind: 'failed', error: prepared.error });
        continue;
      }
      const { exchange, encoded } = prepared;
      let missing = exchange === '' ? null : knownExchanges.get(exchange);
      if (missing === undefined) {
        publisher?.flush();
        missing = await exchangeProblem(exchange);
      }
      if (missing !== null) {
        settle(message, { kind: 'failed', error: missing });
        continue;
      }
      if (publisher === null || publisher.closed()) publisher = await openPublisher(session, channels, options);
      if (contentHeaderFrameBytes(encoded.contentHeader) > publisher.frameMax) {
        settle(message, failed(tooLarge(message, publisher.frameMax)));
        continue;
      }
      // What the server may answer with closing the channel goes alone, so that it is certain which message it meant.
      const alone = !publisher.proven(exchange) || isRisky(message, username);
      const most = alone ? 1 : windowMax;
      if (!publisher.hasRoom(most, windowBytesMax)) await publisher.room(most, windowBytesMax);
      if (publisher.closed() && !publisher.stopped()) publisher = await openPublisher(session, channels, options);
      if (publisher.stopped() || signal.aborted) {
        settle(message, failed(publisher.stopped() ?? cancelled()));
        continue;
      }
      const to = { exchange, label: destinationLabel(message.destination) };
      publisher.send(encoded, alone, to, (outcome) => settle(message, outcome));
      if (alone) await publisher.room(1, windowBytesMax);
    }
    await publisher?.room(1, windowBytesMax);
  } catch (error) {
    // Nothing was handed over after this: what has no outcome was not sent. Only a call that sent nothing at all may throw.
    await publisher?.close();
    if (outcomes.size === 0) throw error;
    for (const message of messages) settle(message, { kind: 'failed', error: toErrorRecord(error) });
  }
  await publisher?.close();
  return messages.map(
    (message) => outcomes.get(message) ?? { kind: 'unknown', ref: message.ref, error: lost(message) },
  );

  async function exchangeProblem(exchange: string): Promise<ErrorRecord | null> {
    let problem: ErrorRecord | null = null;
    try {
      // On the publishing channel a missing exchange would end the channel and leave the others' fate open.
      const check = session.ask(
        `exchange "${exchange}"`,
        signal,
        async (channel) => await channel.checkExchange(exchange),
      );
      await answered(check, signal, timeoutMs, session.label);
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'not_found' && error.code !== 'forbidden')) throw error;
      problem = toErrorRecord(error);
    }
    knownExchanges.set(exchange, problem);
    return problem;
  }

  function prepare(
    message: OutgoingMessage,
    label: string,
  ): { exchange: string; encoded: EncodedMessage } | { error: ErrorRecord } {
    const { destination } = message;
    const to = `The message for ${destinationLabel(destination)} on ${label}`;
    const refuse = (why: string): { error: ErrorRecord } => ({
      error: { code: 'unencodable', message: `${to} cannot be sent. ${why}` },
    });
    if (destination.kind !== 'rabbitmq') return refuse('Its destination is of another broker.');
    if (message.message.key !== null) return refuse('AMQP messages have no key.');
    if (message.message.body === null) return refuse('AMQP has no null body; an empty one is something else.');
    if (keepsNamesOnce(major, version) && repeatsName(message)) {
      return refuse('This version of RabbitMQ keeps only the first of headers with the same name.');
    }
    try {
      const place = places.get(destination) ?? {
        exchange: shortString(destination.exchange, 'The exchange name'),
        routingKey: shortString(destination.routingKey, 'The routing key'),
      };
      places.set(destination, place);
      const encoded = {
        ...place,
        contentHeader: encodeContentHeader(message.message),
        body: message.message.body,
      };
      return { exchange: destination.exchange, encoded };
    } catch (error) {
      if (error instanceof AppError && error.code === 'unencodable') return refuse(error.message);
      throw error;
    }
  }
}

type Settled =
  | { readonly kind: 'sent'; readonly position: null }
  | { readonly kind: 'failed' | 'unknown'; readonly error: ErrorRecord };

function failed(error: AppError): Settled {
  return { kind: 'failed', error: toErrorRecord(error) };
}

/** Since 3.13 messages are kept in containers whose headers have each name once (measured on 4.0.5). */
function keepsNamesOnce(major: number, version: string | null): boolean {
  const minor = Number(version?.split('.')[1] ?? 0);
  return major > 3 || (major === 3 && minor >= 13);
}

function repeatsName({ message }: OutgoingMessage): boolean {
  return new Set(message.headers.map((header) => header.name)).size < message.headers.length;
}

/** Properties and headers that RabbitMQ checks, and sizes that may be over its limit: it answers with 406 and closes the channel. */
function isRisky({ message }: OutgoingMessage, username: string): boolean {
  const checked = message.properties.some(
    ({ name, value }) =>
      name === 'expiration' || (name === 'user-id' && !(value.kind === 'text' && value.text === username)),
  );
  return (
    checked ||
    message.headers.some(({ name }) => name === 'CC' || name === 'BCC') ||
    (message.body?.length ?? 0) > 1024 * 1024
  );
}

function tooLarge({ destination }: OutgoingMessage, frameMax: number): AppError {
  return new AppError(
    'too_large',
    `The headers of the message for ${destinationLabel(destination)} do not fit into one AMQP frame (${frameMax} bytes). Send it with fewer headers, or raise frame_max.`,
  );
}

function lost({ destination }: OutgoingMessage): ErrorRecord {
  return {
    code: 'timed_out',
    message: `No answer came for the message to ${destinationLabel(destination)}. Look there before you send it again.`,
  };
}
