import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runsOf } from '#server/brokers/kafka/hold.ts';

test('the runs cover every wanted offset that the log still has, in order and without overlap', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(5_000)),
      fc.nat(1_000),
      fc.integer({ min: 1_000, max: 4_000 }),
      (offsets, earliest, end) => {
        const runs = runsOf(0, offsets, earliest, end);
        for (const offset of offsets.filter((each) => each >= earliest && each < end)) {
          expect(runs.filter((run) => run.start <= offset && offset < run.end)).toHaveLength(1);
        }
        for (const [index, run] of runs.entries())
          expect(run.start).toBeGreaterThanOrEqual(runs[index - 1]?.end ?? earliest);
        expect(runs.at(-1)?.end ?? end).toBeLessThanOrEqual(end);
      },
    ),
  );
});
