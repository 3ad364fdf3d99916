import type { z } from 'zod';
import type { plainDeadLetters, plainReplayBody } from '#lib/api/replays.ts';
import { AppError, fromErrorRecord, toErrorRecord } from '#lib/domain/errors.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { utf8 } from '#lib/conventions/header-index.ts';
import { mark } from '#lib/masking/mark.ts';
import { replayStates } from '#lib/domain/replay.ts';
import type { Caller } from '#server/http/caller.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { confirmReplay, planReplay } from '#server/http/replay-actions.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { textStream } from '#server/http/text-stream.ts';
import { maskReplay } from '#server/queries/mask-replay.ts';
import { readableBytes } from '#server/queries/message.ts';
import { toMessageRow } from '#server/queries/to-view.ts';
import type { MessagePage } from '#server/store/store.ts';
import { messageId } from '#server/sync/read-letter.ts';

/** The pair that scripts use: `{topic}.dlq` as a list, and offsets back to where they came from. */

const syncTimeoutMs = 20_000;
const replayTimeoutMs = 60_000;
const pageLimit = 500;

/** The list as a stream: one payload at a time is in memory, and the next is read when the client has taken the last. */
export async function listPlain(runtime: Runtime, topic: string, caller: Caller): Promise<Response> {
  const queue = await freshQueue(runtime, topic, caller);
  const parts = jsonParts(runtime, queue);
  // What fails before the first byte is still a problem; later the answer breaks off, and is no JSON.
  const first = await parts.next();
  return new Response(textStream(first, parts), {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

async function* jsonParts(runtime: Runtime, queue: Queue): AsyncGenerator<string, void, void> {
  let before = '[';
  for await (const letter of openLetters(runtime, queue)) {
    yield `${before}${JSON.stringify(await toPlain(runtime, letter))}`;
    before = ',\n';
  }
  yield before === '[' ? '[]' : ']';
}

async function toPlain(runtime: Runtime, letter: DeadLetter): Promise<z.input<typeof plainDeadLetters>[number]> {
  const detail = await runtime.store.index.getMessage(letter.id);
  const bytes = await readableBytes(runtime, detail);
  const { key, errorMessage, reason, origin } = toMessageRow(letter, runtime.masking);
  return {
    offset: letter.sequence ?? letter.identity,
    partition: partitionOf(letter),
    key,
    error: errorMessage ?? reason,
    originalOffset: origin.position?.split(':').at(-1) ?? null,
    timestamp: letter.at,
    payload: detail.raw.body === null ? null : typeof bytes === 'string' ? mark : textOf(bytes),
  };
}

/** Replays the named offsets through a plan like any other, and waits for the sends. `replayed` counts what was confirmed. */
export async function replayPlain(
  runtime: Runtime,
  topic: string,
  body: z.output<typeof plainReplayBody>,
  caller: Caller,
): Promise<{ replayed: number }> {
  const queue = await freshQueue(runtime, topic, caller);
  const messageIds = await messageIdsOf(runtime, queue, body.offsets.map(String));
  const plan = await planReplay(runtime, { messageIds }, caller);
  const refused = plan.plan.refusals[0];
  if (plan.plan.willSend === 0) {
    throw new AppError(
      'rejected',
      `Nothing was sent: ${refused === undefined ? 'the plan is empty' : `the messages ${refused.text}`}.`,
    );
  }
  if (plan.plan.dangerous) {
    throw new AppError(
      'conflict',
      `Nothing was sent: ${plan.plan.warnings.map((note) => `${note.count} ${note.text}`).join('; ')}. A person has to decide: see the plan at /replays/${plan.id}.`,
      { details: { replay: plan.id } },
    );
  }
  await confirmReplay(runtime, { replayId: plan.id, hash: plan.plan.hash }, caller);

  const deadline = runtime.clock.now() + replayTimeoutMs;
  let seen = 0;
  for (;;) {
    const replay = await runtime.store.ledger.getReplay(plan.id);
    const isSending = replayStates.indexOf(replay.state) <= replayStates.indexOf('paused');
    if (!isSending) {
      const { error } = runtime.masking ? maskReplay(replay, runtime.masking) : replay;
      if (error) throw fromErrorRecord(error);
      return { replayed: replay.account.sent + replay.account.settled };
    }
    if (runtime.clock.now() > deadline)
      throw new AppError('timed_out', `Replay ${replay.number} is still sending. See /replays/${replay.number}.`);
    seen = await runtime.store.waitForChange(seen, 1_000);
  }
}

async function freshQueue(runtime: Runtime, topic: string, caller: Caller): Promise<Queue> {
  const queue = findQueue(await runtime.store.index.listQueues(), topic);
  try {
    await askEngine(runtime, { kind: 'sync', queueId: queue.id, insist: false }, caller.actor, syncTimeoutMs);
  } catch (error) {
    // A read that takes longer than the bound goes on; what is known so far is answered.
    if (toErrorRecord(error).code !== 'timed_out') throw error;
  }
  return queue;
}

/** By name or by id (`connection/name`), with or without `.dlq`. An id comes first: it is how a name that is there twice is told apart. */
function findQueue(queues: readonly Queue[], topic: string): Queue {
  const names = [`${topic}.dlq`, topic];
  for (const part of ['id', 'name'] as const) {
    for (const name of names) {
      const [queue, ...others] = queues.filter((candidate) => candidate[part] === name);
      if (queue && others.length > 0) {
        throw new AppError(
          'invalid_request',
          `There are several queues called ${name}: ${[queue, ...others].map(({ id }) => id).join(', ')}. Write one of these instead, URL-encoded: ${encodeURIComponent(queue.id)}.`,
        );
      }
      if (queue) return queue;
    }
  }
  throw new AppError(
    'not_found',
    `There is no dead-letter topic or queue called ${topic}.dlq. GET /api/v1/queues lists those that were found.`,
  );
}

/** Whether the queue still holds it, as far as is known: on a log a replayed one stays where it is. */
function isOpen(queue: Queue, letter: DeadLetter): boolean {
  switch (letter.state) {
    case 'gone':
    case 'discarded':
      return false;
    case 'replayed':
      return !queue.capabilities.remove;
    case 'new':
    case 'returned':
    case 'failed':
    case 'unknown':
      return true;
  }
}

/** Oldest first, page by page. */
async function* openLetters(runtime: Runtime, queue: Queue): AsyncGenerator<DeadLetter, void, void> {
  let cursor: string | null = null;
  do {
    const page: MessagePage = await runtime.store.index.listMessages({
      filter: { kind: 'equals', field: 'queue', value: queue.id },
      range: { from: null, to: null },
      cursor,
      limit: pageLimit,
      order: 'oldest',
    });
    yield* page.messages.filter((letter) => isOpen(queue, letter));
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/**
 * An identity names one message, whatever its age. `partition:offset` is looked for among those that are open, where the newest of that place
 * counts: a topic that was made anew has used its offsets again. A bare offset is looked for in every partition.
 */
async function messageIdsOf(runtime: Runtime, queue: Queue, offsets: readonly string[]): Promise<string[]> {
  const idOf = new Map(offsets.map((offset) => [offset, messageId(queue.id, offset)]));
  const known = await runtime.store.index.getMessages([...idOf.values()]);
  const open = new Set(known.filter((letter) => isOpen(queue, letter)).map((letter) => letter.id));

  const isNamed = (offset: string) => open.has(idOf.get(offset) ?? '');
  const bare = new Map(
    offsets.filter((offset) => !isNamed(offset)).map((offset): [string, DeadLetter[]] => [offset, []]),
  );
  if (bare.size > 0) {
    for await (const letter of openLetters(runtime, queue)) {
      const found = bare.get(letter.position) ?? bare.get(letter.sequence ?? '');
      const same = found?.findIndex(({ position }) => position === letter.position) ?? -1;
      const older = found?.[same];
      if (older === undefined) found?.push(letter);
      else if (older.firstSeenAt < letter.firstSeenAt) found?.splice(same, 1, letter);
    }
  }

  return offsets.map((offset) => {
    if (isNamed(offset)) return idOf.get(offset) ?? '';
    const [only, ...others] = bare.get(offset) ?? [];
    if (!only) throw new AppError('not_found', `${queue.name} holds no offset ${offset}. Nothing was sent.`);
    if (others.length > 0) {
      throw new AppError(
        'invalid_request',
        `${queue.name} has several partitions with an offset ${offset}. Write "partition:offset", such as "${only.position}". Nothing was sent.`,
      );
    }
    return only.id;
  });
}

function partitionOf(letter: DeadLetter): number {
  return letter.kind === 'kafka' ? Number(letter.lane) : 0;
}

function textOf(body: Uint8Array): string {
  return utf8(body) ?? Buffer.from(body).toString('base64');
}
