import type { z } from 'zod';
import type { AlertsResponse, muteBody, receiverTestResponse } from '#lib/api/alerts.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Caller } from '#server/http/caller.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { audited } from '#server/http/replay-actions.ts';
import { processLog, type Runtime } from '#server/http/runtime.ts';
import { readAlerts } from '#server/queries/alerts.ts';

/** Nobody is told of such alerts, until then. Answers how everything stands. */
export async function muteAlerts(
  runtime: Runtime,
  body: z.output<typeof muteBody>,
  caller: Caller,
): Promise<AlertsResponse> {
  const { store, clock } = runtime;
  const { rule, queue, group, subject, label } = body;
  const target = [rule, queue, group, subject, label].filter((part) => part !== null).join(' ');
  const mute = async () => {
    const createdAt = clock.now();
    if (body.until !== null && body.until <= createdAt)
      throw new AppError('invalid_request', 'until: is over already. Give an instant in the future, or null.', {
        details: { field: 'until' },
      });
    const saved = await store.ledger.saveMute({ ...body, by: caller.actor, createdAt });
    const until = body.until === null ? 'until it is lifted' : `until ${new Date(body.until).toISOString()}`;
    processLog().info(`alerts muted by ${caller.actor} ${until}: ${target}`);
    return saved;
  };
  await audited(runtime, caller, 'alert.mute', target, mute, { reason: body.reason });
  return readAlerts(runtime);
}

export async function liftMute(runtime: Runtime, muteId: string, caller: Caller): Promise<AlertsResponse> {
  await audited(runtime, caller, 'alert.unmute', muteId, async () => {
    await runtime.store.ledger.deleteMute(muteId);
    processLog().info(`mute ${muteId} lifted by ${caller.actor}`);
  });
  return readAlerts(runtime);
}

/** Longer than a receiver may take to answer. */
const testWithinMs = 25_000;

/** Has the engine send a marked notification, and answers what the receiver said. */
export async function testReceiver(
  runtime: Runtime,
  receiver: string,
  caller: Caller,
): Promise<z.input<typeof receiverTestResponse>> {
  return audited(runtime, caller, 'alert.test', receiver, async () => {
    const { tested } = await askEngine(runtime, { kind: 'test-receiver', receiver }, caller.actor, testWithinMs);
    if (!tested) throw new AppError('internal', 'The engine answered without a result.');
    return tested;
  });
}
