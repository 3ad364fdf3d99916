import { setTimeout as delay } from 'node:timers/promises';
import { eventStream } from '#server/http/event-stream.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { toReplayView } from '#server/queries/to-view.ts';
import type { ReplayState } from '#lib/domain/replay.ts';

/** At most four events a second, however busy the engine is. */
const leastPauseMs = 250;
const waitMs = 20_000;

/** `change` whenever anything changed in the store. */
export function streamChanges(runtime: Runtime, request: Request): Response {
  return eventStream(request, async (send, signal) => {
    let seen = await runtime.store.waitForChange(0, 0);
    send('change', { version: seen });
    while (!signal.aborted) {
      const version = await runtime.store.waitForChange(seen, waitMs);
      if (version > seen) send('change', { version });
      seen = version;
      await delay(leastPauseMs);
    }
  });
}

const over: ReadonlySet<ReplayState> = new Set(['settled', 'cancelled']);

/** `replay` with the whole replay whenever it changed, until it is over. */
export async function streamReplay(runtime: Runtime, request: Request, idOrNumber: string): Promise<Response> {
  const { id } = await runtime.store.ledger.getReplay(idOrNumber);
  return eventStream(request, async (send, signal) => {
    let seen = 0;
    let said = '';
    while (!signal.aborted) {
      const replay = toReplayView(await runtime.store.ledger.getReplay(id));
      const text = JSON.stringify([replay.state, replay.account, replay.watchUntil, replay.error]);
      if (text !== said) send('replay', replay);
      said = text;
      if (over.has(replay.state)) return;
      await delay(leastPauseMs);
      seen = await runtime.store.waitForChange(seen, waitMs);
    }
  });
}
