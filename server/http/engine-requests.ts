import { AppError, fromErrorRecord } from '#lib/domain/errors.ts';
import type { Runtime } from '#server/http/runtime.ts';
import type { EngineRequest, RequestAnswer } from '#server/store/engine-request.ts';

/** Puts a request into the store and waits for the engine's answer; `timed_out` says that it goes on nevertheless. */
export async function askEngine(
  { store, clock }: Pick<Runtime, 'store' | 'clock'>,
  request: EngineRequest,
  by: string,
  timeoutMs: number,
): Promise<Extract<RequestAnswer, { kind: 'done' }>> {
  const id = await store.ledger.submitRequest(request, by, clock.now());
  const deadline = clock.now() + timeoutMs;
  let seen = 0;
  for (;;) {
    const { answer } = await store.ledger.getRequest(id);
    if (answer?.kind === 'done') return answer;
    if (answer?.kind === 'failed') throw fromErrorRecord(answer.error);
    const left = deadline - clock.now();
    if (left <= 0)
      throw new AppError(
        'timed_out',
        'The engine has not answered yet. It goes on with it; look again in a moment, or see the log if this repeats.',
      );
    seen = await store.waitForChange(seen, Math.min(left, 1_000));
  }
}
