import type { Channel, ConfirmChannel } from 'amqplib';
import { AppError } from '#lib/domain/errors.ts';
import { silence } from '#server/brokers/broker-errors.ts';
import { heldBack } from '#server/brokers/backpressure.ts';
import {
  cancelled,
  channelError,
  connectError,
  interrupted,
  type ErrorContext,
} from '#server/brokers/rabbitmq/rabbitmq-errors.ts';
import { connectLossless, type LosslessConnection } from '#server/brokers/rabbitmq/lossless-connection.ts';
import type { Endpoint } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';

/**
 * The connections of one driver: one for reading and asking, one for publishing, because RabbitMQ stops reading from a connection
 * that publishes while its memory or disk alarm is on. Each is made when it is first needed and again after it broke.
 */
export interface AmqpSession {
  readonly label: string;
  /** Opens a channel whose errors arrive at `onBroken`. The caller closes it. */
  openChannel(signal: AbortSignal, onBroken: (error: unknown) => void): Promise<Channel>;
  openConfirmChannel(
    signal: AbortSignal,
  ): Promise<{ readonly channel: ConfirmChannel; readonly connection: LosslessConnection }>;
  /**
   * Waits as long as the server reads nothing from the connection for publishing, because of an alarm; `heldUp` is told. Throws
   * `timed_out`, as an error of patience (see `heldBack`), where that takes longer than `withinMs`.
   */
  untilUnblocked(withinMs: number, signal: AbortSignal, heldUp: (isHeldUp: boolean) => void): Promise<void>;
  /** Runs `work` on a channel of its own, which a refusal of the server may close. `subject` is for the error's sentence. */
  ask<T>(subject: string, signal: AbortSignal, work: (channel: Channel) => Promise<T>): Promise<T>;
  server(signal: AbortSignal): Promise<ServerIdentity>;
  /** Cuts the connection for reading: for a server that no longer answers. */
  drop(): void;
  close(): Promise<void>;
}

export interface ServerIdentity {
  readonly product: string;
  readonly version: string | null;
  /** 3, 4; 0 where the server does not tell. */
  readonly major: number;
}

const connectTimeoutMs = 10_000;
/** For questions that a server answers in milliseconds. */
const answerMs = 10_000;
/** After about twice this time without a byte from the server the connection counts as broken. */
const heartbeatSeconds = 20;

/** `purpose`: of the connection for reading, as the server lists it. */
export function createAmqpSession(endpoint: Endpoint, purpose: 'reads' | 'looks' = 'reads'): AmqpSession {
  const { label, username, vhost } = endpoint;
  const reading = createHeldConnection(endpoint, purpose);
  const publishing = createHeldConnection(endpoint, 'publishes');

  async function openChannel(signal: AbortSignal, onBroken: (error: unknown) => void): Promise<Channel> {
    const { model } = await reading.get(signal);
    const channel = await abortable(model.createChannel(), signal, (late) => void late.close().catch(ignore)).catch(
      (error: unknown) => {
        throw channelError(error, { label });
      },
    );
    listen(channel, onBroken);
    return channel;
  }

  return {
    label,
    openChannel,
    async openConfirmChannel(signal) {
      const connection = await publishing.get(signal);
      const opened = connection.model.createConfirmChannel();
      const channel = await abortable(opened, signal, (late) => void late.close().catch(ignore)).catch(
        (error: unknown) => {
          throw channelError(error, { label });
        },
      );
      channel.on('error', ignore);
      return { channel, connection };
    },
    async untilUnblocked(withinMs, signal, heldUp) {
      const { model, isBlocked } = await publishing.get(signal);
      if (!isBlocked()) return;
      heldUp(true);
      const over = Promise.withResolvers<void>();
      const events = ['unblocked', 'close', 'error'];
      for (const event of events) model.once(event, over.resolve);
      const timer = setTimeout(() => over.reject(stillBlocked(label, withinMs)), withinMs);
      try {
        await abortable(over.promise, signal);
      } finally {
        clearTimeout(timer);
        for (const event of events) model.off(event, over.resolve);
        heldUp(false);
      }
    },
    async ask(subject, signal, work) {
      const channel = await answered(openChannel(signal, ignore), signal, answerMs, label);
      try {
        return await answered(work(channel), signal, answerMs, label);
      } catch (error) {
        throw channelError(error, { label, subject });
      } finally {
        closeChannel(channel).catch(ignore);
      }
    },
    async server(signal) {
      const { model } = await reading.get(signal);
      const { product, version } = model.connection.serverProperties;
      const known = typeof version === 'string' ? version : null;
      return {
        product: typeof product === 'string' ? product : 'RabbitMQ',
        version: known,
        major: Number.parseInt(known ?? '0', 10) || 0,
      };
    },
    drop: () => reading.drop(),
    async close() {
      await Promise.all([reading.close(), publishing.close()]);
    },
  };

  function createHeldConnection(to: Endpoint, purpose: string): HeldConnection {
    let current: Promise<LosslessConnection> | null = null;
    const context: ErrorContext = { label, username, vhost };

    async function open(): Promise<LosslessConnection> {
      const { protocol, host: hostname, port, password } = to;
      const options = { protocol, hostname, port, username, password, vhost, heartbeat: heartbeatSeconds };
      // Without noDelay a publisher that waits for each confirm sends 24 messages a second instead of over 1,000.
      const socket = {
        noDelay: true,
        timeout: connectTimeoutMs,
        clientProperties: { connection_name: `Redeliver ${purpose}` },
      };
      try {
        return await connectLossless(options, socket);
      } catch (error) {
        throw connectError(error, context);
      }
    }

    function get(signal: AbortSignal): Promise<LosslessConnection> {
      if (current === null) {
        const forget = (): void => {
          if (current === opening) current = null;
        };
        const opening: Promise<LosslessConnection> = open().then((connection) => {
          // The end of a dropped connection is announced later; until then nobody may get it any more.
          const drop = (): void => {
            forget();
            connection.drop();
          };
          return { ...connection, drop };
        });
        current = opening;
        opening.then(({ model }) => {
          // amqplib ends the process on an 'error' that nobody listens to.
          model.on('error', forget);
          model.on('close', forget);
        }, forget);
      }
      return abortable(current, signal);
    }

    async function close(): Promise<void> {
      const closing = current;
      current = null;
      if (closing === null) return;
      await closing.then(({ model }) => model.close()).catch(ignore);
    }

    function drop(): void {
      current?.then((connection) => connection.drop(), ignore);
      current = null;
    }

    return { get, drop, close };
  }
}

interface HeldConnection {
  get(signal: AbortSignal): Promise<LosslessConnection>;
  drop(): void;
  close(): Promise<void>;
}

function stillBlocked(label: string, withinMs: number): AppError {
  return new AppError(
    'timed_out',
    `${label} has taken no messages for ${Math.round(withinMs / 1000)} s because of a memory or disk alarm. Nothing was sent: free memory or disk there, then send again.`,
    { details: heldBack },
  );
}

function listen(channel: Channel, onBroken: (error: unknown) => void): void {
  let told = false;
  const tell = (error: unknown): void => {
    if (told) return;
    told = true;
    onBroken(error);
  };
  channel.on('error', tell);
  channel.on('close', () => tell(null));
}

/** Ends with `timed_out` when the answer takes longer. */
export async function answered<T>(
  work: Promise<T>,
  signal: AbortSignal,
  milliseconds: number,
  label: string,
): Promise<T> {
  const late = AbortSignal.timeout(milliseconds);
  try {
    return await abortable(work, AbortSignal.any([signal, late]));
  } catch (error) {
    if (!late.aborted || signal.aborted) throw error;
    throw new AppError('timed_out', silence(label, milliseconds));
  }
}

/** Waits until the server has closed it; a channel that is already closed is fine. */
export async function closeChannel(channel: Channel): Promise<void> {
  // A call on a closed channel throws or rejects, depending on how it was closed.
  const done = (async () => await channel.close())().catch(ignore);
  const gone = new Promise<void>((resolve) => channel.once('close', () => resolve()));
  await Promise.race([done, gone]);
}

/** Ends with `cancelled` when the signal fires first; what arrives too late goes to `abandon`. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal, abandon?: (late: T) => void): Promise<T> {
  if (signal.aborted) {
    work.then(abandon, ignore);
    throw cancelled();
  }
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => {
      reject(cancelled());
      work.then(abandon, ignore);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

export function ignore(): void {
  // The same failure reaches whoever waits for the work itself.
}

/** For `listen`: what a channel that ended without an error of its own means. */
export function brokenBy(error: unknown, context: ErrorContext): Error {
  return error === null ? interrupted(context) : channelError(error, context);
}
