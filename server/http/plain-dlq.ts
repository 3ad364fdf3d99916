import type { z } from 'zod';
import type { plainDeadLetters, plainReplayBody } from '#lib/api/replays.ts';
import { AppError, fromErrorRecord, toErrorRecord } from '#lib/domain/errors.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { utf8 } from '#lib/conventions/header-index.ts';
import { replayStates } from '#lib/domain/replay.ts';
import type { Filter } from '#lib/filter/filter.ts';
import type { Caller } from '#server/http/caller.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { confirmReplay, planReplay } from '#server/http/replay-actions.ts';
import type { Runtime } from '#server/http/runtime.ts';

/** The pair that scripts use: `{topic}.dlq` as a list, and offsets back to where they came from. */

const syncTimeoutMs = 20_000;
const replayTimeoutMs = 60_000;
const pageLimit = 500;

/** Answers at most so many; a script that needs more pages through /api/v1/messages. */
const listLimit = 10_000;

export async function listPlain(
  runtime: Runtime,
  topic: string,
  caller: Caller,
): Promise<z.input<typeof plainDeadLetters>> {
  const queue = await freshQueue(runtime, topic, caller);
  const rows = await openLetters(runtime, queue);
  const payloads = await Promise.all(
    rows.map(async (letter) => (await runtime.store.index.getMessage(letter.id)).raw.body),
  );
  return rows.map((letter, row) => ({
    offset: letter.sequence ?? letter.identity,
    partition: partitionOf(letter),
    key: letter.keyText,
    error: letter.failure.errorMessage ?? letter.failure.reason,
    originalOffset: letter.origin.position?.split(':').at(-1) ?? null,
    timestamp: letter.at,
    payload: textOf(payloads[row] ?? null),
  }));
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
  await confirmReplay(runtime, { replayId: plan.id, hash: plan.plan.hash }, caller);

  const deadline = runtime.clock.now() + replayTimeoutMs;
  let seen = 0;
  for (;;) {
    const replay = await runtime.store.ledger.getReplay(plan.id);
    const isSending = replayStates.indexOf(replay.state) <= replayStates.indexOf('paused');
    if (!isSending) {
      if (replay.error) throw fromErrorRecord(replay.error);
      return { replayed: replay.account.sent + replay.account.settled };
    }
    if (runtime.clock.now() > deadline)
      throw new AppError('timed_out', `Replay ${replay.number} is still sending. See /replays/${replay.number}.`);
    seen = await runtime.store.waitForChange(seen, 1_000);
  }
}

async function freshQueue(runtime: Runtime, topic: string, caller: Caller): Promise<Queue> {
  const names = [`${topic}.dlq`, topic];
  const queues = await runtime.store.index.listQueues();
  const queue = names.flatMap((name) => queues.filter((candidate) => candidate.name === name)).at(0);
  if (!queue)
    throw new AppError(
      'not_found',
      `There is no dead-letter topic or queue called ${topic}.dlq. GET /api/v1/queues lists those that were found.`,
    );
  try {
    await askEngine(runtime, { kind: 'sync', queueId: queue.id, insist: false }, caller.actor, syncTimeoutMs);
  } catch (error) {
    // A read that takes longer than the bound goes on; what is known so far is answered.
    if (toErrorRecord(error).code !== 'timed_out') throw error;
  }
  return queue;
}

async function openLetters(runtime: Runtime, queue: Queue): Promise<readonly DeadLetter[]> {
  const filter: Filter = {
    kind: 'and',
    terms: [
      { kind: 'queue', pattern: queue.id },
      { kind: 'not', term: { kind: 'state', state: 'gone' } },
    ],
  };
  const letters: DeadLetter[] = [];
  let cursor: string | null = null;
  do {
    const page = await runtime.store.index.listMessages({
      filter,
      range: { from: null, to: null },
      cursor,
      limit: pageLimit,
      order: 'oldest',
    });
    letters.push(...page.messages.filter((letter) => letter.queueId === queue.id));
    cursor = page.nextCursor;
  } while (cursor !== null && letters.length < listLimit);
  return letters;
}

async function messageIdsOf(runtime: Runtime, queue: Queue, offsets: readonly string[]): Promise<string[]> {
  const letters = await openLetters(runtime, queue);
  const byIdentity = new Map(letters.map((letter) => [letter.identity, letter.id]));
  const bySequence = Map.groupBy(letters, (letter) => letter.sequence ?? letter.identity);
  return offsets.map((offset) => {
    const exact = byIdentity.get(offset);
    if (exact !== undefined) return exact;
    const [only, ...others] = bySequence.get(offset) ?? [];
    if (!only) throw new AppError('not_found', `${queue.name} holds no offset ${offset}. Nothing was sent.`);
    if (others.length > 0) {
      throw new AppError(
        'invalid_request',
        `${queue.name} has several partitions with an offset ${offset}. Write "partition:offset", such as "${only.identity}". Nothing was sent.`,
      );
    }
    return only.id;
  });
}

function partitionOf(letter: DeadLetter): number {
  return letter.kind === 'kafka' ? Number(letter.lane) : 0;
}

function textOf(body: Uint8Array | null): string | null {
  if (body === null) return null;
  return utf8(body) ?? Buffer.from(body).toString('base64');
}
