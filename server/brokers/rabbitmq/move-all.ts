import { AppError } from '#lib/domain/errors.ts';
import type { MoveAllFacts, MoveAllProgress } from '#lib/domain/move-all.ts';
import type { MoveAll } from '#server/brokers/move-all.ts';
import { createDeadLetterNames } from '#server/brokers/rabbitmq/dead-letter-names.ts';
import { deadLetterOrigins, topologyOf } from '#server/brokers/rabbitmq/discover.ts';
import type { ManagementApi, QueueDetails } from '#server/brokers/rabbitmq/management-api.ts';
import { traitsOf } from '#server/brokers/rabbitmq/queue-policy.ts';
import type { ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';
import type { RabbitMqSettings } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';
import { refusalOf } from '#server/brokers/rabbitmq/read-costs.ts';
import { type Shovel, type ShovelApi, shovelPrefetch } from '#server/brokers/rabbitmq/shovel-api.ts';

const means = 'RabbitMQ shovel';

const cannot = [
  'Everything goes to one queue, wherever each message came from.',
  'It moves as many as wait when it begins, and nothing can be picked. Where others take some of them meanwhile, it waits for as many that arrive later.',
  'Messages go as they are, x-death included, and without replay headers: what comes back is not recognised as a return.',
  'The ledger has one line for it, and none for each message.',
  'It knows nothing of replays. It does not start while one has messages of this queue in hand, or while nobody knows whether some were sent.',
  'It cannot be paced. Nothing is edited, and nothing watches the first few.',
  `If RabbitMQ ends meanwhile, up to ${shovelPrefetch} messages are there twice.`,
  'What the other queue refuses stays here. If that queue is deleted meanwhile, RabbitMQ throws the rest away without a word.',
];

/** A move of ours that runs, or ended while this process lives: RabbitMQ forgets a shovel that is done. */
interface Move {
  readonly name: string;
  readonly of: number;
  /** What RabbitMQ had counted as acknowledged before; `null` where it counts nothing. */
  readonly acknowledged: number | null;
  readonly startedAt: number;
  readonly isCancelled: boolean;
}

interface MoveContext extends ReadContext {
  readonly shovels: ShovelApi | null;
  readonly settings: Pick<RabbitMqSettings, 'clock' | 'pinnedQueues'>;
}

/** Shovels that end with the last message that waited when they began. What is known of one is in its name, so that a console that starts anew goes on telling of it. */
export function createRabbitMqMoveAll(context: MoveContext): MoveAll {
  const { session, management, shovels, settings } = context;
  const moves = new Map<string, Move>();
  const origins = new Map<string, { readonly at: number; readonly names: readonly string[] }>();

  async function originsOf(queue: string, api: ManagementApi, signal: AbortSignal): Promise<readonly string[]> {
    const known = origins.get(queue);
    if (known !== undefined && settings.clock() - known.at < originsKeptMs) return known.names;
    const { major } = await session.server(signal);
    const topology = await topologyOf(api, major, signal);
    const found = new Set(deadLetterOrigins(topology).get(queue));
    const pinned = settings.pinnedQueues?.find(({ name }) => name === queue)?.origin;
    const named = createDeadLetterNames(new Set(topology.traits.keys()), undefined).originOf(queue);
    if (found.size === 0) for (const name of [pinned ?? named]) if (name) found.add(name);
    const names = [...found].toSorted();
    origins.set(queue, { at: settings.clock(), names });
    return names;
  }

  async function waitingIn(queue: string, signal: AbortSignal): Promise<{ ready: number; consumers: number }> {
    const { messageCount, consumerCount } = await session.ask(`queue "${queue}"`, signal, (channel) =>
      channel.checkQueue(queue),
    );
    return { ready: messageCount, consumers: Math.max(0, consumerCount - context.memory.readers(queue)) };
  }

  async function facts(queue: string, signal: AbortSignal): Promise<MoveAllFacts> {
    const { ready, consumers } = await waitingIn(queue, signal);
    const common = { means, about: ready, ratePerSecondMax: null, cannot };
    const refused = (why: string): MoveAllFacts => ({
      ...common,
      available: false,
      why: `${why} Replay all of them instead.`,
      destination: null,
      destinations: [],
    });
    if (management === null || shovels === null)
      return refused('RabbitMQ moves whole queues by a shovel, and this connection has no management API to make one.');
    const listing = await shovels.list(signal);
    if (listing.kind === 'no plugin')
      return refused(
        'RabbitMQ moves whole queues by a shovel, and the plugins rabbitmq_shovel and rabbitmq_shovel_management are not enabled on this server.',
      );
    if (listing.kind === 'not permitted')
      return refused(
        'RabbitMQ moves whole queues by a shovel, and the user of this connection may not make one: it needs the tags monitoring and policymaker, or administrator.',
      );
    const runs = movesIn(listing.shovels, queue).length > 0;
    const [details, policies, { major }] = await Promise.all([
      management.queue(queue, signal),
      management.policies(signal),
      session.server(signal),
    ]);
    const traits = traitsOf(details, policies, major);
    if (traits.type === 'stream') return refused('Nothing can be taken out of a stream: a shovel would only copy it.');
    const refusal = runs
      ? null
      : refusalOf({ traits, serverMajor: major, returns: 0, consumers, ...exclusive(details) });
    if (refusal !== null && refusal.code !== 'delivery-limit') return refused(refusal.reason);
    const destinations = await originsOf(queue, management, signal);
    const [only, ...others] = destinations;
    const destination = only !== undefined && others.length === 0 ? only : null;
    return { ...common, available: true, why: null, destination, destinations };
  }

  /** The newest of ours that is there, or was seen by this process. */
  async function newest(queue: string, signal: AbortSignal): Promise<{ move: Move; shovel: Shovel | null } | null> {
    const listing = shovels === null ? null : await shovels.list(signal);
    const [there] = listing?.kind === 'shovels' ? movesIn(listing.shovels, queue) : [];
    if (there !== undefined) {
      moves.set(queue, there.move);
      return there;
    }
    const move = moves.get(queue);
    return move === undefined ? null : { move, shovel: null };
  }

  return {
    facts,

    async start(queue, { ratePerSecond, to }, signal) {
      const { available, why, destination } = await facts(queue, signal);
      if (!available || management === null || shovels === null)
        throw new AppError('unsupported', `Queue ${queue} cannot be moved. ${why ?? ''}`);
      if (ratePerSecond !== null)
        throw new AppError(
          'unsupported',
          `A shovel cannot be paced. Move ${queue} without a rate, or replay all of it.`,
        );
      const target = to ?? destination;
      if (target === null || target === queue)
        throw new AppError(
          'invalid_request',
          `A shovel moves everything to one queue. Say to which other one the messages of ${queue} go.`,
        );
      if ((await newest(queue, signal))?.shovel)
        throw new AppError('conflict', `A shovel moves ${queue} already. Wait for it, or cancel it.`);
      // A shovel would declare what is missing, as a queue that nobody reads.
      await waitingIn(target, signal);
      const { ready } = await waitingIn(queue, signal);
      const acknowledged = acknowledgedIn(await management.queue(queue, signal));
      const move = newMove(queue, { of: ready, acknowledged, startedAt: settings.clock() });
      await shovels.begin(move.name, queue, target, signal);
      moves.set(queue, move);
    },

    async progress(queue, signal) {
      const found = await newest(queue, signal);
      if (found === null || management === null) return null;
      const [details, { ready }] = await Promise.all([management.queue(queue, signal), waitingIn(queue, signal)]);
      return progressOf(found.move, found.shovel, {
        ready,
        acknowledged: acknowledgedIn(details),
        now: settings.clock(),
      });
    },

    async cancel(queue, signal) {
      const found = await newest(queue, signal);
      const ended = found?.shovel ? await shovels?.end(found.move.name, signal) : false;
      if (found === null || ended !== true)
        throw new AppError('conflict', `No shovel of ours moves ${queue}. There is nothing to cancel.`);
      moves.set(queue, { ...found.move, isCancelled: true });
    },
  };
}

/** Origins are policies and bindings of the whole virtual host: not asked for at each look at a move. */
const originsKeptMs = 60_000;

/** RabbitMQ counts what was acknowledged every 5 s. */
const countsLagMs = 10_000;

/** Exported for its test. */
export function progressOf(
  { of, acknowledged, startedAt, isCancelled }: Pick<Move, 'of' | 'acknowledged' | 'startedAt' | 'isCancelled'>,
  shovel: Shovel | null,
  queue: { readonly ready: number; readonly acknowledged: number | null; readonly now: number },
): MoveAllProgress {
  // Counters begin anew with their server.
  const counted =
    acknowledged === null || queue.acknowledged === null || queue.acknowledged < acknowledged
      ? null
      : Math.min(of, queue.acknowledged - acknowledged);
  const common = { moved: counted, of, startedAt };
  if (shovel === null) {
    const left = queue.ready === 0 ? null : leftOver(queue.ready);
    // The counts come late, and a move that is over is not asked for again: better none than too few.
    const moved = counted === of ? of : null;
    return isCancelled
      ? { ...common, moved, state: 'cancelled', problem: null, canCancel: false }
      : { ...common, moved, state: 'done', problem: left, canCancel: false };
  }
  if (shovel.state === 'terminated')
    return {
      ...common,
      state: 'failed',
      problem: `RabbitMQ says ${shovel.reason ?? 'nothing of why'}, and tries again every few seconds. Cancel it, and look into the server's log.`,
      canCancel: true,
    };
  const waits = queue.ready === 0 && counted !== null && counted < of && queue.now - startedAt > countsLagMs;
  const problem = shovel.isBlocked
    ? 'RabbitMQ lets nobody send, because its memory or disk is short'
    : waits
      ? 'the queue is empty, and the shovel waits for what others have taken. Cancel it, or it also moves what arrives next'
      : null;
  return { ...common, state: 'running', problem, canCancel: true };
}

function leftOver(count: number): string {
  return `${count} ${count === 1 ? 'message is' : 'messages are'} in the queue: arrived or back since, refused by the other queue, or left because somebody ended the shovel`;
}

const prefix = 'redeliver-move';

function newMove(queue: string, known: Pick<Move, 'of' | 'acknowledged' | 'startedAt'>): Move {
  const name = [prefix, known.startedAt, known.of, known.acknowledged ?? '-', queue].join(' ');
  return { ...known, name, isCancelled: false };
}

/** Of this queue, the newest first. Exported for its test. */
export function movesIn(
  shovels: readonly Shovel[],
  queue: string,
): readonly { readonly move: Move; readonly shovel: Shovel }[] {
  const found = shovels.flatMap((shovel) => {
    const [, startedAt, of, acknowledged, from] = /^redeliver-move (\d+) (\d+) (\d+|-) (.*)$/s.exec(shovel.name) ?? [];
    if (from !== queue) return [];
    const move = newMove(queue, {
      of: Number(of),
      startedAt: Number(startedAt),
      acknowledged: acknowledged === '-' ? null : Number(acknowledged),
    });
    return [{ move, shovel }];
  });
  return found.toSorted((a, b) => b.move.startedAt - a.move.startedAt);
}

function acknowledgedIn({ message_stats: stats }: QueueDetails): number | null {
  return stats?.ack ?? null;
}

function exclusive({ consumer_details: consumers }: QueueDetails): { readonly exclusiveConsumer: boolean } {
  return { exclusiveConsumer: (consumers ?? []).some((consumer) => consumer.exclusive === true) };
}
