import type { ConfirmChannel } from 'amqplib';
import { answered, closeChannel, ignore, type AmqpSession } from '#server/brokers/rabbitmq/amqp-session.ts';
import type { LosslessConnection } from '#server/brokers/rabbitmq/lossless-connection.ts';

/** A confirm channel that one sender has to itself until it gives it back. */
export interface PublishingChannel {
  readonly channel: ConfirmChannel;
  readonly connection: LosslessConnection;
  /** How many messages were written on it: the delivery tag of the last one. */
  written: number;
  /** Exchanges that have answered to a message on it, so that this user may send there. */
  readonly proven: Set<string>;
}

/** Confirm channels that stay open from one send to the next: to open one costs as much as to send some tens of messages. */
export interface PublishingChannels {
  /** One that nobody else has, and on which nothing is unconfirmed. */
  take(signal: AbortSignal, timeoutMs: number): Promise<PublishingChannel>;
  /** Only with every message on it confirmed. */
  giveBack(taken: PublishingChannel): void;
  /** For one that may not be used again; waits until the server has closed it. */
  discard(taken: PublishingChannel): Promise<void>;
}

/** What was not used for so long may have died unseen, and what is written to it would be unknown for no reason. */
const idleMs = 1_000;
const closeMs = 1_000;
const unhurried = new AbortController().signal;

export function createPublishingChannels(session: AmqpSession): PublishingChannels {
  const idle = new Map<PublishingChannel, NodeJS.Timeout>();

  async function discard({ channel, connection }: PublishingChannel): Promise<void> {
    try {
      await answered(closeChannel(channel), unhurried, closeMs, session.label);
    } catch {
      // A server that does not answer even this is asked again on a fresh connection.
      connection.drop();
    }
  }

  function leave(entry: PublishingChannel): void {
    clearTimeout(idle.get(entry));
    idle.delete(entry);
  }

  return {
    async take(signal, timeoutMs) {
      const [waiting] = idle.keys();
      if (waiting !== undefined) {
        leave(waiting);
        return waiting;
      }
      const opening = session.openConfirmChannel(signal);
      const { channel, connection } = await answered(opening, signal, timeoutMs, session.label);
      const opened = { channel, connection, written: 0, proven: new Set<string>() };
      channel.on('close', () => leave(opened));
      return opened;
    },
    giveBack(taken) {
      const end = (): void => {
        leave(taken);
        discard(taken).catch(ignore);
      };
      idle.set(taken, setTimeout(end, idleMs).unref());
    },
    discard,
  };
}
