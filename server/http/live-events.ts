import { setTimeout as delay } from 'node:timers/promises';
import { eventStream } from '#server/http/event-stream.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { readReplay } from '#server/queries/replays.ts';
import type { ReplayState } from '#lib/domain/replay.ts';
import { replayProgress } from '#lib/api/replays.ts';

/** At most four events a second, however busy the engine is. */
const leastPauseMs = 250;
const waitMs = 20_000;

/** `change` whenever anything changed in the store. */
export function streamChanges(runtime: Runtime, request: Request): Response {
  return eventStream(request, async (send, signal) => {
    let seen = 0;
    let version = await runtime.store.waitForChange(0, 0);
    if (send('change', { version })) seen = version;
    while (!signal.aborted) {
      version = await runtime.store.waitForChange(seen, waitMs);
      // What a busy client could not take is still news at the next look.
      if (version > seen && send('change', { version })) seen = version;
      await delay(leastPauseMs);
    }
  });
}

const over: ReadonlySet<ReplayState> = new Set(['settled', 'cancelled']);

/**
 * `replay` with the whole replay first, then `progress` without its plan whenever it changed, until it is over: a plan may name ten thousand
 * messages, and stays what it was.
 */
export async function streamReplay(runtime: Runtime, request: Request, idOrNumber: string): Promise<Response> {
  const { id } = await runtime.store.ledger.getReplay(idOrNumber);
  return eventStream(request, async (send, signal) => {
    let seen = 0;
    let said = '';
    while (!signal.aborted) {
      const replay = await readReplay(runtime, id);
      const progress = replayProgress.parse(replay);
      const text = JSON.stringify(progress);
      if (text !== said && (said === '' ? send('replay', replay) : send('progress', progress))) said = text;
      if (said === text && over.has(replay.state)) return;
      await delay(leastPauseMs);
      seen = await runtime.store.waitForChange(seen, waitMs);
    }
  });
}
