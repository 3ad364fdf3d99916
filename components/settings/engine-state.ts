import type { SettingsResponse } from '#lib/api/settings.ts';

/** An engine that begins tells of itself within this time. */
const startsWithinMs = 30_000;

/** How the engine is doing, and what that means for who reads it. */
export function engineState({ asOf, startedAt, engine }: Pick<SettingsResponse, 'asOf' | 'startedAt' | 'engine'>): {
  readonly state: 'live' | 'starting' | 'silent';
  readonly note: string | null;
} {
  if (engine.state === 'live') return { state: 'live', note: null };
  if (engine.seenAt === null && startedAt !== null && asOf - startedAt < startsWithinMs)
    return { state: 'starting', note: 'Nothing is read or sent yet.' };
  return { state: 'silent', note: 'Nothing is read or sent. The log says why.' };
}
