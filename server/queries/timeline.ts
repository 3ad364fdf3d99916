import type { z } from 'zod';
import type { timelineQuery, TimelineResponse } from '#lib/api/timeline.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { maskAnswer } from '#server/queries/mask-answer.ts';
import { readScope } from '#server/queries/scope.ts';

/** Dead letters by the time when they were dead-lettered, stacked by group. */
export async function readTimeline(runtime: Runtime, query: z.output<typeof timelineQuery>): Promise<TimelineResponse> {
  const { now, filter, range, triage, reading, knownBackTo } = await readScope(runtime, query);
  const { buckets, groups } = query;
  const timeline = await runtime.store.index.readTimeline({ filter, range, now, triage, buckets, groups });
  return { asOf: now, ...maskAnswer(timeline, runtime.masking), reading, knownBackTo };
}
