/** The engine says every few seconds that it lives. */
export const engineSilenceMaxMs = 30_000;

export function engineIsLive(seenAt: number | null, now: number): boolean {
  return seenAt !== null && now - seenAt < engineSilenceMaxMs;
}
