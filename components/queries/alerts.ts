import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { get, post, remove } from '#components/queries/api-client.ts';
import { alertsResponse, type AlertsResponse, type muteBody, receiverTestResponse } from '#lib/api/alerts.ts';

export const alertsKey = ['alerts'] as const;

/** What fires and did, what watches, and who is told. */
export function alertsQueryOptions() {
  return queryOptions({
    queryKey: alertsKey,
    queryFn: ({ signal }) => get(alertsResponse, 'alerts', { signal }),
  });
}

export type NewMute = z.input<typeof muteBody>;

/** Answers how everything stands. */
export async function muteAlerts(body: NewMute): Promise<AlertsResponse> {
  return await post(alertsResponse, 'alerts/mutes', body);
}

/** Answers how everything stands. */
export async function liftMute(muteId: string): Promise<AlertsResponse> {
  return await remove(alertsResponse, `alerts/mutes/${encodeURIComponent(muteId)}`);
}

/** Sends a marked test; answers what the receiver said. */
export async function testReceiver(name: string): Promise<z.infer<typeof receiverTestResponse>> {
  return await post(receiverTestResponse, `alerts/receivers/${encodeURIComponent(name)}/test`);
}
