import type { Message } from 'amqplib';
import { AppError, toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import type { PublishOptions } from '#server/brokers/driver.ts';
import { identifying } from '#server/brokers/rabbitmq/delivery.ts';
import type { AmqpSession } from '#server/brokers/rabbitmq/amqp-session.ts';
import { contentHeaderBytesOf, type EncodedMessage } from '#server/brokers/rabbitmq/lossless-connection.ts';
import type { PublishingChannels } from '#server/brokers/rabbitmq/publishing-channels.ts';
import { cancelled, channelError, interrupted, isConnectionBreak } from '#server/brokers/rabbitmq/rabbitmq-errors.ts';

export type Settled =
  | { readonly kind: 'sent'; readonly position: null }
  | { readonly kind: 'failed' | 'unknown'; readonly error: ErrorRecord };

/** One sender on a confirm channel: messages are written one after another, each settled exactly once. */
export interface Publisher {
  readonly frameMax: number;
  /** Whether the exchange has answered to a message on this channel, of this sender or one before it. */
  proven(exchange: string): boolean;
  /**
   * `alone`: nothing else is unconfirmed, so that a closed channel can only mean this message. It is on its way at the latest when `room` waits or `flush` was called;
   * nothing else may be waited for before that.
   */
  send(message: EncodedMessage, alone: boolean, to: Place, settle: (outcome: Settled) => void): void;
  /**
   * Waits until fewer than `count` messages are unconfirmed, and fewer bytes than that; or until the channel is closed or given up. While the server
   * blocks its publishers nothing is given up: what is written is taken when its alarm is over.
   */
  room(count: number, bytes: number): Promise<void>;
  /** What `room` would not wait for. */
  hasRoom(count: number, bytes: number): boolean;
  flush(): void;
  closed(): boolean;
  /** Why nothing more may be sent by this call: the connection broke, answers stopped coming, or the caller aborted. */
  stopped(): AppError | null;
  /** Leaves the channel to the next sender, or closes it where something on it is not confirmed. */
  close(): Promise<void>;
}

/** The place that a message goes to. */
interface Place {
  readonly exchange: string;
  /** For errors. */
  readonly label: string;
}

interface Answer {
  readonly deliveryTag: number;
  readonly multiple: boolean;
}

interface InFlight extends Place {
  readonly message: EncodedMessage;
  readonly alone: boolean;
  readonly writtenAt: number;
  readonly settle: (outcome: Settled) => void;
  returned: { readonly code: number } | null;
}

const noRoute = 312;
/** So many bytes are written at once: the server begins with the first of a batch while the others are put together. */
const writtenAtOnce = 64 * 1024;
/** A server whose alarm lasts longer is taken for one that does not answer. */
const blockedMsMax = 9 * 60_000;

export async function openPublisher(
  session: AmqpSession,
  channels: PublishingChannels,
  options: PublishOptions,
): Promise<Publisher> {
  const { signal, timeoutMs } = options;
  await session.untilUnblocked(blockedMsMax, signal, (isHeldUp) => options.heldUp?.(isHeldUp));
  const taken = await channels.take(signal, timeoutMs);
  const { channel, connection, proven } = taken;
  /** By delivery tag, in the order of writing. */
  const inFlight = new Map<number, InFlight>();
  let bytes = 0;
  /** Not written yet. */
  let gathered: EncodedMessage[] = [];
  let gatheredBytes = 0;
  let closed = false;
  let stop: AppError | null = null;
  let closeError: unknown = null;
  let wake: () => void = () => undefined;
  let isRoomy: () => boolean = () => true;
  /** Until then no answer counts as late, because the server had stopped reading. */
  let patientUntil = 0;
  let isWaiting = false;

  channel.on('ack', onAck);
  channel.on('nack', onNack);
  channel.on('return', noteReturn);
  channel.on('error', onError);
  channel.on('close', onClose);
  connection.model.on('blocked', onBlocked);
  connection.model.on('unblocked', onUnblocked);
  signal.addEventListener('abort', onAbort, { once: true });
  if (connection.isBlocked()) onBlocked();

  function onAck({ deliveryTag, multiple }: Answer): void {
    confirm(deliveryTag, multiple, confirmed);
  }

  function onNack({ deliveryTag, multiple }: Answer): void {
    confirm(deliveryTag, multiple, refused);
  }

  function onError(error: unknown): void {
    closeError = error;
  }

  function onBlocked(): void {
    tellHeldUp(true);
    wake();
  }

  function onUnblocked(): void {
    patientUntil = performance.now() + timeoutMs;
    tellHeldUp(false);
    wake();
  }

  function tellHeldUp(isHeldUp: boolean): void {
    if (isHeldUp === isWaiting) return;
    isWaiting = isHeldUp;
    options.heldUp?.(isHeldUp);
  }

  function stopListening(): void {
    tellHeldUp(false);
    channel.off('ack', onAck);
    channel.off('nack', onNack);
    channel.off('return', noteReturn);
    channel.off('error', onError);
    channel.off('close', onClose);
    connection.model.off('blocked', onBlocked);
    connection.model.off('unblocked', onUnblocked);
    signal.removeEventListener('abort', onAbort);
  }

  function take(tag: number): InFlight | undefined {
    const entry = inFlight.get(tag);
    if (entry !== undefined && inFlight.delete(tag)) bytes -= entry.message.body.length;
    return entry;
  }

  function confirm(deliveryTag: number, multiple: boolean, outcomeOf: (entry: InFlight) => Settled): void {
    for (const tag of multiple ? tagsUpTo(deliveryTag) : [deliveryTag]) {
      const entry = take(tag);
      if (entry === undefined) continue;
      proven.add(entry.exchange);
      entry.settle(outcomeOf(entry));
    }
    if (isRoomy()) wake();
  }

  function* tagsUpTo(last: number): Generator<number> {
    for (const tag of inFlight.keys()) {
      if (tag > last) return;
      yield tag;
    }
  }

  function confirmed({ returned, label }: InFlight): Settled {
    if (returned === null) return { kind: 'sent', position: null };
    const what = returned.code === noRoute ? 'has no queue behind it for this routing key' : 'gave the message back';
    return failedWith(
      'unroutable',
      `RabbitMQ took the message for ${label}, which ${what}. Bind a queue to it, or declare the queue, then send again.`,
    );
  }

  function refused({ label }: InFlight): Settled {
    return failedWith(
      'rejected',
      `RabbitMQ refused the message for ${label}: its queue takes no more. Make room there (x-max-length), then send again.`,
    );
  }

  /**
   * A returned message comes before its own confirm, with everything that was sent and no number. The oldest equal one in flight is taken: of
   * equal messages to the same place it does not matter which one it was. If none is equal it could be any, and none may be called sent.
   */
  function noteReturn(message: Message): void {
    const candidates = [...inFlight.values()].filter(({ returned }) => returned === null);
    const only = candidates.length === 1 ? candidates[0] : undefined;
    const match = only ?? candidates.find((entry) => isReturnOf(message, entry.message));
    if (match !== undefined) match.returned = { code: replyCodeOf(message) };
    else
      giveUp(
        new AppError(
          'interrupted',
          `${session.label} gave a message back that could not be told from others. Look at the destinations before you send again.`,
        ),
      );
  }

  function onClose(): void {
    closed = true;
    stopListening();
    if (closeError === null || isConnectionBreak(closeError))
      stop ??= channelError(closeError, { label: session.label });
    for (const [tag, { alone, label, settle }] of [...inFlight]) {
      take(tag);
      const error = channelError(closeError, { label: session.label, subject: `the message to ${label}` });
      const certain = alone && closeError !== null && !isConnectionBreak(closeError);
      settle({
        kind: certain ? 'failed' : 'unknown',
        error: certain ? refusedByServer(error, label) : mayHaveArrived(label, error),
      });
    }
    wake();
  }

  function refusedByServer(error: AppError, label: string): ErrorRecord {
    if (error.code !== 'rejected') return toErrorRecord(error);
    return {
      code: 'rejected',
      message: `${session.label} refused the message for ${label} as malformed or too large. Look at its properties (user-id, expiration, CC) and its size.`,
    };
  }

  function giveUp(reason: AppError): void {
    stop ??= reason;
    for (const [tag, { label, settle }] of [...inFlight]) {
      take(tag);
      settle({ kind: 'unknown', error: mayHaveArrived(label, reason) });
    }
    wake();
  }

  function onAbort(): void {
    giveUp(cancelled());
  }

  function failedWith(code: 'unroutable' | 'rejected', message: string): Settled {
    return { kind: 'failed', error: { code, message } };
  }

  function flush(): void {
    if (gathered.length === 0) return;
    const messages = gathered;
    gathered = [];
    gatheredBytes = 0;
    connection.publish(channel, messages);
  }

  function hasRoom(count: number, bytesMax: number): boolean {
    return inFlight.size === 0 || (inFlight.size < count && bytes < bytesMax);
  }

  return {
    frameMax: connection.frameMax,
    flush,
    hasRoom,
    proven: (exchange) => proven.has(exchange),
    send(message, alone, to, settle) {
      gathered.push(message);
      gatheredBytes += message.contentHeader.length + message.body.length;
      taken.written += 1;
      bytes += message.body.length;
      inFlight.set(taken.written, { ...to, message, alone, writtenAt: performance.now(), settle, returned: null });
      if (gatheredBytes >= writtenAtOnce) flush();
    },
    async room(count, bytesMax) {
      isRoomy = () => hasRoom(count, bytesMax);
      if (!closed && !isRoomy()) flush();
      while (!closed && stop === null && !isRoomy()) {
        const oldest = inFlight.values().next().value;
        const due = Math.max((oldest?.writtenAt ?? 0) + timeoutMs, patientUntil);
        const wait = connection.isBlocked()
          ? blockedMsMax - (performance.now() - (oldest?.writtenAt ?? 0))
          : due - performance.now();
        if (wait <= 0) {
          giveUp(
            new AppError(
              'timed_out',
              `${session.label} did not confirm within ${timeoutMs} ms. Look at the destination before you send again.`,
            ),
          );
          return;
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, wait);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    closed: () => closed,
    stopped: () => stop,
    async close() {
      if (inFlight.size > 0) giveUp(interrupted({ label: session.label }));
      stopListening();
      if (closed) return;
      // Given back twice, it would be the next sender's and somebody else's at once.
      closed = true;
      if (stop === null) channels.giveBack(taken);
      else await channels.discard(taken);
    },
  };
}

function mayHaveArrived(label: string, error: AppError): ErrorRecord {
  return { code: error.code, message: `Whether the message reached ${label} is not known. ${error.message}` };
}

function isReturnOf(returned: Message, { exchange, routingKey, contentHeader, body }: EncodedMessage): boolean {
  const { fields, content } = returned;
  if (content.length !== body.length || !exchange.subarray(1).equals(Buffer.from(fields.exchange))) return false;
  if (!routingKey.subarray(1).equals(Buffer.from(fields.routingKey)) || !content.equals(body)) return false;
  // RabbitMQ 4 sorts the headers on the way.
  return identifying(contentHeaderBytesOf(returned)).canonical.equals(identifying(contentHeader).canonical);
}

function replyCodeOf({ fields }: Message): number {
  return 'replyCode' in fields && typeof fields.replyCode === 'number' ? fields.replyCode : 0;
}
