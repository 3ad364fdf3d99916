import { createHash, randomInt } from 'node:crypto';
import { fc } from '#lib/testing/properties.ts';
import { expect } from 'vitest';
import { replayHeaderNames } from '#lib/conventions/replay-headers.ts';
import type { Replay } from '#lib/domain/replay.ts';

/** So many of a kind, from a seed that is another each time; `FIDELITY_SEED` repeats one. */
export function drawn<Value>(arbitrary: fc.Arbitrary<Value>, count: number): readonly Value[] {
  return fc.sample(arbitrary, { numRuns: count, seed });
}

const seed = Number(process.env['FIDELITY_SEED'] ?? randomInt(2 ** 31 - 1));

/** Said beside every comparison, so that a failure can be had again. */
export const seedNote = `FIDELITY_SEED=${seed}`;

/** Bytes as a failure can show them. */
export function legibleBytes(bytes: Uint8Array): string {
  if (bytes.length > 500) return `${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`;
  return JSON.stringify(Buffer.from(bytes).toString('latin1'));
}

/** Asserts that these are the replay headers, all of them and each once, with what this replay had to say; answers nothing else. */
export function expectReplayHeaders(
  headers: readonly (readonly [name: string, text: string])[],
  { id, confirmedAt, settledAt }: Replay,
  itemIds: ReadonlySet<string>,
): void {
  expect(headers.map(([name]) => name).toSorted(), seedNote).toEqual([...replayHeaderNames].toSorted());
  const texts = new Map(headers);
  expect(texts.get('replayed')).toBe('true');
  expect(texts.get('replay-id')).toBe(id);
  expect(texts.get('replay-count')).toBe('1');
  expect(itemIds).toContain(texts.get('replay-item'));
  const at = Number(texts.get('replayed-at'));
  expect(at).toBeGreaterThanOrEqual(confirmedAt ?? Infinity);
  expect(at).toBeLessThanOrEqual(settledAt ?? 0);
}
