import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until there is an answer; fails with the name of what was waited for. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined> | Answer | undefined,
  withinMs = 15_000,
): Promise<Answer> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(50);
  }
  throw new Error(`Waited ${withinMs} ms for this, and it did not happen: ${what}`);
}
